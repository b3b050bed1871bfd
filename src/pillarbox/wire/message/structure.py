"""The tree of parts of a message (RFC 2046 section 5.1; RFC 8621 section 4.1.4)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pillarbox.wire.message import part as described
from pillarbox.wire.message.header import LINE_END, header, message_start
from pillarbox.wire.message.limits import Limits
from pillarbox.wire.message.part import Part
from pillarbox.wire.message.transfer import decoded_size, encoding_name


class Structure(NamedTuple):
    """The tree, and whether a limit kept something of the message out of it."""

    root: Part
    is_cut: bool


def structure(raw: bytes, limits: Limits) -> Structure:
    """The tree of parts of a message, for any octets."""
    walk = _Walk(raw, limits)
    root = walk.entity(message_start(raw), len(raw), 0, "text/plain")
    return Structure(root, walk.is_cut)


class _Delimiter(NamedTuple):
    """A delimiter line: where the line end before it begins, and where the line behind it does."""

    before: int
    after: int
    is_last: bool


# What follows a boundary may be white space and then anything: section 5.1.1 asks to compare no more
# than the boundary, but one boundary may be the begin of another, as nested parts often have them.
_REST_OF_DELIMITER = re.compile(rb"(--)?(?:[ \t][^\r\n]*+)?(?:" + LINE_END + rb"|\Z)")
_LIKELY_DELIMITER = re.compile(
    rb"(?:\A|(?<=[\r\n]))--([^\r\n]{1,200}?)[ \t]*+" + LINE_END + rb"content-[a-z-]++[ \t]*+:", re.IGNORECASE
)
_VISIBLE = re.compile(rb"\S")
_LINE_END = re.compile(rb"[\r\n]")


class _Walk:
    """One pass over a message, and what was counted on the way."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self._raw = raw
        self._limits = limits
        self._count = 0
        self._leaves = 0
        self._lookalikes = 0
        self.is_cut = False

    def entity(self, start: int, end: int, depth: int, implicit_type: str) -> Part:
        """The part whose header begins at `start` (RFC 2045 section 2.4)."""
        self._count += 1
        top = header(self._raw, start, end, self._limits)
        self.is_cut |= top.is_cut
        content = top.content
        kind, parameters = described.content_type(content, implicit_type)
        disposition, filename = described.disposition(content)
        encoding = encoding_name(described.transfer_encoding(content))
        parts: tuple[Part, ...] = ()
        part_id, size = None, 0
        if kind.startswith("multipart/"):
            boundary = parameters.get("boundary", "").encode()
            implicit_type = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            parts = tuple(self._parts(top.body, end, depth, boundary, implicit_type, encoding))
            encoding = "identity"
        else:
            part_id, size = self._leaf(top.body, end, encoding)
        return Part(
            part_id=part_id,
            type=kind,
            charset=described.charset(kind, parameters, content),
            disposition=disposition,
            name=filename or parameters.get("name") or None,
            cid=described.content_id(content),
            language=described.languages(content),
            location=described.location(content),
            headers=top.fields,
            offset=top.body,
            length=end - top.body,
            encoding=encoding,
            size=size,
            parameters=tuple(parameters.items()),
            parts=parts,
        )

    def _leaf(self, start: int, end: int, encoding: str) -> tuple[str, int]:
        """The id of the next part that is no multipart, and the size of its content."""
        self._leaves += 1
        if encoding in ("identity", "unknown"):
            return str(self._leaves), end - start
        return str(self._leaves), decoded_size(self._raw[start:end], encoding)

    def _parts(
        self, start: int, end: int, depth: int, boundary: bytes, implicit_type: str, encoding: str
    ) -> Iterator[Part]:
        """What a multipart holds; one text of all that is there if nothing divides it."""
        if self._count >= self._limits.max_parts:
            self.is_cut = True
            return
        mark, current = self._first_delimiter(start, end, boundary)
        if depth >= self._limits.max_depth:
            self.is_cut = True
            current = None
        if current is None or current.is_last:
            stop = current.before if current else end
            if _VISIBLE.search(self._raw, start, stop):
                yield self._undivided(start, stop, encoding)
            return
        following: _Delimiter | None = current
        while following and not following.is_last:
            if self._count >= self._limits.max_parts:
                self.is_cut = True
                return
            current = following
            following = self._delimiter(mark, current.after, end)
            if following and self._count >= self._limits.max_parts - 1:
                self.is_cut |= not following.is_last
                following = None
            stop = following.before if following else end
            # Two delimiters on neighbouring lines have no part between them, and a message that
            # is cut off behind a delimiter has none there.
            if current.after < stop or (following and current.after == stop):
                yield self.entity(current.after, stop, depth + 1, implicit_type)

    def _undivided(self, start: int, end: int, encoding: str) -> Part:
        """A text part without a header of its own."""
        self._count += 1
        part_id, size = self._leaf(start, end, encoding)
        return Part(
            part_id=part_id,
            type="text/plain",
            charset="us-ascii",
            disposition=None,
            name=None,
            cid=None,
            language=None,
            location=None,
            headers=(),
            offset=start,
            length=end - start,
            encoding=encoding,
            size=size,
        )

    def _first_delimiter(self, start: int, end: int, boundary: bytes) -> tuple[bytes, _Delimiter | None]:
        """The first delimiter line of a multipart, and what such lines begin with.

        Where the boundary is missing or occurs nowhere, a line of its form is taken that a field of
        MIME follows. White space at the end of a boundary is no part of it, but some send it.
        """
        for told in (boundary, boundary.rstrip()):
            if told.strip() and (found := self._delimiter(b"--" + told, start, end)):
                return b"--" + told, found
        likely = _LIKELY_DELIMITER.search(self._raw, start, end)
        if likely is None:
            return b"", None
        mark = b"--" + likely[1]
        return mark, self._delimiter(mark, start, end)

    def _delimiter(self, mark: bytes, position: int, end: int) -> _Delimiter | None:
        """The next delimiter line from a line's begin on (section 5.1.1).

        Each level looks at the lines that only look like its delimiters, so their number is bounded too.
        """
        raw = self._raw
        while (at := raw.find(mark, position, end)) >= 0:
            # An empty slice is the begin of the message.
            if raw[at - 1 : at] in (b"\n", b"\r", b"") and (rest := _REST_OF_DELIMITER.match(raw, at + len(mark), end)):
                return _Delimiter(_before_line_end(raw, at), rest.end(), rest[1] is not None)
            self._lookalikes += 1
            line_end = _LINE_END.search(raw, at, end)
            if line_end is None:
                return None
            if self._lookalikes > self._limits.max_lookalikes:
                self.is_cut = True
                return None
            position = line_end.start()
        return None


def _before_line_end(raw: bytes, at: int) -> int:
    """Where the line end before `at` begins; it belongs to the delimiter (section 5.1.1)."""
    if raw[at - 1 : at] != b"\n":
        return max(0, at - 1)
    for length in (3, 2):
        if raw[at - length : at] == b"\r\r\n"[-length:]:
            return at - length
    return at - 1
