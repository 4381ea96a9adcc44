"""Proves that an archive holds exactly the calls of a company: compare_archive.py ARCHIVE.db TRUTH.jsonl

The truth has one Detailed record a line, as the example `dump` of callbook-synth prints it; live_truth.py
makes it of a company that goes on living.
Nothing of Callbook is used: the rules below are written a second time, from the comments of the schema
and of the model. Ends with exit code 1 and the first differences if there are any.

Needs the packages zstandard and phonenumbers; run it with the Python of
`scripts/python zstandard phonenumbers`.
"""

import argparse
import json
import sqlite3
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import islice

import phonenumbers
import zstandard

DIFFERENCES_SHOWN = 10
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# What the archive notes of each side of a call.
PARTY = ("phoneNumber", "extensionNumber", "name")
# The members that only the Detailed view has: they are stored apart.
DETAILED_ONLY = {"legs", "billing", "lastModifiedTime"}


@dataclass(frozen=True)
class Call:
    """What the archive should say of one record."""

    id: str
    line: bytes
    simple: dict
    columns: tuple
    keys: frozenset

    @property
    def start_ms(self):
        return self.columns[0]


@dataclass(frozen=True)
class Found:
    """What was compared, for the summary."""

    calls: int
    versions: int
    postings: int


def milliseconds(moment):
    return (datetime.fromisoformat(moment) - EPOCH) // timedelta(milliseconds=1)


def text(value):
    """Ids come as strings or as numbers."""
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int else None


def e164(number, home):
    try:
        parsed = phonenumbers.parse(number, home)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def number_key(number, home):
    if number[:1] == "+" and number[1:].isascii() and number[1:].isdigit() and 8 <= len(number) <= 16:
        return number
    digits = "".join(filter("0123456789".__contains__, number))
    return digits and (e164(number, home) or e164("+" + digits, home) or digits)


def keys(part, home):
    """What a record, or a leg of it, can be found by."""
    sides = [part[side] for side in ("from", "to") if isinstance(part.get(side), dict)]
    extensions = [text(part.get("extension", {}).get("id"))]
    extensions += [text(side.get("extensionId")) for side in sides]
    numbers = [number_key(side["phoneNumber"], home) for side in sides if side.get("phoneNumber")]
    sessions = {"s": part.get("sessionId"), "t": part.get("telephonySessionId")}
    yield from ("x" + extension for extension in extensions if extension)
    yield from ("n" + number for number in numbers if number)
    # Conferences share the session 0: it joins nothing.
    yield from (letter + text(id) for letter, id in sessions.items() if text(id) not in (None, "", "0"))


def expected(line, home):
    record = json.loads(line)
    parts = [record, *record.get("legs", [])]
    sides = [record.get(side) or {} for side in ("from", "to")]
    columns = (
        milliseconds(record["startTime"]),
        record["durationMs"] if "durationMs" in record else record.get("duration", 0) * 1000,
        record.get("type"),
        record.get("direction"),
        record.get("result"),
        int(any(isinstance(part.get("recording"), dict) for part in parts)),
        int(record.get("deleted") is True),
        record.get("action"),
        *(text(side.get(field)) for side in sides for field in PARTY),
    )
    listed_under = frozenset(key for part in parts for key in keys(part, home))
    simple = {name: value for name, value in record.items() if name not in DETAILED_ONLY}
    return Call(text(record["id"]), line, simple, columns, listed_under)


def read_truth(path, home):
    with open(path, "rb") as lines:
        return [expected(line.rstrip(b"\n"), home) for line in lines]


def joined(simple, detail):
    """The two parts of a document, spliced: a line `offset length`, then so many bytes, for each cut."""
    whole = b""
    while detail:
        cut, _, rest = detail.partition(b"\n")
        offset, length = map(int, cut.split(b" "))
        before = offset - len(whole)
        whole += simple[:before] + rest[:length]
        simple, detail = simple[before:], rest[length:]
    return whole + simple


