"""`pillarbox` as other users of this machine can run it, wherever root keeps its Python and this project."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

from tests.journeys.program import Program

__all__ = ["for_everybody"]


def for_everybody(program: Program, folder: Path) -> None:
    """Has it run by an interpreter, from a source and with packages, that every user can reach.

    What lies where only root can go is copied into the folder, which must be open to all.
    """
    if os.geteuid() != 0:
        return
    real = Path(sys.executable).resolve()
    system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    interpreter = real if _is_reached(real) else system
    assert interpreter.exists(), (
        f"{real} is root's alone, and there is no {system}; use an interpreter that all can run"
    )
    source = Path(__file__).resolve().parents[2] / "src"
    packages = Path(sysconfig.get_path("purelib"))
    paths = [_open(source, folder / "source"), _open(packages, folder / "packages")]
    program.environment["PYTHONPATH"] = ":".join(map(str, paths))
    program.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    program.command = (str(interpreter), "-m", "pillarbox")


def _open(there: Path, copy: Path) -> Path:
    if _is_reached(there):
        return there
    shutil.copytree(there, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def _is_reached(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))
