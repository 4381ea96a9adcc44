import json
import os
import unittest

from support import ACCOUNT, ALL, OWN, call, control, digest, get, ids, records, refusal, signed_in, truth

MULTIPART_JSON = "application/vnd.ringcentral.multipart+json"
HOUR_MS = 3_600_000


class CallLog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = signed_in()

    def get(self, path, **query):
        return get(self.platform, path, **query)

    def test_2500_records_come_page_by_page(self):
        listed = list(records(self.platform, f"{ACCOUNT}/call-log", **ALL, perPage=250))
        expected = truth()
        self.assertGreaterEqual(len(expected), 2500)
        self.assertEqual(listed, expected)

    def test_filters_list_what_the_records_say(self):
        everything = truth()
        day = everything[200]["startTime"][:10]
        cases = [
            ({"direction": "Outbound"}, lambda record: record["direction"] == "Outbound"),
            ({"type": ["Voice", "Fax"], "direction": "Inbound"}, lambda record: record["direction"] == "Inbound"),
            ({"type": "Fax"}, lambda record: record["type"] == "Fax"),
            ({"dateFrom": f"{day}T00:00:00Z", "dateTo": f"{day}T23:59:59.999Z"},
             lambda record: record["startTime"].startswith(day)),
        ]
        for query, fits in cases:
            found = self.get(f"{ACCOUNT}/call-log", **ALL | {"perPage": 1000} | query)["records"]
            expected = [record for record in everything if fits(record)]
            self.assertTrue(expected, query)
            self.assertEqual(ids(found), ids(expected)[:1000], query)

    def test_records_come_several_at_once_in_both_forms(self):
        wanted = truth()[10:20]
        path = f"{ACCOUNT}/call-log/{','.join([*ids(wanted), 'nothing'])}"
        statuses = [200] * len(wanted) + [404]
        parts = self.platform.get(path, {"view": "Detailed"}).multipart()
        self.assertEqual([part.response().status_code for part in parts], statuses)
        self.assertEqual([part.json_dict() for part in parts[:-1]], wanted)

        answer = self.platform.get(path, {"view": "Detailed"}, {"Accept": MULTIPART_JSON})
        items = answer.response().json()
        self.assertEqual([item["status"] for item in items], statuses)
        self.assertEqual([item["body"] for item in items[:-1]], wanted)

    def test_fsync_gives_the_newest_and_isync_what_becomes_of_them(self):
        path = f"{ACCOUNT}/call-log-sync"
        expected = truth()[:50]
        full = self.get(path, syncType="FSync", recordCount=50, view="Detailed")
        self.assertEqual(full["records"], expected)
        control("POST", "clock", {"advance_ms": 60_000})
        made = call("voicemail")
        edited, deleted = ids(expected)[3:5]
        control("POST", f"records/{edited}/edit")
        control("DELETE", f"records/{deleted}")
        control("POST", "clock", {"advance_ms": 60_000})
        token = full["syncInfo"]["syncToken"]
        changes = self.get(path, syncType="ISync", syncToken=token, showDeleted="true")["records"]
        self.assertEqual(sorted(ids(changes)), sorted([*made, edited, deleted]))
        [gone] = [record for record in changes if record["id"] == deleted]
        self.assertTrue(gone["deleted"])

    def test_extract_sync_gives_what_was_modified(self):
        path = f"{ACCOUNT}/call-log-extract-sync"
        begun = json.loads(control("GET", "clock"))["now"]
        info = self.get(path, syncType="FSync", dateFrom=begun)["syncInfo"]
        control("POST", "clock", {"advance_ms": 60_000})
        old = ids(truth()[60:63])
        for id in old:
            control("POST", f"records/{id}/edit")
        found = set()
        while True:
            page = self.get(path, syncType="ISync", syncToken=info["syncToken"], recordCount=1)
            found.update(ids(page["records"]))
            info = page["syncInfo"]
            if not info.get("newerRecordsExist"):
                break
        self.assertLessEqual(set(old), found)

    def test_calls_under_way_are_listed_until_they_are_over(self):
        begun = ids(json.loads(control("POST", "calls", {"scenario": "very-long"}))["calls"])
        control("POST", "clock", {"advance_ms": 600_000})
        self.assertEqual(ids(self.get(f"{ACCOUNT}/active-calls")["records"]), begun)
        control("POST", "clock", {"advance_ms": 12 * HOUR_MS})
        # This SDK goes by its own clock, and renews no token that was refused.
        self.platform.login(jwt=os.environ["RC_USER_JWT"])
        self.assertEqual(self.get(f"{ACCOUNT}/active-calls")["records"], [])

    def test_a_recording_is_what_it_is_whole_and_in_parts(self):
        meant = json.loads(os.environ["RECORDING"])
        about = self.get(f"{ACCOUNT}/recording/{meant['id']}")
        whole = self.platform.get(about["contentUri"])
        self.assertEqual(whole.response().headers["Content-Type"], about["contentType"])
        self.assertEqual((len(whole.body()), digest(whole.body())), (meant["bytes"], meant["sha256"]))
        start = meant["bytes"] // 2
        rest = self.platform.get(about["contentUri"], headers={"Range": f"bytes={start}-"})
        self.assertEqual((rest.response().status_code, rest.body()), (206, whole.body()[start:]))

    def test_too_many_requests_are_told_how_long_to_wait(self):
        control("POST", "fault", {"kind": "429:7s", "path": f"{OWN}/call-log"})
        status, response = refusal(self.platform.get, f"{OWN}/call-log")
        self.assertEqual((status, response.headers["Retry-After"]), (429, "7"))
        self.assertEqual(response.json()["errorCode"], "CMN-301")
