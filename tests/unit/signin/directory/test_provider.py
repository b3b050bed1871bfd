"""Tokens of a provider outside: for whom they are, whether they are for us, and how often that is asked."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.neighbour.peopled import PASSWORDS
from tests.toy.clock import Clock

from pillarbox.access import Proof
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import Folder
from pillarbox.settings import snapshot
from pillarbox.settings.catalogue import DEFAULT_DIRECTORY, DIRECTORIES
from pillarbox.signin.credentials import OwnPasswords
from pillarbox.signin.directory import Chosen, Directories, DirectoryAway, ProviderTokens
from pillarbox.store import Store
from pillarbox.store.sqlite import SQLiteStore

FOLDERS = (Folder("inbox", "Inbox"),)
ISSUER = "https://id.dir.example"
NOW = 1_800_000_000.0
GOOD: dict[str, Any] = {
    "active": True,
    "iss": ISSUER,
    "aud": "mail",
    "sub": "248289761001",
    "exp": NOW + 3600,
    "scope": "openid email",
    "email": "ada@dir.example",
    "email_verified": True,
    "name": "Ada Lovelace",
}


@dataclass
class Provider:
    """What tests have it answer, and what it was asked."""

    port: int = 0
    answer: Any = None
    status: int = 200
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider(answer=GOOD)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fields = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append((self.command, fields, body))
            octets = made.answer if isinstance(made.answer, bytes) else json.dumps(made.answer).encode()
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        do_GET = do_POST  # noqa: N815 - the library's

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = SQLiteStore(tmp_path / "here", REGISTRY.tables, clock)
    store.create(0)
    yield store
    store.close()


Taking = Callable[..., ProviderTokens]


@pytest.fixture
def ticks() -> list[float]:
    """Seconds that have passed."""
    return [1000.0]


@pytest.fixture
def taking(provider: Provider, store: Store, ticks: list[float]) -> Taking:
    """A server that takes the provider's tokens, by settings besides the usual ones."""

    def made(**more: str) -> ProviderTokens:
        usual = {
            "type": "oidc",
            "domains": "dir.example",
            "issuer": ISSUER,
            "audience": "mail",
            "endpoint.url": f"http://127.0.0.1:{provider.port}/introspect",
            "auth.username": "mail:us",
            "auth.secret": "s&c+ret%",
            "timeout": "2s",
        }
        settings, problems = snapshot({f"directory.sso.{key}": value for key, value in {**usual, **more}.items()})
        assert problems == []
        accounts = InternalDirectory(store)
        own = OwnPasswords(accounts, PASSWORDS)
        chosen = Chosen(settings[DIRECTORIES], settings[DEFAULT_DIRECTORY], FOLDERS)
        directories = Directories(accounts, own, PASSWORDS, chosen)
        return ProviderTokens(directories, lambda: ticks[0], lambda: NOW + ticks[0] - 1000.0)

    return made


def test_a_token_lets_its_owner_in(provider: Provider, taking: Taking) -> None:
    """RFC 7662 sections 2.1 and 2.2: who asks has a name and a secret; an account is made of the answer."""
    proof = taking().verified("a-token")

    assert isinstance(proof, Proof)
    assert (proof.principal.address, proof.principal.directory) == ("ada@dir.example", "sso")
    assert (proof.principal.description, proof.expires) == ("Ada Lovelace", NOW + 3600)
    ((method, fields, body),) = provider.asked
    assert method == "POST"
    assert parse_qs(body) == {"token": ["a-token"], "token_type_hint": ["access_token"]}
    # RFC 6749 section 2.3.1: form-encoded before they are put together, where it makes a difference.
    assert base64.b64decode(fields["authorization"].removeprefix("Basic ")) == b"mail%3Aus:s&c%2Bret%25"


def test_a_login_that_somebody_chose_is_no_address(provider: Provider, taking: Taking) -> None:
    """OpenID Connect Core section 5.7: `preferred_username` tells nobody apart, unless the settings say so."""
    nameless = {name: value for name, value in GOOD.items() if name != "email"}
    provider.answer = {**nameless, "preferred_username": "bob@dir.example"}

    assert taking().verified("a-token") is None
    bob = taking(**{"fields.username": "preferred_username"}).verified("a-token")
    assert bob is not None
    assert bob.principal.address == "bob@dir.example"


def test_a_token_of_a_provider_that_knows_no_mail_is_for_mail_alone(provider: Provider, taking: Taking) -> None:
    """Ours: what asked for no scope of ours lets through what such a token of ours would."""
    proof = taking().verified("a-token")
    assert proof is not None
    assert proof.scope == frozenset(("openid", "email", "urn:ietf:params:oauth:scope:mail"))

    provider.answer = {**GOOD, "scope": "openid urn:ietf:params:jmap:mail admin"}
    narrow = taking().verified("another")
    assert narrow is not None
    assert narrow.scope == frozenset(("openid", "urn:ietf:params:jmap:mail"))


