"""Compares what `callbook serve` answers to the Analytics API with a recomputation from the call log's own JSON, which shares
nothing with the SQL that counts: every group, counter and timer, filters, and timelines in zones where clocks leap.

    analytics_test.py --binary target/debug/callbook [--calls 2000]

What words mean is in docs/metrics.md and docs/differences.md; the recomputation knows only the shapes of calls that the
sandbox makes.
"""

import argparse
import base64
import bisect
import collections
import contextlib
import datetime
import itertools
import json
import math
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
import zoneinfo

UTC = datetime.timezone.utc
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = "ReadAccounts,ReadCallLog,Analytics"
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe")
FROM, UNTIL = "2024-01-01T00:00:00Z", "2024-12-01T00:00:00Z"

WORDS = {
    "Direction": {"Inbound": "inbound", "Outbound": "outbound"},
    "Origin": {"Internal": "internal", "External": "external"},
    "Response": {"Answered": "answered", "NotAnswered": "notAnswered", "Connected": "connected", "NotConnected": "notConnected"},
    "Result": {
        "Completed": "completed", "Abandoned": "abandoned", "Voicemail": "voicemail", "Unknown": "unknown", "Missed": "missed",
        "Accepted": "accepted", "Transferred": "transferred", "PickedUp": "pickedUp", "Forwarded": "forwarded",
        "AnsweredElsewhere": "answeredElsewhere",
    },
    "Type": {
        "Direct": "direct", "FromQueue": "fromQueue", "ParkRetrieval": "parkRetrieval", "Transferred": "transferred",
        "Outbound": "outbound", "Overflow": "overflow", "QueueCallPickup": "queueCallPickup",
    },
    "QueueSla": {"InSla": "inSla", "OutSla": "outOfSla"},
    "CompanyHours": {"BusinessHours": "businessHours", "AfterHours": "afterHours"},
    "QueueHours": {"BusinessHours": "businessHours", "AfterHours": "afterHours"},
}
FILTERS = {
    "directions": "Direction", "origins": "Origin", "callResponses": "Response", "callResults": "Result", "callTypes": "Type",
    "queueSla": "QueueSla", "companyHours": "CompanyHours", "queueHours": "QueueHours",
}
# What the log tells of each kind of groups.
FACETS = {
    "Company": ("Direction", "Origin", "Response", "Result", "CompanyHours"),
    "CompanyNumbers": ("Direction", "Origin", "Response", "Result", "CompanyHours"),
    "Users": ("Direction", "Origin", "Response", "Result", "Type", "CompanyHours"),
    "Queues": ("Direction", "Origin", "Response", "Result", "Type", "QueueSla", "CompanyHours", "QueueHours"),
    "Sites": ("Direction", "Origin", "Response", "CompanyHours"),
}
MEANINGS = {
    "Voicemail": "voicemail", "Sent to Voicemail": "voicemail", "Callback requested": "callback_requested",
    "Abandoned": "abandoned", "Hang Up": "abandoned", "Declined": "declined", "Busy": "busy", "Missed": "missed",
    "No Answer": "missed", "Answered Not Accepted": "missed",
}
RESULTS = {
    "answered": "Completed", "voicemail": "Voicemail", "callback_requested": "Accepted", "abandoned": "Abandoned",
    "declined": "Missed", "busy": "Missed", "missed": "Missed",
}
FAILED = ("Call Failed", "Wrong Number", "International Restricted", "IP Phone Offline")
# What an offer is, the first that any of its legs says.
OUTCOMES = ("answered", "Voicemail", "Accepted", "Missed declined", "AnsweredElsewhere", "stopped", "Missed busy", "Abandoned",
            "Missed", "Missed failed", "Unknown")


