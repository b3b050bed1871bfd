"""Another machine, as far as its network goes: a network namespace, and the cables to it, which can be cut.

Each cable ends here at a switch (a bridge), as in a rack: who cuts it leaves both sides with their addresses and
routes, and nobody is told that nothing arrives any more.
"""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.neighbour.foreground import program

__all__ = ["Elsewhere", "Wire", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Wire:
    """A cable: `here` and `there` are the addresses of its ends."""

    name: str
    here: str
    there: str

    def cut(self) -> None:
        """From now on nothing that is sent arrives at the other end."""
        _ip("link", "set", f"{self.name}p", "down")

    def mend(self) -> None:
        """From now on it does again."""
        _ip("link", "set", f"{self.name}p", "up")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The machine: `command` before another command runs that there; `front` and `back` are its cables."""

    command: tuple[str, ...]
    front: Wire
    back: Wire


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """A machine for this block. Needs root: a test that cannot have it fails, and says so."""
    assert os.geteuid() == 0, "another network namespace, with cables to it, is made by root alone"
    # Of networks for measurements (RFC 2544), which lead nowhere, each run has some addresses of its own.
    third, last = random.randrange(1, 255), 4 * random.randrange(1, 60)  # noqa: S311
    name = f"pbx{third}-{last}"
    wires = [
        Wire(f"{name}{letter}", f"198.{second}.{third}.{last + 1}", f"198.{second}.{third}.{last + 2}")
        for letter, second in (("f", 18), ("b", 19))
    ]
    try:
        _ip("netns", "add", name)
        _ip("-n", name, "link", "set", "lo", "up")
        for wire in wires:
            _lay(wire, name)
        yield Elsewhere((program("ip"), "netns", "exec", name), *wires)
    finally:
        for wire in wires:
            with suppress(AssertionError):
                _ip("link", "del", wire.name)
        with suppress(AssertionError):
            _ip("netns", "del", name)


def _lay(wire: Wire, name: str) -> None:
    port, far = f"{wire.name}p", f"{wire.name}q"
    _ip("link", "add", wire.name, "type", "bridge", "forward_delay", "0")
    _ip("addr", "add", f"{wire.here}/30", "dev", wire.name)
    _ip("link", "add", port, "type", "veth", "peer", "name", far, "netns", name)
    _ip("link", "set", port, "master", wire.name)
    _ip("link", "set", port, "up")
    _ip("link", "set", wire.name, "up")
    _ip("-n", name, "addr", "add", f"{wire.there}/30", "dev", far)
    _ip("-n", name, "link", "set", far, "up")


def _ip(*words: str) -> None:
    done = subprocess.run([program("ip"), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
