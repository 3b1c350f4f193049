"""pywa on the simulated WhatsApp. Run by tests/clients/run."""

import json
import os
import pathlib
import unittest
import urllib.request

import httpx
from pywa import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.templates import BodyText, Template, TemplateCategory, TemplateLanguage, TemplateStatus

FOLDER = pathlib.Path(os.environ["CLIENTS_FOLDER"])
READY = json.loads((FOLDER / "ready.json").read_text(encoding="utf-8"))
SEED = json.loads((FOLDER / "seed.json").read_text(encoding="utf-8"))
IMAGE = pathlib.Path(os.environ["CLIENTS_SAMPLES"]) / "image.png"
CHANNEL = READY["channel"]
SIMULATOR = READY["base_url"] + "/_sim"


def simulator(method, path, body=None):
    request = urllib.request.Request(SIMULATOR + path, method=method)
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=30) as answer:
        return json.load(answer)


def client():
    client = WhatsApp(
        phone_id=CHANNEL["phone_number_id"],
        token=SEED["channel"]["access_token"],
        waba_id=CHANNEL["waba_id"],
        session=httpx.Client(timeout=30),
        api_version="23.0",
    )
    # It knows no other address than Meta's.
    client.api._session.base_url = SIMULATOR + "/graph/v23.0"
    return client


class Pywa(unittest.TestCase):
    def setUp(self):
        self.whatsapp = client()
        self.customer = "49151" + str(abs(hash(self.id())) % 10**8).zfill(8)

    def shown(self):
        return simulator("GET", f"/customers/{self.customer}/messages")

    def test_text(self):
        sent = self.whatsapp.send_message(to=self.customer, text="Grüße 👋")
        (message,) = self.shown()
        self.assertEqual((message["id"], message["type"], message["text"]), (sent.id, "text", "Grüße 👋"))

    def test_media(self):
        media = self.whatsapp.upload_media(IMAGE, mime_type="image/png")
        url = self.whatsapp.get_media_url(media.id)
        self.assertEqual((url.mime_type, url.file_size), ("image/png", IMAGE.stat().st_size))
        self.assertEqual(url.get_bytes(), IMAGE.read_bytes())
        self.whatsapp.send_image(to=self.customer, image=media.id, caption="An image")
        (message,) = self.shown()
        self.assertEqual((message["type"], message["raw"]["image"]["caption"]), ("image", "An image"))
        self.assertTrue(self.whatsapp.delete_media(media.id).success)
        with self.assertRaises(WhatsAppError):
            self.whatsapp.get_media_url(media.id)

    def test_template(self):
        approved = self.whatsapp.get_templates(statuses=[TemplateStatus.APPROVED])
        self.assertIn("hello_world", [template.name for template in approved])
        self.whatsapp.send_template(to=self.customer, name="hello_world", language=TemplateLanguage.ENGLISH_US)
        (message,) = self.shown()
        self.assertEqual(message["type"], "template")
        with self.assertRaises(WhatsAppError) as refused:
            self.whatsapp.send_template(to=self.customer, name="nobody_made_it", language=TemplateLanguage.ENGLISH_US)
        self.assertEqual(refused.exception.code, 132001)

    def test_a_template_of_ones_own(self):
        name = "made_by_pywa"
        template = Template(
            name=name,
            category=TemplateCategory.UTILITY,
            language=TemplateLanguage.ENGLISH,
            components=[BodyText("Order {{1}} is ready for you.", "42")],
        )
        self.whatsapp.create_template(template)
        with self.assertRaises(WhatsAppError):
            self.send(name)
        simulator("PUT", f"/templates/{name}", {"status": "APPROVED"})
        self.send(name)
        (message,) = self.shown()
        self.assertEqual(message["text"], "Order 1042 is ready for you.")
        self.whatsapp.delete_template(template_name=name)
        self.assertEqual([found.name for found in self.whatsapp.get_templates(name=name)], [])

    def send(self, name):
        body = BodyText.params("1042")
        self.whatsapp.send_template(to=self.customer, name=name, language=TemplateLanguage.ENGLISH, params=[body])

    def test_read(self):
        written = simulator("POST", f"/customers/{self.customer}/messages", {"type": "text", "text": "Hello?"})
        self.assertTrue(self.whatsapp.mark_message_as_read(written["id"]).success)
        self.assertTrue(self.whatsapp.indicate_typing(written["id"]).success)
        with self.assertRaises(WhatsAppError):
            self.whatsapp.mark_message_as_read("wamid.nobody")


if __name__ == "__main__":
    unittest.main(verbosity=2)
