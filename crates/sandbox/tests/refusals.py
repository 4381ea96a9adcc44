"""Refusals of every operation against the official description, and that no operation was left out.

Which operations there are is read from the server's own `/openapi.json`. Each is called by those who may not have
it; what they are told has to be valid for its status, and to have the code that the original has for it.
"""

import json
import urllib.parse

WRONG = {"accountId": "999", "extensionId": "~", "groupId": "1", "callRecordId": "1", "recordingId": "1",
         "apiVersion": "v1.0", "subscriptionId": "1", "telephonySessionId": "1"}
# Known, and refused to everybody by a sandbox.
NOT_OFFERED = ("analyticsCallsAggregationFetch", "analyticsCallsTimelineFetch")
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def check_refusals(check):
    """Nobody without a token, the scope, the permission, or of another account gets an answer."""
    served = operations(check)
    app, user = check.client.token, ordinary_user(check)
    callers = (
        ("no token", None, 401, "OAU-151", lambda _: True),
        ("bad token", "x", 401, "OAU-149", lambda _: True),
        ("other account", app, 404, "CMN-102", lambda operation: "{accountId}" in operation["path"]),
        ("wrong user", user, 403, "CMN-408", lambda operation: operation.get("x-user-permission") == "FullCompanyCallLog"),
    )
    for operation in served.values():
        if not any("Bearer" in scheme for scheme in operation.get("security", [])):
            continue
        for name, token, status, code, applies in callers:
            if applies(operation):
                check.client.token = token
                refuse(check, operation, name, status, code)
        if scope := operation.get("x-app-permission"):
            check.client.token = narrow_token(check, scope)
            refuse(check, operation, f"without {scope}", 403, "CMN-401")
    check.client.token = app


def check_coverage(check):
    """Every operation that is served, and that the official description has, was called with success, or refused as it should be."""
    not_offered = () if check.archive else NOT_OFFERED
    good = {operation: 403 for operation in not_offered} | check.refused
    answered = {operation for operation, status in check.seen if status < 400 or status == good.get(operation)}
    for operation in operations(check):
        if check.contract.has(operation) and operation not in answered:
            check.failures.append(f"{operation}: served, but nothing here calls it")


def operations(check):
    document = json.loads(check.client.request("GET", "/openapi.json")[2])
    return {
        operation["operationId"]: {**operation, "path": path, "method": method.upper()}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def refuse(check, operation, caller, expected, code):
    path = operation["path"]
    for name, value in WRONG.items():
        path = path.replace("{%s}" % name, value if caller == "other account" else value.replace("999", "~"))
    message = {} if "requestBody" in operation else None
    status, _, body = check.client.request(operation["method"], path, message=message)
    label = f"{operation['operationId']} {status} {caller}"
    answer = json.loads(body)
    if (status, answer["errors"][0]["errorCode"]) != (expected, code):
        # A body is read before the account is looked at, and this one says nothing.
        if not (message is not None and status == 400) and check.refused.get(operation["operationId"]) != status:
            check.failures.append(f"{label}: expected {expected} {code}: {body[:200]!r}")
    check.seen.add((operation["operationId"], status))
    check.validate(label, check.contract.error_schema(operation["operationId"], status), answer)


def narrow_token(check, scope):
    """A token of the app with a scope that does not give this one."""
    other = "ReadAccounts" if scope != "ReadAccounts" else "ReadCallLog"
    form = {"grant_type": JWT_BEARER, "assertion": check.client.env["RC_USER_JWT"], "scope": other}
    return json.loads(check.client.request("POST", "/restapi/oauth/token", form)[2])["access_token"]


def ordinary_user(check):
    """The token of a user who is no administrator: signs in as a browser does."""
    client, env = check.client, check.client.env
    redirect = "http://127.0.0.1/callback"
    records = json.loads(client.request("GET", "/restapi/v1.0/account/~/extension?type=User")[2])["records"]
    form = {"response_type": "code", "client_id": env["RC_APP_CLIENT_ID"], "redirect_uri": redirect}
    # A page for people, of which the description says nothing.
    status, _, _ = client.request("GET", f"/restapi/oauth/authorize?{urllib.parse.urlencode(form)}")
    check.seen.add(("authorize", status))
    form |= {"username": records[1]["extensionNumber"], "password": env["SANDBOX_PASSWORD"], "decision": "allow"}
    status, headers, _ = client.request("POST", "/restapi/oauth/authorize", form)
    check.seen.add(("authorize2", status))
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)
    form = {"grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": redirect}
    return json.loads(client.request("POST", "/restapi/oauth/token", form)[2])["access_token"]
