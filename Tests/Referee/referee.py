"""Judges the sandbox's Entra by Microsoft's own library: MSAL signs in to it, PyJWT verifies what it signs.

    referee.py ORIGIN CA_FILE

ORIGIN is the sandbox's https origin, CA_FILE its ca.pem. One line is printed per check; the first that
fails ends the run with status 1.
"""

import html.parser
import os
import sys
import urllib.parse

ORIGIN, CA_FILE = sys.argv[1], sys.argv[2]
# requests lets these win over a session's own setting, so they are overwritten before it is loaded.
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
    os.environ[name] = CA_FILE

import jwt  # noqa: E402
import msal  # noqa: E402
import requests  # noqa: E402

GRAPH = "https://graph.microsoft.com"
SCOPES = ["Mail.ReadWrite", "Mail.Send"]
REDIRECT_URI = "http://localhost:49152/oauth"

browser = requests.Session()


def check(sentence, passed, evidence=None):
    print(("ok    " if passed else "FAILED") + " " + sentence, flush=True)
    if not passed:
        print(f"       {evidence}", flush=True)
        sys.exit(1)


class Form(html.parser.HTMLParser):
    """The first form of a page, as a browser would submit it."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.buttons, self.done = None, [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if self.done:
            return
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input" and self.action and "name" in attributes:
            self.fields.append((attributes["name"], attributes.get("value", "")))
        elif tag == "button" and self.action and "name" in attributes:
            self.buttons.append((attributes["name"], attributes["value"]))

    def handle_endtag(self, tag):
        self.done = self.done or tag == "form"


def press(page, name, value):
    form = Form(page.text)
    assert (name, value) in form.buttons, page.text
    return browser.post(form.action, data=form.fields + [(name, value)], allow_redirects=False)


def sign_in(url, user, consents=True):
    """Follows the sign-in to where the browser would be sent back; gives the parameters it would carry."""
    page = press(browser.get(url), "username", user)
    if consents:
        page = press(page, "decision", "accept")
    if page.status_code == 302:
        query = urllib.parse.urlsplit(page.headers["location"]).query
        return dict(urllib.parse.parse_qsl(query))
    form = Form(page.text)
    assert form.action == REDIRECT_URI, page.text
    return dict(form.fields)


def verified(token, audience, issuer):
    """The claims of a token whose signature, time, audience and issuer PyJWT has checked."""
    key_id = jwt.get_unverified_header(token)["kid"]
    keys = browser.get(f"{ORIGIN}/common/discovery/v2.0/keys").json()["keys"]
    key = next(key for key in keys if key["kid"] == key_id)
    return jwt.decode(token, jwt.PyJWK(key, "RS256"), ["RS256"], audience=audience, issuer=issuer)


def confidential(app, tenant, secret=None):
    return msal.ConfidentialClientApplication(
        app["clientId"], client_credential=secret or app["secret"], authority=f"{ORIGIN}/{tenant}",
        instance_discovery=False, verify=CA_FILE)


def main():
    directory = browser.get(f"{ORIGIN}/sandbox/directory").json()
    tenant = directory["tenants"][0]
    apps = {app["kind"]: app for app in reversed(directory["apps"]) if not app["secretExpired"]}
    expired = next(app for app in directory["apps"] if app["secretExpired"])
    worker = next(
        user for user in directory["users"]
        if user["kind"] == "work" and user["hasMailbox"] and user["tenantId"] == tenant["id"])
    personal = next(user for user in directory["users"] if user["kind"] == "personal")

    judge_discovery(tenant)
    judge_client_credentials(apps["daemon"], expired, tenant)
    judge_code_flow(apps["web"], worker)
    judge_form_post(apps["web"], worker, tenant)
    judge_native_client(apps["native"], personal)
    print("The referee has no objection.")


def judge_discovery(tenant):
    document = browser.get(f"{ORIGIN}/{tenant['domain']}/v2.0/.well-known/openid-configuration").json()
    issuer = f"{ORIGIN}/{tenant['id']}/v2.0"
    check("the issuer of a tenant is at this origin", document["issuer"] == issuer, document)
    foreign = [value for value in document.values()
               if isinstance(value, str) and "://" in value and not value.startswith(ORIGIN)]
    check("no URL of the document leads elsewhere", not foreign, foreign)


def judge_client_credentials(daemon, expired, tenant):
    result = confidential(daemon, tenant["id"]).acquire_token_for_client([GRAPH + "/.default"])
    check("MSAL gets a token by client credentials", "access_token" in result, result)
    check("a token of 3599 seconds", result.get("expires_in") == 3599, result)
    issuer = f"{ORIGIN}/{tenant['id']}/"
    claims = verified(result["access_token"], GRAPH, issuer)
    check("PyJWT verifies the access token from the key set", True)
    check("its roles are the application's", claims["roles"] == daemon["applicationRoles"], claims)
    check("it says that an application acts", claims["idtyp"] == "app" and "scp" not in claims, claims)
    head, payload, signature = result["access_token"].split(".")
    try:
        verified(".".join([head, payload, "AAAA" + signature[4:]]), GRAPH, issuer)
        forged = True
    except jwt.InvalidSignatureError:
        forged = False
    check("PyJWT refuses the same token with another signature", not forged)

    result = confidential(daemon, tenant["id"], secret="wrong").acquire_token_for_client([GRAPH + "/.default"])
    check("a wrong secret is invalid_client", result.get("error") == "invalid_client", result)
    check("and AADSTS7000215", result.get("error_codes") == [7000215]
          and result["error_description"].startswith("AADSTS7000215:"), result)
    result = confidential(expired, tenant["id"]).acquire_token_for_client([GRAPH + "/.default"])
    check("an expired secret is AADSTS7000222", result.get("error_codes") == [7000222], result)
    result = confidential(daemon, tenant["domain"]).acquire_token_for_client([GRAPH + "/.default"])
    check("the tenant's domain works as its id does", "access_token" in result, result)

    oidc = msal.ConfidentialClientApplication(
        daemon["clientId"], client_credential=daemon["secret"], verify=CA_FILE,
        oidc_authority=f"{ORIGIN}/{tenant['id']}/v2.0")
    result = oidc.acquire_token_for_client([GRAPH + "/.default"])
    check("MSAL accepts the issuer as an OpenID Connect authority", "access_token" in result, result)


def judge_code_flow(web, worker):
    app = confidential(web, "common")
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT_URI, login_hint=worker["mail"])
    answer = sign_in(flow["auth_uri"], worker["userPrincipalName"])
    check("the sign-in comes back with MSAL's state", answer.get("state") == flow["state"], answer)
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    check("MSAL redeems the code with PKCE", "access_token" in result, result)
    check("both scopes are granted", set(SCOPES) <= set(result["scope"].split()), result["scope"])
    claims = result["id_token_claims"]
    check("MSAL finds its nonce in the id_token", claims["nonce"] == flow_nonce(flow), claims)
    check("the id_token names who signed in",
          claims["preferred_username"] == worker["userPrincipalName"] and claims["oid"] == worker["id"], claims)

    issuer = f"{ORIGIN}/{worker['tenantId']}/v2.0"
    check("PyJWT verifies the id_token",
          verified(result["id_token"], web["clientId"], issuer)["tid"] == worker["tenantId"])
    claims = verified(result["access_token"], GRAPH, f"{ORIGIN}/{worker['tenantId']}/")
    check("PyJWT verifies the access token", set(SCOPES) <= set(claims["scp"].split()), claims)

    account = app.get_accounts()[0]
    check("client_info gives MSAL the home account",
          account["home_account_id"] == f"{worker['id']}.{worker['tenantId']}", account)
    renewed = app.acquire_token_silent(SCOPES, account, force_refresh=True)
    check("MSAL refreshes silently", bool(renewed) and "access_token" in renewed, renewed)
    by_token = app.acquire_token_by_refresh_token(result["refresh_token"], SCOPES)
    check("the first refresh token still works", "access_token" in by_token, by_token)
    check("and another one is issued", by_token["refresh_token"] != result["refresh_token"])
    made_up = app.acquire_token_by_refresh_token("made-up", SCOPES)
    check("a made-up refresh token is invalid_grant", made_up.get("error") == "invalid_grant", made_up)
    again = confidential(web, "common").acquire_token_by_auth_code_flow(flow, answer)
    check("the code works once: AADSTS54005", again.get("error_codes") == [54005], again)


def flow_nonce(flow):
    query = urllib.parse.urlsplit(flow["auth_uri"]).query
    return dict(urllib.parse.parse_qsl(query))["nonce"]


def judge_form_post(web, worker, tenant):
    app = confidential(web, tenant["domain"])
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT_URI, response_mode="form_post")
    answer = sign_in(flow["auth_uri"], worker["userPrincipalName"], consents=False)
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    check("MSAL redeems a code that came as a form", "access_token" in result, result)

    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT_URI)
    declined = press(browser.get(flow["auth_uri"]), "decision", "cancel")
    query = urllib.parse.urlsplit(declined.headers["location"]).query
    result = app.acquire_token_by_auth_code_flow(flow, dict(urllib.parse.parse_qsl(query)))
    check("who cancels is access_denied, AADSTS65004", result.get("error") == "access_denied"
          and "AADSTS65004" in result["error_description"], result)


def judge_native_client(native, personal):
    app = msal.PublicClientApplication(
        native["clientId"], authority=f"{ORIGIN}/consumers", instance_discovery=False, verify=CA_FILE)
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri="http://localhost:49152")
    answer = sign_in(flow["auth_uri"], personal["userPrincipalName"])
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    check("a native client signs a personal account in without a secret", "access_token" in result, result)
    check("a personal account's access token is no JWT", "." not in result["access_token"])
    claims = verified(result["id_token"], native["clientId"], f"{ORIGIN}/{personal['tenantId']}/v2.0")
    check("PyJWT verifies its id_token", claims["oid"] == personal["id"], claims)
    renewed = app.acquire_token_by_refresh_token(result["refresh_token"], SCOPES)
    check("and it is refreshed without a secret", "access_token" in renewed, renewed)


main()
