"""Runs a bootstrap under AWS's Runtime Interface Emulator for one event.

    emulate.py EMULATOR BOOTSTRAP WORK    event.json and environment.json in, answer out; and peak, the most memory that
                                          the function had resident, in KiB
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

START_SECONDS = 10


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port, emulator):
    deadline = time.monotonic() + START_SECONDS
    while True:
        if emulator.poll() is not None:
            raise SystemExit(f"the emulator ended with status {emulator.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"the emulator did not listen within {START_SECONDS} s") from None
            time.sleep(0.01)


def peak_kib(emulator, bootstrap):
    """The most memory that the bootstrap, which the emulator runs, ever had resident; none where it has ended."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            if int(lines["PPid"]) == emulator.pid and status.with_name("exe").resolve() == Path(bootstrap).resolve():
                return int(lines["VmHWM"].split()[0])
        except (OSError, KeyError):
            # It ended meanwhile.
            continue
    return None


def emulate(emulator_path, bootstrap, work):
    settings = json.loads(Path(work, "settings.json").read_text())
    environment = {
        "PATH": os.environ["PATH"],
        **settings,
        **json.loads(Path(work, "environment.json").read_text()),
    }
    port, runtime_port = free_port(), free_port()
    emulator = subprocess.Popen(
        [
            emulator_path,
            "--log-level",
            "error",
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{port}",
            "--runtime-api-address",
            f"127.0.0.1:{runtime_port}",
            bootstrap,
        ],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    try:
        wait_for(port, emulator)
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        timeout_seconds = int(settings["AWS_LAMBDA_FUNCTION_TIMEOUT"]) + START_SECONDS
        event = Path(work, "event.json").read_bytes()
        try:
            with urllib.request.urlopen(url, data=event, timeout=timeout_seconds) as response:
                answer = response.read()
        except urllib.error.HTTPError as error:
            # The bootstrap ended before it asked for an event.
            answer = json.dumps({"errorType": "Runtime.ExitError", "errorMessage": str(error)}).encode()
        Path(work, "answer").write_bytes(answer)
        Path(work, "peak").write_text(json.dumps(peak_kib(emulator, bootstrap)))
    finally:
        # Told to end, the emulator ends the bootstrap too.
        emulator.terminate()
        emulator.wait(timeout=START_SECONDS)


if __name__ == "__main__":
    emulate(*sys.argv[1:])
