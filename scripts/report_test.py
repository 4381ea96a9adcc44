"""Asks every built-in report of Callbook, and DuckDB the same SQL on the same files; the answers must be equal. Then opens
answers of every form with programs that share no code with Callbook.

    report_test.py --binary target/debug/callbook [--calls 20000]
"""

import argparse
import bisect
import csv
import datetime
import decimal
import html.parser
import io
import itertools
import json
import math
import os
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree
import zoneinfo

import duckdb
import openpyxl

UTC = datetime.timezone.utc
FROM, TO = "2024-02-01", "2024-11-30"
# Clocks go forward and back within, on different days, and one zone is half an hour off.
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]

# Names that callers may choose.
HOSTILE = ["</title><script>alert(1)</script>", "=cmd|' /C calc'!A0", "a,b\n\"c\" & <b>", "\u0007\u001b[2J"]

HOSTILE_REPORT = """/*
title = "Odd <names> & /signs/"
question = "Do names stay names?"

[[parameters]]
name = "least"
type = "integer"
default = 1

[chart]
kind = "bar"
x = "name"
y = ["calls"]
*/
SELECT * FROM (VALUES {rows}) AS odd (name, calls)
WHERE calls >= $least ORDER BY calls
"""


class Callbook:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("CALLBOOK", "RC_"))}
        self.environment["CALLBOOK_DATABASE"] = f"sqlite://{folder}/archive.db"

    def run(self, *arguments, code=0):
        done = subprocess.run([self.binary, *map(str, arguments)], capture_output=True, env=self.environment, cwd=self.folder)
        assert done.returncode == code, (arguments, done.returncode, done.stderr.decode())
        return done

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json").stdout, parse_float=decimal.Decimal)


def erlang_c(calls, interval_s, handle_s, agents):
    """The probability that one has to wait, from its definition, with exact fractions of Python's integers left out."""
    load, agents = calls * handle_s / interval_s, math.floor(agents)
    if agents <= load:
        return 1.0
    terms = [1.0]
    for servers in range(1, agents + 1):
        terms.append(terms[-1] * load / servers)
    last = terms[-1] * agents / (agents - load)
    return last / (sum(terms[:-1]) + last)


def level(calls, interval_s, handle_s, agents, target_s):
    spare = math.floor(agents) - calls * handle_s / interval_s
    return 1.0 - erlang_c(calls, interval_s, handle_s, agents) * math.exp(-spare * target_s / handle_s) if spare > 0 else 0.0


def wait(calls, interval_s, handle_s, agents):
    spare = math.floor(agents) - calls * handle_s / interval_s
    return erlang_c(calls, interval_s, handle_s, agents) * handle_s / spare if spare > 0 else math.inf


def agents(calls, interval_s, handle_s, target_s, wanted):
    return float(next(many for many in itertools.count(1) if level(calls, interval_s, handle_s, many, target_s) >= wanted))


def occupancy(calls, interval_s, handle_s, agents):
    return calls * handle_s / interval_s / math.floor(agents)


def oracle(callbook):
    lake = duckdb.connect()
    lake.execute("SET TimeZone = 'UTC'")
    for name, function, numbers in [
        ("probability", erlang_c, 4), ("level", level, 5), ("wait", wait, 4), ("agents", agents, 5), ("occupancy", occupancy, 4),
    ]:
        lake.create_function(f"erlang_c_{name}", function, ["DOUBLE"] * numbers, "DOUBLE")
    lake.execute(callbook.run("lake", "views").stdout.decode())
    return lake


def midnight(lake, day, zone):
    return lake.execute("SELECT timezone(?, CAST(? AS TIMESTAMP))", [zone, day]).fetchone()[0]


def as_json(value):
    """As a report's JSON has it."""
    if isinstance(value, datetime.datetime):
        text = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return text.isoformat(timespec="milliseconds") + ("Z" if value.tzinfo else "")
    return value


# DataFusion counts in millionths how far a percentile lies between two values: of waits that lie seconds apart, that is
# some hundredths of a millisecond; callbacks lie days apart.
ROUGH = {"median_wait_ms": 0.1, "p90_wait_ms": 0.1, "median_callback_ms": 1000}


def is_equal(column, found, expected):
    if isinstance(expected, float) and not math.isfinite(expected):
        return found is None
    if isinstance(expected, float):
        return found is not None and math.isclose(float(found), expected, rel_tol=1e-9, abs_tol=ROUGH.get(column, 1e-9))
    return found == as_json(expected) and isinstance(found, bool) == isinstance(expected, bool)


