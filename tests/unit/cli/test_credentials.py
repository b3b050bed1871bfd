"""App passwords, second factors, API keys, and the way in when there is no other, on the command line."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

from pillarbox.access import PERMISSIONS
from pillarbox.access.totp import Totp
from pillarbox.app import house
from pillarbox.datatypes.directory import Newcomer
from pillarbox.datatypes.server import security_events
from pillarbox.settings import snapshot
from pillarbox.signin.credentials import ApiKeys, PasswordCheck, SecondFactorMissing, Ways, begin_totp, confirm_totp

ALICE = "alice@home.example"


@pytest.fixture
def alice(command: Command) -> Command:
    """Where there is an account, alice@home.example, whose password is "secret"."""
    assert command("account", "add", ALICE, "--password-stdin", stdin="secret\n").status == 0
    return command


def known(name: str, password: str) -> frozenset[str] | None:
    """What whoever signs in so may do; None if they are not let in."""
    with house(snapshot({})[0], Path("var")) as built:
        check = PasswordCheck(built.directory, Ways(built.store, built.directory, built.passwords).under())
        proof = check.verified(name, password)
        check.close()
    return None if proof is None else proof.principal.permissions


def with_second_factor() -> None:
    now = datetime.now(UTC)
    with house(snapshot({})[0], Path("var")) as built:
        found = built.directory.find(ALICE)
        assert found is not None
        secret, _ = begin_totp(built.store, found.number, ALICE, "Home", now)
        confirm_totp(built.store, found.number, Totp(secret).at(int(now.timestamp() // 30)), now)


def test_an_app_password_is_shown_once_and_listed(alice: Command) -> None:
    """Ours."""
    made = alice("account", "app-password", "add", ALICE, "Phone", "--for", "90d", "--from", "192.0.2.0/24")
    password = made.out.splitlines()[0]
    (one,) = json.loads(alice("account", "app-password", "list", ALICE, "--json").out)

    assert made.status == 0
    assert known(ALICE, password) is not None
    assert (one["name"], one["networks"], one["scopes"]) == (
        "Phone",
        ["192.0.2.0/24"],
        ["urn:ietf:params:oauth:scope:mail"],
    )
    assert one["expires"] > one["created"]
    assert "Phone" in alice("account", "app-password", "list", ALICE).out
    assert password not in alice("account", "app-password", "list", ALICE, "--json").out


def test_an_app_password_is_ended_by_its_id(alice: Command) -> None:
    """Ours."""
    password = alice("account", "app-password", "add", ALICE, "Phone").out.splitlines()[0]
    (one,) = json.loads(alice("account", "app-password", "list", ALICE, "--json").out)

    assert alice("account", "app-password", "remove", ALICE, one["id"]).status == 0
    assert known(ALICE, password) is None
    assert alice("account", "app-password", "remove", ALICE, one["id"]).status == 1
    assert "no app passwords" in alice("account", "app-password", "list", ALICE).out


@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody@home.example", "Phone"),
        (ALICE, "Phone", "--scope", "urn:nothing"),
        (ALICE, "Phone", "--from", "everywhere"),
        (ALICE, "Phone", "--for", "90"),
        (ALICE, "Phone", "--for", "soon"),
        (ALICE, ""),
    ],
    ids=["account", "scope", "network", "unit", "time", "name"],
)
def test_what_makes_no_sense_is_told(alice: Command, arguments: tuple[str, ...]) -> None:
    """Ours."""
    ended = alice("account", "app-password", "add", *arguments)

    assert ended.status in (1, 2)
    assert "Traceback" not in ended.err
    assert alice("account", "app-password", "list", ALICE, "--json").out.strip() == "[]"


def test_another_password_is_written_down_for_its_owner(alice: Command) -> None:
    """Ours: as any change of how an account is signed in to, whoever made it."""
    assert alice("account", "passwd", ALICE, "--password-stdin", stdin="another one\n").status == 0

    assert known(ALICE, "secret") is None
    assert known(ALICE, "another one") is not None
    with house(snapshot({})[0], Path("var")) as built:
        found = built.directory.find(ALICE)
        assert found is not None
        with built.store.read(0) as server:
            assert [one.kind for one in security_events(server, found.number)] == ["password-changed"]


def test_a_password_that_is_kept_elsewhere_is_not_changed_here(alice: Command) -> None:
    """Ours: it would be said that there is another one, and it would be of no use."""
    with house(snapshot({})[0], Path("var")) as built:
        built.directory.adopt(Newcomer("corp", ("ada@dir.example",), frozenset({"dir.example"})), ())

    told = alice("account", "passwd", "ada@dir.example", "--password-stdin", stdin="another one\n")

    assert told.status == 1
    assert "not kept here" in told.err
    assert alice("account", "passwd", "nobody@home.example", "--password-stdin", stdin="x\n").status == 1


def test_secrets_of_another_server_are_taken_over(alice: Command) -> None:
    """Reference, oauth.md section 9.1: as the list of an account there has them."""
    name = b64encode(b"Old phone$2024-01-01T00:00:00Z").decode()
    lines = ["{PLAIN}brought along", f"$app${name}${{PLAIN}}of the phone", "$app$plain name${PLAIN}of the tablet"]
    taken = alice("account", "secrets", "import", ALICE, stdin="\n".join(lines))

    assert taken.status == 0, taken.err
    assert known(ALICE, "brought along") is not None
    assert known(ALICE, "of the phone") is not None
    assert known(ALICE, "secret") is None
    told = json.loads(alice("account", "app-password", "list", ALICE, "--json").out)
    assert [one["name"] for one in told] == ["Old phone", "plain name"]

    url = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ"
    assert alice("account", "secrets", "import", ALICE, stdin=url).status == 0
    assert json.loads(alice("account", "second-factor", "show", ALICE, "--json").out)["kinds"] == ["totp"]


@pytest.mark.parametrize(
    "secrets",
    [
        "hidden password",
        "{PLAIN}one\n{PLAIN}two",
        "otpauth://hotp/x",
        "{PLAIN}one\n$app$x$hidden password",
        "x\n" * 101,
    ],
    ids=["no scheme", "two", "no URL", "app", "many"],
)
def test_of_secrets_that_are_none_nothing_is_taken(alice: Command, secrets: str) -> None:
    """Ours; nor is told what stands there, which may be a password."""
    ended = alice("account", "secrets", "import", ALICE, stdin=secrets)

    assert ended.status == 1
    assert "hidden" not in ended.err
    assert known(ALICE, "secret") is not None


def test_a_second_factor_can_be_taken_away(alice: Command) -> None:
    """Ours: for whoever has lost the device and the recovery codes."""
    assert "no second factor" in alice("account", "second-factor", "show", ALICE).out
    assert alice("account", "second-factor", "remove", ALICE).status == 1
    with_second_factor()
    told = json.loads(alice("account", "second-factor", "show", ALICE, "--json").out)
    assert told == {"kinds": ["recovery", "totp"], "recoveryCodesLeft": 10}

    assert alice("account", "second-factor", "remove", ALICE).status == 0
    assert known(ALICE, "secret") is not None


def test_an_api_key_is_shown_once_and_listed(command: Command) -> None:
    """Reference, oauth.md section 9.5: what to send, whole."""
    made = command("apikey", "add", "robot", "--role", "admin", "--description", "For backups")
    name, _, secret = b64decode(made.out.strip().removeprefix("Authorization: Bearer api_")).decode().partition(":")
    (one,) = json.loads(command("apikey", "list", "--json").out)

    with house(snapshot({})[0], Path("var")) as built:
        check = PasswordCheck(built.directory, (ApiKeys(built.store, built.passwords),))
        proof = check.verified(name, secret)
        check.close()
    assert proof is not None
    assert proof.principal.permissions
    assert (one["name"], one["roles"], one["description"]) == ("robot", ["admin"], "For backups")
    assert secret not in command("apikey", "list", "--json").out
    assert "robot" in command("apikey", "list").out

    assert command("apikey", "remove", "robot").status == 0
    assert command("apikey", "remove", "robot").status == 1
    assert command("apikey", "add", "robot", "--enable", "nothing").status == 1


def test_an_administrator_is_made_where_there_was_none(command: Command) -> None:
    """Ours: with the data folder at hand, before the first start too."""
    made = command("admin", "root@home.example")

    assert made.status == 0
    assert known("root@home.example", made.out.splitlines()[0]) == PERMISSIONS


def test_an_administrator_s_new_domain_has_keys(command: Command) -> None:
    """Issue 6: a domain is made with DKIM keys at once, whichever way it comes."""
    assert command("admin", "root@home.example").status == 0
    assert len(json.loads(command("domain", "dkim", "home.example", "--json").out)) == 2


def test_an_account_is_opened_whatever_it_was(alice: Command) -> None:
    """Ours: nothing that a setting, a role or a lost device could have done keeps them out."""
    with_second_factor()
    alice("account", "permission", ALICE, "disable", "authenticate")
    alice("role", "add", "suspended", "--disable", "authenticate")
    alice("account", "role", ALICE, "add", "suspended")
    with pytest.raises(SecondFactorMissing):
        known(ALICE, "secret")

    made = alice("admin", ALICE)
    assert made.status == 0
    assert known(ALICE, made.out.splitlines()[0]) == PERMISSIONS
    assert known(ALICE, "secret") is None


def test_a_group_is_nobody_to_be_opened(alice: Command) -> None:
    """Ours."""
    alice("group", "add", "team@home.example", "--member", ALICE)

    assert alice("admin", "team@home.example").status == 1