class Archive:
    """An archive of one account, read as its schema says."""

    def __init__(self, path):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        # A process that died before the schema was in leaves an empty file, which is an empty archive.
        self.made = self.one("SELECT count(*) FROM sqlite_master") > 0
        self.dictionaries = {}
        for number, dictionary in self.rows("SELECT dictionary, bytes FROM dictionary"):
            dictionary = zstandard.ZstdCompressionDict(dictionary)
            self.dictionaries[number] = zstandard.ZstdDecompressor(dict_data=dictionary)

    def close(self):
        self.database.close()

    def one(self, sql):
        return self.database.execute(sql).fetchone()[0]

    def rows(self, sql, *parameters):
        return self.database.execute(sql, parameters).fetchall() if self.made else []

    def count(self, table):
        return self.one(f"SELECT count(*) FROM {table}") if self.made else 0

    def unpacked(self, document):
        dictionary = zstandard.get_frame_parameters(document).dict_id
        return self.dictionaries[dictionary].decompress(document)

    def document(self, simple, detail):
        """A document's simple part, and all of it."""
        simple = self.unpacked(simple)
        return simple, joined(simple, detail and self.unpacked(detail))

    def newest_documents(self):
        sql = "SELECT id, simple, detail FROM call JOIN version USING (version)"
        return {id: self.document(*parts) for id, *parts in self.rows(sql)}

    @cached_property
    def newest_states(self):
        """Each call's newest document, and whether it is deleted."""
        deleted = dict(self.rows("SELECT id, deleted FROM call"))
        return {id: (whole, deleted[id]) for id, (_, whole) in self.newest_documents().items()}

    def every_document(self):
        """Each version's id and document."""
        sql = "SELECT id, simple, detail FROM version JOIN call USING (call)"
        return {(id, self.document(*parts)[1]) for id, *parts in self.rows(sql)}


def file_differences(archive, home):
    for (problem,) in archive.rows("PRAGMA integrity_check"):
        if problem != "ok":
            yield f"integrity_check: {problem}"
    for row in archive.rows("PRAGMA foreign_key_check"):
        yield f"foreign_key_check: {row}"
    homes = archive.rows("SELECT home FROM account")
    if homes not in ([], [(home,)]):
        yield f"accounts of {homes} instead of one of {home}"
    if unreadable := archive.count("quarantine"):
        yield f"{unreadable} records in quarantine"


def call_differences(archive, truth):
    """Which calls there are, and their columns."""
    sql = """SELECT id, scope, start_ms, duration_ms, call_type, direction, result, recorded, deleted, action,
                 from_number, from_extension, from_name, to_number, to_extension, to_name
             FROM call"""
    found = {(id, scope): tuple(columns) for id, scope, *columns in archive.rows(sql)}
    if len(found) != archive.count("call"):
        yield "a call is there twice"
    wanted = {(call.id, 0): call.columns for call in truth}
    for key in found.keys() | wanted.keys():
        if found.get(key) != wanted.get(key):
            yield f"call {key}: {found.get(key)} instead of {wanted.get(key)}"


def document_differences(archive, truth):
    """The newest version of each call, byte for byte."""
    documents = archive.newest_documents()
    for call in truth:
        if call.id not in documents:
            yield f"call {call.id} has no document"
            continue
        simple, whole = documents[call.id]
        if whole != call.line:
            yield f"document of {call.id}: {whole!r} instead of {call.line!r}"
        elif json.loads(simple) != call.simple:
            yield f"the simple part of {call.id} is not its Simple view: {simple!r}"


def posting_differences(archive, truth):
    """What each call can be found by, at its time; a posting of no call shows as that of `None`."""
    sql = "SELECT id, p.scope, key, p.start_ms FROM posting p LEFT JOIN call USING (call, account)"
    found = Counter(archive.rows(sql))
    wanted = Counter((call.id, 0, key, call.start_ms) for call in truth for key in call.keys)
    yield from (f"posting {posting} is too much" for posting in found - wanted)
    yield from (f"posting {posting} is missing" for posting in wanted - found)


