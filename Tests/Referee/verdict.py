"""How the referees report a check."""

import sys


def check(sentence, passed, evidence=None):
    """Prints the result; the first failure ends the run with status 1."""
    print(("ok    " if passed else "FAILED") + " " + sentence, flush=True)
    if not passed:
        print(f"       {evidence}", flush=True)
        sys.exit(1)