def bound(lake, about, zone, given, first=FROM, last=TO):
    """The report's SQL without what it says about itself, and the values of its parameters."""
    day = datetime.date.fromisoformat
    first, last = day(first), day(last) + datetime.timedelta(days=1)
    values = {
        "from": midnight(lake, str(first), zone),
        "to": midnight(lake, str(last), zone),
        "before": midnight(lake, str(first - (last - first)), zone),
        "now": datetime.datetime.now(UTC),
        "tz": zone,
        **{parameter["name"]: parameter["default"] for parameter in about["parameters"]},
        **{key: value for key, (_, value) in given.items()},
    }
    values = {key: float(value) if isinstance(value, decimal.Decimal) else value for key, value in values.items()}
    sql = re.sub(r"/\*.*?\*/", "", about["sql"], flags=re.S)
    return sql, {key: values[key] for key in set(re.findall(r"\$(\w+)", sql))}


def compare(callbook, lake, name, about, zone, given, first=FROM, last=TO):
    arguments = [f"--set={key}={value}" for key, (value, _) in given.items()]
    found = callbook.json("report", name, "--from", first, "--to", last, "--tz", zone, *arguments)
    answer = lake.execute(*bound(lake, about, zone, given, first, last))
    columns = [column[0] for column in answer.description]
    rows = answer.fetchall()
    assert len(found) == len(rows), (name, given, len(found), len(rows))
    for one, (mine, other) in enumerate(zip(found, rows)):
        assert list(mine) == columns, (name, list(mine), columns)
        for column, expected in zip(columns, other):
            assert is_equal(column, mine[column], expected), (name, given, one, column, mine[column], expected)
    return len(rows)


def variants(lake, name, about):
    """Values for a report's parameters: as they are written, and as SQL sees them."""
    one = lambda sql: lake.execute(sql).fetchone()
    queue = one("SELECT queue FROM queue_visits GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")[0]
    person = one("SELECT extension FROM offers GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")[0]
    number = one("SELECT customer_number FROM interactions WHERE customer_number LIKE '+%' "
                 "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")[0]
    session = one("SELECT session FROM legs GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")[0]
    department = one("SELECT department FROM people WHERE department IS NOT NULL ORDER BY 1 LIMIT 1")
    values = {"queue": (queue, queue), "extension": (person, person), "number": (number, number), "session": (session, session),
              "threshold_s": (33, 33), "abandoned_threshold_s": (2, 2), "include_abandoned": ("no", False), "origin": ("external",) * 2,
              "direction": ("inbound",) * 2, "disposition": ("missed",) * 2, "team": ("site",) * 2, "days": (2, 2), "steps": (5, 5),
              "step_s": (7, 7), "short_abandon_s": (9, 9), "limit": (3, 3), "target_percent": (91.5, 91.5), "target_s": (9, 9),
              "shrinkage_percent": (30, 30.0), "per": ("number",) * 2, "department": department and department * 2}
    required = {each["name"]: values[each["name"]] for each in about["parameters"] if each["required"]}
    yield required
    for parameter in about["parameters"]:
        key = parameter["name"]
        if parameter["type"] == "bucket":
            yield from ({**required, key: (bucket, bucket)} for bucket in parameter["choices"])
        elif not parameter["required"] and values[key]:
            yield {**required, key: values[key]}


def check_answers(callbook, lake):
    may_be_empty = {"voicemail", "agent-timeline"}
    asked = 0
    for report in callbook.json("report"):
        name = report["name"]
        about = callbook.json("report", name, "--explain")
        for place, given in enumerate(variants(lake, name, about)):
            zone = ZONES[place % len(ZONES)]
            rows = compare(callbook, lake, name, about, zone, given)
            assert rows or place or name in may_be_empty, f"{name} has no rows"
            asked += 1
    print(f"{asked} answers are DuckDB's, row by row")


