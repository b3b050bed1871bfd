"""What is understood of expressions so far: one quoted text (the settings reference, sections 5 and 6).

A setting "of expression type" that holds a constant is written the same way once expressions with
variables and conditions are understood, so nothing written now will have to change.
"""

import re
from urllib.parse import urlsplit

from pillarbox.settings.kind import BadValue, Kind, quoted

__all__ = ["QUOTED_URL"]

_QUOTED = re.compile(r"""'([^'\\]*)'|"([^"\\]*)\"""")


def _quoted_url(text: str) -> str:
    found = _QUOTED.fullmatch(text.strip())
    if not found:
        if _is_base_url(text):
            raise BadValue(f"{quoted(text)} is an expression without its own quotes; write \"'{text}'\"")
        raise BadValue(
            f"{quoted(text)} is an expression that is not understood yet; for now write one quoted text, "
            "as in \"'https://mail.example.org'\""
        )
    url = found[1] or found[2] or ""
    if not _is_base_url(url):
        raise BadValue(f"{quoted(url)} is no base URL; write http:// or https://, a host, perhaps a port and a path")
    # Paths are appended to it, each with its own slash.
    return url.rstrip("/")


def _is_base_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        re.fullmatch(r"[!-~]+", text) is not None
        and parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port_is_right
        and "@" not in parts.netloc
        and not any(mark in text for mark in "?#\"'")
    )


QUOTED_URL: Kind[str] = Kind("expression (quoted URL)", _quoted_url, lambda url: f"'{url}'")
"""A base URL in quotes of its own, given without a final slash."""
