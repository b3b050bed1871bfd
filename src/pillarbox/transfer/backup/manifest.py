"""The manifest of a backup: which images are of it, and what they are, as JSON, a row a line (adr/0055).

It is written last, when all that it tells of is on the disk: a folder without it has no backup. Its last row is an end,
with what the rows before it are.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from pillarbox.transfer.backup.errors import BadBackup
from pillarbox.transfer.backup.lines import BadRow, Lines, is_count, is_digest, is_name, is_number, is_utc_date
from pillarbox.wire.values import UTCDate

__all__ = ["MANIFEST", "VERSION", "Entry", "Manifest", "is_run", "read", "written"]

MANIFEST = "pillarbox-backup.jsonl"
VERSION = 1

_LONGEST = 64 * 1024
_MOST = 2_000_000
"""Accounts of one backup."""
_RUN = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Heading:
    """When the backup was begun, and the name of the folder that its images are in."""

    begun: UTCDate
    run: str
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Entry:
    """An account: its number and address, of its image the SHA-256 and the size on the disk, and what is in it.

    `octets` are those of its blobs, `lost` how many blobs could not be read.
    """

    number: int
    address: str
    sha256: str
    size: int
    objects: int
    blobs: int
    octets: int
    lost: int

    @property
    def place(self) -> str:
        """The file of its image, and whose it is, for who is told of damage."""
        return f"{self.number}.jsonl.gz ({self.address})" if self.address else f"{self.number}.jsonl.gz"


@dataclass(frozen=True, slots=True)
class End:
    """How many accounts there were, account 0 among them, and the SHA-256 of all lines before this one."""

    accounts: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it; account 0 is among the entries."""

    begun: UTCDate
    run: str
    entries: Sequence[Entry]

    @property
    def server(self) -> Entry:
        """The entry of account 0."""
        return next(one for one in self.entries if one.number == 0)

    @property
    def people(self) -> list[Entry]:
        """Those of all other accounts."""
        return [one for one in self.entries if one.number != 0]


_Row: TypeAlias = Heading | Entry | End


def is_run(name: object) -> bool:
    """Whether the images of a backup can be in a folder of this name."""
    return isinstance(name, str) and _RUN.fullmatch(name) is not None


_LINES: Lines[_Row] = Lines(
    {"backup": Heading, "account": Entry, "end": End},
    {
        "begun": is_utc_date,
        "run": is_run,
        "version": is_count,
        "number": is_number,
        "address": is_name,
        "sha256": is_digest,
        **dict.fromkeys(("size", "objects", "blobs", "octets", "lost", "accounts"), is_count),
    },
)


def written(manifest: Manifest, file: BinaryIO) -> None:
    """Writes it. Raises OSError."""
    rows: list[_Row] = [Heading(manifest.begun, manifest.run), *manifest.entries]
    digest = hashlib.sha256()
    for row in rows:
        line = _LINES.written(row)
        digest.update(line)
        file.write(line)
    file.write(_LINES.written(End(len(manifest.entries), digest.hexdigest())))


def read(file: BinaryIO) -> Manifest:
    """What was written. Raises BadBackup, OSError."""
    heading: Heading | None = None
    entries: dict[int, Entry] = {}
    end: End | None = None
    digest = hashlib.sha256()
    for at, line in enumerate(iter(lambda: file.readline(_LONGEST), b""), 1):
        row = _row(line, at)
        if isinstance(row, Heading) != (at == 1) or end is not None or at > _MOST:
            raise BadBackup(f"{MANIFEST}, line {at}: this row has no place there")
        match row:
            case Heading():
                heading = row
            case Entry():
                if row.number in entries:
                    raise BadBackup(f"{MANIFEST}, line {at}: account {row.number} is in it twice")
                entries[row.number] = row
            case End():
                end = row
                if row.sha256 != digest.hexdigest():
                    raise BadBackup(f"{MANIFEST} is not what was written")
        digest.update(line)
    if heading is None or end is None or end.accounts != len(entries) or 0 not in entries:
        raise BadBackup(f"{MANIFEST} was cut off")
    return Manifest(heading.begun, heading.run, list(entries.values()))


def _row(line: bytes, at: int) -> _Row:
    try:
        row = _LINES.row_of(line)
    except BadRow as problem:
        raise BadBackup(f"{MANIFEST}, line {at}: {problem}") from None
    if isinstance(row, Heading) and row.version != VERSION:
        raise BadBackup(f"the backup is of version {row.version}, and this program reads {VERSION}")
    return row
