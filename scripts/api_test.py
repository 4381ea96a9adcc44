"""Sends a server whatever its OpenAPI document allows, and much that it does not.

    api_test.py --binary target/debug/callbook [--seconds 60]
    api_test.py --env-file FILE [--seconds 1200]

The first asks a sandbox, and then an archive of it that is served, for half of the time each; the second takes a
server that runs, which has to be without rate limits. Nothing may be answered by 5xx, or by anything that the
document does not have. Needs schemathesis from PyPI.
"""

import argparse
import base64
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance", "ignored_auth",
)
TOOL = pathlib.Path(sys.executable).parent / "schemathesis"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Server:
    def __init__(self, env_file):
        self.env = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
        self.url = self.env["RC_SERVER_URL"]
        pair = f"{self.env['RC_APP_CLIENT_ID']}:{self.env['RC_APP_CLIENT_SECRET']}"
        self.basic = "Basic " + base64.b64encode(pair.encode()).decode()
        form = urllib.parse.urlencode({"grant_type": GRANT, "assertion": self.env["RC_USER_JWT"]}).encode()
        self.bearer = "Bearer " + self.ask("/restapi/oauth/token", self.basic, form)["access_token"]

    def ask(self, path, authorization, form=None):
        request = urllib.request.Request(self.url + path, data=form, headers={"Authorization": authorization})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def records(self, path):
        return self.ask(f"/restapi/v1.0/account/~/{path}", self.bearer)["records"]


def scopes():
    """Every scope that there is."""
    document = json.loads((ROOT / "docs/openapi.json").read_text())
    return ",".join(document["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]["scopes"])


@contextlib.contextmanager
def running(folder, binary, *words):
    """Runs a server until it is no longer needed; gives where it listens."""
    log = folder / f"{words[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen([binary, *words], stdout=output, stderr=output)
    try:
        while not (listening := re.search(r"listening on (\S+)", log.read_text())):
            if process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.1)
        yield listening[1]
        if process.poll() is not None:
            sys.exit(f"{words[0]} died:\n{log.read_text()}")
    finally:
        process.terminate()
        process.wait()


def test_both(folder, binary, seconds, seed):
    """A sandbox, and an archive of it."""
    env_file, app_file, database = folder / "env", folder / "app.env", ("--database", f"sqlite://{folder}/archive.db")
    sandbox = ("sandbox", "--port", "0", "--calls", "2000", "--heavy", "off", "--recording-days", "0",
               "--scopes", scopes(), "--env-file", env_file)
    with running(folder, binary, *sandbox):
        sync = (binary, "sync", "--recordings", "--env-file", env_file, *database)
        subprocess.run(sync, check=True, stdout=subprocess.DEVNULL)
        good = test(Server(env_file), folder, seconds // 2, seed)
    with running(folder, binary, "serve", "--listen", "127.0.0.1:0", "--heavy", "off", *database) as url:
        app = (binary, "app", "create", "Test", "--scope", scopes(), "--for", "101", "--server-url", url,
               "--env-file", app_file, *database)
        subprocess.run(app, check=True, stdout=subprocess.DEVNULL)
        return test(Server(app_file), folder, seconds // 2, seed) and good


def known(server):
    """Things that exist, so that more than refusals is seen."""
    calls = server.records("call-log?dateFrom=2000-01-01T00:00:00Z&perPage=3")
    recorded = server.records("call-log?dateFrom=2000-01-01T00:00:00Z&perPage=1&recordingType=All")
    queues = server.records("call-queues?perPage=1")
    found = {"accountId": "~", "extensionId": "~", "apiVersion": "v1.0"}
    found |= {"callRecordId": calls[0]["id"]} if calls else {}
    found |= {"recordingId": recorded[0]["recording"]["id"]} if recorded else {}
    found |= {"groupId": queues[0]["id"]} if queues else {}
    return found


def settings(parameters):
    """Schemathesis's own settings: what to put into paths."""
    lines = [f"{json.dumps('path.' + name)} = {json.dumps(value)}" for name, value in parameters.items()]
    return "[parameters]\n" + "\n".join(lines) + "\n"


def run(server, folder, name, seconds, seed, authorization, parameters, *selected):
    """One run of schemathesis; true if it found nothing."""
    config = folder / f"{name}.toml"
    config.write_text(settings(parameters))
    print(f"{name}: {seconds} s, seed {seed}", flush=True)
    command = [
        TOOL, "--config-file", config, "--no-color", "run", f"{server.url}/openapi.json",
        "--checks", ",".join(CHECKS), "--max-time", str(seconds), "--seed", str(seed), "--phases", "examples,coverage,fuzzing",
        "--continue-on-failure", "--warnings", "off", "--header", f"Authorization: {authorization}", *selected,
    ]
    done = subprocess.run(command, cwd=folder, check=False, text=True, stdout=subprocess.PIPE)
    print(done.stdout, flush=True)
    # A machine that is too busy to try anything has shown nothing.
    return done.returncode == 0 and "No test cases were generated" not in done.stdout


def test(server, folder, seconds, seed):
    oauth = "/restapi/oauth/"
    runs = (
        ("whatever exists", 6, server.bearer, known(server), "--exclude-path-regex", oauth),
        ("whatever comes", 3, server.bearer, {}, "--exclude-path-regex", oauth),
        ("sign-in", 1, server.basic, {}, "--include-path-regex", oauth),
    )
    parts = sum(part for _, part, *_ in runs)
    good = [run(server, folder, name, max(seconds * part // parts, 1), seed, *more) for name, part, *more in runs]
    return all(good)


def main():
    if not TOOL.exists():
        print("skipped: schemathesis is not installed; it needs Python 3.11")
        return 0
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", type=pathlib.Path, default=pathlib.Path("target/debug/callbook"))
    options.add_argument("--env-file", type=pathlib.Path, help="of a server that runs")
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if options.env_file:
            good = test(Server(options.env_file), folder, options.seconds, options.seed)
        else:
            good = test_both(folder, options.binary.resolve(), options.seconds, options.seed)
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
