"""What the parts of a process are made of, as one text: other settings make it another."""

import asyncio
import enum
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from pillarbox.app import House
from pillarbox.app.configuring import Configuring
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.net import Door
from pillarbox.objects import DataType, Registry
from pillarbox.settings import Layers, Snapshot
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.telemetry import Secret
from pillarbox.telemetry.book import Book

__all__ = ["made_of"]

PLAIN = (
    type(None), bool, int, float, complex, str, bytes, enum.Enum, CodeType, PurePath, date, timedelta,
    IPv4Address, IPv4Network, IPv6Address, IPv6Network,
)  # fmt: skip
ELSEWHERE = (
    # What settings are read from is no part that goes by them, and what is there from the start goes by none.
    Snapshot, Layers, House, Configuring, Door, SQLiteStore, InternalDirectory, Registry, DataType, Book,
    type, ModuleType, memoryview,
    asyncio.AbstractEventLoop, asyncio.Future, asyncio.Event, threading.Thread,
)  # fmt: skip


def made_of(*parts: object) -> str:
    """All that can be reached from the parts, in the order in which it is come by."""
    known: dict[int, object] = {}
    said: list[str] = []
    left: list[object] = [*reversed(parts)]
    while left:
        one = left.pop()
        if isinstance(one, PLAIN):
            said.append(repr(one))
        elif isinstance(one, Secret):
            said.append(one.reveal())
        elif isinstance(one, re.Pattern):
            said.append(repr(one.pattern))
        elif not isinstance(one, ELSEWHERE) and id(one) not in known:
            # Kept, or another might have the same place later.
            known[id(one)] = one
            said.append(type(one).__qualname__)
            left.extend(reversed(list(_inside(one))))
    return "\n".join(said)


def _inside(one: Any) -> Iterator[object]:
    if isinstance(one, FunctionType):
        yield one.__qualname__
        yield from one.__defaults__ or ()
        yield from (cell.cell_contents for cell in one.__closure__ or ())
    elif isinstance(one, MethodType):
        yield from (one.__func__, one.__self__)
    elif isinstance(one, partial):
        yield from (one.func, one.args, one.keywords)
    elif isinstance(one, Mapping):
        for key, value in one.items():
            yield from (key, value)
    elif isinstance(one, Set):
        yield from sorted(one, key=repr)
    elif isinstance(one, Sequence | deque):
        yield from one
    else:
        yield getattr(one, "__wrapped__", None)
        names = [name for each in type(one).__mro__ for name in getattr(each, "__slots__", ())]
        yield from (getattr(one, name, None) for name in names if not name.startswith("__"))
        for name, value in getattr(one, "__dict__", {}).items():
            yield from (name, value)
