"""Judges a receiver of webhooks: what the reference library of Standard Webhooks signs is taken, and nothing else.

    webhook_receiver.py URL KEY

KEY is the one that the receiver knows. One line is printed per check; the first that fails ends the run with status 1.
"""

import datetime
import json
import sys

import requests
from standardwebhooks import Webhook

from verdict import check

URL, KEY = sys.argv[1], sys.argv[2]
OTHER_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = {"event": "messageSent", "account": "anna", "sequence": 7, "data": {"response": "Grüße, 10 € 😀"}}
BODY = json.dumps(EVENT, ensure_ascii=False)


def post(body=BODY, signed=BODY, key=KEY, age=0, **fields):
    """The status of the reply; `None` as a field leaves it out."""
    moment = datetime.datetime.now(tz=datetime.timezone.utc) - datetime.timedelta(seconds=age)
    headers = {
        "Content-Type": "application/json", "webhook-id": "evt_default_7",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(key).sign("evt_default_7", moment, signed),
    }
    headers.update({"webhook-" + name: value for name, value in fields.items()})
    headers = {name: value for name, value in headers.items() if value is not None}
    return requests.post(URL, data=body.encode(), headers=headers, timeout=60).status_code


def main():
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    own, others = (Webhook(key).sign("evt_default_7", now, BODY) for key in (KEY, OTHER_KEY))
    moment = str(int(now.timestamp()))
    for sentence, status in (
            ("what is signed is taken", post()),
            ("so is what was signed four minutes ago", post(age=240)),
            ("and what another key signed too, before", post(timestamp=moment, signature=others + " " + own)),
            ("or after", post(timestamp=moment, signature=own + " " + others)),
            ("or by another method", post(timestamp=moment, signature="v1a,AAAA " + own))):
        check(sentence, status == 204, status)
    for sentence, status in (
            ("an altered body is refused", post(body=BODY.replace("anna", "bert"))),
            ("an empty one too", post(body="")),
            ("another key", post(key=OTHER_KEY)),
            ("another id", post(id="evt_default_8")),
            ("what was signed six minutes ago", post(age=360)),
            ("or will be in six minutes", post(age=-360)),
            ("a later timestamp that was not signed", post(age=360, timestamp=moment)),
            ("no timestamp", post(timestamp=None)),
            ("a timestamp that is no number", post(timestamp="now")),
            ("no signature", post(signature=None)),
            ("an empty signature", post(signature="")),
            ("a signature without its version", post(timestamp=moment, signature=own.removeprefix("v1,"))),
            ("one of another version", post(timestamp=moment, signature=own.replace("v1,", "v2,"))),
            ("half a signature", post(timestamp=moment, signature=own[:20])),
            ("no id", post(id=None))):
        check(sentence + ": refused", status == 401, status)
    check("after all that, what is signed is taken", post() == 204)
    print("The referee has no objection.")


main()
