"""What the kill tests share: a sandbox, runs of `callbook` against it, and what they leave.

The archives are SQLite files unless `--database-url` says otherwise; those of other databases are looked at
through `callbook backup`.
"""

import argparse
import base64
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import compare_archive

ROOT = Path(__file__).resolve().parent.parent
STEPS_FILE = ROOT / "crates/store/src/crash.rs"
USERS = 25
HOME = "US"
NO_ARCHIVE = 10
# By then every call of the company has shown up.
SETTLING = timedelta(minutes=1)


class Failed(Exception):
    """The test has found something."""


def parser(description, kills, calls, days):
    """The options of every kill test."""
    debug = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--kills", type=int, default=kills, help=f"runs to be killed [default: {kills}]")
    options.add_argument("--seed", type=int, default=1, help="of the company and of the moments")
    options.add_argument("--calls", type=int, default=calls)
    options.add_argument("--days", type=int, default=days, help="with calls")
    options.add_argument("--until", help="the last moment with calls [default: a minute ago]")
    # More than one commit a page: the pieces of a page are committed one by one.
    options.add_argument("--per-page", type=int, default=300)
    options.add_argument("--binary", type=Path, default=debug / "callbook")
    options.add_argument(
        "--database-url", default="sqlite://{folder}/{archive}.db",
        help="of each archive; {archive} is its number [default: a file of the test's own]",
    )
    options.add_argument("--prepare", help="a command that makes that database, such as `createdb kill_{archive}`")
    return options


def chosen(options):
    options = options.parse_args()
    options.binary = options.binary.resolve()
    until = datetime.fromisoformat(options.until) if options.until else datetime.now(timezone.utc) - SETTLING
    options.until, options.since = written(until), written(until - timedelta(days=options.days))
    return options


