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
SEED = json.load(open(os.path.join(os.path.dirname(os.environ["PHONE_READY"]), "seed.json"), encoding="utf-8"))
SCREENSHOT = os.environ.get("PHONE_SCREENSHOT")
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../local/sim/samples")
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

# A photo of a teapot, drawn.
PHOTO = """
const canvas = document.createElement("canvas");
Object.assign(canvas, { width: 760, height: 480 });
const drawing = canvas.getContext("2d");
const light = drawing.createRadialGradient(380, 190, 20, 380, 240, 480);
[["#fff6e3", 0], ["#f3d3a0", 0.6], ["#c98f58", 1]].forEach(([colour, at]) => light.addColorStop(at, colour));
drawing.fillStyle = light;
drawing.fillRect(0, 0, 760, 480);
drawing.fillStyle = "#8a5a35";
drawing.fillRect(0, 372, 760, 108);
drawing.fillStyle = "rgb(60 30 10 / 25%)";
drawing.beginPath();
drawing.ellipse(380, 388, 180, 22, 0, 0, 7);
drawing.fill();
drawing.fillStyle = "#000000";
drawing.font = "290px sans-serif";
drawing.textAlign = "center";
drawing.fillText("🫖", 380, 365);
drawing.font = "90px sans-serif";
drawing.fillText("🍋", 640, 395);
drawing.fillText("🌿", 130, 395);
return canvas.toDataURL("image/png").split(",")[1];
"""


def ask(method, path, body=None, token=READY["api_key"]):
    request = urllib.request.Request(READY["base_url"] + path, method=method)
    request.add_header("Authorization", f"Bearer {token}")
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


def graph(path, body):
    """What the platform asks Graph for, asked for directly."""
    return ask("POST", f"/_sim/graph/v23.0/{path}", body, SEED["channel"]["access_token"])


def tell(to, kind, content):
    """A message of the business of any kind, by Graph; answers its id."""
    body = {"messaging_product": "whatsapp", "to": to, "type": kind, kind: content}
    return graph(f"{SEED['channel']['phone_number_id']}/messages", body)["messages"][0]["id"]


def choice(kind, body, action, **more):
    return {"type": kind, "body": {"text": body}, "action": action, **more}


def buttons(*titles):
    return {"buttons": [{"type": "reply", "reply": {"id": f"id-{title}", "title": title}} for title in titles]}


def approved_template(name, components):
    graph(f"{SEED['channel']['waba_id']}/message_templates",
          {"name": name, "language": "en", "category": "MARKETING", "components": components})
    ask("PUT", f"/_sim/templates/{name}", {"status": "APPROVED"})


