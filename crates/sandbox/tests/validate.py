#!/usr/bin/env python3
"""Checks a running sandbox's answers against the published OpenAPI description.

    python validate.py CONTRACT.yaml ENV_FILE [--archive]

CONTRACT.yaml is RingCentral's public description, ENV_FILE is what the sandbox was told to write. With
`--archive` it is an archive's server, in which nothing can be made to happen.
Needs jsonschema, pyyaml, rfc3339-validator and rfc3986-validator from PyPI, and a sandbox without
rate limits (`--heavy off`). Every answer has to be valid for its status. The sandbox marks the few
records that carry an enum value of the future; those have to fail at that enum and nowhere else.
"""

import base64
import datetime
import email
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from figures import check_figures
from push import check_subscriptions
from refusals import check_coverage, check_refusals

SCHEMA_ROOT = "#/components/schemas/"
CALL_LOGS = tuple(
    f"{operation} 200"
    for operation in (
        "readCompanyCallLog",
        "readUserCallLog",
        "syncAccountCallLog",
        "syncUserCallLog",
        "extractSyncAccountCallLog",
        "listCompanyActiveCalls",
        "listExtensionActiveCalls",
    )
)
SCENARIOS = ("answered", "internal", "outbound", "conference", "transfer-warm", "queue-answered", "park")
EVENTFUL = (*SCENARIOS, "hold", "voicemail", "fax", "transfer-blind", "queue-voicemail", "find-me", "ring-out")
ALL_TIME = "dateFrom=2023-12-01T00:00:00Z"


