"""Kills `callbook sync --recordings` while answers break off, are refused, and tokens expire.

    cargo build --features crash-points
    $(scripts/python) scripts/recordings_kill_test.py

Requests for content fail in several ways, and runs are killed at random and at each named step of keeping a recording.
In the end every recording is kept once, is what a sandbox without faults serves, and lies where the archive says. What
was sent goes through a relay that counts: beyond what the recordings are long, at most one part in a hundred.
"""

import hashlib
import json
import random
import re
import shutil
import socket
import socketserver
import sqlite3
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from syncs import ROOT, Failed, Syncs, chosen, crashed, finish, killed, parser, run, sandbox

FAULTS = (
    "truncate=0.05@/content", "reset=0.02@/content", "416=0.02", "503=0.01@/content",
    "token-expired=0.01@/content", "429=0.01:1s@/content",
)
STEPS_FILE = ROOT / "crates/recordings/src/crash.rs"
MOST_MEMORY_MB = 150
# Of what is sent to a process that is killed, this may still be on its way. It is not the process that asks for it again.
ON_ITS_WAY = 4 << 20
PIECE = 64 << 10


class Relay(socketserver.ThreadingTCPServer):
    """Hands everything on, and counts what the server sends."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, url):
        super().__init__(("127.0.0.1", 0), Handler)
        self.server = (urlsplit(url).hostname, urlsplit(url).port)
        self.sent, self.lock = 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def count(self, length):
        with self.lock:
            self.sent += length


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(self.server.server) as upstream:
            up = threading.Thread(target=self.copy, args=(self.request, upstream, lambda _: None), daemon=True)
            up.start()
            self.copy(upstream, self.request, self.server.count)
            up.join()

    def copy(self, source, target, count):
        try:
            while piece := source.recv(PIECE):
                target.sendall(piece)
                count(len(piece))
        except OSError:
            pass
        finally:
            for each in (source, target):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class Recorded(Syncs):
    """Syncs that fetch recordings, and the most memory that any of them had."""

    most_kb = 0

    def start_fetching(self, archive, **variables):
        process = self.start("sync", archive, "--recordings", "--json", **variables)
        threading.Thread(target=self.watch, args=(process,), daemon=True).start()
        return process

    def watch(self, process):
        """What `ru_maxrss` says of a child begins with what this script has: the kernel's own mark does not."""
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            try:
                mark = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            except OSError:
                return
            if mark and str(process.args[0]) in status.with_name("cmdline").read_text().split("\0"):
                Recorded.most_kb = max(Recorded.most_kb, int(mark[1]))
            time.sleep(0.1)

    def fetch(self, archive):
        return json.loads(finish(self.start_fetching(archive)))["recordings"]


def folder_of(archive):
    return Path(archive.removeprefix("sqlite://")).with_suffix(".recordings")


def rows(archive):
    """What the archive says of each recording."""
    path = archive.removeprefix("sqlite://")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        found = database.execute("SELECT id, state, sha256, bytes, object FROM recording ORDER BY id")
        return {id: tuple(rest) for id, *rest in found}


def objects(archive):
    """SHA-256 of each file that is kept, by its place."""
    folder = folder_of(archive)
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def compare(archive, truth):
    found, there, meant = rows(archive), objects(archive), rows(truth)
    if found.keys() != meant.keys():
        raise Failed(f"{len(found)} recordings are known instead of {len(meant)}")
    for id, (state, sha256, length, place) in found.items():
        if (state, sha256, length) != meant[id][:3]:
            raise Failed(f"recording {id} is {state} {sha256} {length} instead of {meant[id]}")
        if state == "kept" and there.pop(place, None) != sha256:
            raise Failed(f"recording {id} is not what lies at {place}")
    if there:
        raise Failed(f"files that belong to nothing: {sorted(there)[:5]}")
    return sum(1 for row in found.values() if row[0] == "kept"), sum(row[2] or 0 for row in found.values())


def steps():
    return re.findall(r'const \w+: &str = "([\w-]+)";', STEPS_FILE.read_text())


def disturb(syncs, archive, kills):
    """Kills runs until enough have died, each a little later; how many."""
    hits = 0
    for step in steps():
        nth = syncs.moments.randint(1, 3)
        hits += crashed(syncs.start_fetching(archive, CALLBOOK_CRASH_AT=f"{step}:{nth}"), step)
    tries = 0
    while hits < kills and tries < 3 * kills:
        tries += 1
        hits += killed(syncs.start_fetching(archive), syncs.moments.uniform(0.1, syncs.options.run_s))
    return hits


def redirected(env_file, relay):
    text = env_file.read_text()
    host, port = relay.server_address
    env_file.write_text(re.sub(r"RC_SERVER_URL=.*", f"RC_SERVER_URL=http://{host}:{port}", text))


def test(options, folder):
    (folder / "truth").mkdir()
    faults = [word for fault in FAULTS for word in ("--fault", fault)]
    whole = sandbox(options, folder / "truth", "--recording-days", "0")
    disturbed = sandbox(options, folder, "--recording-days", "0", *faults)
    with whole, disturbed as company:
        print("company:", " ".join(company.company + faults), flush=True)
        truth = fetch_whole(options, folder / "truth")
        kept, hits = fetch_disturbed(options, folder, company, truth)
    memory_mb = Recorded.most_kb / 1000
    if not memory_mb:
        raise Failed("nobody knows how much memory a sync took")
    if memory_mb > MOST_MEMORY_MB:
        raise Failed(f"a sync took {memory_mb:.0f} MB")
    return f"recordings kill test: {kept} recordings, {hits} runs killed; no sync took more than {memory_mb:.0f} MB"


def fetch_whole(options, folder):
    syncs = Recorded(options, folder)
    archive = syncs.new_archive()
    syncs.fetch(archive)
    shutil.rmtree(folder_of(archive))
    return archive


def fetch_disturbed(options, folder, company, truth):
    """How many recordings there are in the end, and how many runs were killed."""
    relay = Relay(company.url)
    redirected(folder / "sandbox.env", relay)
    syncs = Recorded(options, folder)
    syncs.moments = random.Random(options.seed)
    archive = syncs.new_archive()
    finish(syncs.start_sync(archive))
    relay.sent = 0
    hits = disturb(syncs, archive, options.kills)
    # What was put off comes again in a minute: a recording may be odd on its own.
    for _ in range(options.last_tries):
        syncs.fetch(archive)
        if all(row[0] != "wanted" for row in rows(archive).values()):
            break
        wake(archive)
    kept, length = compare(archive, truth)
    more = max(0, relay.sent - hits * ON_ITS_WAY - length) / length
    print(
        f"{kept} recordings of {length} bytes, {hits} runs killed, {relay.sent} bytes sent:"
        f" {100 * (relay.sent / length - 1):.2f} % more"
    )
    if more > 0.01:
        raise Failed(f"{100 * more:.1f} % was fetched twice")
    return kept, hits


def wake(archive):
    """Nobody waits in a test: what was put off is due."""
    with sqlite3.connect(archive.removeprefix("sqlite://")) as database:
        database.execute("UPDATE recording SET next_try_ms = 0 WHERE state = 'wanted'")


def main():
    options = parser("Kill syncs that fetch recordings.", kills=12, calls=700, days=60)
    options.add_argument("--run-s", type=float, default=3.0, help="how long a run takes at most before it is killed")
    options.add_argument("--last-tries", type=int, default=8, help="runs at the end, for what was put off")
    run(test, chosen(options))


if __name__ == "__main__":
    main()
