"""A message as it goes out, which is not quite as its author keeps it (RFC 8621 section 7.5, RFC 6409 section 8)."""

import re
from collections.abc import Iterable

from pillarbox.wire.message.header import LINE_END, after_empty_line, header, message_start
from pillarbox.wire.message.limits import Limits

# Whatever a reader could take for such a field goes, also where `header` reads none: a line in text before the first
# empty line, and what stands behind a limit.
_PRIVATE = re.compile(
    rb"(?:\A|(?<=[\r\n]))(?:Bcc|Return-Path)[ \t]*+:[^\r\n]*+(?:"
    + LINE_END
    + rb"[ \t][^\r\n]*+)*+(?:"
    + LINE_END
    + rb"|\Z)",
    re.IGNORECASE,
)


def goes_as_it_is(beginning: bytes) -> bool:
    """Whether nothing has to be left out of a message that begins so; False where its header may not have ended yet."""
    if message_start(beginning):
        return False
    end = _reach(beginning, 0)
    return end < len(beginning) and _PRIVATE.search(beginning, 0, end) is None


def outgoing(raw: bytes, added: Iterable[tuple[str, str]]) -> bytes:
    """The message without its Bcc and Return-Path, and with fields added at its top, their values as `encoded` gives.

    A message to which nothing is to be done comes back as the same object. RFC 8621 section 7.5 wants no Bcc, RFC 5321
    section 4.4 no Return-Path.
    """
    start = message_start(raw)
    end = _reach(raw, start)
    head = raw[start:end]
    kept = _PRIVATE.sub(b"", head)
    top = "".join(f"{name}:{value}\r\n" for name, value in added).encode()
    return raw if not start and not top and kept == head else top + kept + raw[end:]


def _reach(raw: bytes, start: int) -> int:
    """Where the header ends for each of its readers.

    Where text or a delimiter begins without an empty line before it, the header is over for us. Who reads what is left
    when fields have gone may take it to go on, to the first empty line at most.
    """
    return max(header(raw, start, len(raw), Limits()).body, after_empty_line(raw, start, len(raw)))
