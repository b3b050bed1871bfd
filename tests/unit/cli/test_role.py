"""`pillarbox role`, and what `pillarbox account` says of roles and permissions."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command


@pytest.fixture
def ours(command: Command) -> Command:
    """Where alice has an account."""
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0
    return command


def alice(ours: Command) -> dict[str, object]:
    (told,) = json.loads(ours("account", "list", "--json").out)
    assert isinstance(told, dict)
    return told


def test_an_account_has_the_role_of_a_user(ours: Command) -> None:
    """Ours: without a role, nobody could use it."""
    assert alice(ours)["roles"] == ["user"]


def test_an_account_is_made_with_roles_and_a_name(command: Command) -> None:
    command(
        *("account", "add", "alice@home.example", "--password-stdin"),
        *("--role", "admin", "--description", "Alice Jones"),
        stdin="sesame\n",
    )

    assert alice(command)["roles"] == ["admin"]
    assert alice(command)["description"] == "Alice Jones"


def test_a_role_is_made_given_and_taken(ours: Command) -> None:
    """Management API section 20: roles nest."""
    ours("role", "add", "quiet", "--description", "Reads", "--role", "user", "--disable", "email-send")
    ours("account", "role", "alice@home.example", "add", "quiet")
    permissions = json.loads(ours("role", "show", "quiet", "--json").out)
    *built_in, made = json.loads(ours("role", "list", "--json").out)
    assert [one["isBuiltIn"] for one in built_in] == [True] * 3
    assert (made["roles"], made["enabledPermissions"], made["disabledPermissions"]) == (["user"], [], ["email-send"])

    assert alice(ours)["roles"] == ["quiet", "user"]
    assert "email-receive" in permissions
    assert "email-send" not in permissions
    assert "alice@home.example has the role quiet" in ours("role", "remove", "quiet").err

    ours("account", "role", "alice@home.example", "remove", "quiet")

    assert ours("role", "remove", "quiet").status == 0
    assert [one["name"] for one in json.loads(ours("role", "list", "--json").out)] == ["user", "tenant-admin", "admin"]


def test_a_change_of_a_role_says_a_kind_as_a_whole(ours: Command) -> None:
    ours("role", "add", "helper", "--enable", "restart", "--enable", "logs-view")
    ours("role", "change", "helper", "--disable", "restart")
    assert json.loads(ours("role", "show", "helper", "--json").out) == ["logs-view"]

    ours("role", "change", "helper", "--enable", "", "--role", "user", "--disable", "")
    assert "restart" not in json.loads(ours("role", "show", "helper", "--json").out)
    assert "authenticate" in json.loads(ours("role", "show", "helper", "--json").out)


def test_one_permission_more_or_less(ours: Command) -> None:
    """Management API section 20: disabled always wins."""
    assert "has the permission restart." in ours("account", "permission", "alice@home.example", "enable", "restart").out
    assert "no longer" in ours("account", "permission", "alice@home.example", "disable", "restart").out
    assert "no longer" in ours("account", "permission", "alice@home.example", "reset", "restart").out
    assert "imap-fetch." in ours("account", "permission", "alice@home.example", "reset", "imap-fetch").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("account role alice@home.example add boss", "there is no role boss"),
        ("account permission alice@home.example enable fly", "there is no permission fly"),
        ("account role bob@home.example add admin", "there is no account bob@home.example"),
        ("role add admin", "is no name for a role"),
        ("role add the:boss", "without blanks, colons and slashes"),
        ("role add _boss", "is no name for a role"),
        ("role add deputy --role boss", "there is no role boss"),
        ("role change admin --enable restart", "it is built in"),
        ("role remove boss", "there is no role boss"),
        ("role show boss", "there is no role boss"),
    ],
)
def test_what_there_is_not_is_told(ours: Command, words: str, said: str) -> None:
    ended = ours(*words.split())

    assert (ended.status, said in ended.err) == (1, True), ended


def test_a_list_is_made_and_shown(ours: Command) -> None:
    ours("list", "add", "all@home.example", "--member", "alice@home.example", "--member", "Bob@Far.example")
    ours("list", "member", "all@home.example", "add", "carol@far.example")
    ours("list", "member", "all@home.example", "remove", "bob@far.example")
    (told,) = json.loads(ours("list", "list", "--json").out)

    assert (told["address"], told["members"]) == ("all@home.example", ["alice@home.example", "carol@far.example"])
    assert alice(ours)["address"] == "alice@home.example"
    assert "is a list" in ours("account", "remove", "all@home.example", "--yes").err
    assert ours("list", "remove", "all@home.example", "--yes").status == 0
    assert json.loads(ours("list", "list", "--json").out) == []


def test_a_list_has_no_mail_to_come_or_go(ours: Command, tmp_path: Path) -> None:
    ours("list", "add", "all@home.example")
    (tmp_path / "mail.eml").write_text("Subject: x\n\nx")

    for words in (
        ("import", "all@home.example", tmp_path / "mail.eml"),
        ("export", "all@home.example", tmp_path / "out"),
    ):
        ended = ours(*words)
        assert (ended.status, "is a list" in ended.err) == (1, True), ended


def test_a_resource_is_like_a_group(ours: Command) -> None:
    ours("group", "add", "room@home.example", "--kind", "resource", "--member", "alice@home.example:read")
    (told,) = json.loads(ours("group", "list", "--json").out)

    assert (told["kind"], told["members"]) == ("resource", [{"address": "alice@home.example", "rights": "read"}])
    assert ours("group", "remove", "room@home.example", "--yes").status == 0
