"""The phone page as a person uses it. Run by tests/browser/run."""

import json
import os
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

READY = json.load(open(os.environ["PHONE_READY"], encoding="utf-8"))
SCREENSHOT = os.environ.get("PHONE_SCREENSHOT")
PAGE = READY["base_url"] + "/_sim"
# Long for a busy machine; what is waited for comes within a second.
PATIENCE_SECONDS = 30
MARKUP = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>"

# Notes every state that a message's row is ever in.
WATCH_STATES = """
window.states = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const row = target.closest?.("[data-status]");
    if (row && window.states.at(-1) !== row.dataset.status) {
      window.states.push(row.dataset.status);
    }
  }
}).observe(document.getElementById("messages"), { subtree: true, childList: true, attributes: true });
"""

# What Tab may come to, and whether all of it lies within the screen's width.
CONTROLS = """
const shown = (element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0;
const scope = document.querySelector("dialog[open]") ?? document;
return [...scope.querySelectorAll("a[href], button, input, select, textarea")].filter(shown).map((element) => {
  const { left, right } = element.getBoundingClientRect();
  return [element.id || element.name || element.className, left >= 0 && right <= innerWidth];
});
"""


def ask(method, path, body=None):
    request = urllib.request.Request(READY["base_url"] + path, method=method)
    request.add_header("Authorization", f"Bearer {READY['api_key']}")
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)


def until(what, condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE_SECONDS} seconds")
        time.sleep(0.02)


def send(to, text):
    """A message of the business, by the API."""
    return ask("POST", "/api/public/v1/send", {"to": to, "message": text})


def heard(peer, kind):
    """The customer's messages of a kind, as the platform lists them, newest first."""
    query = urllib.parse.urlencode({"peer": peer, "direction": "in"})
    messages = ask("GET", f"/api/public/v1/messages?{query}")["messages"]
    return [message for message in messages if message["type"] == kind]


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # In a container there is neither another user to be nor much shared memory.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en-GB", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    page = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    page.set_page_load_timeout(PATIENCE_SECONDS)
    return page


