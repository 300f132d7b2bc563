"""Walks through the hosted pages in a real Chromium, as the owner of a mailbox does.

    HELIOGRAPH_TOKEN=… pages.py GATEWAY SANDBOX DATABASE FOLDER [SCREENSHOTS]

GATEWAY and SANDBOX are origins; DATABASE is the gateway's, on SQLite; FOLDER is the browser's own; SCREENSHOTS is
a folder for pictures of each page. One line is printed per check; status 1 when one has failed.
"""

import os
import signal
import sqlite3
import sys
import time
from urllib.parse import quote

from checks import check, failures
from chromium import Chromium
from failures import PLANTED, STUCK
from parties import Gateway, Sandbox, fields

ALICE, BOB, NOBODY = "alice@contoso.test", "bob@contoso.test", "nomailbox@contoso.test"
HOSTILE = "\"'><script>document.title='taken'</script>\u0301"


def browser_has_check(browser):
    return browser.driver.execute_script("return !!document.querySelector('svg.check')")


class Walk:
    """The ways through the pages, with what they share."""

    def __init__(self, gateway, sandbox, database, browser):
        self.gateway, self.sandbox, self.database, self.browser = gateway, sandbox, database, browser
        self.back = sandbox.origin + "/"
        web = sandbox.app("web")
        self.app = gateway.register(web, name="Contoso", title="Sign in with Contoso")
        self.others = [
            gateway.register(web, name="Second", title=HOSTILE),
            gateway.register(sandbox.app("native"), name="Third", title="Sign in with a personal account")]

    def link(self, **form):
        return self.gateway.link(**{"redirectUrl": self.back, **form})

    def looks(self, name):
        flaws = self.browser.flaws(name)
        check(f"{name}: fits at 360 pixels and can be read, in light and dark", not flaws, flaws)

    def sign_in(self, link, user):
        """From the link to wherever it ends."""
        browser = self.browser
        browser.forget_cookies()
        browser.open(link)
        browser.press("Sign in with Contoso")
        if browser.has(user):
            browser.press(user)
        if browser.has("Accept"):
            browser.press("Accept")

    # The ways.

    def choice(self):
        browser = self.browser
        browser.open(self.link(account="choice", email=ALICE))
        text = browser.text
        check("the page names the mailbox and who asks", ALICE in text and "A program on this computer" in text, text)
        check("the page offers every app", all(browser.has(words) for words in [
            "Sign in with Contoso", "personal account", "document.title="]), text)
        check("a title that is markup is shown as text", browser.driver.title == "Connect a mailbox",
              browser.driver.title)
        self.looks("choice")

    def connected(self, account, user):
        browser = self.browser
        self.sign_in(self.link(account=account, email=user), user)
        told = fields(browser.url)
        check(f"{user} ends at the redirectUrl with account and state",
              browser.url.startswith(self.back + "?") and told == {"account": account, "state": "new"}, browser.url)
        state = self.gateway.get(f"/v1/account/{account}")["state"]
        check(f"the API says that {account} is connected", state == "connected", state)

    def result(self):
        """The page in the middle of the gateway's own name, while there is no program to go back to."""
        self.browser.open(self.gateway.origin + "/?account=alice&state=new")
        check("a success looks like one", browser_has_check(self.browser), self.browser.text)
        self.looks("connected")
        self.browser.open(self.gateway.origin + "/?account=alice&state=failed&problem=form.used")
        check("a failure does not pass for a success", "was not connected" in self.browser.text, self.browser.text)

    def declined(self):
        browser = self.browser
        browser.forget_cookies()
        browser.open(self.link(account="declined", redirectUrl=self.back + "?mine=1"))
        browser.press("Sign in with Contoso")
        browser.press("Cancel")
        self.refused("declined", "signIn.declined", "declined", account="declined")
        check("the redirectUrl keeps its own query", "?mine=1&account=declined&state=failed&" in
              browser.attribute("Back to", "href"), browser.attribute("Back to", "href"))
        self.looks("declined")
        browser.press("Try again")
        check("the link can be tried again", browser.has("Sign in with Contoso"), browser.text)

    def other_mailbox(self):
        browser = self.browser
        self.sign_in(self.link(account="other", email=ALICE), BOB)
        self.refused("other mailbox", "account.identityMismatch", f"for {BOB}, but this link is for {ALICE}")
        self.looks("other-mailbox")
        browser.press("Back to")
        told = fields(browser.url)
        check("the way back tells the program all of it",
              told["state"] == "failed" and told["problem"] == "account.identityMismatch" and told["remedy"]
              and BOB in told["error"] and told["account"] == "other", browser.url)

    def no_mailbox(self):
        self.sign_in(self.link(), NOBODY)
        self.refused("no mailbox", "graph.mailboxUnavailable", "mailbox")

    def refused(self, name, code, sentence, account=None):
        """The page of a failure: its sentence, its cure, and the way back, also by itself."""
        browser = self.browser
        text = browser.text
        check(f"{name}: the page says what went wrong", sentence in text and code in text, text)
        check(f"{name}: and what to do", "What to do" in text, text)
        # On a machine that stalls the page may have gone back by itself since: ours is the last one of the gateway.
        ours = [seen for seen in browser.collect().documents if seen[0].startswith(self.gateway.origin)]
        url, status, headers = ours[-1]
        refresh = headers.get("refresh", "")
        check(f"{name}: the status is an error's", status >= 400, (url, status))
        # Whoever has to send a link to somebody else gets more time.
        seconds = 300 if "The link to send" in text else 20
        check(f"{name}: it leads back after {seconds} seconds, and says so",
              refresh.startswith(f"{seconds}; url=" + self.back) and f"problem={code}" in refresh
              and f"taken back to the program in {seconds} seconds" in text, (refresh, text))
        told = fields(refresh.partition("url=")[2])
        remedy = told.get("remedy", "").partition("http")[0]
        check(f"{name}: with the same words", told["error"] in text and remedy in text, told)
        if account:
            check(f"{name}: and the account", told["account"] == account, told)

    def planted(self):
        """Everything that Microsoft may answer behind the callback. The link stays good, whatever fails."""
        link = self.link(account="planted")
        for name, fault, code, words in PLANTED:
            self.sandbox.plant(fault)
            self.sign_in(link, ALICE)
            self.refused(name, code, words, account="planted")
        self.sign_in(link, ALICE)
        check("after all of these the same link connects", fields(self.browser.url).get("state") == "new",
              self.browser.url)

    def stuck(self):
        """A page of Microsoft's that leads nowhere; its text is pasted into our help."""
        browser = self.browser
        for name, user, code, words in STUCK:
            app = self.gateway.register(self.sandbox.named(name), title="Sign in with Contoso")
            link = self.link(type=app)
            browser.forget_cookies()
            browser.open(link)
            browser.press("Sign in with Contoso")
            if user and browser.has(user):
                browser.press(user)
            elif user:
                browser.type("username", user)
                browser.press("Next")
            page = browser.text
            check(f"{name}: Microsoft's page leads nowhere", browser.url.startswith(self.sandbox.origin)
                  and "AADSTS" in page, page)
            browser.open(link)
            browser.press("Stuck on Microsoft")
            browser.type("code", page)
            browser.press("Explain it")
            words = words.replace("{callback}", self.gateway.origin + "/oauth")
            check(f"{name}: the help names it and its cure", code in browser.text and words in browser.text,
                  browser.text)

    def strangers(self):
        """Answers that belong to no sign-in of this browser. They lead nowhere: nobody knows whose they are."""
        browser = self.browser
        link = self.link(account="strange")

        browser.forget_cookies()
        browser.open(link)
        browser.press("Sign in with Contoso")
        browser.forget_cookies()
        browser.press(ALICE)
        self.refused_without_way_back("another browser", "signIn.browserMismatch", "another browser")

        browser.open(link)
        browser.press("Sign in with Contoso")
        self.overtake("UPDATE sign_in SET expires = 0")
        browser.press(ALICE)
        self.refused("an expired sign-in", "signIn.expired", "longer than 15 minutes", account="strange")

        self.sign_in(link, ALICE)
        callback = [request["responseHeaders"] for request in self.sandbox.requests()
                    if request["path"].endswith("/authorize")][-1]
        callback = {name.lower(): value for name, value in callback.items()}["location"]
        check("the callback is ours", callback.startswith(self.gateway.origin + "/oauth?"), callback)
        for name, address in [
                ("a replayed answer", callback), ("a forged state", self.gateway.origin + "/oauth?state=x&code=y"),
                ("no state", self.gateway.origin + "/oauth?error=access_denied&error_description=" + quote(HOSTILE))]:
            browser.open(address)
            self.refused_without_way_back(name, "signIn.expired", "used before")

    def refused_without_way_back(self, name, code, sentence):
        text = self.browser.text
        check(f"{name}: the page says what went wrong", sentence in text and code in text, text)
        check(f"{name}: and what to do", "What to do" in text, text)
        _, status, headers = self.browser.collect().documents[-1]
        check(f"{name}: it leads nowhere", status >= 400 and "refresh" not in headers and "seconds" not in text,
              (status, headers))

    def code(self):
        """Another browser, on another device, enters the code; this page finds out by itself, without script."""
        browser = self.browser
        browser.open(self.link(account="device", email=ALICE))
        browser.press("Use a code instead")
        check("with several apps the page asks which one", "code to enter" in browser.text, browser.text)
        self.looks("code-choice")
        self.sandbox.settle(deviceInterval=1)
        barred = self.gateway.register(self.sandbox.named("Native without public client flows"), title="Barred")
        browser.open(self.link(account="barred-device", type=barred))
        check("an app without public client flows offers no code", browser.has("Barred")
              and not browser.has("Use a code instead"), browser.text)
        ends = [(self.device_page("declined-device", self.others[1], "decline"), "signIn.declined", "declined"),
                (self.device_page("late-device", self.others[1], None), "signIn.deviceCodeExpired", "in time")]
        self.device_page("device", self.others[1], "accept")
        self.looks("device")
        browser.wait_until(lambda: browser.url.startswith(self.back))
        check("who has entered the code is connected, and the page has found out",
              fields(browser.url) == {"account": "device", "state": "new"}, browser.url)
        state = self.gateway.get("/v1/account/device")["state"]
        check("the API says so too", state == "connected", state)
        for page, code, sentence in ends:
            browser.open(page)
            browser.wait_until(lambda: "not connected" in browser.text)
            self.refused(f"a code that ends in {code}", code, sentence)

    def device_page(self, account, app, decision):
        """Shows a code, which somebody enters on another device, or nobody does in time."""
        browser = self.browser
        browser.open(self.link(account=account, email=ALICE, type=app))
        browser.press("Use a code instead")
        code = browser.shown("code")
        check(f"{account}: the page shows the code, and where to enter it",
              len(code) > 5 and browser.attribute("deviceauth", "href").startswith(self.sandbox.origin)
              and ALICE in browser.text, browser.text)
        _, _, headers = browser.collect().documents[-1]
        check(f"{account}: it looks again by itself", headers.get("refresh") == "4", headers)
        if decision:
            self.sandbox.decide(code, ALICE, decision)
        else:
            self.overtake("UPDATE device_sign_in SET expires = created WHERE user_code = ?", code)
        return browser.url

    def overtake(self, statement, *values):
        """Time that has passed, as far as the gateway's database knows."""
        with sqlite3.connect(self.database, timeout=10) as database:
            database.execute(statement, values)
        database.close()

    def used_link(self):
        browser = self.browser
        link = self.link(account="used")
        self.sign_in(link, ALICE)
        browser.open(link)
        check("a used link says that the mailbox is connected", "is already connected" in browser.text
              and "not connected" not in browser.text, browser.text)
        check("and leads nowhere by itself", "seconds" not in browser.text, browser.text)
        self.looks("used")

    def reserved(self):
        """“Need admin approval”, and the button under it that leads back."""
        browser = self.browser
        sending = self.gateway.register(
            self.sandbox.app("web"), name="Sending", title="Sign in for sending", sendOnly=True)
        browser.forget_cookies()
        browser.open(self.link(account="reserved"))
        browser.press("Sign in with Contoso")
        browser.press("dave@wingtip.test")
        browser.press("Return to the application")
        self.refused("needs an administrator", "signIn.declined", "only an administrator", account="reserved")
        text = browser.text
        check("needs an administrator: the link is there to be sent, and who must open it",
              "An administrator of your organisation" in text and "/adminconsent?client_id=" in text, text)
        self.looks("reserved")
        browser.press("Connect for sending only")
        check("needs an administrator: the app that only sends is offered alone", browser.has("Sign in for sending")
              and not browser.has("Sign in with Contoso"), browser.text)
        self.looks("sending-only")
        browser.press("Sign in for sending")
        if browser.has("dave@wingtip.test"):
            browser.press("dave@wingtip.test")
        browser.press("Accept")
        check("needs an administrator: sending alone is connected", fields(browser.url).get("state") == "new",
              browser.url)
        self.gateway.put(f"/v1/oauth2/{sending}", {"includeInListing": False})

    def help(self):
        browser = self.browser
        browser.open(self.link(account="help", type=self.app))
        browser.press("Stuck on Microsoft")
        self.looks("help")
        browser.type("code", "Sorry, but we’re having trouble signing you in.\n\nAADSTS50011: The redirect URI")
        browser.press("Explain it")
        check("help: says what Microsoft's code means",
              "entra.redirectMismatch · AADSTS50011" in browser.text and "What to do" in browser.text, browser.text)
        check("help: with the redirect URI that the link's app sends",
              f"Add exactly {self.gateway.origin}/oauth under" in browser.text, browser.text)
        check("help: with the portal page where this can be fixed",
              browser.attribute("Open the page at Microsoft", "href").startswith("http"), browser.text)
        self.looks("answer")
        browser.type("code", HOSTILE)
        browser.press("Explain it")
        check("help: what is unknown is said to be so", "no explanation for" in browser.text, browser.text)
        check("help: what was pasted is shown as text",
              "document.title=" in browser.text and browser.driver.title == "Help with signing in", browser.text)
        browser.press("Back to the sign-in")
        check("help: leads back to the sign-in", browser.has("Sign in with Contoso"), browser.text)

    # What must hold of all of them.

    def policies(self):
        browser = self.browser.collect()
        ours = [document for document in browser.documents if document[0].startswith(self.gateway.origin)]
        loose = [(url, headers) for url, _, headers in ours if not (
            headers.get("content-security-policy", "").startswith("default-src 'none'; style-src 'self'; form-action")
            and "unsafe" not in headers["content-security-policy"] and headers.get("referrer-policy") == "no-referrer"
            and headers.get("x-content-type-options") == "nosniff" and headers.get("cache-control") == "no-store")]
        check(f"all {len(ours)} pages have a strict Content-Security-Policy", len(ours) > 10 and not loose, loose)
        check("the browser saw nothing that the policy forbids", not browser.violations(), browser.violations())
        told = [request["path"] for request in self.sandbox.requests()
                if "sig=" in str({name.lower(): value for name, value in request["headers"].items()}.get("referer"))]
        check("the link is not told to Microsoft", not told, told)
        # That the browser would have said so.
        browser.open(self.gateway.origin + "/")
        browser.driver.execute_script("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
        browser.wait_until(browser.violations)


def main(gateway_origin, sandbox_origin, database, folder, screenshots=None):
    # Whatever hangs, the browser is closed.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("The pages took longer than 150 seconds."))
    signal.alarm(150)
    gateway = Gateway(gateway_origin, os.environ["HELIOGRAPH_TOKEN"])
    browser = Chromium(folder, screenshots)
    try:
        walk = Walk(gateway, Sandbox(sandbox_origin), database, browser)
        walk.choice()
        walk.connected("alice", ALICE)
        walk.result()
        # This tab is left alone, and is to go back by itself while others are looked at.
        walk.sign_in(walk.link(email=ALICE), BOB)
        left = browser.driver.current_window_handle
        browser.driver.switch_to.new_window("tab")
        browser.allow_script(False)
        browser.open("data:text/html,<title>off</title><script>document.title='on'</script>")
        check("scripts are off", browser.driver.title == "off", browser.driver.title)
        walk.connected("bob", BOB)
        walk.no_mailbox()
        walk.declined()
        walk.other_mailbox()
        walk.planted()
        walk.stuck()
        walk.strangers()
        walk.code()
        walk.used_link()
        walk.reserved()
        walk.help()
        walk.policies()
        browser.driver.switch_to.window(left)
        browser.wait_until(lambda: fields(browser.url).get("problem"))
        check("the page that was left alone has led back by itself",
              browser.url.startswith(walk.back + "?state=failed&problem=account.identityMismatch&"), browser.url)
    finally:
        browser.close()
    if failures:
        sys.exit(1)
    print("Every page is as it should be.")


main(*sys.argv[1:])
