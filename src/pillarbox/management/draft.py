"""What the database is to have of the settings: changed step by step, and checked as a whole before it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pillarbox.management.refusal import AssertFailed, Invalid
from pillarbox.management.shape import Fault
from pillarbox.net import BadCertificate, Pair, checked
from pillarbox.settings import (
    MARKER,
    CertificateSource,
    Layers,
    Owner,
    Secret,
    catalogue,
    described,
    is_secret,
    nearest,
    snapshot,
    told,
)

__all__ = ["Draft"]

_MOST_OCTETS = 4 * 1024 * 1024
"""Octets of all keys and texts together: every process has them in memory."""

_MOST_HINTS = 10
"""Keys for which the nearest is sought, which takes milliseconds for each."""


class Draft:
    """The texts of the database as they will be; `layers` are what holds until then.

    What cannot be done is remembered, and all of it told by `check`.
    """

    def __init__(self, layers: Layers) -> None:
        self.texts = dict(layers.kept)
        self._before = layers
        self._faults: list[Fault] = []

    def change(self, change: Mapping[str, Any]) -> None:
        """One of the changes of the reference (management API section 10). Raises AssertFailed."""
        match change["type"]:
            case "delete":
                for key in change["keys"]:
                    self.delete(key)
            case "clear":
                self._clear(change["prefix"], (change.get("filter") or "").lower())
            case _:
                self._insert(change.get("prefix"), change["values"], is_first=change.get("assert_empty", False))

    def delete(self, key: str) -> None:
        """The database has nothing under a key any more."""
        if self.texts.pop(key, None) is None:
            self._refuse(key)

    def _clear(self, prefix: str, part: str) -> None:
        found = [key for key in self.texts if key.startswith(prefix) and self._has(key, part)]
        for key in found:
            del self.texts[key]
        # What is cleared again is empty already; what the file has would not be gone.
        if not found and any(key.startswith(prefix) and self._has(key, part) for key in self._before.written):
            self._faults.append(Fault(prefix, f"{_IN_FILE} has what begins so, and that alone: {_THERE}"))

    def _has(self, key: str, part: str) -> bool:
        """Whether a part is in a key or its text; nobody finds out a secret by asking for parts of it."""
        text = self.texts.get(key) or self._before.written.get(key, "")
        return part in key.lower() or part in told(key, text).lower()

    def _insert(self, prefix: str | None, values: Sequence[Sequence[str]], *, is_first: bool) -> None:
        if is_first:
            self._check_empty(prefix, values)
        for name, text in values:
            key = name if prefix is None else f"{prefix.removesuffix('.')}.{name}" if name else prefix
            if self._refuse(key):
                continue
            if text == MARKER and is_secret(key):
                self._leave(key)
            else:
                self.texts[key] = text

    def _leave(self, key: str) -> None:
        # A record is written anew by clearing it first.
        if key in self._before.kept:
            self.texts[key] = self._before.kept[key]
        else:
            self._faults.append(Fault(key, "there is no secret here yet that could be left as it is"))

    def _check_empty(self, prefix: str | None, values: Sequence[Sequence[str]]) -> None:
        there = self.texts.keys() | self._before.written.keys()
        if prefix is None:
            taken = [values[0][0]] if values and values[0][0] in there else []
        else:
            below = f"{prefix.removesuffix('.')}."
            taken = [key for key in there if key.startswith(below)]
        if taken:
            raise AssertFailed(f"there is something under {min(taken)} already")

    def _refuse(self, key: str) -> bool:
        """Whether a key is the file's, which is told."""
        if self._before.owner(key) is Owner.FILE:
            self._faults.append(Fault(key, f"{_IN_FILE} has this, and wins: {_THERE}"))
        elif self._before.is_local(key):
            self._faults.append(Fault(key, f"{_IN_FILE} alone may have this (config.local-keys): {_THERE}"))
        else:
            return False
        return True

    def check(self) -> None:
        """Raises Invalid, with all that is wrong with what is to be: what is no value, and what no setting reads."""
        if sum(len(key.encode()) + len(text.encode()) for key, text in self.texts.items()) > _MOST_OCTETS:
            raise Invalid([Fault("", f"all settings together have no more than {_MOST_OCTETS} octets")])
        unknown = dict.fromkeys(self._unknown())
        near = {key: nearest(key) for key in [*unknown][:_MOST_HINTS]}
        hints = {key: f"; the nearest is {other}" for key, other in near.items() if other}
        self._faults += [Fault(key, f"no setting has this key{hints.get(key, '')}") for key in unknown]
        self._faults += self._problems({key: text for key, text in self.texts.items() if key not in unknown})
        if self._faults:
            raise Invalid(dict.fromkeys(self._faults))

    def _unknown(self) -> Iterator[str]:
        """What no setting can have, found without a look at all the others."""
        return (key for key in self.texts if key not in self._before.kept and described(key) is None)

    def _problems(self, kept: Mapping[str, str]) -> Iterator[Fault]:
        settings, problems = snapshot(Layers(self._before.written, kept).pairs)
        former, known = snapshot(self._before.pairs)
        for problem in problems:
            # What was wrong before is not made so by this, and what is deprecated is in force.
            if problem not in known and problem.kind != "deprecated":
                yield Fault(problem.key, problem.text)
        same = former[catalogue.CERTIFICATES]
        for source in settings[catalogue.CERTIFICATES]:
            if source not in same and (why := _unusable(source)) is not None:
                yield Fault(f"certificate.{source.id}", why)


_IN_FILE = "the local settings file, or the environment,"
_THERE = "change it there"


def _unusable(source: CertificateSource) -> str | None:
    """Why a certificate cannot be shown; what is in files is looked at by who has them."""
    if not isinstance(source.chain, str) or not isinstance(source.key, Secret):
        return None
    try:
        checked(Pair(source.chain.encode(), source.key, source.subjects, source.is_default))
    except BadCertificate as problem:
        return str(problem)
    return None
