"""The people of the standard directory, and what is asked about their mail without a library."""

from checks import ORIGIN, check

import requests
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient

ALICE, BOB, CAROL = "alice@contoso.test", "bob@contoso.test", "carol@fabrikam.test"

browser = requests.Session()


def control(path, **members):
    answer = browser.post(f"{ORIGIN}/sandbox/{path}", json=members)
    assert answer.ok, answer.text


def to(address):
    return [Recipient(email_address=EmailAddress(address=address))]


def newest(address):
    """What is in the person's Inbox since last."""
    answer = browser.get(f"{ORIGIN}/sandbox/messages?user={address}&folder=inbox")
    return answer.json()["value"][0]


async def refused(sentence, code, request):
    try:
        answer = await request
    except ODataError as error:
        check(sentence, error.error.code == code, error)
        return error
    check(sentence, False, answer)
