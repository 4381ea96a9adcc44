"""A running sandbox, as its variables say, and RingCentral's SDK signed in to it."""

import base64
import hashlib
import html
import json
import os
import re
import urllib.parse
import urllib.request

from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

SERVER = os.environ["RC_SERVER_URL"]
CLIENT = os.environ["RC_APP_CLIENT_ID"], os.environ["RC_APP_CLIENT_SECRET"]
JWT = os.environ["RC_USER_JWT"]

ACCOUNT = "/restapi/v1.0/account/~"
OWN = f"{ACCOUNT}/extension/~"
ALL = {"dateFrom": "2000-01-01T00:00:00Z", "view": "Detailed"}


def signed_in():
    platform = SDK(*CLIENT, SERVER).platform()
    platform.login(jwt=JWT)
    return platform


def get(platform, path, **query):
    return platform.get(path, query).json_dict()


def records(platform, path, **query):
    """Of all pages."""
    page = get(platform, path, **query)
    while True:
        yield from page["records"]
        if "nextPage" not in page["navigation"]:
            return
        page = get(platform, page["navigation"]["nextPage"]["uri"])


def refusal(ask, *arguments, **named):
    """The status with which something is refused, and the answer."""
    try:
        ask(*arguments, **named)
    except ApiException as error:
        response = error.api_response().response()
        return response.status_code, response
    raise AssertionError("was not refused")


def control(method, path, body=None):
    """Has something happen in the sandbox."""
    authorization = "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode()
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{SERVER}/sandbox/v1/{path}", data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def call(scenario):
    """Ends a call just now, and waits, by the sandbox's clock, until its records show up."""
    played = json.loads(control("POST", "calls", {"scenario": scenario, "ended": True}))
    control("POST", "clock", {"advance_ms": 60_000})
    return [call["id"] for call in played["calls"]]


def truth(scope="account"):
    """What a log lists by now, newest first."""
    lines = map(json.loads, control("GET", f"truth?scope={scope}").splitlines())
    return [line["record"] for line in lines if line["state"] == "live"]


def ids(found):
    return [record["id"] for record in found]


def digest(sound):
    return hashlib.sha256(sound).hexdigest()


class Redirected(urllib.request.HTTPRedirectHandler):
    """The last step of signing in leads to the app, which is not there."""

    def redirect_request(self, request, body, code, message, headers, url):
        return None


def consent(url):
    """What a browser does with the page: fills in its form; gives what it would bring to the app."""
    with urllib.request.urlopen(url) as page:
        text = page.read().decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    form = [(html.unescape(name), html.unescape(value)) for name, value in hidden]
    form += [("username", os.environ["SANDBOX_USERNAME"]), ("password", os.environ["SANDBOX_PASSWORD"])]
    form.append(("decision", "allow"))
    action = urllib.parse.urljoin(url, re.search(r'<form method="post" action="([^"]*)"', text)[1])
    try:
        urllib.request.build_opener(Redirected).open(action, urllib.parse.urlencode(form).encode())
    except urllib.error.HTTPError as answer:
        location = answer.headers["Location"]
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    raise AssertionError("no redirect")
