"""Alerts by e-mail and webhook, against a real mail server on this machine.

    $(scripts/python aiosmtpd==1.4.6) scripts/alert_test.py --binary target/debug/callbook

A disk that is always too full makes an alert. It has to be told once on each channel, once more when it is over,
and again when a channel that failed is there.
"""

import argparse
import email
import email.policy
import json
import socket
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller

SETTINGS = """database = "sqlite://archive.db"
[alerts]
disk_free_mb = {limit}
webhook = "http://127.0.0.1:{web}/secret-path"
[alerts.email]
server = "smtp://127.0.0.1:{mail}"
from = "callbook@example.com"
to = ["it@example.com", "boss@example.com"]
"""
TOO_MUCH = 10**12


class Mailbox:
    """Keeps what the mail server takes."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


class Hook(BaseHTTPRequestHandler):
    bodies = []
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Hook.status == 200:
            Hook.bodies.append(json.loads(body))
        self.send_response(Hook.status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Test:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.mailbox = Mailbox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.mail = Controller(self.mailbox, hostname="127.0.0.1", port=port)
        self.mail.start()
        self.web = HTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def settings(self, limit):
        text = SETTINGS.format(limit=limit, web=self.web.server_port, mail=self.mail.port)
        (self.folder / "callbook.toml").write_text(text)

    def run(self, *arguments, expect):
        command = [self.binary, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != expect:
            sys.exit(f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        assert "secret-path" not in done.stdout + done.stderr, "a secret address was printed"
        return done

    def told(self):
        return len(self.mailbox.mails), len(Hook.bodies)


def check(test):
    test.run("sandbox", "fill", "--calls", "20", "--database", "archive.db", expect=0)
    test.settings(TOO_MUCH)
    Hook.status = 503
    test.run("alerts", "check", expect=3)
    assert test.told() == (1, 0), test.told()
    people, mail = test.mailbox.mails[0]
    assert people == ["it@example.com", "boss@example.com"], people
    assert mail["From"] == "callbook@example.com" and "callbook" in mail["Subject"].lower(), mail["Subject"]
    assert "make room" in mail.get_body().get_content(), mail
    # Whoever could not be told before is told now; whoever was, is not told again.
    Hook.status = 200
    test.run("alerts", "check", expect=3)
    assert test.told() == (1, 1), test.told()
    assert Hook.bodies[0]["alerts"], Hook.bodies
    test.run("alerts", "check", expect=3)
    assert test.told() == (1, 1), test.told()
    # It is over.
    test.settings(1)
    test.run("alerts", "check", expect=0)
    assert test.told() == (2, 2), test.told()
    test.run("alerts", "check", expect=0)
    assert test.told() == (2, 2), test.told()
    test.run("alerts", "test", expect=0)
    assert test.told() == (3, 3), test.told()


def main():
    parser = argparse.ArgumentParser(description="Alerts against a real mail server.")
    parser.add_argument("--binary", type=Path, required=True)
    binary = parser.parse_args().binary.resolve()
    with tempfile.TemporaryDirectory(prefix="callbook-alerts") as folder:
        test = Test(binary, Path(folder))
        try:
            check(test)
        finally:
            test.mail.stop()
            test.web.shutdown()
    print("alerts: told once by e-mail and webhook, and again when over")


if __name__ == "__main__":
    main()
