"""Judges the sandbox's Graph by two libraries that others use: Microsoft's msgraph-sdk, and O365.

    mail.py ORIGIN CA_FILE

The arguments are those of referee.py, and so is what is printed. Both libraries speak TLS, as the daemon of the
standard directory: azure-identity gets the tokens of the first, MSAL those of the second.
"""

import asyncio
import datetime
import email
import pathlib
import tempfile

from checks import CA_FILE, GRAPH, ORIGIN, check
from actions import judge_actions, judge_o365_actions
from clients import graph_client, o365_account
from people import ALICE, BOB, browser, control, newest, refused, to

import requests
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.attachment_item import AttachmentItem
from msgraph.generated.models.attachment_type import AttachmentType
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.followup_flag import FollowupFlag
from msgraph.generated.models.followup_flag_status import FollowupFlagStatus
from msgraph.generated.models.importance import Importance
from msgraph.generated.models.internet_message_header import InternetMessageHeader
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.single_value_legacy_extended_property import (
    SingleValueLegacyExtendedProperty)
from msgraph.generated.users.item.mail_folders.mail_folders_request_builder import (
    MailFoldersRequestBuilder)
from msgraph.generated.users.item.messages.item.attachments.create_upload_session import (
    create_upload_session_post_request_body as create_upload_session)
from msgraph.generated.users.item.messages.item.message_item_request_builder import (
    MessageItemRequestBuilder)
from msgraph.generated.users.item.messages.item.move.move_post_request_body import (
    MovePostRequestBody)
from msgraph.generated.users.item.messages.messages_request_builder import (
    MessagesRequestBuilder)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import (
    SendMailPostRequestBody)
from msgraph_core import PageIterator

# More than one request takes, of every byte value and without a period.
LARGE = bytes((i * 31 ^ i >> 11) & 255 for i in range(5 * 1024 * 1024 + 321))
# What the libraries' upload tasks send at once: a multiple of 320 KiB, below 4 MB.
STEP = 12 * 327_680
COLOUR = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Colour"


def main():
    directory = browser.get(f"{ORIGIN}/sandbox/directory").json()
    tenant = directory["tenants"][0]
    daemon = next(app for app in directory["apps"] if app["kind"] == "daemon" and app["secret"])
    control("reset")
    control("settings", sendLagMs=0)
    asyncio.run(judge_sdk(daemon, tenant))
    judge_o365(daemon, tenant)
    print("The referee has no objection.")


async def judge_sdk(daemon, tenant):
    client, adapter, http = graph_client(daemon, tenant)
    users = client.users
    alice = users.by_user_id(ALICE)

    user = await alice.get()
    check("azure-identity gets a token and msgraph-sdk reads a user", user.mail == ALICE, user)
    await judge_folders(alice)
    draft = await judge_draft(alice)
    await judge_attachments(alice, draft)
    await judge_conflict(alice, draft)
    await judge_sending(alice, draft)
    await judge_pages(alice, adapter)
    await judge_actions(users)
    await judge_large(users)
    await http.aclose()


def folders(**options):
    query = MailFoldersRequestBuilder.MailFoldersRequestBuilderGetQueryParameters(**options)
    return RequestConfiguration(query_parameters=query)


async def judge_folders(alice):
    found = await alice.mail_folders.get(folders(filter="displayName eq 'Archive'", count=True))
    check("a folder is found by its name", [folder.display_name for folder in found.value] == ["Archive"], found)
    check("and counted", found.odata_count == 1, found.odata_count)
    page = await alice.mail_folders.get(folders(top=2, select=["displayName"]))
    check("folders come in pages of the size asked", len(page.value) == 2 and page.odata_next_link, page)
    check("with what was selected", page.value[0].total_item_count is None, page.value[0])
    root = await alice.mail_folders.by_mail_folder_id(found.value[0].parent_folder_id).get()
    check("the parent of a folder is read", root.child_folder_count >= 8, root)
    await refused("an unknown property is refused", "BadRequest",
                  alice.mail_folders.get(folders(filter="colour eq 'red'")))


