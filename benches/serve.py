"""How fast an archive is served, and how much memory that takes.

    apt-get install wrk
    cargo build --release
    python3 benches/serve.py                 # 1,000,000 calls on SQLite; --calls for fewer

`wrk` asks with 32 connections for 100 Simple records at a time, by extension and dates, and by number: other ones
with every request. As many wait for each other, so it asks with 2 connections as well: what an answer takes when
nobody waits. Each time is also told as the server has it, from its `/metrics`: waiting for a turn to read
included, waiting for the network not. Then the whole log is walked by `navigation`, once. Beside it stands PyPI's
`datasette` with a table of the same calls, indexed by what is asked for. Ends with 0 unless something broke: no time is
too long.
"""

import argparse
import json
import os
import platform
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST, LAST = 1_701_388_800, 1_793_491_200  # 2023-12-01, 2026-11-01
PATHS = 2_000
LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = 0
function setup(thread) thread:set("start", math.random(#paths)) end
function request()
    at = at %% #paths + 1
    return wrk.format("GET", paths[(at + start) %% #paths + 1])
end
"""


def options():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description="Measure callbook serve.")
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--binary", type=Path, default=release / "callbook")
    parser.add_argument("--archive", type=Path, help="kept for another time, and used if it is there")
    parser.add_argument("--no-datasette", action="store_true")
    return parser.parse_args()


def run(*command, **more):
    return subprocess.run(command, check=True, text=True, capture_output=True, **more).stdout


def wait_for(url):
    for _ in range(600):
        try:
            return urllib.request.urlopen(url).read()
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer")


class Callbook:
    """A server of an archive, and somebody who may ask it."""

    def __init__(self, chosen, archive, folder):
        self.binary, self.database = chosen.binary, ["--database", str(archive)]
        env = folder / "app.env"
        admin = self.rows(archive, "SELECT extension FROM directory WHERE kind = 'extension' AND json LIKE "
                                   "'%\"admin\":{\"enabled\":true}%' LIMIT 1")[0][0]
        run(self.binary, "app", "create", "bench", "--for", str(admin), "--env-file", env, *self.database)
        self.variables = dict(line.split("=", 1) for line in env.read_text().splitlines() if "=" in line)
        serve = [self.binary, "serve", "--listen", "127.0.0.1:0", "--heavy", "off", *self.database]
        quiet = dict(os.environ, CALLBOOK_LOG="warn")
        self.process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=quiet)
        self.url = self.process.stdout.readline().split()[-1]
        self.token = self.sign_in()

    @staticmethod
    def rows(archive, sql):
        with sqlite3.connect(archive) as connection:
            return connection.execute(sql).fetchall()

    def sign_in(self):
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion": self.variables["RC_USER_JWT"].strip()}
        request = urllib.request.Request(f"{self.url}/restapi/oauth/token",
                                         urllib.parse.urlencode(form).encode())
        client = f"{self.variables['RC_APP_CLIENT_ID'].strip()}:{self.variables['RC_APP_CLIENT_SECRET'].strip()}"
        import base64
        request.add_header("Authorization", "Basic " + base64.b64encode(client.encode()).decode())
        return json.load(urllib.request.urlopen(request))["access_token"]

    def get(self, url):
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"})
        return json.load(urllib.request.urlopen(request))

    def memory_mb(self, field="VmRSS"):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status)[1]) / 1024


def day(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def spans():
    for _ in range(PATHS):
        start = random.randrange(FIRST, LAST - 90 * 86_400)
        yield start, start + random.randrange(30, 90) * 86_400


def wrk(chosen, folder, url, paths, token=None, connections=None):
    listed, script = folder / "paths.txt", folder / "paths.lua"
    listed.write_text("\n".join(paths) + "\n")
    script.write_text(LUA % listed)
    header = ["-H", f"Authorization: Bearer {token}"] if token else []
    connections = connections or chosen.connections
    out = run("wrk", "-t2", f"-c{connections}", f"-d{chosen.seconds}s", "--latency", "-s", script, *header, url)
    if "Non-2xx" in out or "Socket errors" in out:
        print(out)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    return rate, re.search(r"50%\s+(\S+)", out)[1], re.search(r"99%\s+(\S+)", out)[1]


class Server:
    """What a server says of itself, since it was asked first: its own time of an answer, and its processor's."""

    def __init__(self, callbook):
        self.callbook, self.before, self.before_s = callbook, self.histogram(callbook), self.processor_s(callbook)

    @staticmethod
    def histogram(callbook):
        text = urllib.request.urlopen(f"{callbook.url}/metrics").read().decode()
        name = r'request_duration_seconds_%s\{(?:le="([^"]+)",)?operation="readCompanyCallLog"\} (\S+)'
        buckets = {upper: int(count) for upper, count in re.findall(name % "bucket", text)}
        return dict(buckets, sum=sum(float(seconds) for _, seconds in re.findall(name % "sum", text)))

    @staticmethod
    def processor_s(callbook):
        fields = Path(f"/proc/{callbook.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __str__(self):
        after = {upper: count - self.before.get(upper, 0) for upper, count in self.histogram(self.callbook).items()}
        taken_s, busy_s = after.pop("sum"), self.processor_s(self.callbook) - self.before_s
        answers = after["+Inf"]
        median_s = next(upper for upper, count in after.items() if count >= answers / 2)
        return (f"at the server: median at most {float(median_s) * 1000:g} ms, mean {taken_s / answers * 1000:.1f} ms; "
                f"{busy_s / answers * 1000:.2f} ms of a processor")


def walk(callbook):
    """Times of the pages of the whole log, by the links between them."""
    url = f"{callbook.url}/restapi/v1.0/account/~/call-log?dateFrom=2023-01-01T00:00:00Z&perPage=1000"
    times, records = [], 0
    while url:
        begun = time.monotonic()
        page = callbook.get(url)
        times.append(time.monotonic() - begun)
        records += len(page["records"])
        url = page["navigation"].get("nextPage", {}).get("uri")
    return times, records


def shown(times):
    return f"{sorted(times)[len(times) // 2] * 1000:.1f} ms"


def report(name, measured):
    rate, median, worst = measured
    print(f"  {name:<38} {rate:>8,.0f} requests/s   median {median:>9}   99 % {worst:>9}", flush=True)


def datasette(chosen, folder, archive, by_extension, by_number):
    database = folder / "calls.db"
    with sqlite3.connect(database) as target:
        target.execute("ATTACH ? AS archive", (str(archive),))
        target.execute("CREATE TABLE calls AS SELECT id, start_ms, duration_ms, call_type, direction, result, action,"
                       " from_number, from_extension, from_name, to_number, to_extension, to_name FROM archive.call")
        for column in ("from_number", "to_extension"):
            target.execute(f"CREATE INDEX by_{column} ON calls ({column}, start_ms)")
    folder_of_venv = folder / "venv"
    venv.create(folder_of_venv, with_pip=True)
    run(folder_of_venv / "bin/pip", "-q", "install", "datasette")
    command = [folder_of_venv / "bin/datasette", "-i", database, "-p", "8767",
               "--setting", "default_cache_ttl", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("http://127.0.0.1:8767/-/versions.json")
        base = "/calls/calls.json?_size=100&_sort_desc=start_ms&_nofacet=1&_nocount=1"
        extension = [f"{base}&to_extension={number}&start_ms__gte={a}000&start_ms__lt={b}000" for number, a, b in by_extension]
        report("datasette, by extension and dates", wrk(chosen, folder, "http://127.0.0.1:8767", extension))
        number = [f"{base}&from_number={urllib.parse.quote(number)}" for number in by_number]
        report("datasette, by number", wrk(chosen, folder, "http://127.0.0.1:8767", number))
    finally:
        process.terminate()


def main():
    chosen = options()
    random.seed(1)
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = chosen.archive or folder / "archive.db"
        if not archive.exists():
            run(chosen.binary, "sandbox", "fill", "--database", archive, "--calls", str(chosen.calls),
                "--until", "2026-11-01")
        callbook = Callbook(chosen, archive, folder)
        try:
            measure(chosen, folder, archive, callbook)
        finally:
            callbook.process.terminate()


def measure(chosen, folder, archive, callbook):
    extensions = [row[0] for row in callbook.rows(
        archive, "SELECT number FROM directory WHERE kind = 'extension' AND type = 'User'")]
    numbers = [row[0] for row in callbook.rows(
        archive, "SELECT DISTINCT from_number FROM call WHERE from_number LIKE '+%' LIMIT 500")]
    by_extension = [(random.choice(extensions), a, b) for a, b in spans()]
    by_number = [random.choice(numbers) for _ in range(PATHS)]
    log = "/restapi/v1.0/account/~/call-log?perPage=100"
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, wrk on the same machine, "
          f"{chosen.connections} connections; 100 records a request")
    for title, paths in [
        ("callbook, by extension and dates",
         [f"{log}&extensionNumber={n}&dateFrom={day(a)}&dateTo={day(b)}" for n, a, b in by_extension]),
        ("callbook, by number",
         [f"{log}&phoneNumber={n[1:]}&dateFrom={day(FIRST)}&dateTo={day(LAST)}" for n in by_number]),
    ]:
        for connections in (chosen.connections, 2):
            server = Server(callbook)
            measured = wrk(chosen, folder, callbook.url, paths, callbook.token, connections)
            report(f"{title}, {connections}", measured)
            print(f"  {'':<38} {server}")
    times, records = walk(callbook)
    tenth = max(1, len(times) // 10)
    print(f"  walked {records:,} records in {len(times)} pages: the first tenth {shown(times[:tenth])} a page, "
          f"the last {shown(times[-tenth:])}")
    print(f"  memory {callbook.memory_mb():.0f} MB, at most {callbook.memory_mb('VmHWM'):.0f} MB")
    if not chosen.no_datasette:
        datasette(chosen, folder, archive, by_extension, by_number)


if __name__ == "__main__":
    main()
