"""As whom the server runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pillarbox.app import Refused, settled
from pillarbox.app.privileges import Account, chosen, owner

NOBODY = 54321
"""No user of the system has this number."""
IS_ROOT = os.geteuid() == 0
OTHER = NOBODY if IS_ROOT else os.geteuid()
"""Whom this test may become."""


def ended(script: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """A process that ran the script."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


def test_nobody_is_chosen_if_nobody_is_named() -> None:
    assert chosen({}) is None
    assert chosen({"RUN_AS_GROUP": "daemon"}) is None


def test_users_and_groups_are_named_or_numbered() -> None:
    named = chosen({"RUN_AS_USER": "daemon"})
    assert named is not None
    assert named == chosen({"RUN_AS_USER": str(named.user)})
    assert chosen({"RUN_AS_USER": "daemon", "RUN_AS_GROUP": "4321"}) == Account(named.user, 4321, "daemon", named.home)
    assert chosen({"RUN_AS_USER": str(NOBODY)}) == Account(NOBODY, NOBODY, None)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"RUN_AS_USER": "no such user"}, "no user no such user"),
        ({"RUN_AS_USER": "daemon", "RUN_AS_GROUP": "no such group"}, "no group no such group"),
        ({"RUN_AS_USER": "root"}, "name a user of its own"),
        ({"RUN_AS_USER": "0"}, "name a user of its own"),
    ],
)
def test_who_cannot_be_meant_is_told(environment: dict[str, str], said: str) -> None:
    with pytest.raises(Refused, match=said):
        chosen(environment)


def test_a_folder_of_roots_has_no_owner_to_become(tmp_path: Path) -> None:
    assert owner(tmp_path / "not there") is None
    found = owner(tmp_path)
    assert found is None if IS_ROOT else (found is not None and found.user == os.geteuid())


def test_without_a_word_nobody_is_changed(tmp_path: Path) -> None:
    before = os.getresuid(), os.getresgid()

    settled(tmp_path, (), {})

    assert (os.getresuid(), os.getresgid()) == before


def test_there_is_no_way_back(tmp_path: Path) -> None:
    """The folder is made for the user, who is the only one the process can be from then on."""
    tmp_path.chmod(0o755)
    script = (
        "import os, sys, pathlib; from pillarbox.app import settled\n"
        "settled(pathlib.Path(sys.argv[1]), (), {'RUN_AS_USER': sys.argv[2]})\n"
        "print(os.getresuid(), os.getresgid() if os.getuid() == 54321 else None)\n"
        "try: os.setuid(0)\n"
        "except PermissionError: print('no way back')\n"
    )

    done = ended(script, tmp_path / "data", OTHER)

    ids = f"({OTHER}, {OTHER}, {OTHER})"
    assert done.stdout == f"{ids} {ids if IS_ROOT else None}\nno way back\n", done.stderr
    if IS_ROOT:
        assert (tmp_path / "data").stat().st_uid == OTHER


def test_the_home_is_the_new_users(tmp_path: Path) -> None:
    """Libraries look there for files, and stop where they may not look: libpq for a certificate, in root's."""
    script = (
        "import os, sys; from pillarbox.app.privileges import Account, become\n"
        "become(Account(int(sys.argv[1]), int(sys.argv[1]), None, sys.argv[2])); print(os.environ['HOME'])\n"
    )

    done = ended(script, OTHER, tmp_path)

    assert done.stdout == f"{tmp_path}\n", done.stderr


def test_who_is_not_root_cannot_become_somebody_else() -> None:
    script = (
        "import os, sys, pathlib; from pillarbox.app import Refused, settled\n"
        "if os.geteuid() == 0: os.setresuid(54321, 54321, 54321)\n"
        "try: settled(pathlib.Path('/not/there'), (), {'RUN_AS_USER': '65000'})\n"
        "except Refused as problem: print(problem)\n"
    )

    done = ended(script)

    assert "whom only root can become" in done.stdout, done.stderr


def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from pillarbox.app import Refused, settled\n"
        "try: settled(pathlib.Path(sys.argv[1]), (), {'RUN_AS_USER': '65000'})\n"
        "except Refused as problem: print(problem)\n"
    )

    done = ended(script, tmp_path)

    said = f"chown -R 65000 {tmp_path}" if IS_ROOT else "whom only root can become"
    assert said in done.stdout, done.stderr
