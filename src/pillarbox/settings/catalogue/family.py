"""Settings that are what others fall back to: nobody else reads them, so they stand in the catalogue together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pillarbox.settings.declare import Described, ListSetting, Setting
from pillarbox.settings.kind import Kind
from pillarbox.settings.source import Source

__all__ = ["Family", "general_and_own"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Family:
    """Settings whose keys begin alike."""

    key: str
    settings: tuple[Setting[Any] | ListSetting[Any], ...]
    doc: str

    def read(self, source: Source) -> tuple[Any, ...]:
        """The values in force, in the order of the settings."""
        return tuple(setting.read(source) for setting in self.settings)

    def described(self) -> Iterator[Described]:
        """A line in the documentation for each."""
        for setting in self.settings:
            yield from setting.described()


def general_and_own(name: str, kind: Kind[T], default: T, doc: str) -> tuple[Setting[T], Setting[T]]:
    """`server.<name>`, which holds for all listeners, and `server.listener.<id>.<name>`, which holds for one."""
    general = Setting(f"server.{name}", kind, default, f"{doc} Unless a listener says otherwise.")
    return general, Setting(f"server.listener.<id>.{name}", kind, default, doc, fallback=general)
