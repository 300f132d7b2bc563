"""A real Chromium, one for the whole run, and what it can judge of a page."""

import json
import pathlib

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

# Each page is judged in all of them: name, width, whether the person prefers dark colours.
LOOKS = [("narrow-light", 360, False), ("narrow-dark", 360, True), ("wide-light", 1280, False),
         ("wide-dark", 1280, True)]

# WCAG 2.2, 1.4.3: every element that shows text of its own and whose contrast is below 4.5 to 1.
FAINT_TEXT = r"""
const channels = colour => {
  const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
  return [r, g, b, a];
};
const luminance = colour => {
  const [r, g, b] = colour.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const ground = element => {
  if (!element) return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  const own = channels(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, ground(element.parentElement));
};
const found = [];
let judged = 0;
for (const element of document.body.querySelectorAll('*')) {
  const text = element.tagName === 'TEXTAREA' ? element.value
    : [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
  if (!text || !element.getClientRects().length) continue;
  judged += 1;
  const below = ground(element);
  const ink = over(channels(getComputedStyle(element).color), below);
  const [light, dark] = [luminance(ink), luminance(below)].sort((a, b) => b - a);
  const ratio = (light + .05) / (dark + .05);
  if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
}
return {judged, found};
"""


class Chromium:
    def __init__(self, folder, screenshots=None):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     f"--user-data-dir={folder}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        # The path of the system's driver, so that nothing is looked for or loaded.
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(20)
        self.screenshots = screenshots and pathlib.Path(screenshots)
        self.console, self.documents = [], []

    def close(self):
        self.driver.quit()

    # What a person does.

    def open(self, url):
        self.driver.get(url)

    def press(self, words):
        """Presses the first button or link that shows these words, and waits for the next page."""
        self.driver.execute_script("window.left = true")
        self.find(words).click()
        self.wait_until(lambda: self.driver.execute_script("return !window.left && document.readyState == 'complete'"))

    def find(self, words):
        return self.driver.find_element(By.XPATH, f'(//button | //a)[contains(normalize-space(), "{words}")]')

    def has(self, words):
        try:
            return bool(self.find(words))
        except NoSuchElementException:
            return False

    def type(self, field, text):
        box = self.driver.find_element(By.CSS_SELECTOR, f"input[type=text][name={field}], textarea[name={field}]")
        box.clear()
        box.click()
        # As from the clipboard: in one go.
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})

    def forget_cookies(self):
        """As another person's browser."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def allow_script(self, allowed):
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def wait_until(self, condition, seconds=30):
        # Between two pages there may be nobody to ask.
        wait = WebDriverWait(self.driver, seconds, 0.05, ignored_exceptions=[WebDriverException])
        return wait.until(lambda _: condition())

    # What a person sees.

    @property
    def url(self):
        return self.driver.current_url

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def shown(self, style):
        """The text of the first element of that class."""
        return self.driver.find_element(By.CLASS_NAME, style).text

    def attribute(self, words, name):
        """Of the first button or link that shows these words."""
        return self.find(words).get_attribute(name)

    # What a judge sees.

    def flaws(self, name):
        """All that is wrong with how the page looks; a screenshot of each look, if they are wanted."""
        flaws = []
        for look, width, dark in LOOKS:
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False})
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
            scroll, inner, seen = self.driver.execute_script(
                "return [document.documentElement.scrollWidth, innerWidth, getComputedStyle(document.body).color]")
            if inner != width or scroll > inner:
                flaws.append(f"{look}: {scroll} pixels wide in a window of {inner}")
            bright = sum(int(c) for c in seen[4:-1].split(",")[:3]) > 3 * 128
            if bright != dark:
                flaws.append(f"{look}: the text is {seen}")
            contrast = self.driver.execute_script(FAINT_TEXT)
            flaws += [f"{look}: contrast {faint}" for faint in contrast["found"]]
            if contrast["judged"] < 3:
                flaws.append(f"{look}: nothing to read")
            if self.screenshots:
                self.driver.save_screenshot(str(self.screenshots / f"{name}-{look}.png"))
        return flaws

    def collect(self):
        """Adds to `console` what the browser said since, and to `documents` each page as (url, status, headers)."""
        self.console += self.driver.get_log("browser")
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.responseReceived" and message["params"]["type"] == "Document":
                response = message["params"]["response"]
                headers = {name.lower(): value for name, value in response["headers"].items()}
                self.documents.append((response["url"], response["status"], headers))
        return self

    def violations(self):
        return [entry["message"] for entry in self.collect().console if "Content Security Policy" in entry["message"]]
