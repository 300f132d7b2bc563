"""What the referees of the sandbox share: their arguments.

To be imported before any library that verifies certificates.
"""

import os
import sys

from verdict import check

ORIGIN, CA_FILE = sys.argv[1], sys.argv[2]
# requests lets these win over a session's own setting, so they are overwritten before it is loaded.
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
    os.environ[name] = CA_FILE

GRAPH = "https://graph.microsoft.com"

