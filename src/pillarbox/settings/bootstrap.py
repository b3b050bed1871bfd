"""The one file read before a store exists, and the only place that looks at the environment.

From `pillarbox.toml` to pairs: TOML is flattened, environment variables take the place of keys, macros are
filled in. What is wrong with a single entry is a problem beside the pairs; only a file that cannot be read
at all is an error.
"""

import os
import socket
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pillarbox.settings.catalogue import HOSTNAME
from pillarbox.settings.environment import override
from pillarbox.settings.flatten import flatten
from pillarbox.settings.macro import expand
from pillarbox.settings.problem import Problem
from pillarbox.settings.snapshot import Snapshot

__all__ = ["PLACES", "BootstrapError", "Configuration", "host_name", "load"]

PLACES: tuple[Path, ...] = (Path("pillarbox.toml"), Path("/etc/pillarbox/pillarbox.toml"))
"""Where the file is looked for when none is named; the first there is."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the file and the environment say, not yet typed.

    `path` is the file that was read, or None if there was none.
    """

    path: Path | None
    # Secrets are among the texts here, still without a type that hides them.
    pairs: Mapping[str, str] = field(repr=False)
    problems: tuple[Problem, ...]


class BootstrapError(Exception):
    """The file cannot be read: `told` is what to do about it, `known` what the log keeps."""

    def __init__(self, told: str, known: str) -> None:
        super().__init__(told)
        self.told = told
        self.known = known


def load(
    path: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    places: Sequence[Path] = PLACES,
) -> Configuration:
    """The pairs of the file at the path, or of the first of the places that has one, or of no file.

    Raises BootstrapError if the named file is not there, or if the file is not readable or not TOML.
    """
    if path is None:
        path = next((place for place in places if place.exists()), None)
    tables = _tables(path) if path else {}
    pairs, misshapen = flatten(tables)
    pairs, given, ambiguous = override(pairs, environment)
    folder = path.absolute().parent if path else Path.cwd()
    pairs, unfilled = expand(pairs, given, environment, lambda name: _content(folder / name))
    return Configuration(path, pairs, (*misshapen, *ambiguous, *unfilled))


def host_name(settings: Snapshot) -> str:
    """The name of this server: the configured one, else the system's."""
    return settings[HOSTNAME] or socket.gethostname()


def _tables(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise BootstrapError(f"There is no file {path}: make it, or name another.", f"{path} does not exist") from None
    except OSError as error:
        raise BootstrapError(
            f"{path} cannot be read ({error.strerror}): check its owner and mode.", f"{path}: {error}"
        ) from None
    except UnicodeDecodeError as error:
        raise BootstrapError(f"{path} is not UTF-8 text: save it as such.", f"{path}: {error}") from None
    except RecursionError:
        raise BootstrapError(
            f"{path} nests tables or lists too deeply: ten levels are the most.", f"{path}: recursion"
        ) from None
    except ValueError as error:
        # The parser's message has the line and column, and a number too long for Python ends here too.
        raise BootstrapError(f"{path} is not TOML: {error}.", f"{path}: {error}") from None


def _content(path: Path) -> str:
    """A file's text, its line ends kept as they are."""
    return path.read_bytes().decode()
