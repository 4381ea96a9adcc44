"""How fast an archive takes calls in, how large it becomes, and how much memory that takes.

    cargo build --release
    python3 benches/archive.py                                       # SQLite
    scripts/postgres run python3 benches/archive.py                  # and PostgreSQL, without fsync

`callbook sandbox fill` makes calls, reads, hashes and compresses them, and commits 500 at a time. Beside it
stands the least that a database can be asked for: the very rows that came of it, read back, inserted again into
empty tables with the same keys and indexes. For SQLite that is 500 calls a transaction, WAL, synchronous=FULL, no
question asked; for PostgreSQL one COPY a table. Ends with 0 unless something broke: no time is too long.
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
A_COMMIT = 500
TABLES = ("version", "call", "posting")


@dataclass(frozen=True)
class Filled:
    """What a fill took."""

    calls: int
    seconds: float
    # Of these, those in which a commit was waited for, while the next calls were made.
    committing: float
    peak_mb: float

    @property
    def rate(self):
        return self.calls / self.seconds


def options():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description="Measure archives.")
    parser.add_argument("--calls", type=int, nargs="+", default=[200_000, 1_000_000])
    parser.add_argument("--until", default="2026-11-01", help="the last day with calls")
    parser.add_argument("--binary", type=Path, default=release / "callbook")
    server = os.environ.get("CALLBOOK_TEST_POSTGRES")
    parser.add_argument("--postgres", default=server, help="a server that databases may be made on")
    return parser.parse_args()


def fill(chosen, database, calls):
    command = [chosen.binary, "sandbox", "fill", "--database", database, "--calls", str(calls)]
    process = subprocess.Popen(
        [*command, "--until", chosen.until, "--json"], stdout=subprocess.PIPE, text=True
    )
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"filling {database} failed")
    told = json.loads(told)
    return Filled(calls, told["seconds"], told["committing_seconds"], usage.ru_maxrss / 1024)


# SQLite.


def insert_again(source, target):
    """Inserts the archive's rows into an empty database as it is; returns the seconds that this took."""
    rows = sqlite3.connect(source)
    rows.execute("PRAGMA temp_store = FILE")
    rows.execute("CREATE TEMP TABLE by_call AS SELECT * FROM posting")
    rows.execute("CREATE INDEX temp.one ON by_call (call)")
    database = sqlite3.connect(target, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    for (sql,) in rows.execute("SELECT sql FROM sqlite_schema WHERE tbl_name IN (?, ?, ?) AND sql > ''", TABLES):
        database.execute(sql.replace("REFERENCES account", ""))
    selects = (
        ("version", "SELECT * FROM version WHERE call BETWEEN ? AND ?"),
        ("call", "SELECT * FROM call WHERE call BETWEEN ? AND ?"),
        ("posting", "SELECT * FROM by_call WHERE call BETWEEN ? AND ? ORDER BY key, start_ms, call"),
    )
    # Nothing was edited: the versions of these calls are those of the same numbers.
    assert not rows.execute("SELECT 1 FROM version WHERE version != call LIMIT 1").fetchone()
    selects = [(table, sql.replace("version WHERE call", "version WHERE version")) for table, sql in selects]
    (last,) = rows.execute("SELECT max(call) FROM call").fetchone()
    seconds = 0
    for first in range(1, last + 1, A_COMMIT):
        span = (first, first + A_COMMIT - 1)
        some = [(table, rows.execute(sql, span).fetchall()) for table, sql in selects]
        started = time.monotonic()
        database.execute("BEGIN IMMEDIATE")
        for table, values in some:
            places = ", ".join("?" * len(values[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({places})", values)
        database.execute("COMMIT")
        seconds += time.monotonic() - started
    return seconds


def measure_sqlite(chosen, folder):
    first = None
    for calls in chosen.calls:
        path = folder / f"{calls}.db"
        filled = fill(chosen, f"sqlite://{path}", calls)
        size = sum(each.stat().st_size for each in folder.glob(f"{path.name}*"))
        first = first or filled
        less = "" if filled is first else f", {1 - filled.rate / first.rate:.0%} slower than the first"
        print(
            f"SQLite, {calls:,} calls: {filled.rate:,.0f} a second{less}; "
            f"peak {filled.peak_mb:.0f} MB; {size / calls:,.0f} bytes a call"
        )
        if filled is first:
            again = insert_again(path, folder / "again.db")
            ratio = filled.rate / (calls / again)
            print(f"    the same rows inserted: {calls / again:,.0f} a second; the archive: {ratio:.2f} of that")
        for each in folder.iterdir():
            each.unlink()


# PostgreSQL.


def psql(url, sql):
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def measure_postgres(chosen, folder):
    calls = chosen.calls[0]
    name = f"bench_{os.getpid()}"
    psql(chosen.postgres, f"CREATE DATABASE {name}")
    url = f"{chosen.postgres.rsplit('/', 1)[0]}/{name}"
    try:
        filled = fill(chosen, url, calls)
        size = int(psql(url, "SELECT pg_database_size(current_database())"))
        print(
            f"PostgreSQL, {calls:,} calls: {filled.rate:,.0f} a second; "
            f"peak {filled.peak_mb:.0f} MB; {size / calls:,.0f} bytes a call"
        )
        for table in TABLES:
            copy = f"\\copy (SELECT * FROM callbook.{table}) TO '{folder / table}' (FORMAT binary)"
            psql(url, copy)
        tables = ", ".join(f"callbook.{table}" for table in TABLES)
        psql(url, f"TRUNCATE {tables}")
        started = time.monotonic()
        for table in TABLES:
            psql(url, f"\\copy callbook.{table} FROM '{folder / table}' (FORMAT binary)")
        rate = calls / (time.monotonic() - started)
        alone = calls / filled.committing / rate
        print(
            f"    the same rows by COPY: {rate:,.0f} a second; the archive: {filled.rate / rate:.2f} of that, "
            f"its commits {alone:.2f}"
        )
    finally:
        psql(chosen.postgres, f"DROP DATABASE {name} WITH (FORCE)")


def main():
    chosen = options()
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}")
    with tempfile.TemporaryDirectory(prefix="callbook-bench") as folder:
        measure_sqlite(chosen, Path(folder))
        if chosen.postgres:
            measure_postgres(chosen, Path(folder))


if __name__ == "__main__":
    main()
