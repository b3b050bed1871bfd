"""As whom the server runs: root binds the listeners, and is root no more before anything is read."""

import grp
import os
import pwd
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["Account", "Refused", "become", "chosen", "owner", "settled"]


class Refused(Exception):
    """Privileges cannot be given up as asked; the message says why, and what to do."""


def settled(folder: Path, sockets: Iterable[Path] = (), environment: Mapping[str, str] = os.environ) -> None:
    """From now on this process is that user's who is to have the data folder, if it is root's.

    That is who `RUN_AS_USER` names, and then the folder is made if it is not there; else whose folder it is. The
    sockets become theirs, too. Raises Refused; OSError.
    """
    account = chosen(environment)
    if os.geteuid() != 0:
        if account is not None and account.user != os.geteuid():
            raise Refused(f"RUN_AS_USER names {account}, whom only root can become; start it as root, or as that user")
        return
    account = account or owner(folder)
    if account is None:
        return
    _give(folder, account)
    for path in sockets:
        os.chown(path, account.user, account.group, follow_symlinks=False)
    become(account)


@dataclass(frozen=True, slots=True)
class Account:
    """A user and a group of the system; `name` is None where the system has no name for the user."""

    user: int
    group: int
    name: str | None
    home: str = "/"

    def __str__(self) -> str:
        return self.name or f"user {self.user}"


def chosen(environment: Mapping[str, str] = os.environ) -> Account | None:
    """What `RUN_AS_USER` and `RUN_AS_GROUP` name, by names or numbers; the user's own group if there is no other.

    None without a user. Raises Refused for one that is not there, and for root.
    """
    user = environment.get("RUN_AS_USER", "")
    if not user:
        return None
    account = _user(user)
    group = environment.get("RUN_AS_GROUP", "")
    if group:
        account = replace(account, group=_group(group))
    if account.user == 0:
        raise Refused("RUN_AS_USER is root; name a user of its own for Pillarbox")
    return account


def owner(folder: Path) -> Account | None:
    """Whose folder it is, None if it is not there or root's."""
    try:
        there = folder.stat()
    except FileNotFoundError:
        return None
    if there.st_uid == 0:
        return None
    account = _user(str(there.st_uid))
    return replace(account, group=there.st_gid)


def _give(folder: Path, account: Account) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        os.chown(folder, account.user, account.group, follow_symlinks=False)
    if folder.stat().st_uid != account.user:
        raise Refused(f"{folder} does not belong to {account}; give it to them: chown -R {account.user} {folder}")


def become(account: Account) -> None:
    """From now on this process is the account's, with its groups and no way back. Raises Refused."""
    try:
        if account.name is None:
            os.setgroups([account.group])
        else:
            os.initgroups(account.name, account.group)
        os.setresgid(account.group, account.group, account.group)
        os.setresuid(account.user, account.user, account.user)
    except PermissionError as problem:
        raise Refused(f"cannot become {account}: {problem.strerror}; start as root, or as that user") from problem
    if os.getresuid() != (account.user,) * 3 or os.getresgid() != (account.group,) * 3 or _can_be_root():
        raise Refused(f"the system did not let go of root when becoming {account}")
    # Libraries look there for files of the user's, and some fail where they may not look, as in root's.
    os.environ["HOME"] = account.home


def _can_be_root() -> bool:
    try:
        os.setuid(0)
    except PermissionError:
        return False
    return True


def _user(text: str) -> Account:
    try:
        found = pwd.getpwuid(int(text)) if text.isdecimal() else pwd.getpwnam(text)
    except KeyError:
        if text.isdecimal():
            return Account(int(text), int(text), None)
        raise Refused(f"there is no user {text}, whom RUN_AS_USER names; make one, or name another") from None
    return Account(found.pw_uid, found.pw_gid, found.pw_name, found.pw_dir)


def _group(text: str) -> int:
    if text.isdecimal():
        return int(text)
    try:
        return grp.getgrnam(text).gr_gid
    except KeyError:
        raise Refused(f"there is no group {text}, which RUN_AS_GROUP names; make one, or name another") from None
