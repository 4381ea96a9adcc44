"""Runs the program of `examples/` in its six languages, and compares what each prints with the truth.

    examples_test.py --binary target/debug/callbook --javascript "$(scripts/node examples/javascript)"

They are JavaScript, Python (this one, which needs PyPI's `ringcentral`), PHP, C#, Java and Ruby; C# and Java read JSON with
libraries that Debian packages. First they ask a sandbox, which tells each of them once to wait, then an archive.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from syncs import ROOT, Failed, chosen, environment, parser, run, sandbox

EXAMPLES = ROOT / "examples"
GSON = "/usr/share/java/gson.jar"
NEWTONSOFT = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll"
JANUARY = "2024-01"
USERS, FIRST_USER = 5, "101"
# By then, all calls are answered that were made.
ANSWERED = timedelta(minutes=10)
ENDED = timedelta(hours=12)


def programs(javascript, folder):
    """How to run each."""
    csharp = folder / "CallLog.exe"
    references = ["-r:System.Net.Http.dll", f"-r:{NEWTONSOFT}"]
    subprocess.run(["mcs", f"-out:{csharp}", *references, EXAMPLES / "csharp/CallLog.cs"], check=True)
    shutil.copy(NEWTONSOFT, folder)
    return {
        "JavaScript": ["node", javascript / "call-log.js"],
        "Python": [sys.executable, EXAMPLES / "python/call_log.py"],
        "PHP": ["php", EXAMPLES / "php/call-log.php"],
        "C#": ["mono", csharp],
        "Java": ["java", "-cp", GSON, EXAMPLES / "java/CallLog.java"],
        "Ruby": ["ruby", EXAMPLES / "ruby/call_log.rb"],
    }


def variables(env_file):
    return dict(line.split("=", 1) for line in env_file.read_text().splitlines() if line.startswith("RC_"))


def run_program(command, folder, **settings):
    folder.mkdir(exist_ok=True)
    return subprocess.run(command, cwd=folder, env=environment(**settings), capture_output=True, text=True)


class Truth:
    """What the company says of its first user, without a server."""

    def __init__(self, options, company):
        self.dump = [options.dump, *company]
        resources = map(json.loads, self.read("--company").splitlines())
        users = (line["value"] for line in resources if line["schema"] == "GetExtensionInfoResponse")
        self.user = str(next(users)["id"])

    def read(self, *more):
        return subprocess.run([*self.dump, *more], check=True, capture_output=True).stdout

    def calls(self):
        """Of January, newest first."""
        records = map(json.loads, self.read("--scope", self.user).splitlines())
        listed = [each for each in records if each["startTime"].startswith(JANUARY) and not each.get("deleted")]
        return sorted(listed, key=lambda record: record["startTime"], reverse=True)

    def lines(self, active):
        """What a program has to print."""
        calls = self.calls()
        recording = next(call["recording"] for call in calls if "recording" in call)
        sound = self.read("--sound", recording["id"])
        return [
            f"calls {len(calls)} legs {sum(len(call['legs']) for call in calls)}",
            f"active {active}",
            f"recording {recording['id']} {len(sound)} bytes sha256 {hashlib.sha256(sound).hexdigest()}",
        ]


def call(company, count):
    """Has calls under way; when the first of them begins."""
    played = [json.loads(company.ask("POST", "calls", {"scenario": "very-long"})) for _ in range(count)]
    company.turn(ANSWERED)
    return min(call["start"] for answer in played for call in answer["calls"])


def answered(company, user, since):
    """How many of these calls are in a user's log, when all have ended."""
    company.turn(ENDED)
    truth = map(json.loads, company.ask("GET", f"truth?scope={user}").splitlines())
    return sum(1 for line in truth if line["record"]["startTime"] >= since)


def check(language, done, folder, expected):
    printed = done.stdout.splitlines()
    if done.returncode != 0 or printed != expected:
        raise Failed(f"{language} prints {printed} instead of {expected}, and says: {done.stderr}")
    _, id, length, *_, sha256 = printed[-1].split()
    [file] = folder.glob(f"{id}.*")
    sound = file.read_bytes()
    if (len(sound), hashlib.sha256(sound).hexdigest()) != (int(length), sha256):
        raise Failed(f"{language} wrote another file than it says")