def said_by(customer):
    """The customer's messages as they wrote them, the newest first."""
    messages = ask("GET", f"/_sim/customers/{customer}/messages")
    return [message["raw"] for message in reversed(messages) if message["direction"] == "in"]


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
        self.said_before = 0
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
        # In one step, because an element may be drawn anew between two.
        script = "return [...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility())"
        return self.page.execute_script(script, selector)

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

    def attach(self, what):
        """Opens the menu of what may be attached, by keyboard, and picks from it."""
        self.tab_to("attach-open", back=True)
        self.press(Keys.ENTER)
        self.tab_to(what)
        self.press(Keys.ENTER)

    def tap(self, title):
        """Goes to a button of the messages with the arrows, and presses it."""
        self.tab_to_messages()
        self.press(Keys.END)
        for _ in range(60):
            if title in self.page.execute_script("return document.activeElement.textContent"):
                self.press(Keys.ENTER)
                return
            self.press(Keys.ARROW_UP)
        self.fail(f"the arrows do not come to {title}")

    def tab_to_messages(self):
        within = "return document.getElementById('messages').contains(document.activeElement)"
        for _ in range(40):
            if self.page.execute_script(within):
                return
            self.press(Keys.TAB)
        self.fail("Tab does not come to the messages")

    def greet(self):
        """The customer's first message, after which the business may say what it likes."""
        ask("POST", f"/_sim/customers/{self.customer}/messages", {"type": "text", "text": "hello"})
        self.bubble("hello")
        self.said_before = 1

    def last_said(self):
        """What the customer said last, once it is more than before."""
        before = self.said_before
        found = until("the customer's message", lambda: (lambda said: len(said) > before and said)(said_by(self.customer)))
        self.said_before = len(found)
        return found[0]

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

        self.attach("place-open")
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
        for control in ("back", "reading", "act", "attach-open", "text", "send"):
            self.assertIn(control, controls)
        place = {"latitude", "longitude", "name", "address"}
        for openers, fields in ((("attach-open", "place-open"), place), (("attach-open", "card-open"), {"name", "phone"}),
                                (("act",), {"emoji", "reply"})):
            for opener in openers:
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

    def test_every_kind_fits_a_narrow_screen(self):
        self.size(360, 640)
        self.open_chat()
        path = f"/_sim/customers/{self.customer}/messages"
        word = "x" * 200
        person = {"name": {"formatted_name": word, "first_name": word}, "phones": [{"phone": word}]}
        for kind, content in (("image", {"caption": word}), ("video", {}), ("audio", {}), ("document", {"filename": f"{word}.pdf"}),
                              ("sticker", {}), ("contacts", [person]), ("button", {"text": word, "payload": "p"}),
                              ("location", {"latitude": 1, "longitude": 2, "name": word})):
            ask("POST", path, {"type": kind, kind: content})
        bill = {"reference_id": "1", "type": "physical-goods", "currency": "INR", "total_amount": {"value": 2100, "offset": 100},
                "payment_type": "upi", "payment_configuration": "c",
                "order": {"status": "pending", "items": [{"name": word[:60], "amount": {"value": 2000, "offset": 100}, "quantity": 1}],
                          "subtotal": {"value": 2000, "offset": 100}, "tax": {"value": 100, "offset": 100}}}
        for asked in (choice("button", word, buttons("x" * 20, "y" * 20)), choice("list", word, {"button": "x" * 20, "sections": [
                      {"rows": [{"id": "1", "title": "x" * 24, "description": "y" * 72}]}]}),
                      choice("order_details", "Pay", {"name": "review_and_pay", "parameters": bill})):
            tell(self.customer, "interactive", asked)
        until("all of it", lambda: len(self.bubbles(".inside")) == 11)
        until("the bill", lambda: "21.00 INR" in "".join(self.bubbles(".bill")))
        self.no_sideways()
        beside = "return [...document.querySelectorAll('.bubble, .bubble *')].filter((element) => " \
                 "element.getBoundingClientRect().right > innerWidth).map((element) => element.className)"
        self.assertEqual(self.page.execute_script(beside), [])
        self.tap("x" * 20)
        until("the rows", lambda: self.shown("#rows"))
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

    def test_what_has_no_drawing_is_a_line(self):
        self.open_chat()
        path = f"/_sim/customers/{self.customer}/messages"
        ask("POST", path, {"type": "unsupported"})
        ask("POST", path, {"type": "order", "order": {"catalog_id": "1", "product_items": [None]}})
        until("both", lambda: self.bubbles(".kind") == ["Unsupported message", "Order"])

    def test_a_file_of_every_kind_is_shown(self):
        self.open_chat()
        path = f"/_sim/customers/{self.customer}/messages"
        ask("POST", path, {"type": "image", "image": {"caption": "my *look*"}})
        self.bubble("my look")
        loaded = "const found = document.querySelector(arguments[0]); return found && found.naturalWidth > 0"
        until("the picture", lambda: self.page.execute_script(loaded, ".picture img"))
        ask("POST", path, {"type": "sticker"})
        until("the sticker", lambda: self.page.execute_script(loaded, "img.sticker"))
        ask("POST", path, {"type": "document", "document": {"filename": "plan.pdf"}})
        until("the document and its size", lambda: self.shown("a.sheet") and "588 B" in self.shown("a.sheet")[0].text)
        sheet = self.shown("a.sheet")[0]
        self.assertEqual(sheet.get_attribute("download"), "plan.pdf")
        with urllib.request.urlopen(sheet.get_attribute("href"), timeout=PATIENCE_SECONDS) as answer:
            self.assertTrue(answer.read().startswith(b"%PDF"))
        ask("POST", path, {"type": "video"})
        until("the video", lambda: self.shown(".picture .length") and "0:01" in self.shown(".picture .length")[0].text)
        ask("POST", path, {"type": "audio"})
        until("the voice", lambda: self.shown(".voice .length") and self.shown(".voice .length")[0].text == "0:01")
        self.assertEqual(self.bubbles(".missing"), [])

    def test_a_picture_opens_by_keyboard_and_the_focus_comes_back(self):
        self.open_chat()
        ask("POST", f"/_sim/customers/{self.customer}/messages", {"type": "image"})
        until("the picture", lambda: self.shown(".picture"))
        self.tab_to_messages()
        self.press(Keys.ARROW_UP)
        self.assertEqual(self.focused(), "picture")
        self.press(Keys.ENTER)
        until("the picture alone", lambda: self.shown("#viewer-stage img"))
        self.press(Keys.ESCAPE)
        until("the chat", lambda: not self.shown("#viewer"))
        self.assertEqual(self.focused(), "picture")

    def test_a_voice_is_played_by_keyboard(self):
        self.open_chat()
        ask("POST", f"/_sim/customers/{self.customer}/messages", {"type": "audio"})
        until("the voice", lambda: self.shown(".voice .length") and self.shown(".voice .length")[0].text == "0:01")
        play = self.page.find_element(By.CSS_SELECTOR, ".voice button")
        self.assertEqual(play.get_attribute("aria-label"), "Play the voice message")
        self.page.execute_script("window.heard = []; new MutationObserver(() => "
                                 "window.heard.push(document.querySelector('.voice button').ariaLabel))"
                                 ".observe(document.querySelector('.voice button'), {attributes: true})")
        self.tab_to_messages()
        self.press(Keys.HOME, Keys.ENTER)
        heard = lambda: self.page.execute_script("return window.heard")
        until("it plays", lambda: "Pause the voice message" in heard())
        until("it ends", lambda: heard()[-1] == "Play the voice message")

    def test_a_reply_button_answers(self):
        self.open_chat()
        self.greet()
        asked = tell(self.customer, "interactive", choice("button", "Tea?", buttons("Yes", "No", "Later"),
                     header={"type": "text", "text": "A question"}, footer={"text": "by the kettle"}))
        until("the buttons", lambda: self.bubbles(".tap") == ["Yes", "No", "Later"])
        self.assertEqual(self.bubbles(".head") + self.bubbles(".footer"), ["A question", "by the kettle"])
        self.tap("No")
        said = self.last_said()
        self.assertEqual(said["interactive"], {"type": "button_reply", "button_reply": {"id": "id-No", "title": "No"}})
        self.assertEqual(said["context"]["id"], asked)
        self.bubble("No")
        until("the quote", lambda: "Tea?" in "".join(self.bubbles("blockquote")))
        until("the platform hears it", lambda: heard(self.customer, "interactive"))

    def test_a_row_of_a_list_answers(self):
        self.open_chat()
        self.greet()
        sections = [{"title": "Tea", "rows": [{"id": "g", "title": "Green", "description": "From <b>Fujian</b>"}]},
                    {"title": "Coffee", "rows": [{"id": "e", "title": "Espresso"}, {"id": "f", "title": "Filter"}]}]
        asked = tell(self.customer, "interactive", choice("list", "What is it?", {"button": "Menu", "sections": sections}))
        until("the button", lambda: self.bubbles(".tap") == ["Menu"])
        self.size(360, 640)
        self.tap("Menu")
        until("the rows", lambda: len(self.shown("#rows [type=radio]")) == 3)
        self.assertIn("From <b>Fujian</b>", self.page.find_element(By.ID, "rows").text)
        self.no_sideways()
        self.press(Keys.SPACE, Keys.ENTER)
        said = self.last_said()
        row = {"id": "g", "title": "Green", "description": "From <b>Fujian</b>"}
        self.assertEqual(said["interactive"], {"type": "list_reply", "list_reply": row})
        self.assertEqual(said["context"]["id"], asked)
        until("the dialog is gone", lambda: not self.shown("#rows"))
        self.tap("Menu")
        until("the rows", lambda: self.shown("#rows"))
        self.press(Keys.SPACE, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
        self.assertEqual(self.last_said()["interactive"]["list_reply"], {"id": "f", "title": "Filter"})

    def test_a_flow_a_place_and_a_call_are_answered(self):
        self.open_chat()
        self.greet()
        flow = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "flow_token": "tok"}
        tell(self.customer, "interactive", choice("flow", "A table?", {"name": "flow", "parameters": flow}))
        until("the flow", lambda: self.bubbles(".tap") == ["Book"])
        self.tap("Book")
        until("the form", lambda: self.shown("#fill textarea"))
        self.press(Keys.TAB, Keys.TAB, Keys.ENTER)
        answer = self.last_said()["interactive"]["nfm_reply"]
        self.assertEqual((answer["name"], json.loads(answer["response_json"])), ("flow", {"flow_token": "tok"}))
        tell(self.customer, "interactive", choice("location_request_message", "Where?", {"name": "send_location"}))
        until("the question", lambda: "Send location" in self.bubbles(".tap"))
        self.tap("Send location")
        until("the form", lambda: self.shown("#place"))
        self.press(Keys.ENTER)
        self.assertEqual(self.last_said()["location"], {"latitude": 24.8607, "longitude": 67.0011})
        tell(self.customer, "interactive", choice("call_permission_request", "Call?", {"name": "call_permission_request"}))
        until("the question", lambda: "Do not allow" in self.bubbles(".tap"))
        self.tap("Do not allow")
        self.assertEqual(self.last_said()["interactive"]["call_permission_reply"]["response"], "reject")

    def test_products_are_ordered(self):
        self.open_chat()
        self.greet()
        sections = [{"title": "Tea", "product_items": [{"product_retailer_id": "green"}, {"product_retailer_id": "black"}]}]
        tell(self.customer, "interactive", choice("product_list", "New", {"catalog_id": "9", "sections": sections},
             header={"type": "text", "text": "Shop"}))
        until("the products", lambda: self.bubbles(".tap") == ["View items"])
        self.tap("View items")
        until("the form", lambda: self.shown("#shop"))
        self.press("3", Keys.ENTER)
        order = self.last_said()["order"]
        self.assertEqual(order["catalog_id"], "9")
        self.assertEqual([item["product_retailer_id"] for item in order["product_items"]], ["green"])
        until("the order", lambda: "green" in "".join(self.bubbles(".bill")))

    def test_links_lead_to_pages_alone(self):
        self.open_chat()
        self.greet()
        cta = {"name": "cta_url", "parameters": {"display_text": "Track", "url": "https://example.com/1?a=<b>"}}
        tell(self.customer, "interactive", choice("cta_url", "On its way", cta))
        tell(self.customer, "text", {"body": "see https://example.com/x_y_z. javascript:alert(1)"})
        until("both", lambda: len(self.bubbles("a")) == 2)
        links = self.page.execute_script("return [...document.querySelectorAll('#messages a')].map((a) => [a.href, a.rel])")
        self.assertEqual([address for address, _ in links], ["https://example.com/1?a=%3Cb%3E", "https://example.com/x_y_z"])
        self.assertEqual({relation for _, relation in links}, {"noopener noreferrer"})

    def test_people_are_shown_with_all_that_is_known_of_them(self):
        self.open_chat()
        self.greet()
        card = {"name": {"formatted_name": "Grace Hopper", "first_name": "Grace"}, "emails": [{"email": "grace@example.com"}],
                "phones": [{"phone": "+1 555 0100", "type": "WORK"}], "org": {"company": "Navy"}}
        tell(self.customer, "contacts", [card])
        until("the card", lambda: self.shown(".person"))
        self.tap("Grace Hopper")
        until("the person", lambda: self.shown("#person"))
        for known in ("Grace Hopper", "+1 555 0100", "grace@example.com", "Navy"):
            self.assertIn(known, self.page.find_element(By.ID, "person").text)
        self.press(Keys.ESCAPE)
        self.tab_to("text")
        self.attach("card-open")
        until("the form", lambda: self.shown("#card"))
        self.press("Alan Turing", Keys.TAB, "+44 20 5550 100", Keys.ENTER)
        sent = self.last_said()["contacts"][0]
        self.assertEqual(sent["name"], {"formatted_name": "Alan Turing", "first_name": "Alan", "last_name": "Turing"})
        self.assertEqual(sent["phones"][0]["wa_id"], "44205550100")

    def test_files_are_sent_after_a_look_at_them(self):
        self.open_chat()
        for what, name, kind, caption in (("media", "image.png", "image", "my *picture*"), ("document", "document.pdf", "document", "")):
            self.page.find_element(By.ID, "attach-open").click()
            # What the browser's own window would answer.
            self.page.execute_script("document.getElementById('picked').click = () => {}")
            self.page.find_element(By.CSS_SELECTOR, f"[data-pick={what}]").click()
            self.page.find_element(By.ID, "picked").send_keys(os.path.realpath(os.path.join(SAMPLES, name)))
            until("the look", lambda: self.shown("#file"))
            self.assertIn(name, self.page.find_element(By.ID, "file").text)
            self.press(caption, Keys.ENTER)
            content = self.last_said()[kind]
            self.assertEqual(content.get("caption", ""), caption)
            until("it is gone", lambda: not self.shown("#file"))
        self.assertEqual(content["filename"], "document.pdf")
        self.assertEqual(content["mime_type"], "application/pdf")
        until("both", lambda: self.shown(".picture") and self.shown("a.sheet"))
        until("the platform hears both", lambda: heard(self.customer, "image") and heard(self.customer, "document"))

    def test_a_template_is_shown_and_its_quick_reply_answers(self):
        self.open_chat()
        approved_template("offer", [
            {"type": "HEADER", "format": "TEXT", "text": "For you"},
            {"type": "BODY", "text": "Dear {{1}}, *all* tea is cheap.", "example": {"body_text": [["Ada"]]}},
            {"type": "FOOTER", "text": "Until Friday"},
            {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Tell me more"}, {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Shop", "url": "https://example.com/tea"}]}])
        components = [{"type": "body", "parameters": [{"type": "text", "text": "<i>Ada</i>"}]},
                      {"type": "button", "sub_type": "quick_reply", "index": "0",
                       "parameters": [{"type": "payload", "payload": "MORE"}]}]
        sent = tell(self.customer, "template", {"name": "offer", "language": {"code": "en"}, "components": components})
        self.bubble("Dear <i>Ada</i>, all tea is cheap.")
        self.assertEqual(self.bubbles(".head") + self.bubbles(".footer"), ["For you", "Until Friday"])
        self.assertEqual(self.bubbles("button.tap"), ["Tell me more", "Stop"])
        self.assertEqual(self.page.find_element(By.CSS_SELECTOR, "a.tap").get_attribute("href"), "https://example.com/tea")
        self.tap("Tell me more")
        said = self.last_said()
        self.assertEqual((said["button"], said["context"]["id"]), ({"text": "Tell me more", "payload": "MORE"}, sent))
        self.tap("Stop")
        self.assertEqual(self.last_said()["button"], {"text": "Stop", "payload": "Stop"})

    def test_the_cards_of_a_carousel_are_beside_each_other(self):
        self.open_chat()
        self.greet()
        number = SEED["channel"]["phone_number_id"]
        picture = READY["base_url"] + "/_sim/media/{}/file"
        files = [ask("POST", "/_sim/media", {"type": "image", "channel": number})["id"] for _ in range(3)]
        cards = [{"card_index": index, "type": "button", "body": {"text": f"Card {index}"},
                  "header": {"type": "image", "image": {"link": picture.format(file)}},
                  "action": {"buttons": [{"type": "reply", "reply": {"id": f"c{index}", "title": f"Take {index}"}}]}}
                 for index, file in enumerate(files)]
        self.size(360, 640)
        tell(self.customer, "interactive", choice("carousel", "Three", {"cards": cards}))
        script = "return [...document.querySelectorAll('.card .said')].map((element) => element.textContent)"
        until("the cards", lambda: self.page.execute_script(script) == ["Card 0", "Card 1", "Card 2"])
        loaded = "return [...document.querySelectorAll('.card img')].filter((image) => image.naturalWidth > 0).length"
        until("their pictures", lambda: self.page.execute_script(loaded) == 3)
        self.no_sideways()
        self.tap("Take 2")
        self.assertEqual(self.last_said()["interactive"]["button_reply"], {"id": "c2", "title": "Take 2"})

    def test_that_the_business_types_is_seen_until_it_has_written(self):
        self.open_chat()
        self.greet()
        hello = said_by(self.customer)[0]["id"]
        graph(f"{SEED['channel']['phone_number_id']}/messages", {"messaging_product": "whatsapp", "status": "read",
              "message_id": hello, "typing_indicator": {"type": "text"}})
        until("it types", lambda: self.shown("#typing"))
        tell(self.customer, "text", {"body": "Here it is"})
        self.bubble("Here it is")
        until("it types no more", lambda: not self.shown("#typing"))

    def test_a_tick_leaves_what_has_the_focus_alone(self):
        self.open_chat()
        self.page.find_element(By.ID, "reading").click()
        self.greet()
        tell(self.customer, "interactive", choice("button", "Tea?", buttons("Yes")))
        until("delivered", lambda: self.shown("[data-direction=out] .ticks.delivered"))
        self.tab_to_messages()
        self.press(Keys.ARROW_UP)
        self.assertEqual(self.focused(), "tap")
        ask("POST", f"/_sim/customers/{self.customer}/read")
        until("read", lambda: self.shown("[data-direction=out] .ticks.read"))
        self.assertEqual(self.focused(), "tap")

    def test_text_is_formatted_as_whatsapp_does(self):
        self.open_chat()
        send(self.customer, "*a* _b_ ~c~ `d` ```e *f*``` 2*3*4 snake_case_name *_g_*\n> said\n- one\n- two\n3. three\nend")
        until("the message", lambda: self.bubbles())
        script = "return document.querySelector('.bubble .said').innerHTML"
        self.assertEqual(self.page.execute_script(script),
                         "<strong>a</strong> <em>b</em> <s>c</s> <code>d</code> <code>e *f*</code> 2*3*4 snake_case_name "
                         "<strong><em>g</em></strong><blockquote><p>said</p></blockquote><ul><li>one</li><li>two</li></ul>"
                         '<ol><li value="3">three</li></ol>end')

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
        for number, text in (("4915112345678", "Your parcel arrives on Friday."), ("525512345678", "¡Gracias por tu pedido! 🌮")):
            ask("POST", f"/_sim/customers/{number}/messages", {"type": "text", "text": "👋"})
            tell(number, "text", {"body": text})
        self.customer = "923001234567"
        path = f"/_sim/customers/{self.customer}/messages"
        self.size(1000, 900)
        self.open_chat()
        ask("POST", path, {"type": "text", "text": "Good morning! Is the red pot back?"})
        kept = lambda kind, **file: ask("POST", "/_sim/media", {"type": kind, **file})["id"]
        address = lambda file: f"{READY['base_url']}/_sim/media/{file}/file"
        photo = kept("image", mime_type="image/png", data=self.page.execute_script(PHOTO))
        pot = "It is: *The Morning Pot*, 0.8 litres, with its own cosy.\nShall we wrap it as a present?"
        header = {"type": "image", "image": {"link": address(photo)}}
        tell(self.customer, "interactive", choice("button", pot, buttons("Yes, please", "No, thank you"), header=header,
             footer={"text": "At your door by Friday"}))
        until("the photo", lambda: self.page.execute_script(
            "const image = document.querySelector('.picture img'); return image && image.naturalWidth > 0"))
        self.page.find_element(By.CSS_SELECTOR, ".tap").click()
        self.bubble("Yes, please")
        invoice = kept("document", filename="Invoice A-1042.pdf")
        sent = tell(self.customer, "document", {"link": address(invoice), "filename": "Invoice A-1042.pdf",
                    "caption": "Thank you, Ada! Your invoice."})
        until("the invoice", lambda: self.shown("a.sheet"))
        ask("POST", path, {"type": "reaction", "reaction": {"message_id": sent, "emoji": "❤️"}})
        until("the reaction", lambda: self.shown(".reactions"))
        ask("POST", path, {"type": "audio"})
        until("the voice", lambda: self.shown(".voice .length") and self.shown(".voice .length")[0].text == "0:01")
        until("all is read", lambda: len(self.shown(".ticks.read")) >= 2 and not self.shown(".message .ticks.accepted"))
        self.page.execute_script("document.activeElement.blur()")
        self.page.get_screenshot_as_file(SCREENSHOT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
