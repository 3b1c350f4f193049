"""Runs `sam deploy` at a terminal and types what a person would: `typed.py COMMAND...`.

Everything that the guide says nothing of is left as it is, by Enter.
"""

import os
import platform
import sys

import pexpect

SECONDS = 180


def answers():
    given = os.environ
    return {
        "Parameter KeyRing": given["KEY_RING"],
        "Parameter LinkKey": given["LINK_KEY"],
        "Parameter SessionKey": given["SESSION_KEY"],
        "Parameter SmtpUrl": "none",
        "Parameter AiApiKey": "none",
        "Parameter GraphBaseUrl": given["GUIDE_GRAPH"],
        "Parameter Architecture": "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64",
        "Save arguments to configuration file": "n",
        "Deploy this changeset?": "y",
    }


def main(command):
    typed = answers()
    terminal = pexpect.spawn(command[0], command[1:], timeout=SECONDS, encoding="utf-8", dimensions=(50, 400))
    terminal.logfile_read = sys.stdout
    # A question is a line that ends in a colon and waits.
    question = r"\r?\n\s*(?:\x1b\[[0-9;]*m)*(Stack Name|AWS Region|Parameter \w+|[A-Z][^\r\n:]*?)(?:\x1b\[[0-9;]*m)*(?: \[[^\r\n]*\])?: (?:\x1b\[[0-9;]*m)*$"
    while terminal.expect([question, pexpect.EOF]) == 0:
        terminal.sendline(typed.get(terminal.match[1], ""))
    terminal.close()
    raise SystemExit(terminal.exitstatus or terminal.signalstatus or 0)


if __name__ == "__main__":
    main(sys.argv[1:])
