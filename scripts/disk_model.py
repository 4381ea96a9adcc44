"""What a power cut leaves on a disk: replays the journal of disk_faults.c.

A change of a file is certain once the file was synced after it, a change of a name once a folder was. Of the
rest anything may have reached the disk: of the writes to a file any, of the changes of names the first so many,
as a file system with a journal has it.
"""

import struct
from enum import IntEnum

RECORD = struct.Struct("=5Q")
SECTOR = 512
# Made anew by whoever opens the database first.
MEMORY_ONLY = "-shm"


class Kind(IntEnum):
    CREATE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    SYNC_FOLDER = 5
    UNLINK = 6
    RENAME = 7


class File:
    """One file: what is certain of it, and the changes since, as an offset and data or a new length."""

    def __init__(self, certain=b""):
        self.certain = bytearray(certain)
        self.pending = []

    def sync(self):
        self.certain = applied(self.certain, self.pending)
        self.pending = []


def applied(content, changes):
    content = bytearray(content)
    for offset, data in changes:
        end = offset if data is None else max(len(content), offset + len(data))
        del content[end:]
        content.extend(bytes(end - len(content)))
        if data is not None:
            content[offset : offset + len(data)] = data
    return content


def changed(names, change):
    """The names after a change of one: a name and its file, or a name that goes, or one that becomes another."""
    kind, name, other = change
    if kind is Kind.CREATE:
        names[name] = other
    elif kind is Kind.UNLINK:
        names.pop(name, None)
    elif name in names:
        names[other] = names.pop(name)


class Disk:
    """The disk below a folder: what a process has changed, and which of it is certain."""

    def __init__(self, folder):
        """All that is there before the process starts is certain."""
        self.by_inode, self.certain, self.pending = {}, {}, []
        for path in folder.iterdir():
            if not path.name.endswith(MEMORY_ONLY):
                file = File(path.read_bytes())
                self.by_inode[path.stat().st_ino] = self.certain[path.name] = file
        self.syncs = 0

    def replay(self, journal):
        """Reads what the process has changed."""
        notes, at = journal.read_bytes(), 0
        while at < len(notes):
            kind, inode, offset, length, path_length = RECORD.unpack_from(notes, at)
            path_end = at + RECORD.size + path_length
            name = notes[at + RECORD.size : path_end].decode().rpartition("/")[2]
            at = path_end + length
            self.note(Kind(kind), inode, offset, name, notes[path_end:at])

    def note(self, kind, inode, offset, name, data):
        # Of files that are memory in truth nothing but their name was noted, and they are left out at the end.
        file = self.by_inode.get(inode)
        if kind is Kind.CREATE:
            file = self.by_inode[inode] = File()
            self.pending.append((kind, name, file))
        elif kind is Kind.UNLINK:
            self.pending.append((kind, name, None))
        elif kind is Kind.RENAME:
            self.pending.append((kind, name, data.decode().rpartition("/")[2]))
        elif kind is Kind.SYNC_FOLDER:
            self.certain = self.names(len(self.pending))
            self.pending = []
        elif file and kind is Kind.SYNC:
            self.syncs += 1
            file.sync()
        elif file:
            file.pending.append((offset, data if kind is Kind.WRITE else None))

    def names(self, count):
        """The names after the first `count` of the changes that are not certain."""
        names = dict(self.certain)
        for change in self.pending[:count]:
            changed(names, change)
        return names

    def uncertain(self):
        """How many changes may have come to nothing."""
        files = {id(file): file for file in self.names(len(self.pending)).values()}
        return len(self.pending) + sum(len(file.pending) for file in files.values())

    def after_cut(self, chance, mode):
        """Name and content of each file when the power is back.

        `none`: nothing uncertain has reached the disk; `some`: each write for itself; `torn`: each sector.
        """
        count = 0 if mode == "none" else chance.randint(0, len(self.pending))
        for name, file in self.names(count).items():
            if not name.endswith(MEMORY_ONLY):
                yield name, applied(file.certain, survivors(file.pending, chance, mode))

    def write(self, folder, chance, mode):
        for name, content in self.after_cut(chance, mode):
            path = folder / name
            path.write_bytes(content)
            path.chmod(0o600)


def survivors(changes, chance, mode):
    if mode == "none":
        return
    for offset, data in changes:
        if mode == "some" or data is None:
            pieces = [(offset, data)]
        else:
            starts = range(0, len(data), SECTOR)
            pieces = [(offset + start, data[start : start + SECTOR]) for start in starts]
        yield from (piece for piece in pieces if chance.random() < 0.5)
