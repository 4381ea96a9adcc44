"""How fast a call log is downloaded: `callbook sync` beside the plain loop of RingCentral's own SDK.

    cargo build --release
    $(scripts/python ringcentral==0.9.2) benches/download.py

All run in turns against one sandbox without rate limits, over loopback. The loops ask as the SDK's samples
do, 100 records a page, following the navigation; one collects the records in a list, the other writes their
JSON to SQLite, one transaction a page, as durable as an archive. They are timed without the start of Python;
`callbook sync` is timed with everything. Ends with 0 unless something broke: no time is too long.
"""

import argparse
import json
import os
import platform
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
SINCE = "2023-12-01T00:00:00.000Z"
# Lists of the directory of the sandbox's company, four queues among them, which are read once a day.
DIRECTORY = 5 + 2 * 4
SYNC, COLLECT, STORE = "callbook sync", "SDK loop, into a list", "SDK loop, into SQLite"


@dataclass(frozen=True)
class Run:
    """What one download took."""

    records: int
    requests: int
    seconds: float
    peak_mb: float


def options():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description="Compare downloads of a call log.")
    parser.add_argument("--runs", type=int, default=3, help="of each; the median counts")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--binary", type=Path, default=release / "callbook")
    # Used by the script itself: each loop is a process of its own, so that its memory can be told.
    parser.add_argument("--loop", choices=(COLLECT, STORE), help=argparse.SUPPRESS)
    return parser.parse_args()


# The loops.


def pages(requests):
    """Every page of the call log; counts in `requests`."""
    from ringcentral import SDK

    lines = Path("sandbox.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines)
    sdk = SDK(settings["RC_APP_CLIENT_ID"], settings["RC_APP_CLIENT_SECRET"], settings["RC_SERVER_URL"])
    api = sdk.platform()
    api.login(jwt=settings["RC_USER_JWT"])
    query = {"view": "Detailed", "dateFrom": SINCE, "perPage": 100, "showDeleted": "true"}
    page = api.get("/restapi/v1.0/account/~/call-log", query).json_dict()
    requests += ["login", "page"]
    while True:
        yield page["records"]
        following = page["navigation"].get("nextPage")
        if not following:
            return
        page = api.get(following["uri"]).json_dict()
        requests.append("page")


def collect(requests):
    records = []
    for page in pages(requests):
        records.extend(page)
    return len(records)


def store(requests):
    database = sqlite3.connect("loop.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE call (id TEXT PRIMARY KEY, record TEXT NOT NULL)")
    for page in pages(requests):
        with database:
            rows = ((record["id"], json.dumps(record)) for record in page)
            database.executemany("INSERT OR REPLACE INTO call VALUES (?, ?)", rows)
    return database.execute("SELECT count(*) FROM call").fetchone()[0]


def run_loop(name):
    import ringcentral  # noqa: F401 - so that its loading is not timed

    requests, started = [], time.monotonic()
    records = {COLLECT: collect, STORE: store}[name](requests)
    seconds = time.monotonic() - started
    print(json.dumps({"records": records, "requests": len(requests), "seconds": seconds}))


# The comparison.


@contextmanager
def sandbox(chosen, folder):
    """Serves the company, and leaves its credentials in the folder."""
    command = [chosen.binary, "sandbox", "--port", "0", "--calls", str(chosen.calls), "--heavy", "off"]
    process = subprocess.Popen(
        [*command, "--env-file", "sandbox.env"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        if not re.match(r"listening on ", process.stdout.readline()):
            sys.exit("the sandbox does not start")
        yield
    finally:
        process.terminate()
        process.wait()


def measured(command, folder):
    """The JSON that a command prints, its time and the most memory it had."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{shlex.join(map(str, command))} ended with {process.returncode}")
    # Bytes on macOS, else kilobytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return json.loads(output), seconds, usage.ru_maxrss * unit / 1e6


def sync(chosen, folder):
    for file in folder.glob("archive.db*"):
        file.unlink()
    source = ["--env-file", "sandbox.env", "--database", "sqlite://archive.db"]
    summary, seconds, peak_mb = measured([chosen.binary, "sync", "--json", *source], folder)
    records = summary["inserted"] + summary["deleted"]
    return Run(records, summary["requests"], seconds, peak_mb)


def loop(name, folder):
    for file in folder.glob("loop.db*"):
        file.unlink()
    told, _, peak_mb = measured([sys.executable, __file__, "--loop", name], folder)
    return Run(told["records"], told["requests"], told["seconds"], peak_mb)


def middle(runs):
    """The median of each measure."""
    return Run(*(median(getattr(run, name) for run in runs) for name in Run.__annotations__))


def machine():
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"{os.cpu_count()} processors, {memory_gb:.0f} GB, {system}, Python {platform.python_version()}"


def report(results):
    print(f"{'':24}{'calls/s':>10}{'seconds':>10}{'requests':>10}{'peak MB':>10}")
    for name, run in results.items():
        speed = f"{run.records / run.seconds:,.0f}"
        print(f"{name:24}{speed:>10}{run.seconds:>10.2f}{run.requests:>10.0f}{run.peak_mb:>10.0f}")
    ours = results[SYNC]
    print(f"in multiples of {SYNC}:")
    for name in (COLLECT, STORE):
        other = results[name]
        faster, fewer = other.seconds / ours.seconds, other.requests / ours.requests
        smaller = other.peak_mb / ours.peak_mb
        print(f"{name}: time {faster:.2f}, requests {fewer:.1f}, peak memory {smaller:.1f}")


def check(chosen, results):
    """What has nothing to do with time: all have read the same, and callbook with few requests."""
    if any(run.records != chosen.calls for run in results.values()):
        sys.exit(f"not everything was downloaded: {results}")
    requests, limit = results[SYNC].requests, ceil(chosen.calls / 1000) + 4 + DIRECTORY
    print(f"{SYNC}: {requests:.0f} requests, at most {limit} expected")
    if requests > limit:
        sys.exit("too many requests")


def compare(chosen):
    print("command:", shlex.join(sys.argv))
    print("machine:", machine())
    print(f"{chosen.calls:,} synthetic calls in full detail over loopback, median of {chosen.runs} runs each")
    runs = {SYNC: [], COLLECT: [], STORE: []}
    with tempfile.TemporaryDirectory(prefix="callbook-bench-") as folder, sandbox(chosen, folder):
        for _ in range(chosen.runs):
            runs[SYNC].append(sync(chosen, Path(folder)))
            runs[COLLECT].append(loop(COLLECT, Path(folder)))
            runs[STORE].append(loop(STORE, Path(folder)))
    results = {name: middle(each) for name, each in runs.items()}
    report(results)
    check(chosen, results)


def main():
    chosen = options()
    if chosen.loop:
        run_loop(chosen.loop)
    else:
        chosen.binary = chosen.binary.resolve()
        compare(chosen)


if __name__ == "__main__":
    main()
