"""Comments in structured header fields (RFC 5322 section 3.2.2)."""

import re

_MARK = re.compile(r"[()\\]")
_COMMENT = re.compile(r"\(")
_QUOTE_OR_COMMENT = re.compile(r'[("]')
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)


def comment_end(text: str, start: int) -> int:
    """Where the comment that opens at `start` is over; -1 if it is never closed."""
    depth = 0
    position = start
    while mark := _MARK.search(text, position):
        position = mark.end()
        match mark[0]:
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if depth == 0:
                    return position
            case _:
                position += 1
    return -1


def without_comments(text: str) -> str:
    """Text with each comment replaced by a space; one that is never closed is text."""
    if "(" not in text:
        return text
    kept: list[str] = []
    position = 0
    search_from = 0
    interesting = _QUOTE_OR_COMMENT
    while found := interesting.search(text, search_from):
        if found[0] == '"':
            if quoted := _QUOTED.match(text, found.start()):
                search_from = quoted.end()
            else:
                # No later quote is closed either: looking for it again would take quadratic time.
                interesting = _COMMENT
            continue
        end = comment_end(text, found.start())
        if end < 0:
            break
        kept += (text[position : found.start()], " ")
        position = search_from = end
    kept.append(text[position:])
    return "".join(kept)


def unpaired(text: str) -> str:
    """Text of a quoted-string or a comment with its quoted-pairs decoded (RFC 5322 section 3.2.1)."""
    return _PAIR.sub(r"\1", text) if "\\" in text else text
