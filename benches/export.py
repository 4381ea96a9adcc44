"""How fast calls leave an archive as files and come in again, and how much memory that takes.

    cargo build --release
    python3 benches/export.py                          # 100,000 and 1,000,000 calls

Beside the CSV stands the least that one can do without Callbook: Python's sqlite3 and csv modules writing the view
`callbook_v1_calls`, which has no legs, queues, recordings or sessions, and so needs no document. Ends with 0 unless
something broke: no time is too long.
"""

import argparse
import csv
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPORTS = {
    "CSV": ["calls.csv"],
    "JSON lines": ["calls.jsonl"],
    "Parquet": ["calls.parquet"],
    "workbook": ["calls.xlsx"],
    "versions, compressed": ["all.jsonl.gz", "--versions"],
    "bundle": ["--bundle", "bundle"],
}


def options():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description="Measure exports and imports.")
    parser.add_argument("--calls", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--until", default="2026-11-01", help="the last day with calls")
    parser.add_argument("--binary", type=Path, default=release / "callbook")
    return parser.parse_args()


def run(chosen, folder, *words):
    """Seconds and peak MB of a command."""
    begun = time.monotonic()
    process = subprocess.Popen([chosen.binary, *words], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{words} failed")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def size(path):
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def view(database, target):
    """Seconds that the view takes as CSV without Callbook."""
    begun = time.monotonic()
    rows = sqlite3.connect(database).execute("SELECT * FROM callbook_v1_calls ORDER BY start_ms DESC")
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(column[0] for column in rows.description)
        writer.writerows(rows)
    return time.monotonic() - begun


def measure(chosen, calls, folder):
    database = folder / "callbook.db"
    run(chosen, folder, "sandbox", "fill", "--calls", str(calls), "--until", chosen.until)
    print(f"\n{calls:,} calls, an archive of {size(database) / 1e6:,.0f} MB")
    row = "{:<24}{:>10}{:>16}{:>10}{:>10}".format
    print(row("", "seconds", "calls a second", "peak MB", "file MB"))

    def line(name, seconds, peak, megabytes):
        peak = f"{peak:.0f}" if peak else ""
        print(row(name, f"{seconds:.1f}", f"{calls / seconds:,.0f}", peak, f"{megabytes / 1e6:,.0f}"), flush=True)

    for name, words in EXPORTS.items():
        seconds, peak = run(chosen, folder, "export", *words)
        line(name, seconds, peak, size(folder / words[-1 if name == "bundle" else 0]))
    seconds = view(database, folder / "view.csv")
    line("the view, as CSV", seconds, None, size(folder / "view.csv"))
    for name, words in [("import of the versions", "all.jsonl.gz"), ("… a second time", "all.jsonl.gz")]:
        seconds, peak = run(chosen, folder, "import", words, "--database", "again.db")
        line(name, seconds, peak, size(folder / "again.db"))
    told = [
        subprocess.run([chosen.binary, "status", "--json", "--database", folder / name], capture_output=True, check=True)
        for name in ("callbook.db", "again.db")
    ]
    counts = [json.loads(each.stdout)["accounts"][0] for each in told]
    assert counts[0] == counts[1], counts


def main():
    chosen = options()
    print(f"{os.cpu_count()} cores, {platform.machine()}, SQLite {sqlite3.sqlite_version} in Python")
    for calls in chosen.calls:
        with tempfile.TemporaryDirectory(prefix="callbook-export-") as folder:
            measure(chosen, calls, Path(folder))


if __name__ == "__main__":
    main()
