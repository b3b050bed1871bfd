"""A message as it is shown: its body in text and in HTML, and its attachments (RFC 8621 section 4.1.4)."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from pillarbox.wire.message.body import content
from pillarbox.wire.message.part import Part


class View(NamedTuple):
    """Which parts are shown as the body, and which beside it."""

    text_body: tuple[Part, ...]
    html_body: tuple[Part, ...]
    attachments: tuple[Part, ...]


def view(root: Part) -> View:
    """The three lists, by the algorithm that RFC 8621 section 4.1.4 suggests.

    It may leave a part out of all three, as one of HTML behind one of text, both together one of the
    alternatives. Such a part is an attachment, as the definition of "attachments" has it.
    """
    text_body: list[Part] = []
    html_body: list[Part] = []
    attachments: list[Part] = []
    _sort((root,), "mixed", text_body, html_body, attachments, in_alternative=False)
    return View(tuple(text_body), tuple(html_body), tuple(attachments))


def has_attachment(raw: bytes, found: View) -> bool:
    """Whether there is something to download: an attachment that is neither inline nor part of the HTML."""
    candidates = [part for part in found.attachments if part.disposition != "inline"]
    if not candidates:
        return False
    if not all(part.type.startswith("image/") and (part.cid or part.location) for part in candidates):
        return True
    shown = _references(raw, found.html_body)
    return any(part.cid not in shown and part.location not in shown for part in candidates)


_MEDIA = ("image/", "audio/", "video/")
_REFERENCE = re.compile(
    rb"(?:(?:src|background|href)\s*+=|url\()\s*+[\"']?+\s*+(?:cid:)?+([^\"'\s>()]++)", re.IGNORECASE
)


def _sort(
    parts: tuple[Part, ...],
    subtype: str,
    text_body: list[Part] | None,
    html_body: list[Part] | None,
    attachments: list[Part],
    *,
    in_alternative: bool,
) -> None:
    """Puts the parts of one multipart into the lists; a list that is None wants nothing of them."""
    text_count = len(text_body) if text_body is not None else -1
    html_count = len(html_body) if html_body is not None else -1
    for index, part in enumerate(parts):
        if part.part_id is None:
            inner = part.type.partition("/")[2]
            is_alternative = in_alternative or inner == "alternative"
            _sort(_in_order(part), inner, text_body, html_body, attachments, in_alternative=is_alternative)
        elif not _is_body(part, index, subtype):
            attachments.append(part)
        elif subtype == "alternative":
            _sort_alternative(part, text_body, html_body, attachments)
        else:
            if in_alternative:
                html_body = None if part.type == "text/plain" else html_body
                text_body = None if part.type == "text/html" else text_body
            _show(part, text_body, html_body, attachments)
    if subtype == "alternative" and text_body is not None and html_body is not None:
        if len(text_body) == text_count:
            text_body += html_body[html_count:]
        elif len(html_body) == html_count:
            html_body += text_body[text_count:]


def _in_order(multipart: Part) -> tuple[Part, ...]:
    """The parts of a multipart, the root of a multipart/related first (RFC 2387 section 3.2)."""
    parts = multipart.parts
    start = dict(multipart.parameters).get("start") if multipart.type == "multipart/related" else None
    if start is None:
        return parts
    return tuple(sorted(parts, key=lambda part: part.cid != start.strip("<> ")))


def _is_body(part: Part, index: int, subtype: str) -> bool:
    """Whether a part is shown in the body, rather than listed beside it."""
    is_media = part.type.startswith(_MEDIA)
    if part.disposition == "attachment" or not (is_media or part.type in ("text/plain", "text/html")):
        return False
    return index == 0 or (subtype != "related" and (is_media or not part.name))


def _sort_alternative(
    part: Part, text_body: list[Part] | None, html_body: list[Part] | None, attachments: list[Part]
) -> None:
    """A direct child of multipart/alternative is in the one list of its type, if that wants it."""
    chosen = {"text/plain": text_body, "text/html": html_body}.get(part.type)
    (attachments if chosen is None else chosen).append(part)


def _show(part: Part, text_body: list[Part] | None, html_body: list[Part] | None, attachments: list[Part]) -> None:
    """A part of the body is in the lists that want it; media that only one wants are attachments too."""
    wanting = [body for body in (text_body, html_body) if body is not None]
    for body in wanting:
        body.append(part)
    if not wanting or (len(wanting) == 1 and part.type.startswith(_MEDIA)):
        attachments.append(part)


def _references(raw: bytes, html_body: tuple[Part, ...]) -> set[str | None]:
    """The ids and locations that HTML refers to (RFC 2392, RFC 2557)."""
    found: set[str | None] = set()
    for part in html_body:
        if part.type == "text/html":
            for match in _REFERENCE.finditer(content(raw, part)):
                found.add(unquote(match[1].decode("utf-8", "replace")))
    return found
