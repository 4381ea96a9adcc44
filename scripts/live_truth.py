"""The truth of a company that goes on living, as the sandbox's control API tells it, and what an archive owes it.

A record has been in several states. The archive has to hold the newest, all that a whole sync can have seen
as versions, and deletions; where upstream gives no way to learn of something, either way is right.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import compare_archive
from compare_archive import EPOCH, Call, expected

# A day is listed for the last time when it ended so many days ago (plan/windows.rs, in crates/sync).
LAST_LISTED_DAYS = 31
DELETED_COLUMN = 6
DECODER = json.JSONDecoder()
RECORD = '"record":'
EVENT = re.compile(r'(?:,|,"history":\[)\{"at":"([^"]+)","event":"(\w+)"(,"before":)?')


@dataclass(frozen=True)
class State:
    """What a record said from one moment on."""

    since: datetime
    line: bytes
    call: Call

    @property
    def deleted(self):
        return bool(self.call.columns[DELETED_COLUMN])


@dataclass(frozen=True)
class Record:
    """A record that there is or was."""

    states: tuple
    # When it vanished without a trace.
    gone: datetime | None

    @property
    def id(self):
        return self.states[0].call.id

    @property
    def known_to_be_deleted(self):
        """Whether its day was still to be listed again when it was deleted."""
        start = EPOCH + timedelta(milliseconds=self.states[0].call.start_ms)
        day = datetime.combine(start.date(), datetime.min.time(), timezone.utc)
        end = self.gone or self.states[-1].since
        return end < day + timedelta(days=LAST_LISTED_DAYS)

    def seen_by(self, syncs):
        """The states that one of these whole syncs, each from and to a moment, must have seen."""
        ends = [state.since for state in self.states[1:]] + [self.gone]
        for state, end in zip(self.states, ends):
            lasted = any(state.since < begun and (end is None or ended < end) for begun, ended in syncs)
            if lasted and not state.deleted:
                yield state

    def right(self, syncs):
        """What the archive may hold of it, `None` for nothing; the first is to be expected."""
        last = self.states[-1]
        alive = [state.call for state in self.states if not state.deleted]
        if self.gone:
            yield from (tombstone(call) for call in reversed(alive))
            yield from (state.call for state in self.states if state.deleted)
            if not any(self.seen_by(syncs)):
                yield None
        else:
            yield last.call
        if (self.gone or last.deleted) and not self.known_to_be_deleted:
            yield from alive

    def possible(self):
        """What a sync that did not come to its end may have left of it."""
        calls = [state.call for state in self.states]
        return [None, *calls, *map(tombstone, calls)]


def tombstone(call):
    """The call as it was, but deleted."""
    columns = call.columns
    return replace(call, columns=(*columns[:DELETED_COLUMN], 1, *columns[DELETED_COLUMN + 1 :]))


def read(lines, home):
    """The records of `GET /sandbox/v1/truth`, byte for byte."""
    return [record(line.decode(), home) for line in lines.splitlines()]


def record(line, home):
    place = line.index(RECORD) + len(RECORD)
    newest, place = value(line, place)
    moments, documents, gone = [], [], None
    while event := EVENT.match(line, place):
        at, name, has_before = event.groups()
        place = event.end()
        if has_before:
            before, place = value(line, place)
            documents.append(before)
        if name == "gone":
            gone = datetime.fromisoformat(at)
        else:
            moments.append(datetime.fromisoformat(at))
        place += len("}")
    states = zip(moments, [*documents, newest], strict=True)
    states = (State(since, text, expected(text, home)) for since, text in states)
    return Record(tuple(states), gone)


def value(line, place):
    """The text of the JSON value that begins here, and where it ends."""
    _, end = DECODER.raw_decode(line, place)
    return line[place:end].encode(), end


def differences(archive, truth, home, syncs):
    """What an archive that has been synced to its end does not hold as it should."""
    there = [chosen(archive, record, list(record.right(syncs))) for record in truth]
    yield from compare_archive.state_differences(archive, [call for call in there if call], home)
    versions = archive.every_document()
    for record in truth:
        for state in record.seen_by(syncs):
            if (record.id, state.line) not in versions:
                yield f"no version of {record.id} says what was there from {state.since}: {state.line!r}"


def part_differences(archive, truth, home):
    """What no sync, however it ended, can have left."""
    there = [chosen(archive, record, record.possible()) for record in truth]
    yield from compare_archive.state_differences(archive, [call for call in there if call], home)


def chosen(archive, record, choices):
    """The choice that the archive has made; the first one if it is none of them."""
    document, deleted = archive.newest_states.get(record.id, (None, None))
    for choice in choices:
        made = (choice.line, choice.columns[DELETED_COLUMN]) if choice else (None, None)
        if made == (document, deleted):
            return choice
    return choices[0]