def check_concurrency(callbook, lake):
    """Against a count at each call's beginning, and at each hour's and day's."""
    first, last = "2024-03-09T12:07:13Z", "2024-11-05T20:40:41Z"
    from_ms, to_ms = (datetime.datetime.fromisoformat(moment).timestamp() * 1000 for moment in (first, last))
    calls = lake.execute("SELECT epoch_ms(started), greatest(epoch_ms(ended), epoch_ms(started) + 1) FROM interactions "
                         "WHERE kind = 'voice'").fetchall()
    begins, ends = (sorted(moments) for moments in zip(*calls))
    going_on = lambda ms: bisect.bisect_right(begins, ms) - bisect.bisect_right(ends, ms)
    for zone, by in itertools.product(ZONES, ["hour", "day"]):
        def period(ms):
            at = datetime.datetime.fromtimestamp(ms / 1000, zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
            return at.replace(minute=0, second=0, microsecond=0, **({"hour": 0} if by == "day" else {})).isoformat(timespec="milliseconds")

        begun, peaks = {}, {}
        # All zones' hours begin with a quarter of an hour.
        for ms in itertools.chain([from_ms], range(int(from_ms // 900_000 + 1) * 900_000, int(to_ms), 900_000)):
            peaks[period(ms)] = max(peaks.get(period(ms), 0), going_on(ms))
        for ms in begins[bisect.bisect_left(begins, from_ms):bisect.bisect_left(begins, to_ms)]:
            begun[period(ms)] = begun.get(period(ms), 0) + 1
            peaks[period(ms)] = max(peaks[period(ms)], going_on(ms))
        found = callbook.json("report", "concurrency", "--from", first, "--to", last, "--tz", zone, "--by", by)
        assert {row["period"] for row in found} >= begun.keys()
        for row in found:
            assert row["calls"] == begun.get(row["period"], 0) and row["peak_calls"] == peaks[row["period"]], (zone, by, row)
    print("so many calls at a time as are counted one by one")


class Markup(html.parser.HTMLParser):
    """Knows which elements are open, and that each is closed where it should be."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.seen, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag not in ("meta", "rect", "path") or self.get_starttag_text()[-2] != "/":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, text):
        self.text.append(text)


def check_forms(callbook):
    folder = callbook.folder
    (folder / "reports").mkdir()
    rows = ", ".join(f"({text}, {place})" for place, text in enumerate(map(quoted, HOSTILE), 1))
    (folder / "reports" / "odd.sql").write_text(HOSTILE_REPORT.format(rows=rows))
    (folder / "reports" / "broken.sql").write_text("/*\ntitle = \"a\"\nquestion = \"b\"\n*/\nSELECT count(*\nFROM people\n")
    listed = callbook.run("report", code=3)
    assert b"broken.sql:6: " in listed.stderr and b"odd" in listed.stdout, listed.stderr
    for form in ["csv", "json", "xlsx", "parquet", "svg", "html"]:
        callbook.run("report", "odd", "--output", f"odd.{form}")
    printed = callbook.run("report", "odd").stdout.decode()
    assert "\x1b" not in printed and "\x07" not in printed, printed

    names = [row["name"] for row in json.loads((folder / "odd.json").read_text())]
    assert names == HOSTILE, names
    text = (folder / "odd.csv").read_bytes().decode()
    names = [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert names == [f"'{name}" if name.startswith("=") else name for name in HOSTILE], names
    sheet = openpyxl.load_workbook(folder / "odd.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["name", "calls"] and sheet.max_row == len(HOSTILE) + 1
    assert all(cell.data_type == "s" for cell in sheet["A"]) and sheet["B3"].value == 2
    found = duckdb.execute("SELECT name FROM read_parquet(?) ORDER BY calls", [str(folder / "odd.parquet")]).fetchall()
    assert [name for name, in found] == HOSTILE, found

    chart = xml.etree.ElementTree.parse(folder / "odd.svg").getroot()
    kinds = {each.tag.rpartition("}")[2] for each in chart.iter()}
    assert kinds <= {"svg", "title", "text", "rect", "path", "circle"}, kinds
    assert any("<script>" in (each.text or "") for each in chart.iter()), "the name is not in the chart"
    page = Markup()
    page.feed((folder / "odd.html").read_text())
    assert not page.open and "script" not in page.seen and "img" not in page.seen, page.open
    assert any("</title><script>" in text for text in page.text) and "svg" in page.seen
    print("forms open elsewhere, and names stay names")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def check_charts(callbook):
    """Every report with a chart makes a page with one."""
    for report in callbook.json("report"):
        about = callbook.json("report", report["name"], "--explain")
        if not about["chart"] or any(parameter["required"] for parameter in about["parameters"]):
            continue
        page = Markup()
        page.feed(callbook.run("report", report["name"], "--from", FROM, "--to", TO, "--format", "html").stdout.decode())
        assert not page.open and {"svg", "table", "h1"} <= set(page.seen), report["name"]
        assert {"rect", "circle"} & set(page.seen), f"{report['name']} draws nothing"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--calls", type=int, default=12_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        callbook = Callbook(options.binary.resolve(), pathlib.Path(folder))
        callbook.run("sandbox", "fill", "--database", f"{folder}/archive.db", "--calls", options.calls,
                     "--from", "2024-01-01", "--until", "2025-01-01")
        callbook.run("lake", "update")
        lake = oracle(callbook)
        check_answers(callbook, lake)
        check_concurrency(callbook, lake)
        check_charts(callbook)
        check_forms(callbook)


if __name__ == "__main__":
    main()
