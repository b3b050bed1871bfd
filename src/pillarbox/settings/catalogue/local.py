"""Which settings are the local file's alone: `config.local-keys` (the settings reference, section 4)."""

import re
from collections.abc import Sequence
from functools import lru_cache

from pillarbox.settings.declare import ListSetting
from pillarbox.settings.kind import BadValue, Kind, quoted

__all__ = ["LOCAL_KEYS", "NEEDED", "is_local"]

NEEDED: tuple[str, ...] = (
    "config.local-keys",
    "config.local-keys.*",
    "store.*",
    "storage.*",
    "oauth.key",
    "server.listener.*",
    "server.socket.*",
    "server.tls.enable",
    "server.tls.implicit",
    "server.workers",
    "server.drain",
    "global.thread-pool",
    "server.max-connections",
)
"""What must be known before the store is open: which store that is, and all that is opened or bound at the start."""

_LONGEST = 256
_FORM = re.compile(r"!?[^\s!]+")


def _pattern(text: str) -> str:
    if not _FORM.fullmatch(text) or len(text) > _LONGEST:
        raise BadValue(f"{quoted(text)} is no pattern; write a key, with * for anything and ! before what is excepted")
    return text


LOCAL_KEYS: ListSetting[str] = ListSetting(
    "config.local-keys",
    Kind("pattern", _pattern, str),
    (*NEEDED, "authentication.fallback-admin.*"),
    "Keys that are read from this file alone, and that the management API does not change. `*` is anything, `?` one "
    "character; what a pattern with `!` before it matches is not among them, whatever others say. What is needed "
    "before the store is open is always among them: all of the default but for the last.",
)


def is_local(key: str, patterns: Sequence[str]) -> bool:
    """Whether the file alone has a key, under these of `config.local-keys`."""
    if _any_of(NEEDED).fullmatch(key):
        return True
    excepted = tuple(one.removeprefix("!") for one in patterns if one.startswith("!"))
    named = tuple(one for one in patterns if not one.startswith("!"))
    return not _any_of(excepted).fullmatch(key) and _any_of(named).fullmatch(key) is not None


@lru_cache(maxsize=16)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What matches whatever one of them matches."""
    wanted = "|".join(
        "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern) for pattern in patterns
    )
    # Without any pattern, nothing.
    return re.compile(wanted or r"(?!)", re.DOTALL)
