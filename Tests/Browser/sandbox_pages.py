"""Walks through the sandbox's own pages in a real Chromium, as a developer does who tests a program against it.

    sandbox_pages.py SANDBOX FOLDER [SCREENSHOTS]

SANDBOX is an origin; FOLDER is the browser's own; SCREENSHOTS is a folder for pictures of each page. One line is
printed per check; status 1 when one has failed.
"""

import base64
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from selenium.webdriver.common.by import By

from checks import check, failures
from chromium import Chromium
from parties import Sandbox

ALICE, BOB = "alice@contoso.test", "bob@contoso.test"
# Subject, text and HTML of a message that tries all that mail can try. BEACON is another server.
HOSTILE = "\"'><script>document.title='taken'</script>\u202etxt.exe"
TRICKS = """<html><head><base href="BEACON/base/"><link rel="stylesheet" href="BEACON/sheet.css">
<meta http-equiv="refresh" content="0; url=BEACON/refresh"><style>@import url(BEACON/import.css);
body { background: url(BEACON/background.png) }</style></head><body onload="top.document.title='taken'">
<h1 style="color: #06c">Big news</h1><p>From our <b>sun</b> to yours.</p><img src="cid:dot@x" alt="a dot">
<script>top.document.title='taken'; fetch('BEACON/fetch')</script><img src="BEACON/image.png" alt="remote">
<img src="x" onerror="top.document.title='taken'"><iframe src="BEACON/frame"></iframe>
<object data="BEACON/object"></object><video src="BEACON/video" autoplay></video>
<svg onload="top.document.title='taken'"><image href="BEACON/svg.png"/></svg>
<form action="BEACON/form"><button autofocus onfocus="this.form.submit()">Send</button></form>
<a href="BEACON/top" target="_top">Elsewhere</a> <a href="BEACON/window" target="_blank">New window</a>
<a href="BEACON/link">A link</a></body></html>"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR42mNkYPjPgBcwjkoDAAwdAQn+8f9ZAAAAAElFTkSuQmCC"


class Beacon:
    """A server on another origin, and what it was asked. Its own page tries all that the message tries."""

    def __init__(self):
        self.asked = asked = []
        beacon = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200 if self.path == "/page" else 204)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                if self.path == "/page":
                    self.wfile.write(beacon.tricks.encode())

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.tricks = TRICKS.replace("BEACON", self.origin)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Walk:
    def __init__(self, sandbox, browser, beacon):
        self.sandbox, self.browser, self.beacon = sandbox, browser, beacon

    def open(self, path):
        self.browser.open(self.sandbox.origin + path)

    def looks(self, name):
        flaws = self.browser.flaws(name)
        check(f"{name}: fits at 360 pixels and can be read, in light and dark", not flaws, flaws)

    def mail(self):
        browser = self.browser
        self.open("/")
        check("an empty sandbox says how mail comes into it", "No mail yet" in browser.text, browser.text)
        self.looks("overview-empty")
        self.sandbox.settle(sendLagMs=0)
        self.sandbox.send(ALICE, [BOB], "Lunch on Friday?", text="At noon, as usual?\n\nAlice")
        self.sandbox.send(ALICE, [BOB, "erin@outlook.test", "x@elsewhere.test", "y@elsewhere.test"], HOSTILE,
                          html=self.beacon.tricks,
                          files=[("dot.png", "image/png", base64.b64decode(DOT), "dot@x"),
                                 ("<b>offer</b>.html", "text/html", b"<script>alert(1)</script>", None)])
        browser.open(self.sandbox.origin + "/")
        check("the overview counts what is unread and shows who wrote to whom", all(
            words in browser.text for words in ["2 unread", "Lunch on Friday?", ALICE, BOB, "Inbox"]), browser.text)
        check("a subject that is markup is shown as text, and what reorders it by its name",
              "<script>document.title='taken'</script>" in browser.text and "U+202E" in browser.text, browser.text)
        self.looks("overview")
        browser.press("Bob")
        self.looks("folder")
        self.quiet("the mail pages")

    def message(self):
        browser = self.browser
        browser.press("document.title")
        title = browser.driver.title
        frame = browser.driver.find_element(By.TAG_NAME, "iframe")
        browser.driver.switch_to.frame(frame)
        shown = browser.text
        dot = browser.driver.find_element(By.CSS_SELECTOR, "img[alt='a dot']").get_property("naturalWidth")
        here = browser.url
        for words in ["Send", "Elsewhere", "New window", "A link"]:
            browser.find(words).click()
        browser.driver.switch_to.default_content()
        check("its links and forms lead nowhere", browser.url == here and len(browser.driver.window_handles) == 1,
              (browser.url, browser.driver.window_handles))
        check("HTML is shown in its frame", "Big news" in shown and "From our sun to yours." in shown, shown)
        check("with the image that is part of it", dot == 10, dot)
        check("its scripts do not run", "taken" not in title.replace("title='taken'", "")
              and browser.driver.title == title, browser.driver.title)
        check("nothing is asked of another server", not self.beacon.asked, self.beacon.asked)
        self.looks("message-html")
        # That they would have.
        browser.driver.switch_to.new_window("tab")
        browser.open(self.beacon.origin + "/page")
        browser.wait_until(lambda: {"/image.png", "/sheet.css", "/fetch", "/frame"} <= set(self.beacon.asked))
        browser.driver.close()
        browser.driver.switch_to.window(browser.driver.window_handles[0])
        browser.collect().console.clear()
        browser.press("Text")
        self.looks("message-text")
        browser.press("Source")
        check("the source is shown", "MIME-Version: 1.0" in browser.text, browser.text)
        self.looks("message-source")
        self.quiet("text and source")

    def control(self):
        browser = self.browser
        self.open("/control")
        self.looks("control")
        browser.press("Throttle the next send")
        check("a common fault is one press away", "The fault was added." in browser.text
              and "reply 429" in browser.text, browser.text)
        browser.driver.find_element(By.XPATH, "//summary[contains(., 'other fault')]").click()
        self.fill("path", "/send")
        self.fill("status", "soon")
        browser.press("Add this fault")
        box = browser.driver.find_element(By.ID, "fault-status")
        check("a wrong value is shown where it was entered, with what is wrong", box.get_property("value") == "soon"
              and browser.driver.switch_to.active_element == box and "'status' must be" in browser.text, browser.text)
        self.looks("control-refused")
        self.open("/control")
        browser.press("+91 days")
        check("the clock moves, and every page says so", browser.text.count("moved by +91 d") == 2
              or "Clock moved by +91 d" in browser.text, browser.text)
        self.looks("control-moved")
        browser.press("Back to the machine")
        browser.press("Remove")
        check("a fault can be removed", "No faults" in browser.text, browser.text)
        self.quiet("the control page")

    def fill(self, field, text):
        box = self.browser.driver.find_element(By.ID, "fault-" + field)
        box.clear()
        box.send_keys(text)

    def requests(self):
        browser = self.browser
        self.open("/requests")
        browser.wait_until(lambda: "Live." in browser.text)
        browser.driver.execute_script("window.stays = true")
        summary = browser.driver.find_element(By.CSS_SELECTOR, "#requests summary")
        summary.click()
        self.looks("requests-open")
        self.sandbox.ask("/common/while-you-watch")
        browser.wait_until(lambda: "while-you-watch" in browser.text)
        check("the log shows a new request without a reload, and what was open stays open",
              browser.driver.execute_script("return window.stays")
              and len(browser.driver.find_elements(By.CSS_SELECTOR, "#requests details[open]")) == 1, browser.text)
        self.looks("requests")
        browser.driver.execute_script("const ask = fetch; window.asked = 0; "
                                      "window.fetch = (...what) => { asked += 1; return ask(...what); }")
        browser.find("Pause").click()
        self.sandbox.ask("/common/while-you-rest")
        # Which makes the page look at once, unless it is paused.
        asked = browser.driver.execute_script(
            "asked = 0; document.dispatchEvent(new Event('visibilitychange')); return asked")
        check("a paused log asks for nothing", asked == 0 and "Paused." in browser.text, (asked, browser.text))
        browser.find("Resume").click()
        browser.wait_until(lambda: "while-you-rest" in browser.text)
        check("and goes on where it was", browser.driver.execute_script("return asked > 0 && window.stays"))
        box = browser.driver.find_element(By.ID, "text")
        box.send_keys("WHILE-YOU-REST")
        browser.press("Filter")
        check("the log is filtered", "while-you-rest" in browser.text and "while-you-watch" not in browser.text,
              browser.text)
        self.sandbox.ask("/common/other")
        self.sandbox.ask("/common/again-while-you-rest")
        browser.wait_until(lambda: "again-while-you-rest" in browser.text)
        check("what is new is filtered too", "/common/other" not in browser.text, browser.text)
        self.sandbox.reset()
        self.sandbox.ask("/common/while-you-rest-2")
        browser.wait_until(lambda: "while-you-rest-2" in browser.text)
        check("after a reset what was before is gone", "again-while" not in browser.text, browser.text)
        self.open("/requests/" + str(self.sandbox.requests()[-1]["number"]))
        self.looks("request")
        self.open("/requests?text=nowhere")
        self.looks("requests-none")
        self.quiet("the request log")

    def without_script(self):
        browser = self.browser
        browser.allow_script(False)
        self.open("/control")
        browser.press("+1 hour")
        check("forms work without script", "The clock was moved." in browser.text, browser.text)
        self.open("/requests")
        self.sandbox.ask("/common/by-hand")
        browser.press("Refresh")
        check("the log can be refreshed without script", "by-hand" in browser.text and not browser.has("Pause")
              or not browser.driver.find_element(By.ID, "pause").is_displayed(), browser.text)
        self.open("/control")
        browser.driver.find_element(By.XPATH, "//summary[contains(., 'Restore')]").click()
        self.looks("control-reset")
        browser.press("Reset the sandbox")
        check("a reset takes two presses", "as it was when it started" in browser.text, browser.text)
        browser.allow_script(True)

    def entra(self):
        """The pages in Microsoft's place share the look."""
        app = self.sandbox.app("web")
        query = (f"client_id={app['clientId']}&response_type=code&redirect_uri={app['redirectUris'][0]}"
                 "&scope=openid+offline_access+Mail.Send&state=x")
        self.open("/common/oauth2/v2.0/authorize?" + query)
        self.looks("entra-picker")
        self.browser.press(ALICE)
        self.looks("entra-consent")
        self.open("/common/oauth2/v2.0/authorize?client_id=x")
        self.looks("entra-error")
        self.open("/mailbox/nobody")
        self.looks("not-found")
        self.browser.collect().console.clear()

    def focus(self):
        """Whatever the Tab key reaches shows it."""
        self.open("/control")
        unseen = self.browser.driver.execute_script("""
          document.querySelectorAll('details').forEach(details => details.open = true);
          const seen = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')];
          return seen.filter(e => e.getClientRects().length).filter(e => {
            e.focus({focusVisible: true});
            return document.activeElement !== e || getComputedStyle(e).outlineStyle === 'none';
          }).map(e => e.outerHTML.slice(0, 80))""")
        check("keyboard focus is visible everywhere", not unseen, unseen)
        unnamed = self.browser.driver.execute_script("""
          return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
            .filter(e => !e.labels.length).map(e => e.outerHTML)""")
        check("every field has a label", not unnamed, unnamed)

    def quiet(self, what):
        console = [entry for entry in self.browser.collect().console if entry["level"] in ("SEVERE", "WARNING")]
        # A form that was refused is 400, which Chromium reports.
        console = [entry for entry in console if "status of 400" not in entry["message"]]
        check(f"the browser has nothing to complain about: {what}", not console, console)
        self.browser.console.clear()


def main(origin, folder, screenshots=None):
    # Whatever hangs, the browser is closed.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("The pages took longer than 150 seconds."))
    signal.alarm(150)
    browser = Chromium(folder, screenshots)
    try:
        walk = Walk(Sandbox(origin), browser, Beacon())
        walk.mail()
        walk.message()
        walk.control()
        walk.requests()
        walk.without_script()
        walk.entra()
        walk.focus()
    finally:
        browser.close()
    if failures:
        sys.exit(1)
    print("Every page is as it should be.")


main(*sys.argv[1:])
