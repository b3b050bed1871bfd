"""`pillarbox queue list`: what waits, in full, whatever the words of other servers are."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

from pillarbox.app import house
from pillarbox.datatypes.queue import Outgoing, Recipient, enqueue, keep, upcoming
from pillarbox.datatypes.server import QUEUE, expect
from pillarbox.settings import snapshot

REPLY = "451 4.2.0 [/b] :smile: [red]later[/red]"


@pytest.fixture
def waiting(command: Command, tmp_path: Path) -> Command:
    """Where a message of Alice's waits, since another server gave that reply."""
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0
    now = datetime.now(UTC)
    settings, _ = snapshot({})
    with house(settings, tmp_path / "var") as built:
        account = built.directory.all()[0].number
        expect(built.store, account, QUEUE, now)
        with built.store.write(account) as unit:
            blob = unit.add_blob(b"Subject: Plans\r\n\r\nHello.\r\n", int(now.timestamp()) + 86_400)
            to = (Recipient("somebody.with.a.long.name@far.example"),)
            enqueue(unit, Outgoing(blob, "alice@home.example", to, now, now + timedelta(days=5), None, {}), now)
        with built.store.write(account) as unit:
            (message,) = upcoming(unit, 1)
            keep(unit, message.moved([replace(one, tries=1, reply=REPLY) for one in message.recipients]))
    return command


def test_the_words_of_another_server_are_shown_as_they_are(waiting: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: they are no markup, and cannot keep the list from being shown."""
    monkeypatch.setenv("COLUMNS", "200")

    ended = waiting("queue", "list")

    assert ended.status == 0
    assert REPLY in ended.out


def test_nothing_is_cut_off_where_the_terminal_is_narrow(waiting: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: what is too wide for its column goes on in the next line."""
    monkeypatch.setenv("COLUMNS", "60")

    ended = waiting("queue", "list")

    assert "…" not in ended.out
    (message,) = json.loads(waiting("queue", "list", "--json").out)
    assert message["message"] in ended.out
