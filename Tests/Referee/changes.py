"""Judges how the sandbox's mailboxes change, by msgraph-sdk and O365: folders, delta, search, batches, subscriptions.

    changes.py ORIGIN CA_FILE

See mail.py.
"""

import asyncio
import datetime
import http.server
import json
import queue
import threading
import urllib.parse

from checks import CA_FILE, GRAPH, ORIGIN, check
from clients import graph_client, o365_account
from people import ALICE, browser, control, refused

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.models.mail_folder import MailFolder
from msgraph.generated.models.message import Message
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.users.item.mail_folders.item.messages.delta.delta_request_builder import (
    DeltaRequestBuilder)
from msgraph.generated.users.item.mail_folders.item.move.move_post_request_body import MovePostRequestBody
from msgraph.generated.users.item.messages.messages_request_builder import MessagesRequestBuilder


def main():
    directory = browser.get(f"{ORIGIN}/sandbox/directory").json()
    tenant = directory["tenants"][0]
    daemon = next(app for app in directory["apps"] if app["kind"] == "daemon" and app["secret"])
    control("reset")
    control("settings", sendLagMs=0, requireReadScope=False)
    control("messages", user=ALICE, generate={"count": 25, "folders": ["inbox"]})
    asyncio.run(judge_sdk(daemon, tenant))
    judge_o365(daemon, tenant)
    print("The referee has no objection.")


async def judge_sdk(daemon, tenant):
    client, adapter, connection = graph_client(daemon, tenant)
    alice = client.users.by_user_id(ALICE)
    await judge_folders(alice)
    await judge_delta(alice)
    await judge_search(alice)
    await judge_batch(adapter)
    await judge_subscription(client, alice)
    await connection.aclose()


async def judge_folders(alice):
    made = await alice.mail_folders.post(MailFolder(display_name="Projects"))
    check("a folder is created", made.display_name == "Projects" and made.total_item_count == 0, made)
    await refused("and not a second time", "ErrorFolderExists",
                  alice.mail_folders.post(MailFolder(display_name="projects")))
    folder = alice.mail_folders.by_mail_folder_id(made.id)
    inner = await folder.child_folders.post(MailFolder(display_name="2026"))
    check("with one in it", inner.parent_folder_id == made.id, inner)
    renamed = await folder.patch(MailFolder(display_name="Work"))
    check("it is renamed", renamed.id == made.id and renamed.child_folder_count == 1, renamed)
    moved = await folder.move.post(MovePostRequestBody(destination_id="archive"))
    check("and moved", moved.id == made.id and moved.parent_folder_id != made.parent_folder_id, moved)
    await folder.delete()
    bin_ = await alice.mail_folders.by_mail_folder_id("deleteditems").child_folders.get()
    check("and goes to Deleted Items", [item.id for item in bin_.value] == [made.id], bin_)


async def judge_delta(alice):
    delta = alice.mail_folders.by_mail_folder_id("inbox").messages.delta
    query = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(select=["subject", "isRead"], top=10)
    page = await delta.get(RequestConfiguration(query_parameters=query))
    found = list(page.value)
    while page.odata_next_link:
        page = await delta.with_url(page.odata_next_link).get()
        found += page.value
    check("msgraph-sdk reads all pages of a first round", len({message.id for message in found}) == 25, len(found))
    message = alice.messages.by_message_id(found[0].id)
    await message.patch(Message(is_read=not found[0].is_read))
    await alice.messages.by_message_id(found[1].id).delete()
    page = await delta.with_url(page.odata_delta_link).get()
    removed = [item.id for item in page.value if "@removed" in item.additional_data]
    check("and what has changed since", [item.id for item in page.value if item.id not in removed] == [found[0].id],
          page.value)
    check("and what is gone", removed == [found[1].id], page.value)
    control("expire", user=ALICE)
    await refused("a dead token is gone", "SyncStateNotFound", delta.with_url(page.odata_delta_link).get())
    folders = await alice.mail_folders.delta.get()
    check("folders come as changes", any(folder.display_name == "Inbox" for folder in folders.value), folders)


async def judge_search(alice):
    query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(
        search='"subject:invoice AND from:northwind"', select=["subject", "from"])
    page = await alice.messages.get(RequestConfiguration(query_parameters=query))
    check("a search finds messages", page.value and all(
        "Invoice" in item.subject and "northwind" in item.from_.email_address.address for item in page.value), page)


async def judge_batch(adapter):
    parts = [{"id": path, "method": "GET", "url": f"/users/{ALICE}/{path}"}
             for path in ("messages?$top=1", "mailFolders/nowhere")]
    request = RequestInformation(Method.POST)
    request.url = f"{ORIGIN}/v1.0/$batch"
    request.set_stream_content(json.dumps({"requests": parts}).encode(), "application/json")
    answer = json.loads(await adapter.send_primitive_async(request, "bytes", {}))
    statuses = sorted(part["status"] for part in answer["responses"])
    check("each part of a batch has its status", statuses == [200, 400], answer)


class Receiver(http.server.BaseHTTPRequestHandler):
    posts = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        token = query.get("validationToken", [None])[0]
        self.send_response(200 if token else 202)
        answer = (token or "").encode()
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        if not token:
            self.posts.put(json.loads(body))

    def log_message(self, *_):
        pass


async def judge_subscription(client, alice):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)
    made = await client.subscriptions.post(Subscription(
        change_type="created", notification_url=url, lifecycle_notification_url=url, client_state="secret",
        resource=f"users/{ALICE}/mailFolders('inbox')/messages", expiration_date_time=end))
    check("a subscription is made", made.client_state == "secret" and made.expiration_date_time, made)
    control("messages", user=ALICE, generate={"count": 1})
    told = Receiver.posts.get(timeout=30)["value"][0]
    check("and told of a new message", told["subscriptionId"] == made.id and told["changeType"] == "created", told)
    message = await alice.messages.by_message_id(told["resourceData"]["id"]).get()
    check("which can be read", message.subject, message)
    subscription = client.subscriptions.by_subscription_id(made.id)
    renewed = await subscription.patch(Subscription(expiration_date_time=end + datetime.timedelta(hours=1)))
    check("it is renewed", renewed.expiration_date_time > made.expiration_date_time, renewed)
    await subscription.reauthorize.post()
    await subscription.delete()
    await refused("and deleted", "ResourceNotFound", subscription.get())
    server.shutdown()


def judge_o365(daemon, tenant):
    account = o365_account(daemon, tenant, ALICE)
    check("O365 signs in through MSAL", account.authenticate(requested_scopes=[GRAPH + "/.default"]))
    mailbox = account.mailbox()
    folder = mailbox.create_child_folder("From O365")
    check("O365 creates a folder", folder.name == "From O365", folder)
    check("renames it", folder.update_folder_name("Renamed"), folder)
    check("finds it", mailbox.get_folder(folder_name="Renamed").folder_id == folder.folder_id, folder)
    check("and deletes it", folder.delete(), folder)
    query = mailbox.new_query().search("invoice")
    found = list(mailbox.get_messages(limit=5, query=query))
    texts = [(message.subject + message.body).lower() for message in found]
    check("O365 searches", texts and all("invoice" in text for text in texts), texts)


main()