@pytest.mark.parametrize(
    "change",
    [
        {"active": False},
        {"active": "true"},
        {"active": 1},
        {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"aud": "calendar"},
        {"aud": ["calendar", "tasks"]},
        {"aud": None},
        {"aud": {"mail": True}},
        {"aud": "MAIL"},
        {"exp": NOW - 1},
        {"exp": "soon"},
        {"exp": True},
        {"email": None},
        {"email": ["ada@dir.example"]},
        {"email": "ada"},
        {"email": "ada@elsewhere.example"},
        {"email_verified": False},
        {"token_type": "refresh_token"},
        {"token_type": "DPoP"},
        {"cnf": {"jkt": "x"}},
    ],
)
def test_a_token_that_is_not_for_us_lets_nobody_in(provider: Provider, taking: Taking, change: dict[str, Any]) -> None:
    """RFC 7662 section 4, RFC 9068 section 4: active, of this issuer, for us, in time, and one of ours."""
    provider.answer = {**GOOD, **change}

    assert taking().verified("a-token") is None


@pytest.mark.parametrize("answer", [b"", b"[]", b"true", b"<html>", b"{" * 100_000, b"[" * 200_000, bytes(300_000)])
def test_nonsense_is_no_answer(provider: Provider, taking: Taking, answer: bytes) -> None:
    """Ours: nobody is told that a token is wrong because a provider is out of its mind."""
    provider.answer = answer

    with pytest.raises(DirectoryAway):
        taking().verified("a-token")


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500, 503])
def test_a_provider_that_refuses_us_is_away(provider: Provider, taking: Taking, status: int) -> None:
    """RFC 7662 section 2.3: a 401 is about our own credentials, and not about the token."""
    provider.status = status

    with pytest.raises(DirectoryAway):
        taking().verified("a-token")


@pytest.mark.parametrize("token", ["", " ", "a b", "a\r\nX-Evil: 1", "ü", "a" * 5000])
def test_what_is_no_token_is_shown_to_nobody(provider: Provider, taking: Taking, token: str) -> None:
    """RFC 6750 section 2.1: a token has no blanks."""
    assert taking().verified(token) is None
    assert provider.asked == []


def test_the_provider_is_asked_once_a_minute(provider: Provider, taking: Taking, ticks: list[float]) -> None:
    """Ours: sixty seconds at most are a token's that was ended there."""
    tokens = taking()
    tokens.verified("a-token")
    # An account was made meanwhile, which is a change like any other.
    first = tokens.confirmed("a-token")
    assert tokens.remembered("a-token") is first
    ticks[0] += 30
    tokens.doubt()
    assert tokens.remembered("a-token") is None
    assert tokens.is_outdated("a-token")
    assert tokens.confirmed("a-token") == first
    assert tokens.remembered("a-token") == first
    assert len(provider.asked) == 1

    ticks[0] += 30
    provider.answer = {"active": False}
    assert tokens.remembered("a-token") is None
    assert tokens.confirmed("a-token") is None
    assert tokens.verified("a-token") is None
    assert tokens.remembered("a-token") is None


def jwt(**claims: object) -> str:
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts)
    return ".".join((*encoded, "c2ln"))


USERINFO = {"endpoint.method": "userinfo"}
CLAIMS = {"iss": ISSUER, "aud": "mail", "sub": "1", "exp": NOW + 60}


def test_user_info_is_believed_of_a_token_that_says_for_whom_it_is(provider: Provider, taking: Taking) -> None:
    """OpenID Connect Core section 5.3: the provider has accepted the token, and says whose it is."""
    provider.answer = {"sub": "1", "email": "ada@dir.example"}

    proof = taking(**USERINFO).verified(jwt(**CLAIMS))

    assert proof is not None
    assert (proof.principal.address, proof.expires) == ("ada@dir.example", NOW + 60)


@pytest.mark.parametrize(
    ("claims", "is_asked"),
    [
        ({"iss": "https://evil.example"}, False),
        ({"iss": None}, False),
        ({"aud": "calendar"}, True),
        ({"aud": None}, True),
        ({"sub": "2"}, True),
        ({"exp": NOW - 1}, True),
    ],
)
def test_user_info_of_another_token_is_not(
    provider: Provider,
    taking: Taking,
    claims: dict[str, Any],
    is_asked: bool,  # noqa: FBT001 - pytest's
) -> None:
    """OpenID Connect Core section 5.3.2 for `sub`; a token of another issuer is not shown to this one."""
    provider.answer = {"sub": "1", "email": "ada@dir.example", "iss": ISSUER, "aud": "mail"}

    assert taking(**USERINFO).verified(jwt(**{**CLAIMS, **claims})) is None
    assert bool(provider.asked) is is_asked


@pytest.mark.parametrize("token", ["opaque", "a.b", "a.!!.c", "a.W10.c", "..", "a." + "e" * 1000 + ".c"])
def test_user_info_is_not_asked_of_a_token_that_says_nothing(provider: Provider, taking: Taking, token: str) -> None:
    """Ours: for whom it is could not be told."""
    assert taking(**USERINFO).verified(token) is None
    assert provider.asked == []
