"""Each setting that is not the file's alone is changed in the database, and what a running process does goes by it."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.unit.app.changed import FILE, WHOLE, lines, written
from tests.unit.app.reached import made_of

from pillarbox.app import House, house
from pillarbox.app.authorizing import Authorizing
from pillarbox.app.background.chores import CHORES
from pillarbox.app.background.forgetting import FORGETTING
from pillarbox.app.background.pushing import PUSHING
from pillarbox.app.background.queueing import SENDING
from pillarbox.app.background.reaching import REACHING
from pillarbox.app.background.renewing import RENEWING
from pillarbox.app.background.tending import TENDING
from pillarbox.app.channel import Below
from pillarbox.app.configuring import Configuring
from pillarbox.app.house import volatile
from pillarbox.app.observing import BACKGROUND as OBSERVER
from pillarbox.app.observing import Observing, _Here
from pillarbox.app.worker import serving
from pillarbox.app.worker.watch import Watch
from pillarbox.datatypes.server import keep_settings
from pillarbox.http import Leases, Tickets
from pillarbox.net import Balance, Door
from pillarbox.settings import Declared, Snapshot, snapshot
from pillarbox.store import Store
from pillarbox.telemetry import log

Seen: TypeAlias = tuple[Snapshot, str, str]

BACKGROUND: tuple[Declared[object], ...] = (
    *CHORES,
    *FORGETTING,
    *PUSHING,
    *SENDING,
    *REACHING,
    *RENEWING,
    *TENDING,
)
"""What a part of the background worker is begun anew for."""
NOT_YET = {"server.auto-ban.abuse.rate"}
"""Nothing goes by these, which their documentation says."""


def keep(store: Store, texts: dict[str, str]) -> None:
    with store.write(0) as server:
        keep_settings(server, texts, "", datetime.now(UTC))


@contextmanager
def worker(built: House, door: Door) -> Iterator[serving._Service]:
    """One that could serve, with all its parts."""
    ours, theirs = socket.socketpair()
    with closing(theirs), closing(volatile(built, 0)) as shared:
        below = Below(ours.detach())
        listeners = [one.id for one in built.settings.listeners]
        openings = serving.Openings(dict.fromkeys(listeners, ()), dict.fromkeys(listeners, 8), Balance.alone(), 0)
        made = serving._Service(
            built,
            openings,
            door,
            asyncio.Event(),
            Leases(shared),
            Tickets(shared),
            Watch(built, shared, door),
            below,
            Authorizing(built, shared, time.time),
        )
        made.webs()
        made.mails()
        try:
            yield made
        finally:
            below._socket.close()


def test_the_records_lack_nothing() -> None:
    """Ours: of what lacks something nothing would be seen."""
    assert snapshot({**FILE, **WHOLE})[1] == []


def test_whatever_setting_is_changed_a_running_process_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 7: each setting is changed, without a restart; one that nothing goes by is found here."""
    monkeypatch.setattr("pillarbox.app.configuring._PAUSE", 0.0)
    # To read all the authorities there are takes longer than all else here, and is done for each directory.
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: None)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
    sending = Observing(OBSERVER)
    monkeypatch.setattr(_Here, "observing", sending)
    # Nothing is sent anywhere.
    monkeypatch.setattr(Observing, "_begun", lambda *_: None)
    missed: list[str] = []

    async def conversation() -> None:
        door = Door()
        with house(snapshot(FILE)[0], tmp_path / "var") as built, worker(built, door) as parts:
            taken: asyncio.Queue[Seen] = asyncio.Queue()
            known: dict[str, Seen] = {}

            def use(settings: Snapshot) -> None:
                parts._use(settings)
                begun = made_of([settings[one] for one in BACKGROUND])
                taken.put_nowait((settings, made_of(parts, log._log, sending), begun))

            async def under(texts: dict[str, str]) -> Seen:
                if (name := repr(sorted(texts.items()))) not in known:
                    keep(built.store, texts)
                    known[name] = await asyncio.wait_for(taken.get(), 10)
                return known[name]

            running = asyncio.create_task(Configuring(built, door, use).run())
            try:
                for setting, line in lines():
                    before, after = [await under(texts) for texts in written(line)]
                    if before[0][setting] == after[0][setting] or before[1:] == after[1:]:
                        missed.append(line.key)
            finally:
                running.cancel()
                await asyncio.wait([running])
                door.close()

    asyncio.run(asyncio.wait_for(conversation(), 120))

    assert set(missed) == NOT_YET
