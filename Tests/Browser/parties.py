"""The gateway and the sandbox as a program sees them: over HTTP."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

# Nothing but loopback is asked, whatever proxy the machine uses.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(method, url, body=None, token=None):
    request = urllib.request.Request(url, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with OPENER.open(request, timeout=20) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode()}") from error


class Sandbox:
    def __init__(self, origin):
        self.origin = origin
        self.directory = call("GET", origin + "/sandbox/directory")

    def app(self, kind):
        return next(app for app in self.directory["apps"] if app["kind"] == kind and not app["secretExpired"])

    def named(self, name):
        return next(app for app in self.directory["apps"] if app["displayName"] == name)

    def plant(self, fault):
        call("POST", self.origin + "/sandbox/faults", fault)

    def decide(self, user_code, user, decision):
        """As that person, on the page of Microsoft's that takes a device's code."""
        call("POST", self.origin + "/sandbox/device", {"userCode": user_code, "user": user, "decision": decision})

    def settle(self, **settings):
        call("POST", self.origin + "/sandbox/settings", settings)

    def requests(self):
        return call("GET", self.origin + "/sandbox/requests")["value"]

    def reset(self):
        call("POST", self.origin + "/sandbox/reset", {})

    def ask(self, path):
        """Any request, whatever the reply."""
        try:
            OPENER.open(self.origin + path, timeout=20).close()
        except urllib.error.HTTPError as error:
            error.close()

    def token(self):
        """The daemon's own, for all mailboxes of contoso.test."""
        app = self.app("daemon")
        form = urllib.parse.urlencode({
            "grant_type": "client_credentials", "client_id": app["clientId"], "client_secret": app["secret"],
            "scope": "https://graph.microsoft.com/.default"})
        with OPENER.open(self.origin + "/contoso.test/oauth2/v2.0/token", form.encode(), timeout=20) as answer:
            return json.loads(answer.read())["access_token"]

    def send(self, sender, recipients, subject, text=None, html=None, files=()):
        """Sends mail through Graph; `files` are (name, type, bytes, Content-ID of an inline one)."""
        message = {
            "subject": subject, "body": {"contentType": "html" if html else "text", "content": html or text},
            "toRecipients": [{"emailAddress": {"address": address}} for address in recipients],
            "attachments": [{
                "@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentType": kind,
                "contentBytes": base64.b64encode(content).decode(),
                **({"contentId": content_id, "isInline": True} if content_id else {})}
                for name, kind, content, content_id in files]}
        call("POST", f"{self.origin}/v1.0/users/{sender}/sendMail", {"message": message}, self.token())


class Gateway:
    def __init__(self, origin, token):
        self.origin, self.token = origin, token

    def get(self, path):
        return call("GET", self.origin + path, token=self.token)

    def post(self, path, body):
        return call("POST", self.origin + path, body, self.token)

    def put(self, path, body):
        return call("PUT", self.origin + path, body, self.token)

    def register(self, app, **more):
        body = {"name": "An app", "provider": "outlook", "clientId": app["clientId"], "enabled": True,
                "authority": "common"}
        if app.get("secret"):
            body["clientSecret"] = app["secret"]
        return self.post("/v1/oauth2", {**body, **more})["id"]

    def link(self, **form):
        return self.post("/v1/authentication/form", form)["url"]


def fields(url):
    """The query of an address."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))
