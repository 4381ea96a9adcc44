"""Lets the disk fail under `callbook sync` and proves that the archive survives.

    cargo build && cargo build -p callbook-synth --example dump
    $(scripts/python -r scripts/requirements.txt) scripts/disk_faults.py

First a change of a file is refused, for want of room or as an I/O error, once or from then on, at positions
spread over a whole sync: the sync has to say so and end with exit code 1, or go on; what is left can be read,
and the next sync makes it equal to what the synthetic company says.

Then the power is cut: the sync is killed at a random change, and of all changes not synced before some or all
are taken back. What had been committed has to be there, and the next sync goes on.

SQLite alone: the files are watched by a library that a C compiler makes (disk_faults.c), loaded with LD_PRELOAD.
"""

import errno
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle, product
from pathlib import Path

from disk_model import Disk, applied
from kill_test import Static, truth_of
from syncs import NO_ARCHIVE, Failed, chosen, parser, run, sandbox

SHIM = Path(__file__).with_suffix(".c")
ERRORS = ("ENOSPC", "EIO")
MODES = ("none", "some", "torn")
ARCHIVE = "callbook.db"
USAGE = 2
WAL_HEADER = struct.Struct(">8I")
FRAME_HEADER = struct.Struct(">6I")


@dataclass(frozen=True)
class Refusal:
    """One change that is refused, or the first of all from then on."""

    position: int
    error: str
    for_ever: bool

    def variables(self):
        return {
            "DISK_FAIL_AT": str(self.position),
            "DISK_ERRNO": str(getattr(errno, self.error)),
            "DISK_FOR_EVER": str(int(self.for_ever)),
        }


class Place:
    """An archive in a folder of its own, on a disk that may fail."""

    def __init__(self, options, folder, truth, shim, name):
        self.folder = folder / name
        self.disk = self.folder / "disk"
        self.disk.mkdir(parents=True)
        shutil.copy(folder / "sandbox.env", self.folder)
        self.syncs, self.shim = Static(options, self.folder, truth), shim
        self.archive = f"sqlite://{self.disk / ARCHIVE}"

    def faulty(self, **variables):
        """Syncs on the failing disk; gives the exit code and how many changes there were."""
        (self.folder / "count").unlink(missing_ok=True)
        watched = {"LD_PRELOAD": str(self.shim), "DISK_FOLDER": str(self.disk.resolve())}
        watched["DISK_COUNT"] = str(self.folder / "count")
        process = self.syncs.start_sync(self.archive, **watched, **variables)
        process.communicate()
        return process.returncode, struct.unpack("=Q", (self.folder / "count").read_bytes())[0]

    def said(self):
        """What the programs have said so far on standard error."""
        return (self.folder / "callbook.log").read_text()

    def check_readable(self):
        """The archive answers, or is none yet. Gives the calls in it."""
        calls = self.syncs.compare_part(self.archive)
        for command, *arguments in (("status",), ("calls", "--limit", "1")):
            process = self.syncs.start(command, self.archive, *arguments)
            process.communicate()
            if process.returncode != 0 and (calls or process.returncode not in (USAGE, NO_ARCHIVE)):
                raise Failed(f"{command} ended with {process.returncode} on {calls} calls")
        return calls

    def finish(self):
        """The disk works again, and the next sync completes the archive."""
        self.syncs.sync(self.archive)
        self.syncs.compare_whole(self.archive)
        shutil.rmtree(self.folder)


def compiled(folder):
    library = folder / "disk_faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library, SHIM, "-ldl", "-lpthread"], check=True)
    return library


def in_places(new_place, jobs, work, items):
    """Does the work on each item in a place of its own, several at a time; gives what came of it, in order."""

    def one(item):
        number, item = item
        place = new_place(str(number))
        try:
            return work(place, item)
        except Failed as failure:
            raise Failed(f"{item}: {failure}\n{place.said()}see {place.folder}") from failure

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, enumerate(items)))


def refuse(place, refusal):
    """Gives what came of the sync: `failed`, or `survived`."""
    code, _ = place.faulty(**refusal.variables())
    said = place.said()
    if code not in (0, 1) or "panicked" in said:
        raise Failed(f"the sync ended with {code}")
    if code == 1 and sum(line.startswith("error: ") for line in said.splitlines()) != 1:
        raise Failed("the sync failed without saying why")
    if code == 0:
        # What claims to have gone well has to be whole.
        place.syncs.compare_whole(place.archive)
    place.check_readable()
    place.finish()
    return "survived" if code == 0 else "failed"


def refuse_everywhere(options, new_place, changes, chance):
    kinds = cycle(product(ERRORS, (False, True)))
    width = changes / options.positions
    positions = [1 + int(width * (number + chance.random())) for number in range(options.positions)]
    refusals = [Refusal(position, *kind) for position, kind in zip(positions, kinds)]
    outcomes = in_places(new_place, options.jobs, refuse, refusals)
    failed = outcomes.count("failed")
    print(f"refused at {len(outcomes)} of {changes} changes: {failed} said so, "
          f"{len(outcomes) - failed} went on; all archives readable, then equal", flush=True)
    if not failed:
        raise Failed("no refusal was noticed: is the disk watched?")


