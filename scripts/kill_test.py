"""Kills `callbook sync` again and again and proves that the archive never notices.

    cargo build --features crash-points && cargo build -p callbook-synth --example dump
    $(scripts/python zstandard phonenumbers) scripts/kill_test.py

First with SIGKILL after a random time, at least as often as `--kills` says; then at each named step of a
commit, the first time it is passed and a later time. After each death the archive holds the newest calls
without a gap, and the next run continues it until compare_archive.py finds it equal to what the synthetic
company says. A killed process leaves what the system has taken over from it: power cuts are not covered.
"""

import argparse
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from json import loads
from pathlib import Path

import compare_archive

ROOT = Path(__file__).resolve().parent.parent
STEPS_FILE = ROOT / "crates/store/src/crash.rs"
USERS = 25
DAYS = 10
HOME = "US"
WHOLE_RUNS = 3


class Failed(Exception):
    """The test has found something."""


def options():
    debug = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
    parser = argparse.ArgumentParser(description="Kill syncs and compare what they leave.")
    parser.add_argument("--kills", type=int, default=50, help="SIGKILLs that have to hit")
    parser.add_argument("--seed", type=int, default=1, help="of the company and of the moments")
    parser.add_argument("--calls", type=int, default=6000)
    parser.add_argument("--until", help="the last moment with calls [default: now]")
    # More than one commit a page: the pieces of a page are committed one by one.
    parser.add_argument("--per-page", type=int, default=300)
    parser.add_argument("--binary", type=Path, default=debug / "callbook")
    parser.add_argument("--dump", type=Path, default=debug / "examples/dump")
    chosen = parser.parse_args()
    chosen.binary, chosen.dump = chosen.binary.resolve(), chosen.dump.resolve()
    until = datetime.fromisoformat(chosen.until) if chosen.until else datetime.now(timezone.utc)
    chosen.until, chosen.since = written(until), written(until - timedelta(days=DAYS))
    return chosen


