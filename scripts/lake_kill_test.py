"""Kills `callbook lake update` again and again, and compares what it leaves with tables that are built anew.

    cargo build --workspace --all-features --bin callbook --example churn
    scripts/lake_kill_test.py

An archive is edited at random between updates; they die at each named step, the first time they pass it and later, and
then at random moments. After each death questions are answered as on a lake that is built anew; the next update makes
the files so, too, and once nobody waits for old files any more there are the manifest and the files that it names or the one
before did, and nothing else.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

from syncs import ROOT, Failed, crashed, environment, killed, run

STEPS_FILE = ROOT / "crates/lake/src/crash.rs"
TABLES = {
    "interactions": "session", "legs": "session, leg", "offers": "session, started, extension, queue",
    "queue_visits": "session, visit", "recordings": "session, recording",
}
# How often a step is passed until an update dies there.
TIMES = (1, 2, 9)
EDITS = 240


class Archive:
    """One that is edited, and its lakes."""

    def __init__(self, options, folder):
        self.options, self.folder, self.moments = options, folder, random.Random(options.seed)
        self.database, self.lake, self.anew = folder / "archive.db", folder / "lake", folder / "anew"
        self.edits = 0

    def edit(self):
        """Every fourth time old calls are erased as well, each time a day more."""
        self.edits += 1
        erase = ["--erase-days", str(self.edits // 4 + 1)] if self.edits % 4 == 3 else []
        seed = str(self.options.seed * 1_000_000 + self.edits)
        counts = ["--edits", str(EDITS), "--calls", "600", "--seed", seed]
        subprocess.run([self.options.churn, "--database", self.database, *counts, *erase], check=True)

    def start(self, lake, *arguments, **variables):
        variables |= {"CALLBOOK_DATABASE": f"sqlite://{self.database}", "CALLBOOK_LAKE": str(lake)}
        with open(self.folder / "callbook.log", "a") as log:
            return subprocess.Popen(
                [self.options.binary, *arguments], stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=self.folder, env=environment(**variables),
            )

    def run(self, lake, *arguments):
        process = self.start(lake, *arguments)
        output, _ = process.communicate()
        if process.returncode:
            raise Failed(f"{arguments} ended with {process.returncode}")
        return output

    def update(self, **variables):
        return self.start(self.lake, "lake", "update", **variables)

    def rows(self, lake):
        question = "SELECT * FROM {} ORDER BY {}"
        return {
            table: self.run(lake, "sql", question.format(table, order), "--format", "csv")
            for table, order in TABLES.items()
        }

    def compare(self, when):
        shutil.rmtree(self.anew, ignore_errors=True)
        self.run(self.anew, "lake", "update")
        expected, found = self.rows(self.anew), self.rows(self.lake)
        for table in TABLES:
            if found[table] != expected[table]:
                raise Failed(f"{table} differs {when}")
        return found["interactions"].count("\n") - 1

    def age(self):
        """Makes every file old, as if the last question had ended long ago."""
        then = time.time() - 7200
        for manifest in self.lake.glob("*/manifest.json"):
            read = json.loads(manifest.read_text())
            read["dropped"] = {path: int(then * 1000) for path in read["dropped"]}
            manifest.write_text(json.dumps(read))
        for file in self.lake.rglob("*"):
            os.utime(file, (then, then))

    def check_files(self):
        """The manifest, what it names, and what the one before did."""
        (manifest,) = self.lake.glob("*/manifest.json")
        read = json.loads(manifest.read_text())
        files = [file for segment in read["segments"] for file in segment["files"].values()]
        named = {self.lake / file["path"] for file in [*files, *read["directory"].values()]}
        named |= {self.lake / path for path in read["dropped"]}
        there = {file for file in self.lake.rglob("*") if file.is_file()}
        if there != named | {manifest}:
            raise Failed(f"not as the manifest says: {sorted(map(str, there ^ (named | {manifest})))}")

    def survive(self, kill, what):
        """Whether an update died, after which everything is as it should be."""
        self.edit()
        # Leaves files behind that the next one sweeps.
        self.run(self.lake, "lake", "update")
        self.edit()
        self.age()
        died = kill()
        left = self.compare(f"after {what}")
        self.run(self.lake, "lake", "update")
        self.compare(f"after {what} and another update")
        self.age()
        self.run(self.lake, "lake", "update")
        self.check_files()
        if died:
            print(f"{what}: {left} interactions, equal", flush=True)
        return died


def steps():
    names = re.findall(r'const \w+: &str = "([\w-]+)";', STEPS_FILE.read_text())
    if len(names) < 6:
        raise Failed(f"{STEPS_FILE} names no steps")
    return names


def test(options, folder):
    archive = Archive(options, folder)
    archive.edit()
    archive.run(archive.lake, "lake", "update")
    points = 0
    for step in steps():
        # Only some updates erase, and not every one has so much to write.
        tries = [nth for nth in TIMES for _ in range(4)]
        died = 0
        for nth in tries:
            kill = lambda: crashed(archive.update(CALLBOOK_CRASH_AT=f"{step}:{nth}"), step)
            died += archive.survive(kill, f"{step}:{nth}")
            if died >= options.each:
                break
        if not died:
            raise Failed(f"no update died at {step}: built with --features crash-points?")
        points += died
    hits = 0
    for _ in range(4 * options.kills):
        if hits == options.kills:
            break
        moment_s = archive.moments.uniform(0, options.run_s)
        hits += archive.survive(lambda: killed(archive.update(), moment_s), f"a kill after {moment_s:.2f} s")
    return f"lake kill test: {points} crash points, {hits} kills, all tables equal"


def main():
    debug = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
    options = argparse.ArgumentParser(description="Kill updates of a lake and compare what they leave.")
    options.add_argument("--kills", type=int, default=6, help="runs to be killed at random")
    options.add_argument("--each", type=int, default=2, help="deaths at each step")
    options.add_argument("--run-s", type=float, default=1.0, help="how long a run takes at most before it is killed")
    options.add_argument("--seed", type=int, default=1, help="of the edits and of the moments")
    options.add_argument("--binary", type=Path, default=debug / "callbook")
    options.add_argument("--churn", type=Path, default=debug / "examples/churn")
    options = options.parse_args()
    options.binary, options.churn = options.binary.resolve(), options.churn.resolve()
    run(test, options)


if __name__ == "__main__":
    main()
