"""Address lists (RFC 5322 section 3.4), read as far as they make sense.

RFC 8621 sections 4.1.2.3 and 4.1.2.4 ask for the best effort: unfinished drafts hold bare names, old
senders put semicolons between addresses, forget commas, quotes and brackets.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from pillarbox.wire.message.comment import comment_end, unpaired, without_comments
from pillarbox.wire.message.encoded import normal, unfolded, with_words


class EmailAddress(TypedDict):
    """A mailbox, as on the wire."""

    name: str | None
    email: str


class EmailAddressGroup(TypedDict):
    """A group, or mailboxes beside each other that are in none, as on the wire."""

    name: str | None
    addresses: list[EmailAddress]


def addresses(value: str) -> list[EmailAddress]:
    """The mailboxes of an address list, those in groups too (RFC 8621 section 4.1.2.3)."""
    return [address for group in grouped_addresses(value) for address in group["addresses"]]


def grouped_addresses(value: str) -> list[EmailAddressGroup]:
    """The groups of an address list (RFC 8621 section 4.1.2.4)."""
    return _Reader(unfolded(value)).groups()


_SIMPLE_TOKEN = (
    r"(?P<space>[ \t]++)"
    r"|(?P<word>=\?[^?\s]++\?[BbQq]\?[!->@-~]*+\?=(?=[ \t,;:<(]|\Z)|[^ \t\"(),:;<>@\[\]\\]++)"
    r"|(?P<domain>\[[^\[\],;<>]*+\])"
    r"|(?P<angle><[^<>\"]*+>)"
)
_QUOTED_TOKEN = (
    r"|(?P<quoted>\"(?:[^\"\\]++|\\.)*+\")"
    r"|(?P<quoted_angle><(?:[^<>\"]++|\"(?:[^\"\\]++|\\.)*+\")*+>)"
)
_OTHER_TOKEN = r"|(?P<unclosed><[^<>,;\"]++)|(?P<mark>.)"
_TOKEN = re.compile(_SIMPLE_TOKEN + _QUOTED_TOKEN + _OTHER_TOKEN, re.DOTALL)
_TOKEN_WITHOUT_QUOTES = re.compile(_SIMPLE_TOKEN + _OTHER_TOKEN, re.DOTALL)
_ROUTE = re.compile(r"(?:@[^:<>]*+:|mailto:)", re.IGNORECASE)
_AROUND_MARKS = re.compile(r"(?<![ \t])[ \t]++(?=[.@])|(?<=[.@])[ \t]++")


class _Token(NamedTuple):
    kind: str
    text: str


_SPACE = _Token("space", " ")


class _Reader:
    """Reads one address list from its begin to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._groups: list[EmailAddressGroup] = []
        self._in_group = False
        self._list: list[EmailAddress] | None = None
        self._words: list[_Token] = []
        self._angle: str | None = None
        self._behind: list[_Token] = []
        self._comment: str | None = None

    def groups(self) -> list[EmailAddressGroup]:
        """All groups, in their order.

        If one comment or quoted string is never closed, no later one is worth the search: it would
        run to the end again, and take quadratic time.
        """
        text = self._text
        position = 0
        pattern = _TOKEN
        may_comment = True
        while match := pattern.match(text, position):
            position = match.end()
            kind = match.lastgroup or ""
            if kind == "mark":
                mark = match[0]
                if mark == "(" and may_comment:
                    end = comment_end(text, match.start())
                    may_comment = end >= 0
                    if may_comment:
                        self._take_comment(text[position : end - 1])
                        position = end
                        continue
                if mark == '"':
                    pattern = _TOKEN_WITHOUT_QUOTES
                self._take_mark(mark)
            elif kind in ("angle", "quoted_angle", "unclosed"):
                self._take_angle(match[0])
            else:
                self._take_word(_Token(kind, match[0]))
        self._finish_mailbox()
        return self._groups

    def _take_word(self, token: _Token) -> None:
        (self._words if self._angle is None else self._behind).append(token)

    def _take_comment(self, text: str) -> None:
        """A comment names the address that it follows; elsewhere it is white space."""
        if self._words or self._angle is not None:
            self._comment = text
            self._take_word(_SPACE)

    def _take_angle(self, text: str) -> None:
        if self._angle is not None:
            # Someone forgot the comma: what stands between the brackets names the second.
            words = self._behind
            self._behind = []
            self._finish_mailbox()
            self._words = words
        self._angle = _addr_spec(text)

    def _take_mark(self, mark: str) -> None:
        match mark:
            case ",":
                self._finish_mailbox()
            case ";":
                self._finish_mailbox()
                if self._in_group:
                    self._in_group = False
                    self._list = None
            case ":" if self._angle is None and (name := _phrase(self._words)):
                self._list = []
                self._in_group = True
                self._groups.append({"name": name, "addresses": self._list})
                self._forget()
            case ":" | "<" | ">":
                self._take_word(_SPACE)
            case _:
                self._take_word(_Token("mark", mark))

    def _finish_mailbox(self) -> None:
        """What was read since the last comma becomes an address, or several if commas are missing."""
        comment = None if self._comment is None else _clean(unpaired(self._comment))
        if self._angle is not None:
            self._add(_phrase(self._words) or comment or _name_behind(self._behind), self._angle)
            if any(token.text == "@" for token in self._behind):
                self._add_bare(self._behind, None)
        else:
            self._add_bare(self._words, comment)
        self._forget()

    def _forget(self) -> None:
        self._words = []
        self._behind = []
        self._angle = self._comment = None

    def _add(self, name: str | None, email: str) -> None:
        if self._list is None:
            self._list = []
            self._groups.append({"name": None, "addresses": self._list})
        self._list.append({"name": name or None, "email": email})

    def _add_bare(self, words: Sequence[_Token], comment: str | None) -> None:
        """Addresses without brackets; what stands before an address with "@" is its name."""
        before: list[_Token] = []
        found = False
        for chunk in _chunks(words):
            if any(token.text == "@" for token in chunk):
                email = "".join(token.text for token in chunk if token.text != '"')
                self._add(_phrase(before) or comment, email)
                before = []
                found = True
            else:
                before += (*chunk, _SPACE)
        if not found and (text := _phrase(before)):
            self._add(comment, text)


