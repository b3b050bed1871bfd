"""The base subject, by which replies and forwards are found together (RFC 5256 section 2.1)."""

import re
from functools import lru_cache

_MAX_LENGTH = 1000
"""Characters that are looked at: removing blobs one by one takes quadratic time."""

_BLANKS = re.compile(r"[ \t\r\n]+")
_BLOB = re.compile(r"\[[^\[\]]*+\] *+")
_LEADER = re.compile(r"(?:\[[^\[\]]*+\] *+)*+(?:re|fwd?) *+(?:\[[^\[\]]*+\] *+)?+: *+", re.IGNORECASE)
_TRAILER = "(fwd)"
_FORWARD_BEGIN, _FORWARD_END = "[fwd:", "]"


def base_subject(subject: str) -> str:
    """What a subject is about, from its Text form: without "Re:", "Fwd:", "[list]", "(fwd)" and the like.

    Not for comparing as it is: case is kept.
    """
    return _base(subject[:_MAX_LENGTH])


# Whoever files a message asks for its subject several times: to sort by, in each collation, and to find its Thread.
@lru_cache(maxsize=256)
def _base(subject: str) -> str:
    rest = _BLANKS.sub(" ", subject)
    while True:
        rest = _without_leaders(_without_trailers(rest))
        is_forward = rest.lower().startswith(_FORWARD_BEGIN) and rest.endswith(_FORWARD_END)
        if not is_forward:
            return rest
        rest = rest[len(_FORWARD_BEGIN) : -len(_FORWARD_END)]


def _without_trailers(text: str) -> str:
    """Step 2."""
    while True:
        text = text.rstrip(" ")
        if not text.lower().endswith(_TRAILER):
            return text
        text = text[: -len(_TRAILER)]


def _without_leaders(text: str) -> str:
    """Steps 3 to 5: a blob goes unless nothing would be left."""
    while True:
        text = text.lstrip(" ")
        if leader := _LEADER.match(text):
            text = text[leader.end() :]
        elif (blob := _BLOB.match(text)) and blob.end() < len(text):
            text = text[blob.end() :]
        else:
            return text