def written(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def environment(**more):
    """Without settings of the user's own."""
    inherited = os.environ.items()
    return {name: value for name, value in inherited if not name.startswith(("RC_", "CALLBOOK_"))} | more


@contextmanager
def sandbox(chosen, folder):
    """Serves the company; gives its address."""
    company = ["--seed", str(chosen.seed), "--users", str(USERS), "--calls", str(chosen.calls)]
    company += ["--from", chosen.since, "--until", chosen.until]
    server = ["--port", "0", "--heavy", "off", "--env-file", str(folder / "sandbox.env")]
    with open(folder / "sandbox.log", "w") as log:
        process = subprocess.Popen(
            [chosen.binary, "sandbox", *company, *server],
            stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder, env=environment(),
        )
        try:
            listening = re.match(r"listening on (\S+)", process.stdout.readline())
            if not listening:
                raise Failed("the sandbox does not start")
            yield listening[1], company
        finally:
            process.terminate()
            process.wait()


def truth_of(chosen, company, server_url, folder):
    """What the company says, as dump prints it."""
    path = folder / "truth.jsonl"
    view = ["--server-url", server_url, "--scope", "account", "--view", "detailed"]
    with open(path, "w") as lines:
        subprocess.run([chosen.dump, *company, *view], stdout=lines, check=True)
    return compare_archive.read_truth(path, HOME)


class Syncs:
    """Runs of `callbook` on archives in a folder, and what they should leave."""

    def __init__(self, chosen, folder, truth):
        self.chosen, self.folder, self.truth = chosen, folder, truth
        self.archives = 0

    def new_archive(self):
        self.archives += 1
        return self.folder / f"{self.archives}.db"

    def start(self, command, archive, *arguments, **variables):
        where = ["--env-file", self.folder / "sandbox.env", "--database", f"sqlite://{archive}"]
        with open(self.folder / "callbook.log", "a") as log:
            return subprocess.Popen(
                [self.chosen.binary, command, *where, *arguments],
                stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=self.folder, env=environment(**variables),
            )

    def start_sync(self, archive, **variables):
        page = ["--per-page", str(self.chosen.per_page)]
        return self.start("sync", archive, "--json", *page, **variables)

    def sync(self, archive):
        """Runs to the end; gives the summary."""
        return loads(self.finish(self.start_sync(archive)))

    def finish(self, process):
        output, _ = process.communicate()
        if process.returncode != 0:
            raise Failed(f"{process.args[1]} ended with {process.returncode}")
        return output

    def compare_whole(self, archive):
        found, differences = compare_archive.compare(archive, self.truth, HOME)
        if differences:
            raise Failed("\n".join(["the archive differs:", *differences]))
        return found

    def compare_prefix(self, archive):
        """How many calls a dead process has left: the newest ones, and all that belongs to them.

        Reads a copy, for opening a database repairs it, and that is for the next run to do.
        """
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        if not archive.exists():
            return 0
        for suffix in ("", "-wal"):
            file = archive.with_name(archive.name + suffix)
            if file.exists():
                shutil.copy(file, copy)
        found, differences = compare_archive.compare(copy / archive.name, self.truth, HOME, whole=False)
        if differences:
            raise Failed("\n".join(["the archive of a killed process differs:", *differences]))
        return found.calls


def killed(process, delay_s):
    """Whether the process died of SIGKILL, rather than finish before."""
    try:
        process.communicate(timeout=delay_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        raise Failed(f"a sync ended with {process.returncode}")
    return process.returncode != 0


def measure(syncs):
    """How long a whole run takes while nothing else is going on, and how many requests it sends."""
    durations_s = []
    for _ in range(WHOLE_RUNS):
        archive, started = syncs.new_archive(), time.monotonic()
        requests = syncs.sync(archive)["requests"]
        durations_s.append(time.monotonic() - started)
        syncs.compare_whole(archive)
    print(f"a whole run: {min(durations_s):.2f} s, {requests} requests; equal", flush=True)
    return min(durations_s), requests


def kill_at_random(syncs, kills, duration_s, moments):
    """Syncs archive after archive until so many runs have been killed; gives the last archive."""
    hits = halfway = 0
    while hits < kills:
        archive, left = syncs.new_archive(), []
        while hits < kills and killed(syncs.start_sync(archive), moments.uniform(0, duration_s)):
            hits += 1
            left.append(syncs.compare_prefix(archive))
        halfway += sum(0 < calls < len(syncs.truth) for calls in left)
        # Nothing is left to do where the last run was not killed.
        syncs.sync(archive)
        syncs.compare_whole(archive)
        print(f"archive {syncs.archives}: killed at {left} calls, then equal; {hits} of {kills}", flush=True)
    if not halfway:
        raise Failed("no kill hit a run that had committed some calls but not all: use more calls")
    return archive


def steps():
    names = re.findall(r'const \w+: &str = "(\w+)";', STEPS_FILE.read_text())
    if "committed" not in names:
        raise Failed(f"{STEPS_FILE} names no steps")
    return names


def crash_at(syncs, step, time_passed):
    """Dies at the step, is continued; gives how many calls were in when it had died."""
    archive = syncs.new_archive()
    process = syncs.start_sync(archive, CALLBOOK_CRASH_AT=f"{step}:{time_passed}")
    process.communicate()
    if process.returncode != -signal.SIGABRT:
        features = "built with --features crash-points?"
        raise Failed(f"a sync ended with {process.returncode} instead of dying at {step}; {features}")
    calls = syncs.compare_prefix(archive)
    syncs.sync(archive)
    syncs.compare_whole(archive)
    print(f"crash at {step}:{time_passed} with {calls} calls, then equal", flush=True)
    return calls


def crash_everywhere(syncs, later):
    """At each step: before the transaction ends nothing of the batch is in, afterwards all of it."""
    names = steps()
    for time_passed in (1, later):
        calls = {step: crash_at(syncs, step, time_passed) for step in names}
        after = calls.pop("committed")
        if len(set(calls.values())) != 1 or after <= calls["before"]:
            raise Failed(f"after deaths in commit {time_passed}: {calls}, and {after} once committed")
    return 2 * len(names)


def finish_off(syncs, archive):
    """A finished archive: nothing is missing, and the next run changes nothing."""
    syncs.finish(syncs.start("verify", archive))
    again = syncs.sync(archive)
    changed = again["inserted"] + again["updated"] + again["deleted"] + again["quarantined"]
    if changed or not again["unchanged"] or again["unchanged"] != again["records"]:
        raise Failed(f"a second sync of a static company: {again}")
    syncs.compare_whole(archive)


def test(chosen, folder):
    with sandbox(chosen, folder) as (server_url, company):
        print("company:", " ".join(company), flush=True)
        syncs = Syncs(chosen, folder, truth_of(chosen, company, server_url, folder))
        duration_s, requests = measure(syncs)
        moments = random.Random(chosen.seed)
        archive = kill_at_random(syncs, chosen.kills, duration_s, moments)
        # Every page has a commit at least; a few requests are no pages.
        crashes = crash_everywhere(syncs, moments.randint(2, requests // 2))
        finish_off(syncs, archive)
    print(f"kill test: {chosen.kills} kills, {crashes} crash points, all archives equal")


def main():
    # A process that aborts on purpose need not leave its memory behind.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    chosen = options()
    folder = Path(tempfile.mkdtemp(prefix="callbook-kill-test-"))
    try:
        test(chosen, folder)
    except Failed as failure:
        sys.exit(f"{failure}\nthe archives and logs are in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