async def judge_draft(alice):
    day = datetime.datetime(2026, 12, 1, 9, 0).isoformat()
    moment = DateTimeTimeZone(date_time=day, time_zone="W. Europe Standard Time")
    draft = await alice.messages.post(Message(
        subject="From the SDK", importance=Importance.High, categories=["Red"],
        body=ItemBody(content_type=BodyType.Html, content="<p>Hello <b>there</b></p>"),
        to_recipients=to(BOB), is_read_receipt_requested=True, is_delivery_receipt_requested=True,
        flag=FollowupFlag(
            flag_status=FollowupFlagStatus.Flagged, start_date_time=moment, due_date_time=moment),
        internet_message_headers=[InternetMessageHeader(name="x-referee", value="1")],
        single_value_extended_properties=[
            SingleValueLegacyExtendedProperty(id=COLOUR, value="Green"),
            SingleValueLegacyExtendedProperty(id="String 0x1042", value="<parent@referee.test>")],
        attachments=[FileAttachment(
            odata_type="#microsoft.graph.fileAttachment", name="a.txt", content_type="text/plain",
            content_bytes=b"Hello World!")]))
    check("a draft is made of typed objects", draft.is_draft and draft.id, draft)
    check("its flag is kept", draft.flag.flag_status == FollowupFlagStatus.Flagged
          and draft.flag.due_date_time.date_time == "2026-12-01T09:00:00.0000000", draft.flag)
    check("and its receipts", draft.is_read_receipt_requested and draft.is_delivery_receipt_requested, draft)
    check("and its categories", draft.categories == ["Red"], draft.categories)
    query = MessageItemRequestBuilder.MessageItemRequestBuilderGetQueryParameters(
        expand=[f"singleValueExtendedProperties($filter=id eq '{COLOUR}')"])
    seen = await alice.messages.by_message_id(draft.id).get(RequestConfiguration(query_parameters=query))
    properties = [(item.id, item.value) for item in seen.single_value_extended_properties]
    check("an extended property is read when it is expanded", properties == [(COLOUR, "Green")], properties)
    return draft


async def judge_attachments(alice, draft):
    attachments = alice.messages.by_message_id(draft.id).attachments
    listed = (await attachments.get()).value
    check("an attachment is typed by its kind", isinstance(listed[0], FileAttachment), listed)
    check("and has its bytes", listed[0].content_bytes == b"Hello World!", listed[0].content_bytes)
    source = await alice.messages.by_message_id(draft.id).content.get()
    check("$value is the message's source", b"x-referee: 1" in source and b"In-Reply-To" in source, source)


async def judge_conflict(alice, draft):
    message = alice.messages.by_message_id(draft.id)
    changed = await message.patch(Message(subject="Changed by the SDK"))
    check("a draft is changed", changed.subject == "Changed by the SDK", changed)
    stale = RequestConfiguration()
    stale.headers.add("If-Match", draft.additional_data["@odata.etag"])
    error = await refused("a change by an old ETag is refused", "ErrorIrresolvableConflict",
                          message.patch(Message(subject="Too late"), stale))
    check("with 412", error.response_status_code == 412, error)


async def judge_sending(alice, draft):
    immutable = RequestConfiguration()
    immutable.headers.add("Prefer", 'IdType="ImmutableId"')
    message = await alice.messages.by_message_id(draft.id).get(immutable)
    await alice.messages.by_message_id(message.id).send.post()
    sent = await alice.messages.by_message_id(message.id).get(immutable)
    check("an immutable id finds the sent copy", not sent.is_draft, sent)
    received = browser.get(f"{ORIGIN}/sandbox/messages?user={BOB}&folder=inbox").json()["value"][0]
    fields = {field["name"].lower(): field["value"] for field in received["internetMessageHeaders"]}
    check("the receipts arrive as header fields",
          {"disposition-notification-to", "return-receipt-to"} <= set(fields), fields)
    check("so do In-Reply-To and the custom field",
          fields["in-reply-to"] == "<parent@referee.test>" and fields["x-referee"] == "1", fields)
    moved = await alice.messages.by_message_id(message.id).move.post(
        MovePostRequestBody(destination_id="archive"))
    check("a message moves to a well-known folder", moved.id, moved)
    await alice.messages.by_message_id(moved.id).delete()
    await refused("a deleted message's old id finds nothing", "ErrorItemNotFound",
                  alice.messages.by_message_id(moved.id).get())


async def judge_pages(alice, adapter):
    for number in range(5):
        await alice.send_mail.post(SendMailPostRequestBody(
            save_to_sent_items=True, message=Message(
                subject=f"Page {number}", to_recipients=to(BOB),
                body=ItemBody(content_type=BodyType.Text, content="Hello"))))
    query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(
        filter="startswith(subject,'Page')", top=2, select=["subject"])
    first = await alice.messages.get(RequestConfiguration(query_parameters=query))
    subjects = []

    def note(message):
        subjects.append(message.subject)
        return True

    await PageIterator(first, adapter).iterate(note)
    check("the page iterator meets every message once",
          sorted(subjects) == [f"Page {number}" for number in range(5)], subjects)