class Contract:
    """The operations and schemas of an OpenAPI 3.0 document, as JSON Schema."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            # Dates stay texts: schemas compare them with JSON.
            self.document = yaml.load(file, Loader=yaml.BaseLoader)
        self.components = {"schemas": modern(typed(self.document["components"]["schemas"]))}

    def operation(self, operation_id):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                    return path, method.upper(), operation
        raise KeyError(operation_id)

    def schema(self, operation_id, status):
        responses = self.operation(operation_id)[2]["responses"]
        response = responses.get(str(status), {})
        while "$ref" in response:
            response = self.resolve(response["$ref"])
        content = response.get("content", {})
        for media in content.values():
            return modern(typed(media["schema"]))
        # Errors that an operation does not list have the general shape.
        return {"$ref": SCHEMA_ROOT + "ApiErrorResponseModel"} if status >= 400 else None

    def has(self, operation_id):
        methods = [m for methods in self.document["paths"].values() for m in methods.values()]
        return any(isinstance(m, dict) and m.get("operationId") == operation_id for m in methods)

    def error_schema(self, operation_id, status):
        """The general shape where the description lacks the operation, too."""
        general = {"$ref": SCHEMA_ROOT + "ApiErrorResponseModel"}
        return self.schema(operation_id, status) if self.has(operation_id) else general

    def resolve(self, ref):
        node = self.document
        for key in ref.removeprefix("#/").split("/"):
            node = node[key]
        return node

    def validator(self, schema):
        whole = {**schema, "components": self.components}
        return Draft202012Validator(whole, format_checker=FormatChecker())


def typed(node):
    """Restores the numbers and booleans that were read as texts, where a schema needs them."""
    if isinstance(node, list):
        return [typed(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {}
    for key, value in node.items():
        if key in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"):
            result[key] = json.loads(value) if isinstance(value, str) else typed(value)
        elif key in ("nullable", "uniqueItems", "additionalProperties") and isinstance(value, str):
            result[key] = value == "true"
        elif key == "enum" and node.get("type") in ("integer", "number", "boolean"):
            result[key] = [json.loads(item) for item in value]
        else:
            result[key] = typed(value)
    return result


def modern(node):
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: modern(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
    return result


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects are answers to look at."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


class Client:
    """A client of the sandbox, with a token once it has logged in."""

    def __init__(self, env_file):
        with open(env_file, encoding="utf-8") as file:
            self.env = dict(line.rstrip("\n").split("=", 1) for line in file)
        self.token = None

    def request(self, method, path, form=None, message=None, accept="application/json"):
        url = urllib.parse.urljoin(self.env["RC_SERVER_URL"], path)
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        data = json.dumps(message).encode() if message is not None else data
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("Accept", accept)
        if message is not None:
            request.add_header("Content-Type", "application/json")
        if form is not None:
            request.add_header("Authorization", self.basic())
        elif self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with OPENER.open(request, timeout=60) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


    def control(self, method, path, message=None):
        """Makes something happen in the sandbox."""
        url = urllib.parse.urljoin(self.env["RC_SERVER_URL"], f"/sandbox/v1/{path}")
        data = None if message is None else json.dumps(message).encode()
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("Authorization", self.basic())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

    def open(self, path):
        """A stream of what the sandbox tells."""
        url = urllib.parse.urljoin(self.env["RC_SERVER_URL"], f"/sandbox/v1/{path}")
        request = urllib.request.Request(url)
        request.add_header("Authorization", self.basic())
        return urllib.request.urlopen(request, timeout=60)

    def basic(self):
        pair = f"{self.env['RC_APP_CLIENT_ID']}:{self.env['RC_APP_CLIENT_SECRET']}"
        return "Basic " + base64.b64encode(pair.encode()).decode()


class Check:
    """Counts what is valid and keeps what is not."""

    def __init__(self, contract, client, archive=False):
        self.contract, self.client, self.archive = contract, client, archive
        # What an archive refuses to everybody, or has nothing of, and how.
        self.refused = {"deleteCompanyCallRecordings": 403, "readCallSessionStatus": 404} if archive else {}
        self.valid, self.departures, self.failures = 0, 0, []
        self.seen = set()
        self.record_validator = contract.validator({"$ref": SCHEMA_ROOT + "CallLogRecord"})

    def call(self, operation_id, expected=200, query="", form=None, message=None, **parameters):
        """Calls an operation, validates the answer, gives its JSON."""
        path, method, _ = self.contract.operation(operation_id)
        parameters = {"accountId": "~", "extensionId": "~", **parameters}
        for name, value in parameters.items():
            path = path.replace("{%s}" % name, str(value))
        path += f"?{query}" if query else ""
        status, _, body = self.client.request(method, path, form, message)
        label = f"{operation_id} {status} {path}"
        if status != expected:
            self.failures.append(f"{label}: expected {expected}: {body[:300]!r}")
            return None
        self.seen.add((operation_id, status))
        schema = self.contract.schema(operation_id, status)
        if schema is None:
            self.valid += 1
            return None
        answer = json.loads(body)
        self.validate(label, schema, answer)
        return answer

    def validate(self, label, schema, answer):
        answer = dict(answer)
        records = answer.get("records")
        if label.startswith(CALL_LOGS):
            for record in records:
                self.validate_record(label, record)
            # The envelope is checked with the first good record only: each was checked above.
            answer["records"] = [r for r in records if "x-sandbox" not in r][:1]
        self.count(label, list(self.contract.validator(schema).iter_errors(answer)))

    def validate_record(self, label, record):
        errors = list(self.record_validator.iter_errors(record))
        if record.get("x-sandbox") == "unknown-enum":
            # What an archive makes an extension's record of may be without that part.
            if all(error.validator == "enum" for error in errors) and (errors or self.archive):
                self.departures += 1
            else:
                self.failures.append(f"{label}: {record['id']} should fail at an enum alone")
        else:
            self.count(f"{label} {record.get('id')}", errors)

    def count(self, label, errors):
        self.valid += not errors
        for error in errors[:3]:
            where = "/".join(str(part) for part in error.absolute_path)
            self.failures.append(f"{label}: {where}: {error.message[:300]}")


def check_oauth(check):
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    jwt = check.client.env["RC_USER_JWT"]
    tokens = check.call("getToken", form={"grant_type": grant, "assertion": jwt})
    check.call("getToken", 400, form={"grant_type": grant, "assertion": "wrong"})
    check.call("getToken", 400, form={"grant_type": "refresh_token", "refresh_token": "wrong"})
    check.call("revokeToken", 200, form={"token": "unknown"})
    check.call("readAccountInfo", 401)
    check.client.token = tokens["access_token"]


def check_directory(check):
    check.call("readAPIVersions")
    check.call("readAPIVersion", apiVersion="v1.0")
    check.call("readAccountInfo")
    check.call("readCompanyBusinessHours")
    extensions = check.call("listExtensions", query="perPage=1000")["records"]
    for extension in extensions:
        check.call("readExtension", extensionId=extension["id"])
        check.call("listExtensionPhoneNumbers", extensionId=extension["id"])
    check.call("readExtension", 404, extensionId=1)
    queues = check.call("listCallQueues")["records"]
    for queue in queues:
        check.call("readCallQueueInfo", groupId=queue["id"])
        check.call("listCallQueueMembers", groupId=queue["id"])
    check.call("listAccountPhoneNumbers", query="perPage=1000")
    check_undescribed(check, extensions)
    return extensions


def check_undescribed(check, extensions):
    """Operations that the description's subset lacks, as far as it has the parts of their answers."""
    account = "/restapi/v1.0/account/~"
    settings = {"$ref": SCHEMA_ROOT + "RegionalSettings"}
    for site in json.loads(check.client.request("GET", f"{account}/sites")[2])["records"]:
        check.validate(f"listSites {site['id']}", settings, site["regionalSettings"])
    hours = {"$ref": SCHEMA_ROOT + "CompanyBusinessHours"}
    for extension in extensions:
        path = f"{account}/extension/{extension['id']}/business-hours"
        check.validate(path, hours, json.loads(check.client.request("GET", path)[2]))


