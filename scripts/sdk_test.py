"""Runs RingCentral's own SDKs, unmodified, against sandboxes: the tests of `tests/sdk/`.

    sdk_test.py --binary target/debug/callbook --javascript "$(scripts/node tests/sdk/javascript)"

Python is this one, and needs PyPI's `ringcentral`. Each language has a company of its own, since tests change it.
"""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from syncs import ROOT, Failed, chosen, environment, parser, run, sandbox


def recording(options, company):
    """The newest recording of the company's, computed without a server."""
    dump = lambda *more: subprocess.run([options.dump, *company, *more], check=True, capture_output=True).stdout
    records = [json.loads(line) for line in dump().splitlines()]
    recorded = [each for each in records if "recording" in each and not each.get("deleted")]
    id = max(recorded, key=lambda record: record["startTime"])["recording"]["id"]
    sound = dump("--sound", id)
    return {"id": id, "bytes": len(sound), "sha256": hashlib.sha256(sound).hexdigest()}


def run_tests(options, folder, language, command, cwd):
    folder = folder / language
    folder.mkdir()
    with sandbox(options, folder, "--recording-days", "0") as company:
        lines = (folder / "sandbox.env").read_text().splitlines()
        settings = dict(line.split("=", 1) for line in lines)
        settings["RECORDING"] = json.dumps(recording(options, company.company))
        done = subprocess.run(command, cwd=cwd, env=environment(**settings), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{language}: {done.stdout}{done.stderr}")
    return language


def test(options, folder):
    suites = [
        ("JavaScript", ["node", "--test", "main.test.js"], options.javascript),
        ("Python", [sys.executable, "-m", "unittest"], ROOT / "tests/sdk/python"),
    ]
    with ThreadPoolExecutor() as pool:
        passed = list(pool.map(lambda suite: run_tests(options, folder, *suite), suites))
    return f"the SDKs of {' and '.join(passed)} find all that they ask for"


def main():
    options = parser("Run RingCentral's SDKs.", kills=0, calls=2600, days=60)
    options.add_argument("--javascript", type=Path, required=True, help="the folder of its tests, packages installed")
    options.add_argument("--dump", type=Path, help="[default: beside the binary]")
    options = chosen(options)
    options.dump = (options.dump or options.binary.parent / "examples/dump").resolve()
    run(test, options)


if __name__ == "__main__":
    main()
