"""Judges the signatures of posted events by the reference library of Standard Webhooks.

    webhook_library.py POSTS

POSTS is a JSON file: `keys` by name, and `posts`, each with `headers`, `body`, and in `signers` the names of the keys
that are to have signed it. One line is printed per check; the first that fails ends the run with status 1.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

from verdict import check


def verified(key, headers, body):
    """The event, or why the library refuses the post."""
    try:
        return Webhook(key).verify(body, headers)
    except WebhookVerificationError as refusal:
        return str(refusal)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    for number, post in enumerate(given["posts"], 1):
        headers, body = post["headers"], post["body"]
        event = json.loads(body)
        for name, key in given["keys"].items():
            result = verified(key, headers, body)
            if name not in post["signers"]:
                check(f"post {number} is refused with the {name} key", result == "No matching signature found", result)
                continue
            check(f"post {number} is verified with the {name} key", result == event, result)
            check("its id is the event's", headers["webhook-id"] == event["eventId"], headers)
            changed = dict(event, date="2020-01-01T00:00:00.000Z")
            for what, altered in (("altered", json.dumps(changed)), ("extended", body + " "), ("shortened", body[:-1])):
                result = verified(key, headers, altered)
                check(f"its {what} body is refused", result == "No matching signature found", result)
            for field, value in (("webhook-id", "evt_default_0"),
                                 ("webhook-timestamp", str(int(headers["webhook-timestamp"]) + 1))):
                result = verified(key, {**headers, field: value}, body)
                check(f"and so is another {field}", result == "No matching signature found", result)
    print("The referee has no objection.")


main()
