"""What happens to a server that everybody works on."""

import os
import random
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.journeys.faults.load import Load
from tests.journeys.program import until

__all__ = ["KILLS", "Trouble", "happens", "kill_background", "kill_import", "kill_supervisor", "kill_worker"]

Trouble = Callable[[Load, random.Random], None]


def kill_worker(load: Load, chance: random.Random) -> None:
    """One of those who answer clients."""
    _kill(load, chance, "pillarbox.app.worker")


def kill_background(load: Load, chance: random.Random) -> None:
    """The one who serves nobody."""
    _kill(load, chance, "pillarbox.app.background")


def kill_import(load: Load, chance: random.Random) -> None:
    """The command line's process."""
    load.kill_import()


def kill_supervisor(load: Load, chance: random.Random) -> None:
    """The one that was started by hand; it is started again at once, beside what its processes still finish."""
    orphans = load.server.processes()
    load.server.process.kill()
    load.server.process.wait()
    load.server.start()
    until(lambda: not any(_is_there(number) for number in orphans), "its processes have ended", 30)


KILLS: Sequence[Trouble] = (kill_worker, kill_worker, kill_import, kill_background, kill_worker, kill_supervisor)


def happens(load: Load, chance: random.Random, troubles: Sequence[Trouble], longest: float = 0.5) -> None:
    """Each of them once, at a random moment after everybody has been answered; and then everybody is again."""
    for trouble in troubles:
        # At any moment of what they do: this is no wait for something to happen.
        _pass(chance.uniform(0, longest))
        trouble(load, chance)
        load.goes_on()


def _kill(load: Load, chance: random.Random, name: str) -> None:
    until(lambda: bool(load.server.processes(name)), f"{name} is there", 40)
    with suppress(ProcessLookupError):
        os.kill(chance.choice(load.server.processes(name)), signal.SIGKILL)


def _pass(seconds: float) -> None:
    signal.sigtimedwait([], seconds)


def _is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