def check_refusals(language, command, folder, settings):
    """Whatever is wrong is said in a line."""
    problems = {
        "is not set": {"RC_USER_JWT": ""},
        "401 ": {"RC_APP_CLIENT_SECRET": "wrong"},
        "": {"RC_SERVER_URL": "http://127.0.0.1:1"},
    }
    for part, wrong in problems.items():
        done = run_program(command, folder, **settings | wrong)
        said = [line for line in done.stderr.splitlines() if not line.startswith("waiting ")]
        if done.returncode != 1 or len(said) != 1 or not said[0].startswith("error: ") or part not in said[0]:
            raise Failed(f"{language}, with {wrong}, ends with {done.returncode} and says: {done.stderr}")


def check_all(done, folder, expected):
    for language, each in done.items():
        check(language, each, folder / language, expected)
    return "\n".join(expected)


def test_sandbox(options, folder, commands):
    # So few users that the first one's January has several pages.
    with sandbox(options, folder, "--recording-days", "0", users=USERS) as company:
        settings = variables(folder / "sandbox.env")
        # Some of so many are the first user's.
        since = call(company, count=60)
        done = {}
        for language, command in commands.items():
            company.ask("POST", "fault", {"kind": "429:1s", "path": "/active-calls"})
            done[language] = run_program(command, folder / language, **settings)
            if "waiting 1 s" not in done[language].stderr:
                raise Failed(f"{language} was never told to wait: {done[language]}")
            check_refusals(language, command, folder / language, settings)
        truth = Truth(options, company.company)
        active = answered(company, truth.user, since)
    if not active:
        raise Failed("none of the calls was the first user's")
    return check_all(done, folder, truth.lines(active))


@contextmanager
def archive(options, folder):
    """Serves what was synchronised from a company that is gone; gives the settings, and what the company was."""
    here = lambda *words: [options.binary, *words, "--database", f"sqlite://{folder}/archive.db"]
    own = {"cwd": folder, "env": environment()}
    with sandbox(options, folder, "--recording-days", "0", users=USERS) as company:
        sync = here("sync", "--recordings", "--env-file", folder / "sandbox.env")
        subprocess.run(sync, check=True, capture_output=True, **own)
    app = here("app", "create", "Examples", "--for", FIRST_USER, "--env-file", folder / "archive.env")
    subprocess.run(app, check=True, capture_output=True, **own)
    with open(folder / "serve.log", "w") as log:
        serve = here("serve", "--listen", "127.0.0.1:0", "--heavy", "4/1s")
        process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=log, text=True, **own)
        try:
            listening = re.match(r"listening on (\S+)", process.stdout.readline())
            if not listening:
                raise Failed("the archive is not served")
            yield variables(folder / "archive.env") | {"RC_SERVER_URL": listening[1]}, company.company
        finally:
            process.terminate()
            process.wait()


def test_archive(options, folder, commands):
    options.calls = options.archived_calls
    with archive(options, folder) as (settings, company):
        done = {name: run_program(command, folder / name, **settings) for name, command in commands.items()}
    return check_all(done, folder, Truth(options, company).lines(active=0))


def test(options, folder):
    commands = programs(options.javascript, folder)
    said = []
    for kind, test_server in (("sandbox", test_sandbox), ("archive", test_archive)):
        (folder / kind).mkdir()
        said.append(f"{kind}:\n{test_server(options, folder / kind, commands)}")
    return "\n".join([*said, f"as {', '.join(commands)} print it"])


def main():
    options = parser("Run the examples.", kills=0, calls=9000, days=60)
    # Nobody passes a call on to the first user that becomes two records of the company's: there, an archive that has
    # the company's log alone lists both for that user, and upstream one.
    options.set_defaults(until="2024-02-15T00:00:00Z", seed=3)
    options.add_argument("--javascript", type=Path, required=True, help="the folder of its program, packages installed")
    options.add_argument("--archived-calls", type=int, default=500, help="[default: 500]")
    options.add_argument("--dump", type=Path, help="[default: beside the binary]")
    options = chosen(options)
    options.dump = (options.dump or options.binary.parent / "examples/dump").resolve()
    run(test, options)


if __name__ == "__main__":
    main()
