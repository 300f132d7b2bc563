"""Judges the sandbox's Entra by Microsoft's own library: MSAL signs in to it, PyJWT verifies what it signs.

    referee.py ORIGIN CA_FILE

ORIGIN is the sandbox's https origin, CA_FILE its ca.pem. One line is printed per check; the first that
fails ends the run with status 1.
"""

import html.parser
import json
import urllib.parse

from checks import CA_FILE, GRAPH, ORIGIN, check

import jwt
import msal
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SCOPES = ["Mail.ReadWrite", "Mail.Send"]
REDIRECT_URI = "http://localhost:49152/oauth"

browser = requests.Session()


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
    certified = next(app for app in directory["apps"] if app["kind"] == "daemon" and app["certificates"])
    judge_certificate(certified, tenant)
    judge_device_flow(apps["native"], worker)
    judge_policies(apps["web"], worker)
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


def control(path, **members):
    answer = browser.post(f"{ORIGIN}/sandbox/{path}", json=members)
    assert answer.ok, answer.text


def judge_certificate(daemon, tenant):
    certificate = daemon["certificates"][0]
    key = certificate["pem"][certificate["pem"].index("-----BEGIN PRIVATE KEY-----"):]
    named = {"private_key": key, "public_certificate": certificate["pem"].removesuffix(key)}
    for algorithm, credential in (
            ("PS256", named), ("RS256", {"private_key": key, "thumbprint": certificate["sha1"]})):
        app = msal.ConfidentialClientApplication(
            daemon["clientId"], client_credential=credential, authority=f"{ORIGIN}/{tenant['id']}",
            instance_discovery=False, verify=CA_FILE)
        result = app.acquire_token_for_client([GRAPH + "/.default"])
        check(f"MSAL's {algorithm} assertion proves the certificate", "access_token" in result, result)
    claims = verified(result["access_token"], GRAPH, f"{ORIGIN}/{tenant['id']}/")
    check("the token has the application's roles", claims["roles"] == daemon["applicationRoles"], claims)
    strange = dict(named, private_key=new_key())
    app = msal.ConfidentialClientApplication(
        daemon["clientId"], client_credential=strange, authority=f"{ORIGIN}/{tenant['id']}",
        instance_discovery=False, verify=CA_FILE)
    result = app.acquire_token_for_client([GRAPH + "/.default"])
    check("an assertion by another key is AADSTS700027", result.get("error") == "invalid_client"
          and result["error_codes"] == [700027], result)


def new_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()


def judge_device_flow(native, worker):
    control("settings", deviceInterval=0)

    def start():
        app = msal.PublicClientApplication(
            native["clientId"], authority=f"{ORIGIN}/common", instance_discovery=False, verify=CA_FILE)
        flow = app.initiate_device_flow(SCOPES)
        check("MSAL starts a device flow at this origin",
              flow.get("verification_uri", "").startswith(ORIGIN), flow)
        # MSAL polls until then: once.
        flow["expires_at"] = 0
        return app, flow

    app, flow = start()
    check("while nobody has decided, it is pending",
          app.acquire_token_by_device_flow(flow).get("error") == "authorization_pending")
    page = browser.get(flow["verification_uri"])
    form = Form(page.text)
    fields = [field for field in form.fields if field[0] != "otc"] + [("otc", flow["user_code"])]
    page = press(browser.post(form.action, data=fields), "username", worker["userPrincipalName"])
    if Form(page.text).buttons:
        page = press(page, "decision", "accept")
    check("the page says that the person is signed in", page.status_code == 200, page.text)
    result = app.acquire_token_by_device_flow(flow)
    check("MSAL gets the tokens of the device", "access_token" in result, result)
    check("the id_token names who entered the code",
          result["id_token_claims"]["oid"] == worker["id"], result)
    renewed = app.acquire_token_silent(SCOPES, app.get_accounts()[0], force_refresh=True)
    check("and refreshes them", bool(renewed) and "access_token" in renewed, renewed)

    app, flow = start()
    control("device", userCode=flow["user_code"], decision="decline")
    result = app.acquire_token_by_device_flow(flow)
    check("who declines is authorization_declined", result.get("error") == "authorization_declined", result)

    app, flow = start()
    control("clock", advanceSeconds=901)
    result = app.acquire_token_by_device_flow(flow)
    check("after a quarter of an hour it is expired_token", result.get("error") == "expired_token", result)
    control("clock", advanceSeconds=-901)


def judge_policies(web, worker):
    for name, number, suberror in (("mfa", 50076, "basic_action"), ("block", 53003, "message_only")):
        # An application of its own for each: MSAL repeats a refusal from memory for a minute.
        app = confidential(web, "common")
        flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT_URI)
        answer = sign_in(flow["auth_uri"], worker["userPrincipalName"], consents=False)
        app.acquire_token_by_auth_code_flow(flow, answer)
        account = app.get_accounts()[0]
        control("policies", user=worker["id"], **{name: True})
        result = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True) or {}
        check(f"{name} is AADSTS{number} with {suberror}", result.get("error") == "invalid_grant"
              and result["error_codes"] == [number] and result["suberror"] == suberror, result)
        check("MSAL classifies it so", result.get("classification") == suberror, result)
        check("its claims are JSON", "access_token" in json.loads(result["claims"]), result)
        control("policies", user=worker["id"], **{name: False})


main()