def version_differences(archive):
    """Change numbers without a gap, each call's versions in one chain, and every version for a cause."""
    newest = dict(archive.rows("SELECT account, seq FROM account"))
    numbers = {account: [] for account in newest}
    versions = {}
    sql = "SELECT version, account, seq, call, previous FROM version ORDER BY seq"
    for version, account, seq, call, previous in archive.rows(sql):
        numbers.setdefault(account, []).append(seq)
        versions[version] = (seq, call, previous)
    for account, seqs in numbers.items():
        if seqs != list(range(1, newest.get(account, 0) + 1)):
            yield f"change numbers of account {account} are not 1 to {newest.get(account)}"
    for call, version in archive.rows("SELECT call, version FROM call"):
        chain = []
        while version in versions:
            seq, of, version = versions.pop(version)
            chain.append((of, seq))
        if version is not None or chain != sorted(chain, reverse=True) or {call} != {of for of, _ in chain}:
            yield f"the versions of call {call} are no chain"
    if versions:
        yield f"{len(versions)} versions lead to no call"
    same = """SELECT later.seq, later.cause, earlier.cause
              FROM version later JOIN version earlier ON earlier.version = later.previous
              WHERE (later.simple = earlier.simple AND later.detail IS earlier.detail) = ?"""
    for seq, cause, before in archive.rows(same, 1):
        # Absence leaves the record as it was, and who is back or was repaired may say what was said before.
        if not (cause in ("absent", "repaired") or (cause, before) == ("listed", "absent")):
            yield f"version {seq} ({cause}) says what the one before it said"
    for seq, cause, before in archive.rows(same, 0):
        if cause == "absent":
            yield f"version {seq} (absent) says something else than the one before it"
        if cause == "listed" and before != "absent":
            yield f"version {seq} is listed again after {before}"
    known = "('received', 'absent', 'listed', 'repaired')"
    for seq, cause in archive.rows(f"SELECT seq, cause FROM version WHERE cause NOT IN {known}"):
        yield f"version {seq} has the cause {cause}"
    sql = """SELECT call.id, deleted, cause FROM call JOIN version USING (version)
             WHERE deleted = 0 AND cause = 'absent'"""
    for id, *_ in archive.rows(sql):
        yield f"call {id} is absent and not deleted"


def cursor_differences(archive, truth, whole):
    """The cursor may not claim a call that is not there; at the end nothing is left to be listed."""
    # The directory's says nothing about calls.
    sql = "SELECT value FROM cursor WHERE name = 'list account'"
    cursors = [json.loads(value) for (value,) in archive.rows(sql)]
    if whole and [cursor["pending"] for cursor in cursors] != [[]]:
        yield f"not at an end: {cursors}"
    present = {id for (id,) in archive.rows("SELECT id FROM call")}
    for cursor in cursors:
        covered = bounds(cursor["covered"])
        pending = [bounds(step["span"]) for step in cursor["pending"]]
        for call in truth:
            listed = within(call, covered) and not any(within(call, span) for span in pending)
            if listed and call.id not in present:
                yield f"call {call.id} is missing, and the cursor is past it"


def bounds(span):
    return milliseconds(span["from"]), milliseconds(span["to"])


def within(call, span):
    return span[0] <= call.start_ms < span[1]


def differences(archive, truth, home, whole):
    """All of them, as sentences. An archive that is not `whole` yet holds what its cursor says, and maybe more."""
    present = {id for (id,) in archive.rows("SELECT id FROM call")}
    there = truth if whole else [call for call in truth if call.id in present]
    yield from state_differences(archive, there, home)
    yield from cursor_differences(archive, truth, whole)


def state_differences(archive, there, home):
    """All of what does not concern the cursor, if these calls should be there and no others."""
    yield from file_differences(archive, home)
    yield from call_differences(archive, there)
    yield from document_differences(archive, there)
    yield from posting_differences(archive, there)
    yield from version_differences(archive)


def compare(path, compared):
    """What was found, or nothing if the file cannot be read; and the first of the differences.

    `compared` gives the differences of an archive.
    """
    first = []
    archive = Archive(path)
    try:
        first.extend(islice(compared(archive), DIFFERENCES_SHOWN))
        return Found(*map(archive.count, ("call", "version", "posting"))), first
    except (sqlite3.DatabaseError, zstandard.ZstdError) as damage:
        return None, [*first, f"damaged: {damage}"]
    finally:
        archive.close()


def main():
    parser = argparse.ArgumentParser(description="Compare an archive with the truth.")
    parser.add_argument("archive", metavar="ARCHIVE.db")
    parser.add_argument("truth", metavar="TRUTH.jsonl")
    parser.add_argument("--home", default="US", help="where national numbers belong [default: US]")
    parser.add_argument("--part", action="store_true", help="of an unfinished sync: some of the calls")
    options = parser.parse_args()
    truth = read_truth(options.truth, options.home)
    found, first = compare(
        options.archive, lambda archive: differences(archive, truth, options.home, not options.part)
    )
    if first:
        print(*first, sep="\n", file=sys.stderr)
        sys.exit(1)
    print(f"equal: {found.calls:,} calls, {found.versions:,} versions, {found.postings:,} postings")


if __name__ == "__main__":
    main()
