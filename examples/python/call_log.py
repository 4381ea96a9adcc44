"""Prints how many calls one's own call log has of January 2024 and how many are under way, and fetches
the newest recording. Needs RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT.
"""

import hashlib
import os
import sys
import time
from pathlib import Path

from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

EXTENSION = "/restapi/v1.0/account/~/extension/~"
JANUARY = {
    "dateFrom": "2024-01-01T00:00:00.000Z",
    "dateTo": "2024-01-31T23:59:59.999Z",
    "view": "Detailed",
    "perPage": 1000,
}


def variable(name):
    return os.environ.get(name) or sys.exit(f"error: {name} is not set")


def patiently(ask, *arguments, **named):
    """After 429, waits as long as the server says, then asks again."""
    while True:
        try:
            return ask(*arguments, **named)
        except ApiException as error:
            response = error.api_response().response()
            if response is None or response.status_code != 429:
                raise
            wait_s = int(response.headers.get("Retry-After", 60))
            print(f"waiting {wait_s} s", file=sys.stderr)
            time.sleep(wait_s)


def sign_in():
    client = variable("RC_APP_CLIENT_ID"), variable("RC_APP_CLIENT_SECRET")
    platform = SDK(*client, variable("RC_SERVER_URL")).platform()
    patiently(platform.login, jwt=variable("RC_USER_JWT"))
    return platform


def records(platform, url, query=None):
    """All records of a list, whatever number of pages it has."""
    while url:
        page = patiently(platform.get, url, query).json_dict()
        yield from page["records"]
        # The next page's address has the query in it.
        url, query = page.get("navigation", {}).get("nextPage", {}).get("uri"), None


def fetch(platform, recording):
    """Writes it to a file, and gives its size and checksum."""
    answer = patiently(platform.get, recording["contentUri"])
    sound, content_type = answer.body(), answer.response().headers["Content-Type"]
    extension = "mp3" if content_type.startswith("audio/mpeg") else "wav"
    Path(f"{recording['id']}.{extension}").write_bytes(sound)
    return f"{len(sound)} bytes sha256 {hashlib.sha256(sound).hexdigest()}"


def main():
    platform = sign_in()
    calls = list(records(platform, f"{EXTENSION}/call-log", JANUARY))
    print("calls", len(calls), "legs", sum(len(call.get("legs", [])) for call in calls))
    print("active", sum(1 for _ in records(platform, f"{EXTENSION}/active-calls")))
    recording = next((call["recording"] for call in calls if "recording" in call), None)
    print("recording", f"{recording['id']} {fetch(platform, recording)}" if recording else "none")


def explain(error):
    """The server's own words; the SDK's have the access token in them."""
    response = error.api_response().response()
    if response is None:
        return error.__context__
    try:
        answer = response.json()
    except ValueError:
        return f"{response.status_code} {response.reason}"
    return f"{response.status_code} {answer.get('message') or answer.get('error_description')}"


if __name__ == "__main__":
    try:
        main()
    except ApiException as error:
        sys.exit(f"error: {explain(error)}")
