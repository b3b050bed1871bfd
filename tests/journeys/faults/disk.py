"""A small disk of its own for a server: a file system in memory that only its processes see."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.program import Program, until

__all__ = ["Disk", "disk"]

_FILLING = "filling"
_PIECE = b"\0" * 65_536


class Disk:
    """Mounted at a folder, for a process that does nothing else and whoever joins it."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._is_root = os.geteuid() == 0
        mount = (
            f"mount -t tmpfs -o size={megabytes}m,mode=700 disk '{folder}' && touch '{folder}/.there' && exec sleep inf"
        )
        apart = ["--mount"] if self._is_root else ["--mount", "--user", "--map-root-user"]
        self._keeper = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", *apart, "sh", "-c", mount])
        until(self._is_there, "the disk is mounted")
        (self.inside / ".there").unlink()

    @property
    def inside(self) -> Path:
        """The folder on the disk, as it is reached from outside."""
        return Path(f"/proc/{self._keeper.pid}/root{self._folder}")

    def used_by(self, program: Program) -> None:
        """Runs the program's commands where the disk is."""
        user = [] if self._is_root else ["--user", "--preserve-credentials"]
        program.command = ("nsenter", f"--target={self._keeper.pid}", "--mount", *user, "--", *program.command)

    def fill(self) -> None:
        """Leaves no room, not even for an octet."""
        for size in (len(_PIECE), 4096, 1):
            with (self.inside / _FILLING).open("ab", buffering=0) as filling:
                try:
                    while filling.write(_PIECE[:size]):
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """There is room again."""
        (self.inside / _FILLING).unlink(missing_ok=True)

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.wait()

    def _is_there(self) -> bool:
        assert self._keeper.poll() is None, "nothing can be mounted here, not even apart from all others"
        return (self.inside / ".there").exists()


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk for this block; whatever uses it must have ended by its end."""
    made = Disk(folder, megabytes)
    try:
        yield made
    finally:
        made.close()
