"""How fast reports are answered from ten million calls, beside DuckDB with the same SQL on the same files.

    cargo build --release
    $(scripts/python -r scripts/requirements.txt) benches/reports.py              # 10,000,000 calls, 2024

Callbook's time is that of the whole command, from its start to the last line of CSV; DuckDB's is that of the statement
alone, into Arrow, in a process that is there already. What a command takes that asks for nothing is printed as well, and the ratios
without it. Both take turns, the best of each counts. Then the answers are compared,
row by row, and DuckDB writes the tables anew with its own best settings, to compare their sizes. Ends with 0 if all answers
are equal: no time is too long.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import duckdb
import report_test

REPORTS = ["overview", "answer-rate", "agent-scorecard", "service-level", "heat-map", "abandon-analysis", "repeat-callers",
           "caller-lookup", "unreturned-missed", "concurrency"]
TABLES = ["interactions", "legs", "offers", "queue_visits", "recordings"]
USERS = 400
ZONE = "America/New_York"
FROM, TO = "2024-01-01", "2024-12-31"


def options():
    release = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description="Measure reports beside DuckDB.")
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=pathlib.Path, help="keep the tables here, and use those that are here")
    parser.add_argument("--reports", nargs="+", default=REPORTS, choices=REPORTS)
    parser.add_argument("--binary", type=pathlib.Path, default=release / "callbook")
    parser.add_argument("--sizes", action=argparse.BooleanOptionalAction, default=True, help="compare sizes as well")
    return parser.parse_args()


def fill(callbook, calls):
    done = callbook.json("sandbox", "fill", "--database", f"{callbook.folder}/archive.db", "--lake", "--calls", calls,
                         "--users", USERS, "--from", FROM, "--until", "2025-01-01")
    print(f"{done['interactions']:,} interactions written in {done['seconds']:.0f} s: {done['rate']:,} a second, "
          f"{done['bytes'] / done['interactions']:.1f} bytes each with legs and all else")


def seconds(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(callbook, lake, name, runs, start):
    """The ratio of the best times, with and without what a command takes to start; fails if the answers are not equal."""
    about = callbook.json("report", name, "--explain")
    given = next(report_test.variants(lake, name, about))
    sql, values = report_test.bound(lake, about, ZONE, given, FROM, TO)
    arguments = [f"--set={key}={value}" for key, (value, _) in given.items()]
    command = ["report", name, "--from", FROM, "--to", TO, "--tz", ZONE, "--format", "csv", *arguments]
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(seconds(lambda: callbook.run(*command)))
        theirs.append(seconds(lambda: lake.cursor().sql(sql, params=values).to_arrow_table()))
    rows = report_test.compare(callbook, lake, name, about, ZONE, given, FROM, TO)
    ratio, alone = min(ours) / min(theirs), (min(ours) - start) / min(theirs)
    print(f"{name:20} {min(ours):8.3f} {min(theirs):8.3f} {ratio:8.2f} {alone:8.2f} {rows:10,}", flush=True)
    return ratio, alone


def mean(ratios):
    return math.prod(ratios) ** (1 / len(ratios))


def compare_sizes(callbook, lake):
    """Bytes of the tables as they are, and as DuckDB writes them."""
    manifest = json.loads(next(callbook.folder.glob("*.lake/*/manifest.json")).read_text())
    ours = sum(file["bytes"] for segment in manifest["segments"] for file in segment["files"].values())
    theirs = 0
    with tempfile.TemporaryDirectory(dir=callbook.folder) as folder:
        lake.execute("SET preserve_insertion_order = true")
        for table in TABLES:
            path = pathlib.Path(folder) / f"{table}.parquet"
            lake.execute(f"COPY {table} TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
            theirs += path.stat().st_size
    calls = lake.execute("SELECT count(*) FROM interactions").fetchone()[0]
    print(f"bytes a call: {ours / calls:.1f}, as DuckDB writes the same tables {theirs / calls:.1f}: {ours / theirs:.2f}")


def main():
    chosen = options()
    with tempfile.TemporaryDirectory() as folder:
        folder = (chosen.folder or pathlib.Path(folder)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        callbook = report_test.Callbook(chosen.binary.resolve(), folder)
        if not (folder / "archive.db").exists():
            fill(callbook, chosen.calls)
        lake = report_test.oracle(callbook)
        start = min(seconds(lambda: callbook.run("sql", "SELECT 1")) for _ in range(chosen.runs))
        print(f"{platform.machine()}, {os.cpu_count()} processors, DuckDB {duckdb.__version__}, best of {chosen.runs}, seconds; "
              f"a command starts in {start:.3f}\n"
              f"{'':20} {'Callbook':>8} {'DuckDB':>8} {'ratio':>8} {'alone':>8} {'rows':>10}")
        ratios, alone = zip(*(measure(callbook, lake, name, chosen.runs, start) for name in chosen.reports))
        print(f"geometric mean {mean(ratios):.2f}, worst {max(ratios):.2f}; without the start {mean(alone):.2f}, worst {max(alone):.2f}; "
              "every answer equal")
        if chosen.sizes:
            compare_sizes(callbook, lake)


if __name__ == "__main__":
    main()
