"""Comparing what was heard with what is expected, where an RFC leaves room; and telling where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

__all__ = ["ANY", "NOTHING", "assert_is", "differences", "like", "one_of"]


class _Any:
    """Equal to everything that is there, null included."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "ANY"


class _Nothing:
    """A member that is not there; an argument that is not sent."""

    def __repr__(self) -> str:
        return "NOTHING"


class _Like:
    """Equal to an object with at least these members; NOTHING for one that must not be there."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.members = members

    def __eq__(self, other: object) -> bool:
        return not list(differences(self, other))

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"like({', '.join(f'{name}={value!r}' for name, value in self.members.items())})"


class _OneOf:
    """Equal to each of these."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return any(value == other for value in self.values)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"one_of{tuple(self.values)!r}"


ANY: Any = _Any()
NOTHING: Any = _Nothing()


def like(**members: Any) -> Any:
    """An object with these members, others allowed."""
    return _Like(members)


def one_of(*values: Any) -> Any:
    """Whichever of these."""
    return _OneOf(values)


def assert_is(wanted: Any, got: Any, whole: Any = None) -> None:
    """Fails with a list of all differences, and all that was got."""
    __tracebackhide__ = True
    found = list(differences(wanted, got))
    if found:
        pytest.fail(
            "\n  ".join(["not what was expected:", *found, f"all of it: {whole if whole is not None else got!r}"])
        )


def differences(wanted: Any, got: Any, path: str = "") -> Iterator[str]:
    """Each place where two values differ, as a line."""
    if isinstance(wanted, (_Like, dict)):
        yield from _members(wanted, got, path)
    elif isinstance(wanted, list) and isinstance(got, list):
        for at, (one, other) in enumerate(zip(wanted, got, strict=False)):
            yield from differences(one, other, f"{path}/{at}")
        for at, missing in enumerate(wanted[len(got) :], len(got)):
            yield f"{path}/{at} is missing: {missing!r}"
        for at, more in enumerate(got[len(wanted) :], len(wanted)):
            yield f"{path}/{at} is too much: {more!r}"
    elif not _same(wanted, got):
        yield f"{path or '/'} is {got!r}, not {wanted!r}"


def _members(wanted: "_Like | dict[str, Any]", got: Any, path: str) -> Iterator[str]:
    if not isinstance(got, dict):
        yield f"{path or '/'} is {got!r}, not {wanted!r}"
        return
    expected = wanted.members if isinstance(wanted, _Like) else wanted
    for name, value in expected.items():
        if value is NOTHING:
            if name in got:
                yield f"{path}/{name} is there: {got[name]!r}"
        elif name not in got:
            yield f"{path}/{name} is missing: {value!r}"
        else:
            yield from differences(value, got[name], f"{path}/{name}")
    if isinstance(wanted, dict):
        for name in got.keys() - expected.keys():
            yield f"{path}/{name} is too much: {got[name]!r}"


def _same(wanted: Any, got: Any) -> bool:
    # JSON knows true from 1.
    if isinstance(wanted, bool) or (isinstance(got, bool) and isinstance(wanted, (int, float))):
        return wanted is got
    return bool(wanted == got)
