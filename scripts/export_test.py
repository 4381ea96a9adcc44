"""Opens exports with the programs that they are made for, and compares each row with the records.

    export_test.py --binary target/debug/callbook
"""

import argparse
import csv
import datetime
import json
import pathlib
import re
import subprocess
import tempfile

import duckdb
import openpyxl
import pandas
import pyarrow
import pyarrow.parquet

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")

# Names that callers may choose.
NASTY = ["=cmd|' /C calc'!A0", "@SUM(A1:A9)", "+1+2", "-2+3", "\t=1", "\r=1", '"=1"', "a,b\n\"c\"; ☎ ü", "'=1"]


def nasty_records():
    for place, name in enumerate(NASTY):
        yield {
            "id": f"00{place}",
            "startTime": f"2020-01-01T00:00:00.00{place}Z",
            "duration": place,
            "from": {"name": name, "phoneNumber": "+16505550112"},
            "to": {"name": name, "phoneNumber": name},
            "recording": {"id": "9007199254740993"},
            "legs": [{"startTime": "2020-01-01T00:00:00Z", "from": {"name": name}}, {"duration": 1}],
        }


def text(value):
    return None if value is None else str(value)


def expected(record):
    """What a row must have in it, made without any of Callbook's code."""
    party = lambda end, name: text((record.get(end) or {}).get(name))
    recordings = [record.get("recording")] + [leg.get("recording") for leg in record.get("legs", [])]
    ids = list(dict.fromkeys(str(each["id"]) for each in recordings if each))
    milliseconds = record.get("durationMs", record.get("duration", 0) * 1000)
    return {
        "id": record["id"],
        "start": datetime.datetime.fromisoformat(record["startTime"].replace("Z", "+00:00")),
        "type": record.get("type"),
        "direction": record.get("direction"),
        "from_number": party("from", "phoneNumber"),
        "from_extension": party("from", "extensionNumber"),
        "from_name": party("from", "name"),
        "to_number": party("to", "phoneNumber"),
        "to_extension": party("to", "extensionNumber"),
        "to_name": party("to", "name"),
        "action": record.get("action"),
        "result": record.get("result"),
        "duration_ms": milliseconds,
        "recorded": any(recordings),
        "deleted": False,
        "recording_ids": " ".join(ids) or None,
        "session_id": record.get("sessionId"),
        "telephony_session_id": record.get("telephonySessionId"),
        "versions": 1,
        "source": "ringcentral",
    }


def check_parquet(path, rows, records):
    table = pyarrow.parquet.read_table(path)
    kinds = {field.name: field.type for field in table.schema}
    assert kinds["start"] == kinds["received"] == pyarrow.timestamp("ms", tz="UTC"), kinds
    assert kinds["duration_ms"] == pyarrow.int64() and kinds["recorded"] == pyarrow.bool_(), kinds
    assert pyarrow.types.is_list(kinds["legs"]) and pyarrow.types.is_struct(kinds["legs"].value_type), kinds
    for found, row, record in zip(table.to_pylist(), rows, records, strict=True):
        assert {name: found[name] for name in row} == row, (found, row)
        legs = sorted(record.get("legs", []), key=lambda leg: leg.get("startTime", ""))
        assert len(found["legs"]) == len(legs), (found, record)
        names = sorted(str((leg.get("from") or {}).get("name")) for leg in legs)
        assert sorted(str(leg["from_name"]) for leg in found["legs"]) == names, (found, record)
    frame = pandas.read_parquet(path)
    assert len(frame) == len(rows) and str(frame["start"].dtype) == "datetime64[ms, UTC]", frame.dtypes
    assert frame["duration_ms"].sum() == sum(row["duration_ms"] for row in rows)
    count, legs, first = duckdb.execute(
        f"SELECT count(*), sum(len(legs)), min(start) FROM '{path}'"
    ).fetchone()
    assert count == len(rows) and legs == sum(len(record.get("legs", [])) for record in records)
    assert first == min(row["start"] for row in rows), first
    by_leg = f"SELECT count(*) FROM (SELECT unnest(legs) AS leg FROM '{path}') WHERE leg.from_name LIKE '%calc%'"
    assert duckdb.execute(by_leg).fetchone() == (1,)


def check_csv(path, rows):
    data = path.read_bytes()
    assert data.endswith(b"\r\n") and not data.startswith(b"\xef\xbb\xbf")
    with open(path, encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, strict=True))
    for cells, row in zip(found, rows, strict=True):
        for name, value in row.items():
            cell = cells[name]
            if isinstance(value, datetime.datetime):
                assert datetime.datetime.fromisoformat(cell.replace("Z", "+00:00")) == value, cells
            elif isinstance(value, bool):
                assert cell == str(value).lower(), cells
            else:
                plain = "" if value is None else str(value)
                assert cell in (plain, "'" + plain), (name, cell, plain)
            # No spreadsheet takes it for a formula; phone numbers can be dialled, ids found.
            plain = r"-[\w-]*" if name in ("id", "session_id", "telephony_session_id") else r"[+-]\d*"
            assert not cell.startswith(FORMULAS) or re.fullmatch(plain, cell), (name, cell)
    assert "+16505550112" in {cells["from_number"] for cells in found}
    assert len(pandas.read_csv(path, dtype=str, keep_default_na=False)) == len(rows)
    counted = duckdb.execute(f"SELECT count(*), min(start) FROM read_csv('{path}', all_varchar = true)")
    assert counted.fetchone()[0] == len(rows)


def check_xlsx(path, rows):
    sheet = openpyxl.load_workbook(path, read_only=False)["Calls"]
    cells = sheet.iter_rows()
    names = [cell.value for cell in next(cells)]
    for line, row in zip(cells, rows, strict=True):
        assert all(cell.data_type != "f" for cell in line), line
        found = dict(zip(names, (cell.value for cell in line), strict=True))
        for name, value in row.items():
            if isinstance(value, datetime.datetime):
                value = value.replace(tzinfo=None, microsecond=0)
                assert abs(found[name] - value) < datetime.timedelta(seconds=1), (found, row)
            elif isinstance(value, str):
                # Line ends of other systems are one in XML.
                assert isinstance(found[name], str), (name, found[name])
                assert found[name].replace("_x000D_", "\r") == value, (name, found[name], value)
            else:
                assert found[name] == value, (name, found, row)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", required=True, type=pathlib.Path)
    arguments.add_argument("--calls", type=int, default=1500)
    options = arguments.parse_args()
    binary = options.binary.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run = lambda *words: subprocess.run(
            [binary, *words, "--database", folder / "a.db"], cwd=folder, check=True, capture_output=True
        ).stdout
        run("sandbox", "fill", "--calls", str(options.calls), "--until", "2024-06-01")
        nasty = folder / "nasty.jsonl"
        nasty.write_text("".join(json.dumps(record) + "\n" for record in nasty_records()), encoding="utf-8")
        run("import", nasty)
        lines = run("export", "-", "--format", "jsonl").decode().removesuffix("\n").split("\n")
        records = [json.loads(line) for line in lines]
        rows = [expected(record) for record in records]
        for name, check in [
            ("a.parquet", lambda path: check_parquet(path, rows, records)),
            ("a.csv", lambda path: check_csv(path, rows)),
            ("a.xlsx", lambda path: check_xlsx(path, rows)),
        ]:
            run("export", name)
            check(folder / name)
            print(f"{name}: {len(rows)} calls as they were received")


if __name__ == "__main__":
    main()