def written(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def environment(**more):
    """Without settings of the user's own."""
    inherited = os.environ.items()
    return {name: value for name, value in inherited if not name.startswith(("RC_", "CALLBOOK_"))} | more


class Sandbox:
    """A company that is served, and its control API."""

    def __init__(self, url, company, env_file):
        self.url, self.company = url, company
        variables = dict(line.split("=", 1) for line in env_file.read_text().splitlines() if "=" in line)
        app = f"{variables['RC_APP_CLIENT_ID']}:{variables['RC_APP_CLIENT_SECRET']}"
        self.authorization = "Basic " + base64.b64encode(app.encode()).decode()

    def ask(self, method, path, body=None):
        """The answer's text; `None` when there is no such thing. Faults befall this too."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/sandbox/v1/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read()
        except urllib.error.HTTPError as refusal:
            if refusal.code == 404:
                return None
            raise Failed(f"{method} {path}: {refusal.code} {refusal.read()!r}") from refusal

    def now(self):
        return datetime.fromisoformat(json.loads(self.ask("GET", "clock"))["now"])

    def turn(self, by):
        self.ask("POST", "clock", {"advance_ms": by // timedelta(milliseconds=1)})


@contextmanager
def sandbox(options, folder, *more, users=USERS):
    """Serves the company."""
    company = ["--seed", str(options.seed), "--users", str(users), "--calls", str(options.calls)]
    company += ["--from", options.since, "--until", options.until]
    env_file = folder / "sandbox.env"
    server = ["--port", "0", "--heavy", "off", "--env-file", str(env_file), *more]
    with open(folder / "sandbox.log", "w") as log:
        process = subprocess.Popen(
            [options.binary, "sandbox", *company, *server],
            stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder, env=environment(),
        )
        try:
            listening = re.match(r"listening on (\S+)", process.stdout.readline())
            if not listening:
                raise Failed("the sandbox does not start")
            yield Sandbox(listening[1], company, env_file)
        finally:
            process.terminate()
            process.wait()


class Syncs:
    """Runs of `callbook` on archives, and what they leave."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.archives = 0

    def new_archive(self):
        """The URL of one that is not there yet."""
        self.archives += 1
        if self.options.prepare:
            command = self.options.prepare.format(archive=self.archives)
            subprocess.run(command, shell=True, check=True)
        return self.options.database_url.format(folder=self.folder, archive=self.archives)

    def start(self, command, archive, *arguments, **variables):
        where = ["--env-file", self.folder / "sandbox.env", "--database", archive]
        with open(self.folder / "callbook.log", "a") as log:
            return subprocess.Popen(
                [self.options.binary, command, *where, *arguments],
                stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=self.folder, env=environment(**variables),
            )

    def start_sync(self, archive, **variables):
        page = ["--per-page", str(self.options.per_page)]
        return self.start("sync", archive, "--json", *page, **variables)

    def sync(self, archive):
        """Runs to the end; gives the summary."""
        return json.loads(finish(self.start_sync(archive)))

    def verify(self, archive):
        """Compared with upstream, and alone."""
        finish(self.start("verify", archive))
        finish(self.start("verify", archive, "--offline"))

    def compare(self, archive, differences, what):
        """What an archive holds, if it is as `differences` wants it to be."""
        file = self.snapshot(archive)
        if not file:
            return compare_archive.Found(0, 0, 0)
        found, first = compare_archive.compare(file, differences)
        if first:
            raise Failed("\n".join([f"the archive {what} differs:", *first]))
        return found

    def snapshot(self, archive):
        """A copy, for opening a database repairs it, and that is for the next run to do."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        scheme, _, path = archive.partition("://")
        if scheme != "sqlite":
            return self.backup(archive, copy / "archive.db")
        original = Path(path)
        for suffix in ("", "-wal", "-journal"):
            file = original.with_name(original.name + suffix)
            if file.exists():
                shutil.copy(file, copy)
        return copy / original.name if original.exists() else None

    def backup(self, archive, file):
        process = self.start("backup", archive, str(file))
        process.communicate()
        if process.returncode not in (0, NO_ARCHIVE):
            raise Failed(f"backup ended with {process.returncode}")
        return file if file.exists() else None


def finish(process):
    output, _ = process.communicate()
    if process.returncode != 0:
        raise Failed(f"{process.args[1]} ended with {process.returncode}")
    return output


def killed(process, delay_s):
    """Whether the process died of SIGKILL, rather than finish before."""
    return stopped(process, delay_s, signal.SIGKILL, -signal.SIGKILL)


def stopped(process, delay_s, with_signal, code, within_s=None):
    """Whether the process ended with `code` after the signal, rather than finish before."""
    try:
        process.communicate(timeout=delay_s)
    except subprocess.TimeoutExpired:
        process.send_signal(with_signal)
        try:
            process.communicate(timeout=within_s)
        except subprocess.TimeoutExpired as late:
            process.kill()
            raise Failed(f"a sync goes on {within_s} s after {with_signal!r}") from late
    # A process that is only starting does not know yet what to do about a signal.
    if process.returncode not in (0, code, -with_signal):
        raise Failed(f"a sync ended with {process.returncode}")
    return process.returncode == code


def crashed(process, step):
    """Waits for a process that dies at a step; false if it has never come there."""
    process.communicate()
    if process.returncode not in (0, -signal.SIGABRT):
        raise Failed(f"a sync ended with {process.returncode} instead of dying at {step}")
    return process.returncode != 0


def steps():
    names = re.findall(r'const \w+: &str = "(\w+)";', STEPS_FILE.read_text())
    if "committed" not in names:
        raise Failed(f"{STEPS_FILE} names no steps")
    return names


def run(test, options):
    """Runs a test in a folder of its own, which stays if it fails."""
    # A process that aborts on purpose need not leave its memory behind.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(tempfile.mkdtemp(prefix="callbook-kill-test-"))
    started = time.monotonic()
    try:
        said = test(options, folder)
    except Failed as failure:
        sys.exit(f"{failure}\nthe archives and logs are in {folder}")
    shutil.rmtree(folder)
    print(f"{said} ({time.monotonic() - started:.0f} s)")