def content(folder):
    """A digest of all that a database says, whatever its schema; nothing if it cannot be read.

    No file says what an empty one says.
    """
    digest = sha256()
    try:
        database = sqlite3.connect(folder / ARCHIVE)
        try:
            for line in database.iterdump():
                digest.update(line.encode())
        finally:
            database.close()
    except sqlite3.DatabaseError:
        return None
    return digest.hexdigest()


def copied(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*-shm"))
    return target


def without_last_commit(wal):
    """Shortens a WAL by the last transaction in it. Whether there is one."""
    frames = wal.read_bytes() if wal.exists() else b""
    if len(frames) < WAL_HEADER.size:
        return False
    _, _, page_size, _, *salts, _, _ = WAL_HEADER.unpack_from(frames)
    ends = [WAL_HEADER.size]
    for start in range(WAL_HEADER.size, len(frames) - FRAME_HEADER.size - page_size + 1, FRAME_HEADER.size + page_size):
        _, pages, *rest = FRAME_HEADER.unpack_from(frames, start)
        if rest[:2] != salts:
            break
        if pages:
            ends.append(start + FRAME_HEADER.size + page_size)
    if len(ends) < 2:
        return False
    os.truncate(wal, ends[-2])
    return True


def acceptable(place):
    """What may be left of the archive of a process that was killed, as digests.

    All that was committed when it died, or all but the last transaction, whose commit need not have returned:
    the next one begins only after that.
    """
    whole = copied(place.disk, place.folder / "whole")
    shorter = copied(place.disk, place.folder / "shorter")
    digests = {content(whole)}
    if without_last_commit(shorter / f"{ARCHIVE}-wal"):
        digests.add(content(shorter))
    return digests - {None}


@dataclass(frozen=True)
class Cuts:
    """Power cuts, one after the other, at these changes of each sync; and what becomes of unsynced ones."""

    positions: tuple
    mode: str
    seed: int


def cut(place, cuts):
    """Gives, for each cut that hit, how many calls were left and how many changes were not certain."""
    chance, hits = random.Random(cuts.seed), []
    for position in cuts.positions:
        journal = place.folder / "journal"
        journal.unlink(missing_ok=True)
        disk = Disk(place.disk)
        code, _ = place.faulty(DISK_CUT_AT=str(position), DISK_JOURNAL=str(journal))
        if code != -signal.SIGKILL:
            if code != 0:
                raise Failed(f"the sync ended with {code}")
            break
        disk.replay(journal)
        check_model(disk, place.disk)
        expected = acceptable(place)
        shutil.rmtree(place.disk)
        place.disk.mkdir()
        disk.write(place.disk, chance, cuts.mode)
        if content(copied(place.disk, place.folder / "found")) not in expected:
            raise Failed(f"cut at change {position}: what was committed is not there")
        hits.append((place.check_readable(), disk.uncertain()))
    place.finish()
    return hits


def check_model(disk, folder):
    """Were nothing lost, the model of the disk would be the disk."""
    files = disk.names(len(disk.pending))
    for path in folder.iterdir():
        if not path.name.endswith("-shm"):
            file = files.pop(path.name, None)
            if not file or applied(file.certain, file.pending) != path.read_bytes():
                raise Failed(f"the journal does not say what became of {path.name}")
    if any(not name.endswith("-shm") for name in files):
        raise Failed(f"the journal has files that are not there: {files}")


def cut_everywhere(options, new_place, changes, chance):
    hits, number = [], 0
    while len(hits) < options.kills:
        several = []
        for _ in range(options.jobs * 2):
            positions = tuple(chance.randint(1, changes) for _ in range(3))
            several.append(Cuts(positions, MODES[number % len(MODES)], number))
            number += 1
        hits += sum(in_places(new_place, options.jobs, cut, several), [])
    left = [calls for calls, _ in hits]
    lost = sum(uncertain for _, uncertain in hits)
    print(f"power cut {len(hits)} times, with {min(left)} to {max(left)} calls left and {lost} changes at stake: "
          f"all that was committed was there, then equal", flush=True)
    if not lost:
        raise Failed("no cut hit a change that was not certain")
    if not any(0 < calls < options.calls // 2 for calls in left):
        raise Failed("no cut hit a sync that had committed some calls but not all: use more cuts")


def test(options, folder):
    shim = compiled(folder)
    with sandbox(options, folder) as company:
        print("company:", " ".join(company.company), flush=True)
        truth = truth_of(options, company.company, company.url, folder)

        def new_place(name):
            return Place(options, folder, truth, shim, name)

        place = new_place("whole")
        code, changes = place.faulty()
        if code != 0:
            raise Failed(f"a sync on a good disk ended with {code}\n{place.said()}")
        place.finish()
        print(f"a whole run: {changes} changes of files", flush=True)
        chance = random.Random(options.seed)
        if options.positions:
            refuse_everywhere(options, new_place, changes, chance)
        if options.kills:
            cut_everywhere(options, new_place, changes, chance)
    return f"disk faults: {options.positions} refusals, {options.kills} power cuts, all archives equal"


def main():
    options = parser("Let the disk fail under syncs.", kills=30, calls=1200, days=10)
    debug = options.get_default("binary").parent
    options.add_argument("--dump", type=Path, default=debug / "examples/dump")
    options.add_argument("--positions", type=int, default=100, help="changes that are refused")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time")
    options = chosen(options)
    options.dump = options.dump.resolve()
    run(test, options)


if __name__ == "__main__":
    main()
