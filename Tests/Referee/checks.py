"""What the referees share: their arguments, and how a check is reported.

To be imported before any library that verifies certificates.
"""

import os
import sys

ORIGIN, CA_FILE = sys.argv[1], sys.argv[2]
# requests lets these win over a session's own setting, so they are overwritten before it is loaded.
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
    os.environ[name] = CA_FILE

GRAPH = "https://graph.microsoft.com"


def check(sentence, passed, evidence=None):
    """Prints the result; the first failure ends the run with status 1."""
    print(("ok    " if passed else "FAILED") + " " + sentence, flush=True)
    if not passed:
        print(f"       {evidence}", flush=True)
        sys.exit(1)
