"""Reports by mail and thresholds that alert, against a real mail server on this machine.

    $(scripts/python -r scripts/requirements.txt) scripts/delivery_test.py --binary target/debug/callbook

Mails are taken apart, and the numbers of each part must be those of `callbook report`. Nothing is sent twice, but by a
process that was killed after it had sent and before it had noted so: then once. That time has passed is written into the
archive's records, in place of waiting for it. The binary needs the feature `crash-points`.
"""

import argparse
import csv
import html.parser
import io
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import warnings
from datetime import datetime, timedelta, timezone
from http.server import HTTPServer
from pathlib import Path

import openpyxl
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from alert_test import Hook, Mailbox

PASSWORD = "CANARY-of-the-mail-server"
ANN, BOB = "ann@example.com", "bob@example.com"
ZONE = "Europe/Berlin"

SETTINGS = """database = "sqlite://archive.db"
[alerts]
webhook = "http://127.0.0.1:{web}/secret-path"
[alerts.email]
server = "smtp://callbook:{password}@127.0.0.1:{mail}"
from = "Callbook <callbook@example.com>"
to = ["it@example.com"]

[[deliveries]]
name = "rates"
report = "answer-rate"
period = "last 7 days"
by = "day"
cron = "0 0 * * *"
tz = "{zone}"
to = ["{ann}", "Bob <{bob}>"]
attach = ["csv", "xlsx"]

[[deliveries]]
name = "heat"
report = "heat-map"
period = "last 4 weeks"
cron = "{heat}"
tz = "{zone}"
to = ["{ann}"]

[[thresholds]]
name = "low"
report = "answer-rate"
period = "last 30 days"
tz = "{zone}"
column = "answer_rate_percent"
condition = "{condition}"
at_least = {{ inbound = 1 }}
cron = "* * * * *"
pause = "4h"
"""


class Inbox(Mailbox):
    """A mailbox whose server can refuse somebody, and hold on while it takes a mail."""

    def __init__(self):
        super().__init__()
        self.refused, self.held, self.holding = set(), threading.Event(), threading.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.holding.is_set():
            self.held.set()
            return "451 later"
        return await super().handle_DATA(server, session, envelope)

    def take(self):
        """Who has got which mail since the last time."""
        taken, self.mails = self.mails, []
        return [(to[0], mail) for to, mail in taken]