def check_call_log(check, extensions):
    for view in ("Simple", "Detailed"):
        for page in (1, 2, 3):
            query = f"{ALL_TIME}&view={view}&perPage=1000&page={page}&showDeleted=true"
            check.call("readCompanyCallLog", query=query)
        for extension in extensions[:6]:
            query = f"{ALL_TIME}&view={view}&perPage=200"
            check.call("readUserCallLog", query=query, extensionId=extension["id"])
    check.call("readCompanyCallLog", query=f"{ALL_TIME}&page=900&perPage=1000")
    check.call("readCompanyCallLog", 400, query="direction=Sideways")
    check.call("readCompanyCallLog", 400, query="sessionId=1&extensionNumber=101")
    check.call("readUserCallLog", 404, extensionId=1)
    check.call("readCompanyCallRecord", 404, callRecordId="gone")


def check_records(check):
    for operation in ("readCompanyCallRecord", "readUserCallRecord"):
        listing = operation.replace("Record", "Log")
        page = check.call(listing, query=f"{ALL_TIME}&perPage=60")
        ids = [record["id"] for record in page["records"] if "x-sandbox" not in record]
        for view in ("Simple", "Detailed"):
            check.call(operation, query=f"view={view}", callRecordId=ids[0])
        check.call(operation, 400, callRecordId=",".join(["x"] * 51))
        check_batch(check, operation, ids[:49])


def check_batch(check, operation, ids):
    path, _, _ = check.contract.operation(operation)
    batch = ",".join([*ids, "gone"])
    path = path.replace("{accountId}", "~").replace("{extensionId}", "~")
    path = path.replace("{callRecordId}", batch)
    status, headers, body = check.client.request("GET", path)
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body)
    parts = [json.loads(part.get_payload(decode=True)) for part in message.get_payload()]
    statuses = [part["status"] for part in parts[0]["response"]]
    if status != 207 or statuses != [200] * len(ids) + [404]:
        check.failures.append(f"{operation}: batch: {status} {statuses}")
    accept = "application/vnd.ringcentral.multipart+json"
    _, _, body = check.client.request("GET", path, accept=accept)
    items = json.loads(body)
    if [item["body"] for item in items] != parts[1:]:
        check.failures.append(f"{operation}: the two batch forms differ")
    for record in parts[1:-1]:
        check.validate_record(operation, record)


