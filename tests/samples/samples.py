"""The documentation's samples that send, each run by the program that it was written for. Run by tests/samples/run."""

import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

READY = json.load(open(os.environ["SAMPLES_READY"], encoding="utf-8"))
DOCUMENTS = pathlib.Path(os.environ["SAMPLES_DOCUMENTS"])
HERE = pathlib.Path(__file__).parent
FILES = HERE / "../../local/sim/samples"
PYTHON = os.environ["SAMPLES_PYTHON"]
# Long for a busy machine; what is waited for comes within a second.
PATIENCE_SECONDS = 30
CUSTOMER = "923001234567"
ORDER = "1042"

# How each kind of sample begins and ends in the document, which runs them into the text around them, and how many there are.
KINDS = {
    "curl": (r"curl (?:-X POST )?https://wati\.pro/api/public/v1/send(?:-media)? \\\n.*?-d '.*?'", 7),
    "node": (r"await fetch\(.*?\n\}\);", 1),
    "php": (r"<\?php\n.*?echo curl_exec\(\$ch\);", 1),
    "python": (r"import os, requests\n.*?\n\)", 1),
    "woocommerce": (r"add_action\(\"woocommerce_.*?\n\}\);", 1),
}

# Files by the ends of their names, which are all that a sample says of them.
TYPES = {
    ".jpg": ("image.jpg", "image/jpeg"),
    ".pdf": ("document.pdf", "application/pdf"),
    ".mp4": ("video.mp4", "video/mp4"),
    ".mp3": ("audio.mp3", "audio/mpeg"),
}


def documentation():
    for path in sorted(DOCUMENTS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        if text.startswith("WATI Pro Developer Documentation"):
            return text
    raise SystemExit(f"error: {DOCUMENTS} holds no documentation of WATI Pro")


DOCUMENT = documentation()


def samples(kind):
    pattern, count = KINDS[kind]
    found = re.findall(pattern, DOCUMENT, re.DOTALL)
    if len(found) != count:
        raise AssertionError(f"{len(found)} samples of {kind} instead of {count}")
    return found


class FileServer(http.server.BaseHTTPRequestHandler):
    """Has a file for every path that ends like one."""

    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        name, kind = TYPES[pathlib.PurePosixPath(self.path).suffix]
        content = (FILES / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def get(url):
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        return answer.read()


def received():
    """What the customer's phone shows."""
    return json.loads(get(f"{READY['base_url']}/_sim/customers/{CUSTOMER}/messages"))


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * PATIENCE_SECONDS, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FileServer)
        threading.Thread(target=cls.files.serve_forever, daemon=True).start()
        cls.work = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.files.shutdown()
        cls.work.cleanup()

    def mine(self, sample):
        """The sample with the address, the key and the files' URLs of this test."""
        files = f"http://127.0.0.1:{self.files.server_port}/"
        sample = re.sub(r"https://(?!wati\.pro)[a-z.-]+/", files, sample)
        sample = sample.replace("https://wati.pro", READY["base_url"])
        return re.sub(r"wati_YOUR_KEY(?:_HERE)?", READY["api_key"], sample)

    def written(self, sample, suffix):
        path = pathlib.Path(self.work.name) / f"sample{suffix}"
        path.write_text(sample, encoding="utf-8")
        return path

    def check(self, sample, send, words=None):
        """Sends, and looks at the one message that came: its kind, its words, its file, and how often that was asked for."""
        said = dict(re.findall(r'\b(type|url|fileName|caption|message)"?\s*(?::|=>)\s*"([^"]*)"', sample))
        before, asked = len(received()), len(FileServer.asked)
        answer = send()
        if answer:
            self.assertIs(json.loads(answer)["ok"], True, answer)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(received()) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        came = received()[before:]
        self.assertEqual(len(came), 1, came)
        (message,) = came
        self.assertEqual((message["direction"], message["type"]), ("out", said.get("type", "text")))
        if "url" not in said:
            self.assertEqual(message["text"], words or said["message"])
            return
        node = message["raw"][said["type"]]
        self.assertEqual(node.get("caption"), said.get("caption"))
        if said["type"] == "document":
            self.assertEqual(node["filename"], said["fileName"])
        suffix = pathlib.PurePosixPath(said["url"]).suffix
        content = get(READY["base_url"] + message["media_url"] if message["media_url"].startswith("/") else message["media_url"])
        self.assertEqual(content, (FILES / TYPES[suffix][0]).read_bytes())
        path = "/" + said["url"].split("/", 3)[3]
        self.assertEqual(FileServer.asked[asked:], [path])

    def test_curl(self):
        for sample in samples("curl"):
            with self.subTest(sample=sample):
                self.check(sample, lambda: run("bash", "-c", self.mine(sample).replace("curl ", "curl -sS ", 1)))

    def test_node(self):
        (sample,) = samples("node")
        path = self.written(self.mine(sample), ".mjs")
        self.check(sample, lambda: run("node", path, env={**os.environ, "WATI_KEY": READY["api_key"]}))

    def test_php(self):
        (sample,) = samples("php")
        path = self.written(self.mine(sample), ".php")
        self.check(sample, lambda: run("php", path, env={**os.environ, "WATI_KEY": READY["api_key"]}))

    def test_python(self):
        (sample,) = samples("python")
        path = self.written(self.mine(sample), ".py")
        self.check(sample, lambda: run(PYTHON, path, env={**os.environ, "WATI_KEY": READY["api_key"]}))

    def test_woocommerce(self):
        (sample,) = samples("woocommerce")
        path = self.written("<?php\n" + self.mine(sample), "-woocommerce.php")
        # What stands around a plug-in's code in a shop.
        env = {**os.environ, "WATI_KEY": READY["api_key"], "ORDER": ORDER, "PHONE": f"+{CUSTOMER}", "PLUGIN": str(path)}
        before, after = re.search(r'"message" => "([^"]*)" \. \$order_id \. "([^"]*)"', sample).groups()
        self.check(sample, lambda: run("php", HERE / "shop.php", env=env), words=f"{before}{ORDER}{after}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
