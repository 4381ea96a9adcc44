"""Kills `callbook sync` again and again and proves that the archive never notices.

    cargo build --features crash-points && cargo build -p callbook-synth --example dump
    $(scripts/python zstandard phonenumbers) scripts/kill_test.py

First with SIGKILL after a random time, at least as often as `--kills` says; then at each named step of a
commit, at several commits. After each death the archive holds all that its cursor claims, and the next run
continues it until compare_archive.py finds it equal to what the synthetic company says. A killed process
leaves what the system has taken over from it: power cuts are not covered.
"""

import random
import subprocess
import time
from pathlib import Path

import compare_archive
from syncs import HOME, Failed, Syncs, chosen, crashed, killed, parser, run, sandbox, steps

WHOLE_RUNS = 3
# The first commit makes the archive; what has changed of late comes with it, and there may be nothing.
COMMITS = (1, 2)


def truth_of(options, company, server_url, folder):
    """What the company says, as dump prints it."""
    path = folder / "truth.jsonl"
    view = ["--server-url", server_url, "--scope", "account", "--view", "detailed"]
    with open(path, "w") as lines:
        subprocess.run([options.dump, *company, *view], stdout=lines, check=True)
    return compare_archive.read_truth(path, HOME)


class Static(Syncs):
    """Syncs of a company in which nothing happens."""

    def __init__(self, options, folder, truth):
        super().__init__(options, folder)
        self.truth = truth

    def compare_whole(self, archive):
        self.look(archive, True, "")

    def compare_part(self, archive):
        """How many calls a dead process has left."""
        return self.look(archive, False, "of a killed process").calls

    def look(self, archive, whole, what):
        def differences(there):
            return compare_archive.differences(there, self.truth, HOME, whole)

        return self.compare(archive, differences, what)


def measure(syncs):
    """How long a whole run takes while nothing else is going on."""
    durations_s = []
    for _ in range(WHOLE_RUNS):
        archive, started = syncs.new_archive(), time.monotonic()
        requests = syncs.sync(archive)["requests"]
        durations_s.append(time.monotonic() - started)
        syncs.compare_whole(archive)
    print(f"a whole run: {min(durations_s):.2f} s, {requests} requests; equal", flush=True)
    return min(durations_s)


def kill_at_random(syncs, kills, duration_s, moments):
    """Syncs archive after archive until so many runs have been killed; gives the last archive."""
    hits = halfway = 0
    while hits < kills:
        archive, left = syncs.new_archive(), []
        while hits < kills and killed(syncs.start_sync(archive), moments.uniform(0, duration_s)):
            hits += 1
            left.append(syncs.compare_part(archive))
        halfway += sum(0 < calls < len(syncs.truth) for calls in left)
        # Nothing is left to do where the last run was not killed.
        syncs.sync(archive)
        syncs.compare_whole(archive)
        print(f"archive {syncs.archives}: killed at {left} calls, then equal; {hits} of {kills}", flush=True)
    if not halfway:
        raise Failed("no kill hit a run that had committed some calls but not all: use more calls")
    return archive


def crash_at(syncs, step, commit):
    """Dies at the step, is continued; gives how many calls were in when it had died."""
    archive = syncs.new_archive()
    if not crashed(syncs.start_sync(archive, CALLBOOK_CRASH_AT=f"{step}:{commit}"), step):
        raise Failed(f"a sync did not die at {step}: built with --features crash-points?")
    calls = syncs.compare_part(archive)
    syncs.sync(archive)
    syncs.compare_whole(archive)
    print(f"crash at {step}:{commit} with {calls} calls, then equal", flush=True)
    return calls


def crash_everywhere(syncs, later):
    """At each step: before the transaction ends nothing of the batch is in, afterwards all of it."""
    names, commits = steps(), (*COMMITS, later)
    for commit in commits:
        calls = {step: crash_at(syncs, step, commit) for step in names}
        after = calls.pop("committed")
        # What has changed of late is another thing a minute later, but all of it is among the newest.
        settled = commit == 1 or commit == later
        if settled and (len(set(calls.values())) != 1 or after < calls["before"]):
            raise Failed(f"after deaths in commit {commit}: {calls}, and {after} once committed")
        if commit == later and after == calls["before"]:
            raise Failed(f"commit {commit} brought nothing: {after} calls")
    return len(commits) * len(names)


def finish_off(syncs, archive):
    """A finished archive: nothing is missing, and the next run changes nothing."""
    syncs.verify(archive)
    again = syncs.sync(archive)
    changed = again["inserted"] + again["updated"] + again["deleted"] + again["quarantined"]
    if changed or again["unchanged"] != again["records"]:
        raise Failed(f"a second sync of a static company: {again}")
    syncs.compare_whole(archive)


def test(options, folder):
    with sandbox(options, folder) as company:
        print("company:", " ".join(company.company), flush=True)
        truth = truth_of(options, company.company, company.url, folder)
        syncs = Static(options, folder, truth)
        duration_s = measure(syncs)
        moments = random.Random(options.seed)
        archive = kill_at_random(syncs, options.kills, duration_s, moments)
        # Each page of the list has a commit at least. What has changed of late may fill the first pages
        # in as many commits as the hour happens to give it; the later half of them is always new.
        pages = options.calls // options.per_page
        crashes = crash_everywhere(syncs, moments.randint(pages // 2 + 2, max(pages // 2 + 2, pages)))
        finish_off(syncs, archive)
    return f"kill test: {options.kills} kills, {crashes} crash points, all archives equal"


def main():
    options = parser("Kill syncs and compare what they leave.", kills=50, calls=6000, days=10)
    debug = options.get_default("binary").parent
    options.add_argument("--dump", type=Path, default=debug / "examples/dump")
    options = chosen(options)
    options.dump = options.dump.resolve()
    run(test, options)


if __name__ == "__main__":
    main()
