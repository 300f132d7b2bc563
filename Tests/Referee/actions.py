"""The actions on a message: copies, replies, forwards, ids. See mail.py."""

from checks import check
from people import ALICE, BOB, CAROL, newest, refused, to

from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.exchange_id_format import ExchangeIdFormat
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.users.item.messages.item.copy.copy_post_request_body import (
    CopyPostRequestBody)
from msgraph.generated.users.item.messages.item.create_forward.create_forward_post_request_body import (
    CreateForwardPostRequestBody)
from msgraph.generated.users.item.messages.item.create_reply.create_reply_post_request_body import (
    CreateReplyPostRequestBody)
from msgraph.generated.users.item.messages.item.create_reply_all.create_reply_all_post_request_body import (
    CreateReplyAllPostRequestBody)
from msgraph.generated.users.item.messages.item.forward.forward_post_request_body import (
    ForwardPostRequestBody)
from msgraph.generated.users.item.messages.item.reply.reply_post_request_body import (
    ReplyPostRequestBody)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import (
    SendMailPostRequestBody)
from msgraph.generated.users.item.translate_exchange_ids.translate_exchange_ids_post_request_body import (
    TranslateExchangeIdsPostRequestBody)


async def judge_actions(users):
    alice, bob = users.by_user_id(ALICE), users.by_user_id(BOB)
    await alice.send_mail.post(SendMailPostRequestBody(message=Message(
        subject="Actions", to_recipients=to(BOB), cc_recipients=to(CAROL),
        body=ItemBody(content_type=BodyType.Html, content="<p>Hello</p>"),
        attachments=[FileAttachment(
            odata_type="#microsoft.graph.fileAttachment", name="a.txt", content_bytes=b"Hello World!")])))
    original = await bob.messages.by_message_id(newest(BOB)["id"]).get()
    message = bob.messages.by_message_id(original.id)

    copy = await message.copy.post(CopyPostRequestBody(destination_id="archive"))
    check("a message is copied", copy.id != original.id and copy.subject == "Actions", copy)
    reply = await message.create_reply.post(CreateReplyPostRequestBody(comment="Thanks"))
    check("a draft of a reply goes to the author", addresses(reply.to_recipients) == [ALICE], reply)
    check("in the conversation", reply.conversation_id == original.conversation_id
          and reply.conversation_index.startswith(original.conversation_index), reply)
    check("with the comment above the original", "Thanks" in reply.body.content
          and reply.body.content.index("Thanks") < reply.body.content.index("Hello"), reply.body)
    everyone = await message.create_reply_all.post(CreateReplyAllPostRequestBody())
    check("a reply to all keeps Cc", addresses(everyone.cc_recipients) == [CAROL], everyone)
    forward = await message.create_forward.post(CreateForwardPostRequestBody(to_recipients=to(CAROL)))
    check("a forward has the attachment", forward.has_attachments
          and addresses(forward.to_recipients) == [CAROL], forward)
    await refused("a forward to nobody is refused", "ErrorInvalidRecipients",
                  message.create_forward.post(CreateForwardPostRequestBody(comment="Look")))
    await refused("so is a reply with two texts", "ErrorInvalidParameter",
                  message.create_reply.post(CreateReplyPostRequestBody(
                      comment="One", message=Message(body=ItemBody(content="Two")))))

    await message.reply.post(ReplyPostRequestBody(comment="Thanks"))
    check("a reply arrives", newest(ALICE)["subject"] == "RE: Actions", newest(ALICE))
    await message.forward.post(ForwardPostRequestBody(comment="Look", to_recipients=to(ALICE)))
    check("a forward arrives with the attachment", newest(ALICE)["subject"] == "FW: Actions"
          and newest(ALICE)["hasAttachments"], newest(ALICE))

    answer = await bob.translate_exchange_ids.post(TranslateExchangeIdsPostRequestBody(
        input_ids=[original.id, "x"], source_id_type=ExchangeIdFormat.RestId,
        target_id_type=ExchangeIdFormat.RestImmutableEntryId))
    check("an id is translated", answer.value[0].target_id == newest(BOB)["id"], answer)
    check("and a wrong one named", answer.value[1].error_details.code == "ErrorInvalidIdMalformed", answer)
    await bob.messages.by_message_id(copy.id).permanent_delete.post()
    await refused("a message is deleted permanently", "ErrorItemNotFound",
                  bob.messages.by_message_id(copy.id).get())


def addresses(recipients):
    return [recipient.email_address.address for recipient in recipients]


def judge_o365_actions(mailbox, archive):
    received = next(mailbox.inbox_folder().get_messages(
        limit=1, query=mailbox.new_query().equals("subject", "Actions")))
    copy = received.copy(archive)
    check("O365 copies a message", copy.object_id != received.object_id, copy)
    reply = received.reply(to_all=False)
    check("and replies to it", reply.is_draft and [item.address for item in reply.to] == [ALICE], reply)
    check("in the conversation", reply.conversation_id == received.conversation_id, reply)
    reply.body = "Thanks"
    check("which is sent", reply.send() and newest(ALICE)["subject"] == "RE: Actions", newest(ALICE))
    forward = received.forward()
    forward.to.add(ALICE)
    check("and forwards it", forward.send() and newest(ALICE)["subject"] == "FW: Actions", newest(ALICE))
    check("with the attachment", newest(ALICE)["hasAttachments"], newest(ALICE))
