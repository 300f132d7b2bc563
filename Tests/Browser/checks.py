"""What a walk through pages has found: one line for each check."""

import time

failures = []
started = time.monotonic()


def check(sentence, passed, evidence=None):
    print(("ok    " if passed else "FAILED") + f" {sentence} ({time.monotonic() - started:.1f} s)", flush=True)
    if not passed:
        failures.append(sentence)
        print(f"       {evidence}", flush=True)