def check_recordings(check):
    page = check.call("readCompanyCallLog", query=f"{ALL_TIME}&recordingType=All&perPage=30")
    for record in page["records"]:
        known = check.call("readCallRecording", recordingId=record["recording"]["id"])
        if known["contentUri"] != record["recording"]["contentUri"]:
            check.failures.append(f"readCallRecording: {known['contentUri']} is elsewhere")
        check_content(check, known)


def check_deleted_recording(check):
    page = check.call("readCompanyCallLog", query=f"{ALL_TIME}&recordingType=All&perPage=1")
    first = page["records"][0]["recording"]["id"]
    operation = "deleteCompanyCallRecordings"
    check.call(operation, 400, message={"records": []})
    check.call(operation, 404, message={"records": [first, "1"]})
    check.call(operation, 204, message={"records": [first]})
    check.call("readCallRecording", 404, recordingId=first)
    check.call("readCallRecordingContent", 404, recordingId=first)


def check_content(check, known):
    """The sound is of a type that the contract names, or known to occur, and plays as long as it should."""
    path, _, operation = check.contract.operation("readCallRecordingContent")
    path = path.replace("{accountId}", "~").replace("{recordingId}", known["id"])
    status, headers, sound = check.client.request("GET", path, accept="*/*")
    kind = headers["Content-Type"]
    types = {*operation["responses"]["200"]["content"], "audio/x-wav"}
    # 16,000 bytes a second after a head of 44, or as many bits in frames of 72 ms; told in whole seconds.
    seconds = len(sound) / 2_000 if kind == "audio/mpeg" else (len(sound) - 44) / 16_000
    fits = 0 <= seconds - known["duration"] < (1.072 if kind == "audio/mpeg" else 1)
    if status != 200 or kind not in types or kind != known["contentType"] or not fits:
        check.failures.append(f"readCallRecordingContent: {status} {kind} {seconds} s: {known}")
    check.seen.add(("readCallRecordingContent", status))


def check_sync(check):
    for operation in ("syncAccountCallLog", "syncUserCallLog"):
        check.call(operation, 400)
        check.call(operation, 400, query="syncType=ISync&syncToken=wrong")
        for view in ("Simple", "Detailed"):
            full = check.call(operation, query=f"recordCount=250&view={view}")
            good = [record["id"] for record in full["records"] if "x-sandbox" not in record]
            check.client.control("POST", f"records/{good[0]}/edit")
            check.client.control("DELETE", f"records/{good[1]}")
            token = full["syncInfo"]["syncToken"]
            query = f"syncType=ISync&syncToken={token}&showDeleted=true&recordCount=50"
            changes = check.call(operation, query=query)["records"]
            ids = {record["id"]: record.get("deleted", False) for record in changes}
            if (ids.get(good[0]), ids.get(good[1])) != (False, True):
                check.failures.append(f"{operation}: an edit or a deletion is missing")
    check.call("extractSyncAccountCallLog", 400, query="recordCount=1001")
    for view in ("Simple", "Detailed"):
        query = f"{ALL_TIME}&recordCount=1000&view={view}"
        answer = check.call("extractSyncAccountCallLog", query=query)
        token = answer["syncInfo"]["syncToken"]
        check.call("extractSyncAccountCallLog", query=f"syncType=ISync&syncToken={token}")


def check_archive(check):
    """What can be asked where nothing happens."""
    for operation in ("syncAccountCallLog", "syncUserCallLog"):
        token = check.call(operation, query="recordCount=250")["syncInfo"]["syncToken"]
        check.call(operation, query=f"syncType=ISync&syncToken={token}&showDeleted=true&recordCount=50")
    token = check.call("extractSyncAccountCallLog", query=f"{ALL_TIME}&recordCount=1000")["syncInfo"]["syncToken"]
    check.call("extractSyncAccountCallLog", query=f"syncType=ISync&syncToken={token}")
    for view in ("Simple", "Detailed"):
        check.call("listCompanyActiveCalls", query=f"view={view}")
        check.call("listExtensionActiveCalls", query=f"view={view}")
    check.call("readCallSessionStatus", 404, telephonySessionId="s-1")
    check.call("readAccountPresence", query="detailedTelephonyState=true&perPage=1000")
    for queue in check.call("listCallQueues")["records"]:
        check.call("readCallQueuePresence", groupId=queue["id"])
    check.call("deleteCompanyCallRecordings", 403, message={"records": ["1"]})
    check.call("deleteUserCallLog", 204)
    if check.call("readUserCallLog", query=ALL_TIME)["records"]:
        check.failures.append("deleteUserCallLog: something is left")


