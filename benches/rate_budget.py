"""How much of the rate budget `callbook sync` uses, and whether it is ever refused for using too much.

    cargo build --release
    python3 benches/rate_budget.py

Against a sandbox that takes N requests in any window, n requests need at least ⌈n / N⌉ − 1 windows: the first
N go out at once. That least time, divided by what the sync took, is the part of the budget that was used.
What it takes to sign in and to end, which no budget limits, is measured by a sync of no calls and taken off.
Ends with 1 if a request was refused or less than 98 % was used: run it on a machine that does nothing else.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PER_PAGE = 50
# Every page repeats the last record of the one before it.
NEW_A_PAGE = PER_PAGE - 1
# No call is as late as this.
NO_CALLS = "2999-01-01"


def options():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description="Measure the use of the rate budget.")
    parser.add_argument("--requests", type=int, default=160, help="for pages of the call log")
    parser.add_argument("--limit", type=int, default=10, help="requests in a window")
    parser.add_argument("--window", type=int, default=1, help="its seconds")
    parser.add_argument("--runs", type=int, default=1, help="the median counts")
    parser.add_argument("--at-least", type=float, default=98, help="percent")
    parser.add_argument("--binary", type=Path, default=release / "callbook")
    return parser.parse_args()


@contextmanager
def sandbox(options, folder):
    """Served as long as the block lasts; a new one has a whole budget."""
    heavy = f"{options.limit}/{options.window}s"
    calls = str(options.requests * NEW_A_PAGE)
    command = [options.binary, "sandbox", "--port", "0", "--heavy", heavy, "--calls", calls]
    command += ["--env-file", "sandbox.env"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = server.stdout.readline()
        if not re.match(r"listening on http", line):
            sys.exit(f"the sandbox did not start: {line}")
        yield
    finally:
        server.terminate()
        server.wait()


def sync(options, folder, database, *more):
    command = [options.binary, "sync", "--env-file", "sandbox.env", "--database", database, "--json"]
    command += ["--per-page", str(PER_PAGE), *more]
    return json.loads(subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout)


def measure(options):
    """The part of the budget that was used, in percent; and how many requests were refused."""
    with tempfile.TemporaryDirectory() as folder, sandbox(options, folder):
        empty = sync(options, folder, "empty.db", "--since", NO_CALLS)
        summary = sync(options, folder, "callbook.db")
    around = empty["requests"]
    pages = summary["requests"] - around
    least = (ceil(pages / options.limit) - 1) * options.window
    took = summary["elapsed_ms"] / 1000
    without_start = took - empty["elapsed_ms"] / 1000
    used = 100 * least / without_start
    print(
        f"{pages} pages in {took:.2f} s, {without_start:.2f} s without sign-in and end; at least {least} s: "
        f"{used:.2f} % used ({100 * least / took:.2f} % of all the time); {summary['refused']} refused"
    )
    return used, summary["refused"]


def main():
    chosen = options()
    runs = [measure(chosen) for _ in range(chosen.runs)]
    used, refused = median(used for used, _ in runs), sum(refused for _, refused in runs)
    print(f"rate budget: {used:.2f} % used, {refused} requests refused")
    sys.exit(0 if refused == 0 and used >= chosen.at_least else 1)


if __name__ == "__main__":
    main()