def _chunks(words: Sequence[_Token]) -> list[list[_Token]]:
    """Words by the white space between them; that around "@" and a lone "." counts for nothing (section 4.4)."""
    chunks: list[list[_Token]] = []
    is_new = True
    for token in words:
        if token.kind == "space":
            is_new = not (chunks and chunks[-1][-1].text in ("@", "."))
        elif is_new and not (chunks and token.text in ("@", ".")):
            chunks.append([token])
            is_new = False
        else:
            chunks[-1].append(token)
            is_new = False
    return chunks


def _addr_spec(text: str) -> str:
    """The address in angle brackets, without its route and white space (sections 3.4.1 and 4.4)."""
    if not text.endswith(">"):
        text = (text.split() or [""])[0]
    inner = without_comments(text.strip("<>")).strip()
    inner = inner[route.end() :] if (route := _ROUTE.match(inner)) else inner
    return inner if '"' in inner else _AROUND_MARKS.sub("", inner)


def _name_behind(words: Sequence[_Token]) -> str | None:
    """A name that stands behind its address; a further address is none."""
    return None if any(token.text == "@" for token in words) else _phrase(words)


def _phrase(words: Sequence[_Token]) -> str | None:
    """The text of a display-name (RFC 8621 section 4.1.2.3, "name").

    Encoded words count in atoms, not in quoted strings (RFC 2047 section 5).
    """
    pieces: list[str] = []
    atoms: list[str] = []
    for token in words:
        if token.kind == "quoted":
            pieces += (with_words("".join(atoms)), unpaired(token.text[1:-1]))
            atoms = []
        elif token.kind != "space":
            atoms.append(token.text)
        elif atoms[-1:] != [" "]:
            atoms.append(" ")
    pieces.append(with_words("".join(atoms)))
    return normal("".join(pieces)).strip() or None


def _clean(text: str) -> str | None:
    return normal(with_words(text)).strip() or None
