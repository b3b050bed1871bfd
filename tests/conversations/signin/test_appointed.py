"""Who comes in by the settings alone: the fallback administrator and the master user."""

import base64
import hashlib

import pytest
from tests.driver import JMAP, Home, Reply

from pillarbox.access import PERMISSIONS
from pillarbox.access.totp import Totp
from pillarbox.datatypes.server import SecurityKind, security_events
from pillarbox.signin.credentials import Appointed, begin_totp, confirm_totp
from pillarbox.telemetry import Secret


def signs_in(home: Home, name: str, password: str) -> Reply:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return home.web.sends("GET", "/.well-known/jmap", {"Authorization": f"Basic {pair}"})


@pytest.fixture
def appointed(home: Home) -> Home:
    """A home with a fallback administrator, root, and a master user, master."""
    home.check.use(
        home.ways.under(Appointed.of("root", Secret("fallen back")), Appointed.of("master", Secret("{PLAIN}skeleton")))
    )
    return home


def test_the_fallback_administrator_may_do_everything_and_has_no_mail(appointed: Home) -> None:
    """Reference, oauth.md section 9.6. The server's own account is theirs who manage it."""
    told = signs_in(appointed, "Root", "fallen back").json()

    assert (told["username"], list(told["accounts"])) == ("root", ["a0"])
    proof = appointed.check.remembered("Root", "fallen back")
    assert proof is not None
    assert proof.principal.permissions == PERMISSIONS
    assert signs_in(appointed, "root", "wrong").status == 401


def test_the_fallback_administrator_is_in_while_the_store_is_away(appointed: Home) -> None:
    """Reference, oauth.md section 9.6: works when the directory is down."""
    appointed.store.close()

    assert signs_in(appointed, "root", "fallen back").status == 200
    assert signs_in(appointed, "somebody@home.example", "x").status == 503


@pytest.mark.parametrize("secret", ["fallen back", "{PLAIN}fallen back", "{SHA256}"])
def test_their_password_may_be_kept_in_any_way(home: Home, secret: str) -> None:
    """Reference, oauth.md section 9.6: plain or any scheme."""
    digest = base64.b64encode(hashlib.sha256(b"fallen back").digest()).decode()
    secret = "{SHA256}" + digest if secret == "{SHA256}" else secret
    home.check.use(home.ways.under(Appointed.of("root", Secret(secret))))

    assert signs_in(home, "root", "fallen back").status == 200
    assert signs_in(home, "root", secret + "x").status == 401


def test_a_password_with_a_line_below_in_front_is_no_hash(home: Home) -> None:
    """Ours: whoever writes one into the settings gets in; `$` and `{` are of schemes alone (section 9.1)."""
    home.check.use(home.ways.under(Appointed.of("root", Secret("_fallen back"))))

    assert signs_in(home, "root", "_fallen back").status == 200


@pytest.mark.parametrize(("name", "secret"), [(None, None), ("root", None), (None, Secret("x")), ("root", Secret(""))])
def test_half_of_it_appoints_nobody(name: str | None, secret: Secret | None) -> None:
    """Ours: nobody is in by an empty password."""
    assert Appointed.of(name, secret) is None


def test_who_is_not_appointed_any_more_is_out_at_once(appointed: Home, alice: JMAP) -> None:
    """Ours: with the settings."""
    assert signs_in(appointed, "root", "fallen back").status == 200
    assert signs_in(appointed, alice.name, alice.password).status == 200
    appointed.check.use(appointed.ways.under())

    assert appointed.check.remembered("root", "fallen back") is None
    assert signs_in(appointed, "root", "fallen back").status == 401
    assert appointed.check.remembered(alice.name, alice.password) is not None


def test_the_master_user_comes_in_for_anybody(appointed: Home, alice: JMAP) -> None:
    """Reference, oauth.md section 9.7; the owner can read of it."""
    assert signs_in(appointed, f"{alice.name}%master", "skeleton").json()["username"] == alice.name
    with appointed.store.read(0) as server:
        assert security_events(server, alice.number)[0].kind == SecurityKind.MASTER_SIGNED_IN.value


@pytest.mark.parametrize(
    "name",
    ["{0}master", "{0}", "master", "%master", "{0}%", "{0}%other", "{0}%xmaster", "nobody@home.example%master"],
)
def test_the_percent_sign_is_required(appointed: Home, alice: JMAP, name: str) -> None:
    """Reference, oauth.md section 9.7, defect: the code took whatever ended like the master's name."""
    assert signs_in(appointed, name.format(alice.name), "skeleton").status == 401


def test_the_master_user_is_not_asked_for_a_code(appointed: Home, alice: JMAP) -> None:
    """Reference, oauth.md section 9.7."""
    secret, _ = begin_totp(appointed.store, alice.number, alice.name, "Home", appointed.now())
    confirm_totp(appointed.store, alice.number, Totp(secret).at(int(appointed.clock() // 30)), appointed.now())

    assert signs_in(appointed, f"{alice.name}%master", "skeleton").status == 200


def test_the_master_user_is_nobody_in_a_group(appointed: Home, alice: JMAP) -> None:
    """Reference, http-server.md section 8, defect (c): persons alone sign in."""
    appointed.group("team", alice)

    assert signs_in(appointed, "team@home.example%master", "skeleton").status == 401
