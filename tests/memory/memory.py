"""A document of 100 MiB through the functions that send files. Run by tests/memory/run."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from pathlib import Path

import boto3

sys.path.insert(0, "events/invoke.d")
from emulate import emulate  # noqa: E402

HOST = Path(os.environ["MEMORY_HOST"])
READY = json.loads((HOST / "ready.json").read_text(encoding="utf-8"))
SEED = json.loads((HOST / "seed.json").read_text(encoding="utf-8"))
LARGEST_KIB = 128 * 1024
# What the memory is without a file, a part of a file, and room for what a machine does otherwise: the rest would grow with
# the file.
SIZE = 100 * 1024 * 1024
CHUNK = 64 * 1024
PATIENCE_SECONDS = 60


def pieces():
    """The document: no two pieces of it are alike."""
    yield b"%PDF-1.7\n".ljust(CHUNK, b" ")
    for number in range(1, SIZE // CHUNK):
        seed = hashlib.sha256(str(number).encode()).digest()
        yield seed * (CHUNK // len(seed))


def digest(chunks):
    sha256 = hashlib.sha256()
    for chunk in chunks:
        sha256.update(chunk)
    return sha256.hexdigest()


class FileServer(http.server.BaseHTTPRequestHandler):
    """Has the document. Paths with `late` in them wait until it is set."""

    late = threading.Event()

    def do_GET(self):
        if "late" in self.path:
            self.late.wait(PATIENCE_SECONDS)
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        try:
            for piece in pieces():
                self.wfile.write(piece)
        except ConnectionError:
            # Whoever asked did not wait.
            pass

    def log_message(self, *_):
        pass


def invoke(function, event, **environment):
    """What a function's bootstrap answers, and the most memory that it had, in KiB."""
    with tempfile.TemporaryDirectory() as work:
        Path(work, "given.json").write_text(json.dumps(event), encoding="utf-8")
        prepare = ["events/invoke.d/prepare.py", "template.yaml", function, f"{work}/given.json", str(HOST), work]
        subprocess.run([sys.executable, *prepare], check=True)
        path = Path(work, "environment.json")
        # The file server is on this machine.
        environment = {"ALLOW_PRIVATE_URLS": "true", **environment}
        path.write_text(json.dumps({**json.loads(path.read_text()), **environment}))
        emulate(os.environ["MEMORY_EMULATOR"], os.path.realpath(Path(os.environ["MEMORY_BOOTSTRAPS"], function)), work)
        answer = json.loads(Path(work, "answer").read_text())
        return answer, json.loads(Path(work, "peak").read_text())


def request(body):
    """The event of a send."""
    event = json.loads(Path("events/send-media.json").read_text(encoding="utf-8"))
    path = "/api/public/v1/send-media"
    event["routeKey"] = event["requestContext"]["routeKey"] = f"POST {path}"
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["body"] = json.dumps(body)
    return event


def shown(customer):
    with urllib.request.urlopen(f"{READY['base_url']}/_sim/customers/{customer}/messages", timeout=30) as answer:
        return json.load(answer)


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FileServer)
        threading.Thread(target=cls.files.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.files.server_port}"
        cls.sqs = boto3.client(
            "sqs",
            endpoint_url=READY["aws"]["endpoints"]["sqs"],
            region_name=READY["aws"]["region"],
            aws_access_key_id=SEED["aws"]["access_key_id"],
            aws_secret_access_key=SEED["aws"]["secret_access_key"],
        )

    @classmethod
    def tearDownClass(cls):
        cls.files.shutdown()

    def arrives(self, customer):
        """The customer has the document, whole."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (messages := shown(customer)) or not messages[0].get("media_url"):
            self.assertLess(time.monotonic(), deadline, f"no document came: {messages}")
            time.sleep(0.1)
        (message,) = messages
        self.assertEqual(message["type"], "document")
        with urllib.request.urlopen(READY["base_url"] + message["media_url"].removeprefix(READY["base_url"])) as copy:
            self.assertEqual(digest(iter(lambda: copy.read(CHUNK), b"")), digest(pieces()))

    def stays_small(self, function, peak):
        print(f"{function} had {peak / 1024:.1f} MiB resident at most", file=sys.stderr)
        self.assertLessEqual(peak, LARGEST_KIB)

    def test_sent_at_once(self):
        customer = "4915300000001"
        body = {"to": customer, "type": "document", "url": f"{self.url}/large.pdf", "fileName": "large.pdf"}
        answer, peak = invoke("send-media", request(body))
        self.assertEqual(answer["statusCode"], 200, answer)
        self.arrives(customer)
        self.stays_small("send-media", peak)

    def test_sent_by_the_queue(self):
        customer = "4915300000002"
        body = {"to": customer, "type": "document", "url": f"{self.url}/late.pdf", "fileName": "late.pdf"}
        # A queue that nobody works, so that the job is left to this test.
        queue = self.sqs.create_queue(QueueName="aside")["QueueUrl"]
        answer, peak = invoke("send-media", request(body), MEDIA_SEND_QUEUE_URL=queue, FUNCTION_TIMEOUT_SECONDS="6")
        self.assertEqual(answer["statusCode"], 202, answer)
        self.stays_small("send-media", peak)
        FileServer.late.set()
        (job,) = self.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
        event = json.loads(Path("events/media-send.json").read_text(encoding="utf-8"))
        event["Records"][0]["body"] = job["Body"]
        answer, peak = invoke("media-send", event)
        self.assertEqual(answer, {"batchItemFailures": []})
        self.arrives(customer)
        self.stays_small("media-send", peak)


if __name__ == "__main__":
    unittest.main(verbosity=2)
