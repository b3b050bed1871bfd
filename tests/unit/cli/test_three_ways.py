"""A new domain is set up by REST alone, by one file alone, and by the command line alone: it is the same each time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.unit.cli.conftest import Command, Ended

from pillarbox import access
from pillarbox.wire.toml import toml

DOMAIN, PASSWORD = "corp.example", "a long enough password"
PEOPLE = tuple(f"person{number}" for number in range(10))
ADMINISTRATOR = {"name": "root@home.example", "emails": ["root@home.example"], "roles": ["admin"]}


def address(name: str) -> str:
    return f"{name}@{DOMAIN}"


def emails(name: str) -> list[str]:
    """Each of them has an alias."""
    return [address(name), address(f"{name}.alias")]


@pytest.mark.parametrize("data", ["sqlite"], indirect=True)
def test_three_ways_lead_to_one_state(
    home: Home, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 6: a domain with ten accounts, aliases, groups and lists; all that can be told of it is the same."""

    # What is tested is not that hashing is slow.
    monkeypatch.setattr(access, "Passwords", lambda: home.passwords)

    def does(*words: str, stdin: str = "") -> Ended:
        ended = command(*words, stdin=stdin)
        assert ended.status == 0, ended
        return ended

    by_rest = _rest(Administrator(home))

    by_file = _file(does, tmp_path, home.passwords.hash(PASSWORD))

    by_commands = _commands(does, str(tmp_path / "second"))

    assert by_rest.splitlines() == by_file.splitlines() == by_commands.splitlines()
    assert all(f'"{address(name)}"' in by_rest for name in (*PEOPLE, "sales", "all", "news", "beamer"))


def _rest(root: Administrator) -> str:
    def makes(type_: str, name: str, **more: Any) -> None:
        root.does("POST", "principal", {"type": type_, "name": name, **more})

    makes("domain", DOMAIN, description="The company")
    makes("role", "clerk", roles=["user"], enabledPermissions=["individual-list"])
    for name in PEOPLE:
        makes("individual", address(name), emails=emails(name), roles=["clerk"], secrets=[PASSWORD], quota=10**9)
    makes("group", address("sales"), emails=[address("sales")], members=[address("person1"), address("person2")],
          readers=[address("person2")])  # fmt: skip
    makes("group", address("all"), emails=[address("all")], members=[address("sales"), address("person3")])
    makes("resource", address("beamer"), emails=[address("beamer")], members=[address("person4")])
    makes("list", address("news"), emails=[address("news")], members=[address("person5")],
          externalMembers=["bob@far.example"])  # fmt: skip
    root.does("POST", "settings", [{"type": "insert", "values": [["jmap.protocol.get.max-objects", "123"]]}])
    return toml(root.does("GET", "export"))


def _file(does: Callable[..., Ended], folder: Path, secret: str) -> str:
    """As somebody would write it: nothing is said that need not be."""
    document: dict[str, Any] = {
        "format": 1,
        "settings": {"jmap.protocol.get.max-objects": "123"},
        "domains": [{"name": DOMAIN, "description": "The company"}, {"name": "home.example"}],
        "roles": [{"name": "clerk", "roles": ["user"], "enabledPermissions": ["individual-list"]}],
        "accounts": [
            ADMINISTRATOR,
            *({"name": address(name), "emails": emails(name), "roles": ["clerk"], "secrets": [secret],
               "quota": 10**9} for name in PEOPLE),
        ],
        "groups": [
            {"name": address("all"), "emails": [address("all")], "members": [address("sales"), address("person3")]},
            {"name": address("sales"), "emails": [address("sales")],
             "members": [address("person1"), address("person2")], "readers": [address("person2")]},
        ],
        "resources": [{"name": address("beamer"), "emails": [address("beamer")], "members": [address("person4")]}],
        "lists": [{"name": address("news"), "emails": [address("news")], "members": [address("person5")],
                   "externalMembers": ["bob@far.example"]}],
    }  # fmt: skip
    state, data = folder / "state.toml", str(folder / "first")
    state.write_text(toml(document), "utf-8")
    does("apply", str(state), "--data", data)

    exported = does("config", "export", "--data", data).out
    state.write_text(exported, "utf-8")
    assert does("plan", str(state), "--data", data, "--exit-code").out == "Nothing is other than declared.\n"
    assert does("config", "apply", "-", "--data", data, stdin=exported).out == "Nothing is other than declared.\n"
    assert does("config", "export", "--data", data).out == exported
    return exported


def _commands(does: Callable[..., Ended], data: str) -> str:
    def run(words: str, *more: str, stdin: str = "") -> str:
        return does(*words.split(), *more, "--data", data, stdin=stdin).out

    run("account add root@home.example --role admin --password-stdin", stdin=PASSWORD)
    run(f"domain add {DOMAIN} --description", "The company")
    run("role add clerk --role user --enable individual-list")
    for name in PEOPLE:
        run(f"account add {address(name)} --role clerk --quota {10**9} --password-stdin", stdin=PASSWORD)
        run(f"account alias {address(name)} add {emails(name)[1]}")
    run(f"group add {address('sales')} --member {address('person1')} --member {address('person2')}:read")
    run(f"group add {address('all')} --member {address('sales')} --member {address('person3')}")
    run(f"group add {address('beamer')} --kind resource --member {address('person4')}")
    run(f"list add {address('news')} --member {address('person5')} --member bob@far.example")
    run("settings set jmap.protocol.get.max-objects 123")
    return run("config export")