async def judge_large(users):
    """The library's own upload task is not the judge: it takes Outlook's answers for OneDrive's."""
    messages = users.by_user_id(ALICE).messages
    draft = await messages.post(Message(
        subject="Large from the SDK", to_recipients=to(BOB),
        body=ItemBody(content_type=BodyType.Html, content="<p>Hello</p>")))
    attachments = messages.by_message_id(draft.id).attachments
    ids = []
    for name in ("kept.bin", "dropped.bin"):
        added = await attachments.post(FileAttachment(
            odata_type="#microsoft.graph.fileAttachment", name=name, content_bytes=LARGE[:2_000_000]))
        check(f"{name} is added in one request", isinstance(added, FileAttachment) and added.name == name, added.name)
        ids.append(added.id)
    await attachments.by_attachment_id(ids[1]).delete()
    listed = (await attachments.get()).value
    check("one attachment is deleted and the other is listed",
          [item.id for item in listed] == ids[:1], [item.name for item in listed])
    kept = await attachments.by_attachment_id(ids[0]).get()
    check("and has its bytes", kept.content_bytes == LARGE[:2_000_000], kept.size)

    session = await attachments.create_upload_session.post(create_upload_session.CreateUploadSessionPostRequestBody(
        attachment_item=AttachmentItem(attachment_type=AttachmentType.File, name="large.bin", size=len(LARGE))))
    check("an upload session is created", session.next_expected_ranges == ["0-"], session)
    next_byte = 0
    while next_byte < len(LARGE):
        part = LARGE[next_byte:next_byte + STEP]
        last = next_byte + len(part) - 1
        answer = requests.put(session.upload_url, data=part, verify=CA_FILE, headers={
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {next_byte}-{last}/{len(LARGE)}"})
        next_byte = last + 1
        if answer.status_code != 200:
            break
        check("a range is received, and the next one named",
              answer.json()["nextExpectedRanges"] == [str(next_byte)], answer.text)
    check("the last range makes the attachment", answer.status_code == 201 and not answer.content, answer.text)
    large_id = answer.headers["Location"].split("Attachments('")[1].rstrip("')")
    large = await attachments.by_attachment_id(large_id).get()
    check("which is found by the id in Location", large.name == "large.bin" and large.size > len(LARGE), large.size)
    await messages.by_message_id(draft.id).send.post()

    received = newest(BOB)
    source = await users.by_user_id(BOB).messages.by_message_id(received["id"]).content.get()
    check("the message arrives whole",
          files(source) == {"kept.bin": LARGE[:2_000_000], "large.bin": LARGE},
          {name: len(content) for name, content in files(source).items()})


def files(source):
    """The attachments of a message by their names, as Python's own library reads them."""
    return {part.get_filename(): part.get_payload(decode=True)
            for part in email.message_from_bytes(source).walk() if part.get_filename()}


def judge_o365(daemon, tenant):
    account = o365_account(daemon, tenant, BOB)
    check("O365 signs in through MSAL", account.authenticate(requested_scopes=[GRAPH + "/.default"]))

    mailbox = account.mailbox()
    archive = mailbox.get_folder(folder_name="Archive")
    check("O365 finds a folder by its name", archive is not None and archive.name == "Archive", archive)
    message = mailbox.new_message()
    message.to.add(ALICE)
    message.subject = "From O365"
    message.body = "<p>Hello</p>"
    message.is_read_receipt_requested = True
    message.flag.set_flagged(due_date=datetime.datetime(2026, 12, 2, tzinfo=datetime.timezone.utc))
    check("O365 saves a draft", message.save_draft() and message.is_draft, message)
    # Added now: O365 uploads it again with each later change.
    message.attachments.add([(__file__, "referee.py")])
    message.subject = "Changed by O365"
    check("adds an attachment to it", message.save_draft(), message)
    check("and sends it", message.send(), message)

    sent = list(mailbox.sent_folder().get_messages(limit=5, download_attachments=True))
    check("the sent copy is listed", [item.subject for item in sent][:1] == ["Changed by O365"], sent)
    check("with its flag", sent[0].flag.is_flagged and sent[0].flag.due_date is not None, sent[0].flag)
    check("and its attachment", [item.name for item in sent[0].attachments] == ["referee.py"],
          list(sent[0].attachments))
    check("a received message is marked as read",
          all(item.mark_as_read() for item in mailbox.inbox_folder().get_messages(limit=3)))
    pages = list(mailbox.get_messages(limit=6, batch=2))
    check("O365 follows the links of its pages", len({item.object_id for item in pages}) == 6, pages)
    query = mailbox.new_query().equals("subject", "Changed by O365")
    check("O365's own query finds a message", len(list(mailbox.get_messages(query=query))) == 1)
    check("O365 moves it and deletes it", sent[0].move(archive) and sent[0].delete(), sent[0])
    judge_o365_actions(mailbox, archive)
    judge_o365_large(account)


def judge_o365_large(account):
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "film.bin"
        path.write_bytes(LARGE)
        message = account.mailbox().new_message()
        message.to.add(ALICE)
        message.subject = "Large from O365"
        message.body = "<p>Hello</p>"
        check("O365 saves another draft", message.save_draft(), message)
        message.attachments.add(str(path))
        check("and uploads a large file into it", message.save_draft(), message)
        check("which is sent", message.send(), message)
    inbox = account.mailbox(resource=ALICE).inbox_folder()
    received = next(inbox.get_messages(limit=1, query=inbox.new_query().equals("subject", "Large from O365")))
    check("O365 sees that the message has an attachment", received.has_attachments, received)
    content = files(received.get_mime_content())
    check("and gets all of its bytes", content == {"film.bin": LARGE}, {name: len(content[name]) for name in content})


main()
