"""The demo, begun and interrupted anywhere."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pillarbox.cli import demo
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import EMAIL
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.transfer import imported

PASSWORDS = Path("var/demo-passwords.txt")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_MESSAGES", 20)


def held() -> dict[str, int]:
    """How many Emails each has."""
    store = SQLiteStore(Path("var"), REGISTRY.tables)
    try:
        counts = {}
        for principal in InternalDirectory(store).all():
            with store.read(principal.number) as unit:
                counts[principal.address] = len(unit.numbers(EMAIL.table, 999))
        return counts
    finally:
        store.close()


def cut(real: Callable[..., Iterator[Any]], after: int) -> Callable[..., Iterator[Any]]:
    """An import that is interrupted."""

    def cut_off(store: Any, registry: Any, account: int, items: Any, clock: Any) -> Iterator[Any]:
        yield from real(store, registry, account, (item for item, _ in zip(items, range(after), strict=False)), clock)
        raise KeyboardInterrupt

    return cut_off


@pytest.mark.parametrize("after", [0, 7])
def test_an_interrupted_import_is_finished_by_the_next_run(
    command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(demo, "imported", cut(imported, after))
        first = command("demo")
    assert held() == {"alice@example.org": after}
    passwords = dict(line.split() for line in PASSWORDS.read_text().splitlines())

    second = command("demo")

    assert held() == {"alice@example.org": 20, "bob@example.org": 20}
    assert dict(line.split() for line in PASSWORDS.read_text().splitlines()) == passwords
    alice, bob = passwords["alice@example.org"], passwords["bob@example.org"]
    assert alice in first.out
    assert alice not in second.out
    assert bob in second.out


def test_a_demo_that_is_complete_imports_nothing(command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    command("demo")
    monkeypatch.setattr(demo, "imported", None)

    again = command("demo")

    assert again.status == 0
    assert not any(line.split()[1] in again.out for line in PASSWORDS.read_text().splitlines())


def test_an_account_of_somebody_else_is_left_alone(command: Callable[..., Any]) -> None:
    command("account", "add", "alice@example.org", "--password-stdin", stdin="mine\n")

    command("demo")

    assert held() == {"alice@example.org": 0, "bob@example.org": 20}
    assert "alice" not in PASSWORDS.read_text()