class Server:
    """A client that signs in as an administrator."""

    def __init__(self, env_file):
        self.env = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
        pair = f"{self.env['RC_APP_CLIENT_ID']}:{self.env['RC_APP_CLIENT_SECRET']}"
        self.authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        form = {"grant_type": JWT_BEARER, "assertion": self.env["RC_USER_JWT"]}
        token = self.ask("/restapi/oauth/token", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")
        self.authorization = "Bearer " + token["access_token"]

    def ask(self, path, data=None, kind="application/json"):
        headers = {"Authorization": self.authorization, "Content-Type": kind}
        request = urllib.request.Request(self.env["RC_SERVER_URL"] + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def get(self, path):
        return self.ask(f"/restapi/v1.0/account/~{path}")

    def pages(self, path):
        join = "&" if "?" in path else "?"
        for page in itertools.count(1):
            answer = self.get(f"{path}{join}perPage=1000&page={page}")
            yield from answer["records"]
            if "nextPage" not in answer["navigation"]:
                return

    def analytics(self, what, body):
        return self.ask(f"/analytics/calls/v1/accounts/~/{what}", json.dumps(body).encode())


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def milliseconds(at):
    return round(at.timestamp() * 1000)


class Hours:
    """Business hours by the clock on the wall."""

    def __init__(self, json_, zone):
        self.ranges, self.zone = json_["schedule"].get("weeklyRanges"), zoneinfo.ZoneInfo(zone)

    def word(self, at_ms):
        return "BusinessHours" if self.is_open(at_ms) else "AfterHours"

    def is_open(self, at_ms):
        if self.ranges is None:
            return True
        now = datetime.datetime.fromtimestamp(at_ms / 1000, self.zone)
        today, yesterday = now.strftime("%A").lower(), (now - datetime.timedelta(days=1)).strftime("%A").lower()
        clock = now.strftime("%H:%M")
        for each in self.ranges.get(today, []):
            if each["from"] <= clock and (clock < each["to"] or each["to"] <= each["from"]):
                return True
        return any(each["to"] <= each["from"] and clock < each["to"] for each in self.ranges.get(yesterday, []))


class Company:
    """The directory."""

    def __init__(self, server):
        zone = server.get("")["regionalSettings"]["timezone"]["name"]
        self.extensions = {each["id"]: each for each in server.pages("/extension")}
        self.hours = Hours(server.get("/business-hours"), zone)
        self.queues, self.queue_hours, self.members = {}, {}, {}
        for queue in server.pages("/call-queues"):
            number = int(queue["id"])
            self.queues[number] = server.get(f"/call-queues/{number}").get("serviceLevelSettings", {})
            own = self.extensions[number].get("regionalSettings", {}).get("timezone", {}).get("name", zone)
            self.queue_hours[number] = Hours(server.get(f"/extension/{number}/business-hours"), own)
            self.members[number] = {int(each["id"]) for each in server.pages(f"/call-queues/{number}/members")}

    def kind(self, extension):
        return self.extensions.get(extension, {}).get("type")

    def site(self, user):
        site = self.extensions[user]["site"]
        return site.get("id") or site["uri"].rsplit("/", 1)[1]


def has(leg, field, *words):
    return leg.get(field) in words


def owner(leg):
    return leg.get("extension", {}).get("id")


def span(leg):
    start = milliseconds(moment(leg["startTime"]))
    return start, start + leg["durationMs"]


def is_transfer(leg):
    return has(leg, "action", "Transfer") or has(leg, "legType", "TransferCall")


def is_parked(leg):
    return has(leg, "action", "Call Park", "Park Location") or has(leg, "legType", "CallPark", "ParkLocation")


class Call:
    """What the records of one session say."""

    def __init__(self, records, company):
        self.company, self.records, self.legs = company, sorted(records, key=lambda record: record["startTime"]), []
        for leg in itertools.chain.from_iterable(record["legs"] for record in self.records):
            same = (owner(known) == owner(leg) and span(known) == span(leg) and known["action"] == leg["action"] for known in self.legs)
            if not (has(leg, "action", "Transfer") and any(same)):
                self.legs.append(leg)
        self.legs.sort(key=lambda leg: span(leg)[0])
        self.master = self.records[0]["legs"][0]
        bridge = has(self.master, "action", "Conference Call")
        ends = [self.master["from"], self.master["to"]]
        self.internal = bridge or all("extensionId" in end for end in ends)
        self.bridge = bridge
        self.start = min(span(leg)[0] for leg in self.legs)
        self.spent = max(span(leg)[1] for leg in self.legs) - self.start
        self.outbound = self.records[0]["direction"] == "Outbound" or (self.internal and not bridge)
        self.answers = [leg for leg in self.legs if self.is_human(leg)]
        self.answers = [leg for leg in self.answers if not self.only_spans(leg)]
        self.disposition = self.disposed()
        self.answered = self.disposition == "answered"
        self.result = RESULTS.get(self.disposition, "Unknown")
        self.queue_legs = [leg for leg in self.legs if company.kind(owner(leg)) == "Department"]
        caller = self.master["from"].get("extensionId")
        self.caller = int(caller) if caller else None

    def is_human(self, leg):
        return (
            self.company.kind(owner(leg)) == "User"
            and has(leg, "result", "Accepted", "Call connected")
            and not has(leg, "reason", "Stopped", "Connected")
            and not (leg["legType"] == "RingOutWebToSubscriber")
            and not is_parked(leg)
            and not (self.internal and not self.bridge and leg["direction"] == "Outbound")
        )

    def only_spans(self, leg):
        (start, end), others = span(leg), [other for other in self.answers if owner(other) == owner(leg)]
        return any(start < span(other)[0] and span(other)[1] <= end + 1000 for other in others)

    def disposed(self):
        record = self.records[0]
        result = (self.master if "x-sandbox" in record else record)["result"]
        if result in FAILED or (result == "Rejected" and self.outbound):
            return "failed"
        if result == "Blocked":
            return "blocked"
        return "answered" if self.answers else MEANINGS[result]

    def numbers(self):
        """What is the same for every group."""
        return {
            "start": self.start, "Origin": "Internal" if self.internal else "External",
            "CompanyHours": self.company.hours.word(self.start), "spent": self.spent, "call": self.spent, "opportunities": 0,
            "session": self.records[0]["telephonySessionId"], "caller": self.caller,
            "queues": {str(owner(leg)) for leg in self.queue_legs},
        }

    def of_company(self):
        direction = None if self.internal else ("Outbound" if self.outbound else "Inbound")
        words = ("Connected", "NotConnected") if direction == "Outbound" else ("Answered", "NotAnswered")
        yield self.numbers() | {"Direction": direction, "Response": words[not self.answered], "Result": self.result}

    def of_numbers(self):
        end = self.master["from" if self.outbound else "to"]
        if not self.internal and "phoneNumber" in end:
            yield next(self.of_company()) | {"key": end["phoneNumber"]}

    def made(self):
        if self.outbound and self.caller:
            words = ("Connected", "NotConnected")
            yield self.numbers() | {
                "key": str(self.caller), "Direction": "Outbound", "Response": words[not self.answered], "Result": self.result,
                "Type": "Outbound",
            }

    def offers(self):
        """Legs of each user as offers: (user, start, end, outcome, legs)."""
        offers = []
        for leg in self.legs:
            user = owner(leg)
            rang = self.company.kind(user) == "User" and leg["direction"] == "Inbound" and not has(leg, "result", "Blocked")
            if not rang or is_parked(leg):
                continue
            start, end = span(leg)
            grace = 1001 if has(leg, "legType", "FindMe", "FollowMe") else 0
            last = next((offer for offer in reversed(offers) if offer[0] == user), None)
            if last and (start < last[2] + grace or start == last[1]):
                last[2] = max(last[2], end)
                last[3].append(leg)
            else:
                offers.append([user, start, end, [leg]])
        return [(user, start, end, self.outcome(legs), legs) for user, start, end, legs in offers]

    def outcome(self, legs):
        if any(leg in self.answers for leg in legs):
            return "answered"
        said = [self.said(leg) for leg in legs]
        told = [word for leg, word in zip(legs, said) if leg is self.master]
        if told and told[0] not in ("answered", "AnsweredElsewhere", "stopped", "Unknown"):
            return told[0]
        return min(said, key=OUTCOMES.index)

    def said(self, leg):
        result = leg["result"]
        if result in ("Accepted", "Call connected"):
            return "stopped" if has(leg, "reason", "Stopped") else "Accepted" if has(leg, "reason", "Connected") else "Unknown"
        return {
            "Voicemail": "Voicemail", "Sent to Voicemail": "Voicemail", "Declined": "Missed declined", "Rejected": "Missed declined",
            "Answered Elsewhere": "AnsweredElsewhere", "Stopped": "stopped", "Busy": "Missed busy", "Abandoned": "Abandoned",
            "Hang Up": "Abandoned", "Missed": "Missed", "No Answer": "Missed", "Answered Not Accepted": "Missed",
            "IP Phone Offline": "Missed failed", "Call Failed": "Missed failed",
        }.get(result, "Unknown")

    def of_users(self):
        yield from self.made()
        offers = self.offers()
        answered = [start for _, start, _, outcome, _ in offers if outcome == "answered"]
        parked, picked_up = any(map(is_parked, self.legs)), any(has(leg, "action", "Pickup") for leg in self.legs)
        for user in {offer[0] for offer in offers}:
            if self.outbound and user == self.caller:
                continue
            own = [offer for offer in offers if offer[0] == user]
            taken = [start for _, start, _, outcome, _ in own if outcome == "answered"]
            outcome = "answered" if taken else own[-1][3]
            queued = sum(self.is_queues(offer) for offer in own)
            legs = [leg for leg in self.legs if owner(leg) == user]
            yield self.numbers() | {
                "key": str(user), "Direction": "Inbound", "Response": "Answered" if taken else "NotAnswered",
                "Result": self.ended(outcome, taken and max(taken) < max(answered), picked_up and not parked),
                "Type": self.type(legs, parked, queued), "opportunities": queued,
                "spent": sum(end - start for _, start, end, _, _ in own),
            }

    @staticmethod
    def ended(outcome, passed_on, picked_up):
        if outcome == "answered":
            return "Transferred" if passed_on else "Completed"
        if outcome in ("AnsweredElsewhere", "stopped"):
            return "PickedUp" if picked_up else "AnsweredElsewhere"
        return outcome.split()[0]

    def type(self, legs, parked, queued):
        if any(has(leg, "action", "Pickup") for leg in legs):
            return "ParkRetrieval" if parked else "QueueCallPickup" if self.queue_legs else "Direct"
        if any(map(is_transfer, legs)):
            return "Transferred"
        return "FromQueue" if queued else "Direct"

    def is_queues(self, offer):
        """Whether a queue made it: the caller was in one, and nobody had answered."""
        start, legs = offer[1], offer[4]
        visit = max((span(leg)[0] for leg in self.queue_legs if span(leg)[0] <= start), default=None)
        if visit is None or is_transfer(legs[0]):
            return False
        return not any(visit <= span(leg)[0] < start for leg in self.answers)

    def of_sites(self):
        by_site = collections.defaultdict(list)
        for part in self.of_users():
            by_site[self.company.site(int(part["key"]))].append(part)
        for site, parts in by_site.items():
            made = [part for part in parts if part["Direction"] == "Outbound"]
            first = made[0] if made else min(parts, key=lambda part: part["Response"])
            yield first | {"key": site, "spent": sum(part["spent"] for part in parts), "opportunities": 0}

    def of_queues(self):
        starts = [span(leg)[0] for leg in self.queue_legs] + [math.inf]
        overflow = False
        for place, leg in enumerate(self.queue_legs):
            queue, (start, end) = owner(leg), span(leg)
            own = [answer for answer in self.answers if start <= span(answer)[0] <= min(end, starts[place + 1])][:1]
            wait = (span(own[0])[0] if own else min(end, starts[place + 1])) - start
            if own:
                result = "Completed"
            elif place + 1 < len(self.queue_legs):
                result = "Forwarded"
            else:
                result = RESULTS[MEANINGS[leg["result"]]]
            yield self.numbers() | {
                "key": str(queue), "Direction": "Inbound", "Response": "Answered" if own else "NotAnswered", "Result": result,
                "Type": "Overflow" if overflow else "Transferred" if place else "Direct",
                "QueueSla": self.in_time(queue, bool(own), result, wait),
                "QueueHours": self.company.queue_hours[queue].word(start),
                "spent": self.until(own[0]) - start if own else wait,
            }
            overflow = not own

    def until(self, answer):
        """When the offer ended that was answered so."""
        return max(end for user, start, end, _, legs in self.offers() if answer in legs)

    def in_time(self, queue, answered, result, wait):
        promise = self.company.queues[queue]
        if answered:
            return "InSla" if wait <= 1000 * promise.get("slaThresholdSeconds", 20) else "OutSla"
        if result == "Voicemail":
            return "OutSla"
        counts = promise.get("includeAbandonedCalls", True) and wait >= 1000 * promise.get("abandonedThresholdSeconds", 5)
        return "OutSla" if result == "Abandoned" and counts else None


def calls_of(server, company):
    sessions = collections.defaultdict(list)
    for record in server.pages("/call-log?view=Detailed&dateFrom=2000-01-01T00:00:00Z"):
        if record["type"] == "Voice" and not record.get("deleted"):
            sessions[record["telephonySessionId"]].append(record)
    return [Call(records, company) for records in sessions.values()]


VIEWS = {
    "Company": Call.of_company, "CompanyNumbers": Call.of_numbers, "Users": Call.of_users, "Queues": Call.of_queues,
    "Sites": Call.of_sites,
}


class Check:
    def __init__(self, server, calls):
        self.server, self.calls, self.compared = server, calls, 0

    def parts(self, grouping, wanted=lambda part: True):
        """What each group had of calls, by key."""
        groups = collections.defaultdict(list)
        for part in itertools.chain.from_iterable(VIEWS[grouping](call) for call in self.calls):
            if milliseconds(moment(FROM)) <= part["start"] < milliseconds(moment(UNTIL)):
                groups[part.get("key")].append(part)
        return {key: [part for part in parts if wanted(part)] for key, parts in groups.items()}

    def body(self, grouping, options, zone="UTC", **more):
        last = (moment(UNTIL) - datetime.timedelta(milliseconds=1)).isoformat()
        time_ = {"timeZone": zone, "timeRange": {"timeFrom": FROM, "timeTo": last}}
        return {"grouping": {"groupBy": grouping}, "timeSettings": time_, "responseOptions": options} | more

    def records(self, what, body):
        found, per_page = {}, 20
        for page in itertools.count(1):
            interval = f"&interval={body.get('interval')}" if "interval" in body else ""
            answer = self.server.analytics(f"{what}?page={page}&perPage={per_page}{interval}", body)
            records = answer["data"]["records"]
            assert not {record["key"] for record in records} & found.keys(), "a group stands on two pages"
            found |= {record["key"]: record for record in records}
            if page >= answer["paging"]["totalPages"]:
                assert len(found) == answer["paging"]["totalElements"], answer["paging"]
                return found

    def equal(self, label, found, expected):
        self.compared += 1
        same = found == expected or (isinstance(expected, float) and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9))
        assert same, f"{label}: {found}, expected {expected}"

    def options(self, grouping, kind):
        counters = {"allCalls": kind} | {f"callsBy{facet}": kind for facet in FACETS[grouping]}
        timers = {"allCallsDuration": kind} | {f"callsDurationBy{facet}": kind for facet in FACETS[grouping]}
        return {"counters": counters, "timers": timers}

    def compare(self, label, grouping, found, parts, number):
        """Holds counters and timers against a formula of the parts that each number is about."""
        numbers = {"allCalls": number("Calls", parts, parts)}
        times = {"allCalls": number("Time", parts, parts)}
        for facet in FACETS[grouping]:
            of = lambda word: [part for part in parts if part[facet] == word]
            numbers[f"callsBy{facet}"] = {field: number("Calls", of(word), parts) for word, field in WORDS[facet].items()}
            times[f"callsBy{facet}"] = {field: number("Time", of(word), parts) for word, field in WORDS[facet].items()}
        for place, expected in (("counters", numbers), ("timers", times)):
            for name, values in expected.items():
                told = found[place][name]["values"]
                pairs = [(told[field], values[field], field) for field in values] if isinstance(values, dict) else [(told, values, "")]
                for one, other, field in pairs:
                    self.equal(f"{label} {place} {name} {field}", one, other)

    def aggregation(self, grouping, kind, number, wanted=lambda part: True, **more):
        expected = self.parts(grouping, wanted)
        found = self.records("aggregation/fetch", self.body(grouping, self.options(grouping, kind), **more))
        if grouping == "Company":
            [(_, record)], [(_, parts)] = found.items(), expected.items()
            found, expected = {"company": record}, {"company": parts}
        missing = {key for key, parts in expected.items() if parts} - found.keys()
        assert not missing and found.keys() <= expected.keys(), (grouping, missing, found.keys() - expected.keys())
        for key, record in found.items():
            self.compare(f"{grouping} {kind} {more} {key}", grouping, record, expected[key], number)

    def formulas(self, grouping):
        def total(measure, parts, _):
            return len(parts) if measure == "Calls" else sum(part["spent"] for part in parts) / 1000

        def percent(measure, parts, whole):
            return 100 * total(measure, parts, whole) / total(measure, whole, whole) if total(measure, whole, whole) else 0.0

        self.aggregation(grouping, {"aggregationType": "Sum"}, total)
        self.aggregation(grouping, {"aggregationType": "Percent"}, percent)
        # January to November: eleven months, of 335 days.
        for interval, count, name in (("Month", 11, "%Y-%m"), ("Day", 335, "%Y-%m-%d")):
            def each(measure, parts, whole):
                of = collections.defaultdict(list)
                for part in parts:
                    of[datetime.datetime.fromtimestamp(part["start"] / 1000, UTC).strftime(name)].append(part)
                return [total(measure, some, whole) for some in of.values()] + [0.0] * (count - len(of))

            kinds = {"Average": lambda *all_: sum(each(*all_)) / count, "Min": lambda *all_: min(each(*all_)), "Max": lambda *all_: max(each(*all_))}
            for kind, formula in kinds.items():
                self.aggregation(grouping, {"aggregationType": kind, "aggregationInterval": interval}, formula)

    def per_call(self, grouping):
        kinds = {"Average": lambda lengths: sum(lengths) / len(lengths), "Min": min, "Max": max}
        for kind, formula in kinds.items():
            options = {"timers": self.options(grouping, {"aggregationType": kind})["timers"]}
            for key, record in self.records("aggregation/fetch", self.body(grouping, options)).items():
                parts = self.parts(grouping)[None if grouping == "Company" else key]
                for facet in FACETS[grouping]:
                    for word, field in WORDS[facet].items():
                        lengths = [part["spent"] / 1000 for part in parts if part[facet] == word]
                        expected = formula(lengths) if lengths else 0
                        told = record["timers"][f"callsBy{facet}"]["values"][field]
                        self.equal(f"{grouping} {kind} a call {key} {facet} {field}", told, float(expected))

    def filters(self, grouping):
        total = lambda measure, parts, _: len(parts) if measure == "Calls" else sum(part["spent"] for part in parts) / 1000
        of_sum = {"aggregationType": "Sum"}
        for name, facet in FILTERS.items():
            if facet in FACETS[grouping]:
                words = list(WORDS[facet])[1:3]
                wanted = lambda part: part[facet] in words
                self.aggregation(grouping, of_sum, total, wanted, callFilters={name: words})
        within = lambda what: lambda part: 20 <= part[what] // 1000 <= 90
        bounds = {"minSeconds": 20, "maxSeconds": 90}
        self.aggregation(grouping, of_sum, total, within("call"), callFilters={"callDuration": bounds})
        self.aggregation(grouping, of_sum, total, within("spent"), callFilters={"timeSpent": bounds})
        queue = next(iter(sorted({queue for call in self.calls for queue in call.numbers()["queues"]})))
        self.aggregation(grouping, of_sum, total, lambda part: queue in part["queues"], callFilters={"queues": [queue]})
        if grouping in ("Users", "Queues"):
            callers = collections.Counter(call.caller for call in self.calls if call.caller)
            ids = [str(caller) for caller, _ in callers.most_common(5)]
            wanted = lambda part: part["Direction"] == "Inbound" and str(part["caller"]) in ids
            self.aggregation(grouping, of_sum, total, wanted, callFilters={"extensionFilters": {"fromIds": ids}})

    def opportunities(self):
        body = self.body("Users", {"counters": {"queueOpportunities": {"aggregationType": "Sum"}}})
        expected = self.parts("Users")
        for key, record in self.records("aggregation/fetch", body).items():
            told = record["counters"]["queueOpportunities"]["values"]
            self.equal(f"opportunities {key}", told, sum(part["opportunities"] for part in expected[key]))

    def members(self, company):
        queue, members = min(company.members.items(), key=lambda each: len(each[1]))
        body = self.body("Users", {"counters": {"allCalls": {"aggregationType": "Sum"}}})
        body["grouping"] = {"groupByMembers": "Queue", "keys": [str(queue)]}
        found = self.records("aggregation/fetch", body)
        expected = {key: len(parts) for key, parts in self.parts("Users").items() if int(key) in members}
        self.equal("members", {key: record["counters"]["allCalls"]["values"] for key, record in found.items()}, expected)

    def week(self):
        """Days and hours by the clock of a zone."""
        zone = zoneinfo.ZoneInfo("America/New_York")
        body = self.body("Company", {"counters": {"allCalls": {"aggregationType": "Sum"}}}, "America/New_York")
        hours = [{"from": "21:30", "to": "06:15"}, {"from": "11:00", "to": "12:30"}]
        body["timeSettings"]["advancedTimeSettings"] = {"includeDays": ["Sunday", "Monday", "Friday"], "includeHours": hours}
        def wanted(part):
            at = datetime.datetime.fromtimestamp(part["start"] / 1000, zone)
            clock = at.strftime("%H:%M")
            return at.strftime("%a") in ("Sun", "Mon", "Fri") and (clock >= "21:30" or clock < "06:15" or "11:00" <= clock < "12:30")
        [(_, record)] = self.records("aggregation/fetch", body).items()
        [parts] = self.parts("Company", wanted).values()
        assert parts
        self.equal("week", record["counters"]["allCalls"]["values"], len(parts))

    def timeline(self, grouping, interval, zone):
        body = self.body(grouping, self.options(grouping, True), zone, interval=interval)
        found = self.records("timeline/fetch", body)
        total = lambda measure, parts, _: len(parts) if measure == "Calls" else sum(part["spent"] for part in parts) / 1000
        expected = self.parts(grouping)
        for key, record in found.items():
            starts = [milliseconds(moment(point["time"])) for point in record["points"]]
            assert starts == sorted(set(starts)), (interval, zone)
            assert starts == list(borders(interval, zoneinfo.ZoneInfo(zone))), (interval, zone, starts[:5])
            pieces = [[] for _ in starts]
            for part in expected[None if grouping == "Company" else key]:
                pieces[bisect.bisect(starts, part["start"]) - 1].append(part)
            for point, parts in zip(record["points"], pieces):
                self.compare(f"{grouping} {interval} {zone} {point['time']}", grouping, point, parts, total)


def borders(interval, zone):
    """When pieces of time begin: minute by minute, wherever the clock shows something new."""
    shown = {"Hour": "%Y-%m-%d %H %z", "Day": "%Y-%m-%d", "Week": "%G-%V", "Month": "%Y-%m"}[interval]
    first, last = milliseconds(moment(FROM)), milliseconds(moment(UNTIL))
    step, known = 30 * 60_000, set()
    # The first piece began before the time range.
    for at in range(first - 32 * 86_400_000, last, step):
        label = datetime.datetime.fromtimestamp(at / 1000, zone).strftime(shown)
        if label in known:
            continue
        known.add(label)
        following = datetime.datetime.fromtimestamp(first / 1000, zone).strftime(shown)
        if at >= first or label == following:
            yield at


@contextlib.contextmanager
def running(folder, binary, *words):
    """Runs a server until it is no longer needed; gives where it listens."""
    log = folder / f"{words[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen([binary, *words], stdout=output, stderr=output)
    try:
        while not (listening := re.search(r"listening on (\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield listening[1]
    finally:
        process.terminate()
        process.wait()


def archive(folder, binary, calls, database):
    """A synthetic company of a year in which clocks leap, downloaded."""
    sandbox = ("sandbox", "--port", "0", "--calls", str(calls), "--seed", "11", "--heavy", "off", "--recording-days", "0",
               "--from", "2023-12-15T00:00:00Z", "--until", "2024-12-15T00:00:00Z", "--env-file", str(folder / "env"))
    with running(folder, binary, *sandbox):
        sync = (binary, "sync", "--env-file", folder / "env", *database)
        subprocess.run(sync, check=True, stdout=subprocess.DEVNULL)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", type=pathlib.Path, default=pathlib.Path("target/debug/callbook"))
    options.add_argument("--calls", type=int, default=2000)
    options = options.parse_args()
    binary = options.binary.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        database = ("--database", f"sqlite://{folder}/archive.db")
        archive(folder, binary, options.calls, database)
        with running(folder, binary, "serve", "--listen", "127.0.0.1:0", "--heavy", "off", *database) as url:
            app = (binary, "app", "create", "Test", "--scope", SCOPES, "--for", "101", "--server-url", url,
                   "--env-file", folder / "app.env", *database)
            subprocess.run(app, check=True, stdout=subprocess.DEVNULL)
            server = Server(folder / "app.env")
            company = Company(server)
            check = Check(server, calls_of(server, company))
            for grouping in VIEWS:
                check.formulas(grouping)
                check.per_call(grouping)
                check.filters(grouping)
            check.opportunities()
            check.members(company)
            check.week()
            for zone in ZONES:
                for interval in ("Hour", "Day", "Week", "Month"):
                    check.timeline("Company", interval, zone)
            check.timeline("Queues", "Week", "Europe/Berlin")
            check.timeline("Users", "Month", "Europe/Berlin")
    print(f"{check.compared:,} numbers of {len(check.calls):,} calls are as recomputed")


if __name__ == "__main__":
    main()
