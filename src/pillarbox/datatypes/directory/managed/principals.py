"""Who tells and sets principals for whoever calls the methods of JMAP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pillarbox.datatypes.directory.managed import reading, setting
from pillarbox.datatypes.directory.managed.setting import Kept
from pillarbox.datatypes.mail import Folder
from pillarbox.objects import Call
from pillarbox.wire.values import JSON

__all__ = ["Principals"]


@dataclass(frozen=True)
class Principals:
    """`objects.Managing` for principals: `kept` is what is kept of secrets, `folders` are those of new accounts."""

    kept: Kept
    folders: Callable[[], Sequence[Folder]]

    def get(self, call: Call[Any]) -> Mapping[str, JSON]:
        return reading.get(call)

    def query(self, call: Call[Any]) -> Mapping[str, JSON]:
        return reading.query(call)

    def prepared(self, call: Call[Any]) -> object:
        return setting.prepared(call, self.kept)

    def set(self, call: Call[Any]) -> Mapping[str, JSON]:
        return setting.set_(call, self.folders())