def check_world(check):
    """What can be asked of a company in which things happen."""
    check_deleted_recording(check)
    check_sync(check)
    check_active_calls(check)
    check_events(check)
    check_deletion(check)


def check_active_calls(check):
    for scenario in SCENARIOS:
        check.client.control("POST", "calls", {"scenario": scenario})
    check.client.control("POST", "clock", {"advance_ms": 1500})
    for view in ("Simple", "Detailed"):
        active = check.call("listCompanyActiveCalls", query=f"view={view}")["records"]
        if not any(record["result"] == "In Progress" for record in active):
            check.failures.append("listCompanyActiveCalls: no call is in progress")
        check.call("listExtensionActiveCalls", query=f"view={view}")
    for record in active:
        session = record["telephonySessionId"]
        check.call("readCallSessionStatus", telephonySessionId=session)
    check.call("readCallSessionStatus", 404, telephonySessionId="s-1")
    check.call("readAccountPresence", query="detailedTelephonyState=true&perPage=1000")
    for queue in check.call("listCallQueues")["records"]:
        check.call("readCallQueuePresence", groupId=queue["id"])
    check.client.control("POST", "reset")


def check_events(check):
    """What is told of a call that goes each way there is, from its beginning to its end."""
    schemas = {
        "telephony/sessions": {"$ref": SCHEMA_ROOT + "TelephonySessionsEventBody"},
        "presence": {"$ref": SCHEMA_ROOT + "AccountPresenceEventBody"},
    }
    with check.client.open("events") as lines:
        for scenario in EVENTFUL:
            call = json.loads(check.client.control("POST", "calls", {"scenario": scenario}))["calls"][0]
            check.client.control("POST", "clock", {"set": call["shown"]})
            told = {"at": None}
            # A user is free again, or there was none in it.
            while told["at"] != stamp(call["end"]):
                told = json.loads(lines.readline())
                told["at"] = stamp(told["at"])
                check.validate(f"{scenario} {told['topic']}", schemas[told["topic"]], told["body"])
    check.client.control("POST", "reset")


def check_deletion(check):
    """Of what one deletes from the own log, the company keeps everything."""
    before = check.call("readCompanyCallLog", query=f"{ALL_TIME}&perPage=1000")["records"]
    check.call("deleteUserCallLog", 204)
    if check.call("readUserCallLog", query=ALL_TIME)["records"]:
        check.failures.append("deleteUserCallLog: something is left")
    if check.call("readCompanyCallLog", query=f"{ALL_TIME}&perPage=1000")["records"] != before:
        check.failures.append("deleteUserCallLog: the company's log has changed")
    check.client.control("POST", "reset")


def stamp(text):
    """Two ways to write one moment compare equal."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def main():
    contract_path, env_file, *kind = sys.argv[1:]
    check = Check(Contract(contract_path), Client(env_file), kind == ["--archive"])
    check_oauth(check)
    extensions = check_directory(check)
    check_call_log(check, extensions)
    check_records(check)
    check_recordings(check)
    check_archive(check) if check.archive else check_world(check)
    check_subscriptions(check)
    check_figures(check)
    check_refusals(check)
    check_coverage(check)
    print(
        f"{len(check.seen)} kinds of answers, {check.valid} valid, "
        f"{check.departures} expected enum departures, {len(check.failures)} invalid"
    )
    for failure in check.failures[:40]:
        print(failure, file=sys.stderr)
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