class Test:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.inbox = Inbox()
        accept = lambda server, session, envelope, mechanism, data: AuthResult(
            success=data.login == b"callbook" and data.password == PASSWORD.encode())
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.mail = Controller(self.inbox, hostname="127.0.0.1", port=port, authenticator=accept, auth_required=True,
                               auth_require_tls=False)
        self.mail.start()
        self.web = HTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("CALLBOOK", "RC_"))}

    def settings(self, condition="< 101", heat="0 0 1 1 *"):
        text = SETTINGS.format(web=self.web.server_port, mail=self.mail.port, password=PASSWORD, zone=ZONE, ann=ANN, bob=BOB,
                               condition=condition, heat=heat)
        (self.folder / "callbook.toml").write_text(text)

    def start(self, *arguments, **environment):
        return subprocess.Popen([self.binary, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=self.environment | environment)

    def end(self, process, expect):
        out, err = process.communicate(timeout=120)
        assert process.returncode in expect, (process.args, process.returncode, out, err)
        for secret in (PASSWORD, "secret-path"):
            assert secret not in out + err, "a secret was printed"
        return out

    def run(self, *arguments, expect=(0,), **environment):
        return self.end(self.start(*arguments, **environment), expect)

    def change(self, name, **members):
        """Writes members of a record: what would be there if time had passed."""
        with sqlite3.connect(self.folder / "archive.db", timeout=20) as archive:
            key = f"delivery {name}"
            record = json.loads(archive.execute("SELECT value FROM value WHERE key = ?", [key]).fetchone()[0])
            for path, value in members.items():
                *folders, last = path.split("__")
                inner = record
                for folder in folders:
                    inner = inner[folder]
                inner[last] = value
            archive.execute("UPDATE value SET value = ? WHERE key = ?", [json.dumps(record), key])
        archive.close()

    def log(self, name):
        return json.loads(self.run("deliveries", "log", name, "--json"))


def ago(**length):
    return (datetime.now(timezone.utc) - timedelta(**length)).isoformat().replace("+00:00", "Z")


class Cells(html.parser.HTMLParser):
    """Tables of a page: rows of texts; and the coloured cells."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.bars = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        assert tag not in ("script", "svg", "img", "link"), tag
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
            if "bgcolor" in attributes:
                self.bars.append(attributes)

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()


def check_mail(test, mail):
    """Every part says what `callbook report` says of the days in the subject."""
    assert mail["From"] == "Callbook <callbook@example.com>" and mail["Auto-Submitted"] == "auto-generated", mail.items()
    assert mail["To"] == f"{ANN}, Bob <{BOB}>", mail["To"]
    title, first, last = re.fullmatch(r"(.+): (\S+) to (\S+)", mail["Subject"]).groups()
    assert title == "Answer rate", title
    rows = json.loads(test.run("report", "answer-rate", "--from", first, "--to", last, "--tz", ZONE, "--by", "day", "--json"))
    days = [row for row in rows if row["period"]]
    assert len(days) == 7 and sum(row["inbound"] for row in days) > 100, rows
    rates = [f"{row['answer_rate_percent']:.1f}" for row in rows]

    assert mail.get_content_type() == "multipart/mixed", mail.get_content_type()
    body, *files = mail.iter_parts()
    assert body.get_content_type() == "multipart/alternative", body.get_content_type()
    plain, page = body.iter_parts()
    plain = plain.get_content()
    assert all(rate in plain for rate in rates), plain
    cells = Cells(page.get_content())
    assert len(page.get_content()) < 102_000
    shown = [row for row in cells.rows if len(row) == len(rows[0])][1:]
    assert [row[1] for row in shown] == [str(row["inbound"]) for row in rows], shown
    assert [row[6] for row in shown] == rates, shown
    # A bar for each day and line, as wide as its value.
    bars = [int(bar["width"].rstrip("%")) for bar in cells.bars if bar["bgcolor"] == "#0072b2"]
    most = max(max(row["answer_rate_percent"], row["human_reach_percent"]) for row in days)
    expected = [82 * row["answer_rate_percent"] / most for row in days]
    assert len(bars) == 7 and all(abs(bar - wide) <= 0.51 for bar, wide in zip(bars, expected)), (bars, expected)

    assert [file.get_filename() for file in files] == [f"answer-rate-{first}-to-{last}.{end}" for end in ("csv", "xlsx")]
    table = list(csv.DictReader(io.StringIO(files[0].get_content(), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(files[1].get_content())).active
    heads, *lines = sheet.iter_rows(values_only=True)
    for got in (table, [dict(zip(heads, line)) for line in lines]):
        assert len(got) == len(rows), got
        for row, expected in zip(got, rows):
            for name, value in expected.items():
                if name != "period" and value is not None:
                    assert abs(float(row[name]) - value) < 1e-9, (name, row, expected)


def check_deliveries(test):
    test.settings()
    test.run("deliveries", "run")
    assert test.inbox.take() == [], "what was due before it was there is not made up for"
    test.change("low", done="2100-01-01T00:00:00Z")

    # Nobody ran for days: it is made up for once, by one of those who come back at the same time.
    test.change("rates", done=ago(days=5))
    for process in [test.start("deliveries", "run") for _ in range(4)]:
        test.end(process, (0,))
    mails = test.inbox.take()
    assert sorted(to for to, _ in mails) == [ANN, BOB], mails
    check_mail(test, mails[0][1])
    [entry] = test.log("rates")
    assert (entry["outcome"], entry["to"]) == ("sent", [ANN, f"Bob <{BOB}>"]), entry
    test.run("deliveries", "run")
    assert test.inbox.take() == []

    # Killed between sending to Ann and noting it: Ann has it twice, the same by its id; Bob once.
    test.change("rates", done=ago(days=2))
    test.run("deliveries", "run", expect=(-signal.SIGABRT,), CALLBOOK_CRASH_AT="delivery.sent")
    [(to, first)] = test.inbox.take()
    assert to == ANN, to
    test.run("deliveries", "run")
    (ann, again), (bob, _) = test.inbox.take()
    assert (ann, bob) == (ANN, BOB) and first["Message-ID"] == again["Message-ID"], again["Message-ID"]
    # Killed after that was noted: Ann has it once.
    test.change("rates", done=ago(days=2))
    test.run("deliveries", "run", expect=(-signal.SIGABRT,), CALLBOOK_CRASH_AT="delivery.sent:2")
    assert [to for to, _ in test.inbox.take()] == [ANN, BOB]
    test.run("deliveries", "run")
    assert [to for to, _ in test.inbox.take()] == [BOB]
    # kill -9 while the server takes it.
    test.change("rates", done=ago(days=2))
    test.inbox.holding.set()
    process = test.start("deliveries", "run")
    assert test.inbox.held.wait(60)
    process.kill()
    process.communicate()
    test.inbox.holding.clear()
    test.change("rates", attempt__next=ago(hours=1))
    test.run("deliveries", "run")
    assert [to for to, _ in test.inbox.take()] == [ANN, BOB]

    # One who is refused keeps it from nobody else, and is tried again, later.
    test.inbox.refused = {BOB}
    test.change("rates", done=ago(days=2))
    out = test.run("deliveries", "run", expect=(3,))
    assert BOB in out, out
    assert [to for to, _ in test.inbox.take()] == [ANN]
    assert test.log("rates")[-1]["outcome"] == "failed" and "550" in test.log("rates")[-1]["error"], test.log("rates")
    assert "! deliveries   rates: Bob" in test.run("doctor", "--offline", expect=(0, 1)), "doctor tells of it"
    test.inbox.refused = set()
    test.run("deliveries", "run")
    assert test.inbox.take() == [], "not before its time"
    test.change("rates", attempt__next=ago(hours=1))
    test.run("deliveries", "run")
    assert [to for to, _ in test.inbox.take()] == [BOB]
    assert test.log("rates")[-1]["tries"] == 2, test.log("rates")

    # A pause leaves out what is due in it.
    test.run("deliveries", "pause", "rates", "--for", "3d")
    test.change("rates", done=ago(days=2))
    test.run("deliveries", "run")
    assert test.inbox.take() == [] and test.log("rates")[-1]["outcome"] == "skipped"
    test.run("deliveries", "resume", "rates")
    test.run("deliveries", "run", "rates")
    assert [to for to, _ in test.inbox.take()] == [ANN, BOB]
    test.run("deliveries", "run", "heat")
    [(_, mail)] = test.inbox.take()
    heat = Cells(mail.get_body(("html",)).get_content())
    assert len({bar["bgcolor"] for bar in heat.bars}) > 20, "shades of a heat map"


def told(test):
    """What mail and webhook were told since the last time."""
    mails = [mail["Subject"] for _, mail in test.inbox.take()]
    hooks, Hook.bodies = Hook.bodies, []
    changes = [alert["change"] for body in hooks for alert in body["alerts"]]
    assert len(mails) == len(changes), (mails, changes)
    return changes


def check_thresholds(test):
    def passes(**members):
        test.change("low", done=ago(hours=3), **members)
        test.run("deliveries", "run", expect=(0, 3))
        return told(test)

    assert passes() == ["began"]
    assert passes() == [], "told once"
    assert passes(told__webhook__alarm=ago(hours=5), **{"told__e-mail__alarm": ago(hours=5)}) == ["lasts"]
    assert passes() == []
    test.run("deliveries", "pause", "low", "--for", "3d")
    long_ago = {"told__webhook__alarm": ago(hours=50), "told__e-mail__alarm": ago(hours=50)}
    assert passes(**long_ago) == [], "paused"
    test.run("deliveries", "resume", "low")
    assert passes(paused_until=ago(hours=1)) == ["lasts"]
    # A channel that fails is told later, the other one not again.
    Hook.status = 503
    test.settings(condition="> 101")
    test.change("low", done=ago(hours=3))
    test.run("deliveries", "run", expect=(3,))
    Hook.status = 200
    assert len(test.inbox.take()) == 1 and Hook.bodies == []
    test.change("low", done=ago(hours=3), attempt=None)
    test.run("deliveries", "run")
    assert len(test.inbox.take()) == 0 and Hook.bodies.pop()["alerts"][0]["change"] == "passed"
    # It dies between telling and noting: told twice, and then no more.
    test.settings()
    crash = dict(CALLBOOK_CRASH_AT="delivery.sent")
    test.change("low", done=ago(hours=3), **long_ago)
    test.run("deliveries", "run", expect=(-signal.SIGABRT,), **crash)
    test.run("deliveries", "run")
    assert [body["alerts"][0]["change"] for body in Hook.bodies] == ["began", "began"], Hook.bodies
    assert len(test.inbox.take()) == 1
    Hook.bodies = []
    assert passes() == []


def check_service(test):
    """`sync --follow` does what is due."""
    sandbox = test.start("sandbox", "--port", "0", "--calls", "50", "--env-file", "sandbox.env")
    until = time.monotonic() + 60
    while not (test.folder / "sandbox.env").exists() and time.monotonic() < until:
        time.sleep(0.05)
    test.change("low", done="2100-01-01T00:00:00Z")
    test.change("heat", done=ago(days=800))
    follow = test.start("sync", "--follow", "--env-file", "sandbox.env")
    try:
        while not test.inbox.mails and time.monotonic() < until and follow.poll() is None:
            time.sleep(0.05)
        assert [to for to, _ in test.inbox.take()] == [ANN]
    finally:
        for process in (follow, sandbox):
            process.send_signal(signal.SIGINT)
            test.end(process, (0, 130))


def main():
    parser = argparse.ArgumentParser(description="Reports by mail against a real mail server.")
    parser.add_argument("--binary", type=Path, required=True)
    binary = parser.parse_args().binary.resolve()
    # That a password goes without TLS is meant: the way is short.
    warnings.simplefilter("ignore")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="callbook-deliveries") as folder:
        test = Test(binary, Path(folder))
        try:
            today = datetime.now(timezone.utc).date()
            span = ["--from", str(today - timedelta(days=40)), "--until", str(today)]
            test.run("sandbox", "fill", "--calls", "4000", *span, "--database", "archive.db")
            check_deliveries(test)
            check_thresholds(test)
            check_service(test)
        finally:
            test.mail.stop()
            test.web.shutdown()
    print("deliveries: parts equal the report; sent once, made up for once, twice only by who was killed in between")


if __name__ == "__main__":
    main()