class Phone(unittest.TestCase):
    """Every test has a customer of its own; the console stays empty."""

    customers = 0

    @classmethod
    def setUpClass(cls):
        cls.page = browser()
        cls.addClassCleanup(cls.page.quit)

    def setUp(self):
        Phone.customers += 1
        self.customer = f"9230011100{Phone.customers:02}"
        self.size(1100, 800)
        self.page.get(PAGE)
        self.page.execute_script("localStorage.clear()")

    def tearDown(self):
        messages = [entry["message"] for entry in self.page.get_log("browser")]
        self.assertEqual(messages, [])

    # What a person does and sees.

    def size(self, width, height):
        """A screen of exactly this size, which windows cannot be made small enough for."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def open_chat(self):
        self.page.get("about:blank")
        self.page.get(f"{PAGE}#{self.customer}")
        until("the chat", lambda: self.shown("#text"))

    def shown(self, selector):
        found = self.page.find_elements(By.CSS_SELECTOR, selector)
        return [element for element in found if element.is_displayed()]

    def press(self, *keys):
        for key in keys:
            ActionChains(self.page).send_keys(key).perform()

    def focused(self):
        script = "const { id, name, className } = document.activeElement; return id || name || className"
        return self.page.execute_script(script)

    def tab_to(self, name, back=False):
        for _ in range(40):
            if self.focused() == name:
                return
            chain = ActionChains(self.page)
            if back:
                chain.key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
            else:
                chain.send_keys(Keys.TAB).perform()
        self.fail(f"Tab does not come to {name}")

    def bubbles(self, selector=".said"):
        # In one step, because a bubble may be drawn anew between two.
        script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)"
        return self.page.execute_script(script, f".bubble {selector}")

    def bubble(self, text):
        until(f"the message {text}", lambda: text in self.bubbles())

    def no_sideways(self):
        wide, inside = self.page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        self.assertLessEqual(wide, inside)
        for element in ("#scroll", "#people"):
            script = "const e = document.querySelector(arguments[0]); return e.scrollWidth <= e.clientWidth"
            self.assertTrue(self.page.execute_script(script, element), element)

    def all_reachable(self):
        """Every control that is shown lies on the screen, and Tab comes to it; answers which those are."""
        controls = self.page.execute_script(CONTROLS)
        for name, inside in controls:
            self.assertTrue(inside, f"{name} lies beside the screen")
        wanted = {name for name, _ in controls}
        for _ in range(len(controls) * 2 + 4):
            self.press(Keys.TAB)
            wanted.discard(self.focused())
        self.assertEqual(wanted, set(), "Tab does not come there")
        return [name for name, _ in controls]

    # The tests.

    def test_a_message_arrives_and_its_ticks_change(self):
        self.open_chat()
        self.page.find_element(By.ID, "reading").click()
        self.page.execute_script(WATCH_STATES)
        sent = send(self.customer, "Your order is on its way")
        self.bubble("Your order is on its way")
        states = lambda: self.page.execute_script("return window.states")
        until("delivered", lambda: states() and states()[-1] == "delivered")
        self.page.find_element(By.ID, "reading").click()
        until("read", lambda: states()[-1] == "read")
        self.assertEqual([state for state in states() if state != "accepted"], ["sent", "delivered", "read"])
        ticks = self.page.find_element(By.CSS_SELECTOR, ".bubble .ticks")
        self.assertEqual(ticks.get_attribute("aria-label"), "Read")
        self.assertIn("Your order", self.page.find_element(By.ID, "news").get_attribute("textContent"))
        message = sent["message_id"] if "message_id" in sent else sent["id"]
        path = f"/api/public/v1/messages/{urllib.parse.quote(message)}"
        until("the platform hears it", lambda: ask("GET", path)["message"]["status"] == "read")

    def test_all_goes_by_keyboard_alone(self):
        self.tab_to("new-customer")
        self.press(Keys.ENTER)
        until("the form", lambda: self.focused() == "number")
        self.press("+" + self.customer, Keys.TAB, "Grace", Keys.ENTER)
        until("the chat", lambda: self.focused() == "text")
        self.assertIn("Grace", self.page.find_element(By.ID, "owner").text)

        self.press("Do you have *tea*?", Keys.ENTER)
        self.bubble("Do you have tea?")
        until("the text", lambda: [found["text"] for found in heard(self.customer, "text")] == ["Do you have *tea*?"])

        self.tab_to("place-open", back=True)
        self.press(Keys.ENTER)
        self.tab_to("name")
        self.press("Home", Keys.ENTER)
        until("the location", lambda: heard(self.customer, "location"))
        until("its bubble", lambda: "Home" in "".join(self.bubbles(".place")))

        send(self.customer, "Black or green?")
        self.bubble("Black or green?")
        self.tab_to("act", back=True)
        self.press(Keys.END, Keys.ENTER)
        until("the form", lambda: self.shown("#act"))
        self.tab_to("emoji")
        self.press(Keys.ENTER)
        shown = lambda: "".join(self.bubbles(".reactions"))
        until("the reaction", lambda: shown() == "👍")
        # The first is the newest; how a reaction is listed is the platform's own matter.
        listed = lambda: json.dumps(ask("GET", f"/api/public/v1/messages?peer={self.customer}"), ensure_ascii=False)
        until("the platform hears it", lambda: "👍" in listed())
        until("the focus is back", lambda: self.focused() == "act")
        self.press(Keys.ENTER)
        until("the form", lambda: self.shown("#take-back"))
        self.tab_to("take-back")
        self.press(Keys.ENTER)
        until("no reaction", lambda: shown() == "")

        until("the focus is back", lambda: self.focused() == "act")
        self.press(Keys.ENTER)
        self.tab_to("reply")
        self.press(Keys.ENTER)
        until("the text", lambda: self.focused() == "text")
        self.press("Green", Keys.ENTER)
        self.bubble("Green")
        until("the quote", lambda: "Black or green?" in "".join(self.bubbles("blockquote")))
        until("the platform hears the quote", lambda: heard(self.customer, "text")[0].get("reply_to"))

    def test_a_narrow_screen_holds_all(self):
        self.size(360, 640)
        self.no_sideways()
        self.assertIn("new-customer", self.all_reachable())
        self.press(Keys.HOME)
        self.open_chat()
        send(self.customer, "A long word: " + "x" * 400 + " and a long address https://example.com/" + "y" * 200)
        until("the message", lambda: self.bubbles())
        self.no_sideways()
        controls = self.all_reachable()
        for control in ("back", "reading", "act", "place-open", "text", "send"):
            self.assertIn(control, controls)
        for opener, fields in (("place-open", {"latitude", "longitude", "name", "address"}), ("act", {"emoji", "reply"})):
            self.tab_to(opener)
            self.press(Keys.ENTER)
            until("the form", lambda: self.shown("dialog[open]"))
            self.assertLessEqual(fields, set(self.all_reachable()))
            self.no_sideways()
            self.press(Keys.ESCAPE)
        self.tab_to("back", back=True)
        self.press(Keys.ENTER)
        until("the phones", lambda: self.shown("#customers") and not self.shown("#text"))
        self.no_sideways()
        self.all_reachable()

    def test_a_newcomer_is_one_click_from_the_first_phone(self):
        self.assertTrue(self.shown("#welcome"))
        self.page.find_element(By.ID, "first-customer").click()
        until("the chat", lambda: self.shown("#empty"))
        self.assertIn("Ada, +923001234567", self.page.find_element(By.ID, "owner").text)
        self.press("hello", Keys.ENTER)
        until("two ticks", lambda: self.shown(".ticks.delivered"))

    def test_earlier_messages_come_when_asked_for(self):
        path = f"/_sim/customers/{self.customer}/messages"
        for index in range(205):
            ask("POST", path, {"type": "text", "text": f"No. {index}", "deliver": False})
        self.open_chat()
        self.bubble("No. 204")
        self.assertEqual(len(self.bubbles()), 200)
        self.tab_to("older")
        self.press(Keys.ENTER)
        self.bubble("No. 0")
        self.assertEqual(self.bubbles(), [f"No. {index}" for index in range(205)])
        self.assertFalse(self.shown("#older"))

    def test_markup_in_a_message_is_text(self):
        self.open_chat()
        send(self.customer, MARKUP)
        self.bubble(MARKUP)
        self.page.find_element(By.ID, "text").send_keys("<script>document.title='broken'</script>", Keys.ENTER)
        self.bubble("<script>document.title='broken'</script>")
        inside = self.page.find_elements(By.CSS_SELECTOR, "#messages img, #messages b, #messages script, #customers img")
        self.assertEqual(inside, [])
        self.assertEqual(self.page.title, "Phone · OpenWATI")

    def test_what_runs_from_right_to_left_does(self):
        self.open_chat()
        send(self.customer, "مرحبا 👋")
        self.bubble("مرحبا 👋")
        script = "return getComputedStyle(document.querySelector('.bubble .said')).direction"
        self.assertEqual(self.page.execute_script(script), "rtl")

    def test_what_has_no_drawing_yet_is_a_line(self):
        self.open_chat()
        path = f"/_sim/customers/{self.customer}/messages"
        ask("POST", path, {"type": "image", "image": {"caption": "look"}})
        ask("POST", path, {"type": "unsupported"})
        until("both", lambda: self.bubbles(".kind") == ["Photo", "Unsupported message"])
        self.assertEqual(self.bubbles(), ["look"])

    def test_what_never_arrived_says_why(self):
        self.open_chat()
        self.tab_to("text")
        self.press("Anybody there?", Keys.ENTER)
        until("the text", lambda: heard(self.customer, "text"))
        ask("POST", f"/_sim/customers/{self.customer}/window", {"open": False})
        send(self.customer, "Too late")
        until("the reason", lambda: "(131047)" in "".join(self.bubbles(".why")))
        self.assertFalse(self.shown("[data-status='failed'] .act"))

    # After all others, which know of one number alone.
    def test_with_several_numbers_one_is_picked(self):
        number = {"phone_number_id": "200", "waba_id": "201", "phone_number": "15550000002", "name": "Second",
                  "access_token": "t", "app_id": "1", "app_secret": "s", "callback_url": READY["base_url"], "verify_token": "v",
                  "throughput_per_second": 80}
        send(self.customer, "From the first")
        self.open_chat()
        self.bubble("From the first")
        self.assertFalse(self.shown("#channel"))
        ask("PUT", "/_sim/numbers", number)
        until("the choice", lambda: self.shown("#channel"))
        self.tab_to("channel", back=True)
        self.press(Keys.ARROW_DOWN)
        until("the other chat", lambda: self.page.find_element(By.ID, "chat-title").text == "Second")
        until("nothing", lambda: self.shown("#empty") and not self.bubbles())
        self.press(Keys.ARROW_UP)
        self.bubble("From the first")

    def test_what_the_simulator_refuses_is_said(self):
        self.page.find_element(By.ID, "new-customer").click()
        self.press("12", Keys.TAB, "Nobody", Keys.ENTER)
        until("the words", lambda: self.shown("#make .wrong") and "number" in self.shown("#make .wrong")[0].text)
        self.press(Keys.ESCAPE)
        # The browser itself notes an answer of 400 in the console.
        self.page.get_log("browser")

    def test_the_page_may_load_nothing_of_elsewhere(self):
        with urllib.request.urlopen(PAGE, timeout=PATIENCE_SECONDS) as answer:
            policy = answer.headers["Content-Security-Policy"]
            self.assertEqual(answer.geturl(), PAGE + "/")
        self.assertIn("default-src 'none'", policy)
        self.assertIn("script-src 'self'", policy)
        self.assertNotIn("unsafe", policy)

    @unittest.skipUnless(SCREENSHOT, "no picture is wanted")
    def test_picture(self):
        for number, name in (("4915112345678", "Emmy"), ("5215512345678", "Inés"), ("923001234567", "Ada")):
            ask("PUT", f"/_sim/customers/{number}", {"name": name})
        send("4915112345678", "Your parcel arrives on Friday.")
        send("525512345678", "¡Gracias por tu pedido! 🌮")
        self.customer = "923001234567"
        self.open_chat()
        states = lambda: [row.get_attribute("data-status") for row in self.page.find_elements(By.CSS_SELECTOR, ".message")]
        send(self.customer, "Hello Ada! Your order *A-1042* is packed. Where shall we bring it?")
        until("read", lambda: states() and states()[-1] == "read")
        path = f"/_sim/customers/{self.customer}/messages"
        first = ask("GET", path)[-1]["id"]
        place = {"latitude": 24.8607, "longitude": 67.0011, "name": "Home", "address": "12 Clifton Road, Karachi"}
        ask("POST", path, {"type": "location", "location": place})
        ask("POST", path, {"type": "reaction", "reaction": {"message_id": first, "emoji": "👍"}})
        ask("POST", path, {"type": "text", "text": "Please ring twice 🔔", "context": {"message_id": first}})
        until("three", lambda: len(states()) >= 3 and states()[-1] == "delivered")
        send(self.customer, "Thank you, we are on our way.")
        until("four", lambda: len(states()) >= 4 and states()[-1] == "read")
        self.size(1000, 640)
        self.page.execute_script("document.activeElement.blur()")
        self.page.get_screenshot_as_file(SCREENSHOT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
