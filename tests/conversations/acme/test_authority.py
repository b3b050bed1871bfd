"""What becomes of what an authority says, however it says it: with one of the tests' own, over TLS."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.neighbour.endpoint import Authority as Trust
from tests.neighbour.endpoint import Endpoint
from tests.toy.wanted import WANTED

from pillarbox.acme.authority import Desk
from pillarbox.acme.parcel import new_key
from pillarbox.acme.refused import NoAccountThere, Refused
from pillarbox.settings import Authority

JSON = {"Content-Type": "application/json"}
PROBLEM = {"Content-Type": "application/problem+json"}


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    trust = Trust()
    (tmp_path / "trust.pem").write_bytes(trust.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trust.pem"))
    with Endpoint(trust.server("127.0.0.1")) as endpoint:
        yield endpoint


@pytest.fixture
def wanted(endpoint: Endpoint) -> Authority:
    return replace(WANTED, directory=endpoint.url("/dir"))


@pytest.fixture
def desk(endpoint: Endpoint, wanted: Authority) -> Iterator[Desk]:
    """A conversation of somebody who has an account there."""
    desk = Desk(wanted, new_key(), endpoint.url("/account/1"))
    yield desk
    desk.close()


@pytest.fixture
def stranger(wanted: Authority) -> Iterator[Desk]:
    """A conversation of somebody who has none, as far as is known here."""
    desk = Desk(wanted, new_key(), None)
    yield desk
    desk.close()


def begins(endpoint: Endpoint) -> None:
    """The authority says where everything is, and gives a nonce."""
    names = ("newNonce", "newAccount", "newOrder")
    directory = {name: endpoint.url(f"/{name}") for name in names}
    endpoint.answers(200, JSON, json.dumps(directory).encode())
    endpoint.answers(200, {"Replay-Nonce": "bm9uY2U"})


def refused(desk: Desk) -> Refused:
    """Why nothing can be ordered."""
    with pytest.raises(Refused) as told:
        desk.order(new_key())
    return told.value


def test_what_it_says_is_told(endpoint: Endpoint, desk: Desk) -> None:
    """RFC 8555 section 6.7: "detail" is displayed, that of subproblems too; section 6.6: Retry-After."""
    begins(endpoint)
    problem = {
        "type": "urn:ietf:params:acme:error:rateLimited",
        "detail": "too many certificates",
        "subproblems": [{"type": "urn:ietf:params:acme:error:dns", "detail": "no such name"}],
    }
    endpoint.answers(429, {**PROBLEM, "Retry-After": "3600"}, json.dumps(problem).encode())

    problem_told = refused(desk)

    assert problem_told.told == "rateLimited: too many certificates; dns: no such name"
    assert problem_told.asked == timedelta(hours=1)


def test_who_we_are_is_told(endpoint: Endpoint, desk: Desk) -> None:
    """RFC 8555 section 6.1: User-Agent, with name and version of us and of what we ask with, and Accept-Language."""
    refused(desk)

    asked = endpoint.takes()
    assert asked.target == "/dir"
    assert asked.fields["user-agent"].startswith("Pillarbox/")
    assert "python-requests/" in asked.fields["user-agent"]
    assert asked.fields["accept-language"] == "en"


def test_an_account_that_is_gone_is_known_for_that(endpoint: Endpoint, desk: Desk) -> None:
    """RFC 8555 section 6.7, accountDoesNotExist."""
    begins(endpoint)
    endpoint.answers(400, PROBLEM, b'{"type": "urn:ietf:params:acme:error:accountDoesNotExist"}')

    assert isinstance(refused(desk), NoAccountThere)


def test_a_refused_nonce_is_replaced_by_the_one_that_came_with_the_refusal(endpoint: Endpoint, desk: Desk) -> None:
    """RFC 8555 section 6.5: the client MUST use the nonce provided in the error response."""
    begins(endpoint)
    problem = b'{"type": "urn:ietf:params:acme:error:badNonce"}'
    endpoint.answers(400, {**PROBLEM, "Replay-Nonce": "YW5vdGhlcg"}, problem)
    endpoint.answers(400, PROBLEM, b'{"type": "urn:ietf:params:acme:error:malformed"}')

    refused(desk)

    asked = [endpoint.takes() for _ in range(4)]
    assert [one.target for one in asked] == ["/dir", "/newNonce", "/newOrder", "/newOrder"]
    assert [_protected(one.json())["nonce"] for one in asked[2:]] == ["bm9uY2U", "YW5vdGhlcg"]


def test_an_account_that_the_key_has_is_used(endpoint: Endpoint, stranger: Desk) -> None:
    """RFC 8555 section 7.3.1: 200 with Location; as after a crash before the URL was written down."""
    begins(endpoint)
    endpoint.answers(
        200, {**JSON, "Replay-Nonce": "YQ", "Location": endpoint.url("/account/7")}, b'{"status": "valid"}'
    )
    endpoint.answers(400, PROBLEM, b'{"type": "urn:ietf:params:acme:error:malformed"}')

    assert stranger.register() == endpoint.url("/account/7")

    refused(stranger)
    _, _, registering, ordering = [endpoint.takes() for _ in range(4)]
    assert "jwk" in _protected(registering.json())
    assert _protected(ordering.json())["kid"] == endpoint.url("/account/7")


def test_an_account_is_made_with_contacts_and_terms_agreed_to(endpoint: Endpoint, stranger: Desk) -> None:
    """RFC 8555 section 7.3."""
    begins(endpoint)
    endpoint.answers(
        201, {**JSON, "Replay-Nonce": "YQ", "Location": endpoint.url("/account/7")}, b'{"status": "valid"}'
    )

    assert stranger.register() == endpoint.url("/account/7")

    _, _, registering = [endpoint.takes() for _ in range(3)]
    asked = json.loads(_decoded(registering.json()["payload"]))
    assert asked == {"contact": ["mailto:postmaster@home.example"], "termsOfServiceAgreed": True}


def test_contacts_that_change_are_told(endpoint: Endpoint, desk: Desk) -> None:
    """RFC 8555 section 7.3.2."""
    begins(endpoint)
    location = {"Location": endpoint.url("/account/1")}
    for nonce in ("YQ", "Yg"):
        endpoint.answers(200, {**JSON, **location, "Replay-Nonce": nonce}, b'{"status": "valid"}')

    desk.tell_contacts()

    asked = [endpoint.takes() for _ in range(4)][-1]
    assert asked.target == "/account/1"
    assert json.loads(_decoded(asked.json()["payload"])) == {"contact": ["mailto:postmaster@home.example"]}


def test_an_account_without_a_url_is_of_no_use(endpoint: Endpoint, stranger: Desk) -> None:
    """RFC 8555 section 7.3: the URL is in Location."""
    begins(endpoint)
    endpoint.answers(201, {**JSON, "Replay-Nonce": "YQ"}, b'{"status": "valid"}')

    with pytest.raises(Refused):
        stranger.register()


def test_nonces_are_not_refused_for_ever(endpoint: Endpoint, desk: Desk) -> None:
    """Ours: an authority that refuses all is left alone."""
    begins(endpoint)
    problem = b'{"type": "urn:ietf:params:acme:error:badNonce"}'
    for _ in range(20):
        endpoint.answers(400, {**PROBLEM, "Replay-Nonce": "YW5vdGhlcg"}, problem)

    assert refused(desk).told.startswith("badNonce")

    asked = []
    while not endpoint.took_nothing():
        asked.append(endpoint.takes().target)
    assert asked == ["/dir", "/newNonce", *["/newOrder"] * 8]


@pytest.mark.parametrize(
    "octets",
    [b"", b"<html>", b"[]", b"{}", b"null", b'{"newNonce": 1, "newOrder": 2}', b'{"newOrder": "ftp://x/"}', b"\xff"],
)
def test_a_directory_of_another_kind_is_told(endpoint: Endpoint, desk: Desk, octets: bytes) -> None:
    """Ours: whatever it is, it is an error of the authority's and no bug of ours."""
    endpoint.answers(200, JSON, octets)

    assert refused(desk).told


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b'{"authorizations": "x"}', b'{"authorizations": [1]}'])
def test_an_order_of_another_kind_is_told(endpoint: Endpoint, desk: Desk, octets: bytes) -> None:
    """Ours."""
    begins(endpoint)
    endpoint.answers(201, {**JSON, "Replay-Nonce": "YW5vdGhlcg"}, octets)

    assert refused(desk).told


def test_an_answer_has_an_end(endpoint: Endpoint, desk: Desk) -> None:
    """Ours: a bound for every input."""
    endpoint.answers(200, JSON, b" " * ((1 << 20) + 1))

    assert refused(desk).told == "it cannot be reached: its answer is too long"


def test_nothing_is_asked_without_tls(endpoint: Endpoint, desk: Desk) -> None:
    """RFC 8555 section 6.1: HTTPS, wherever it sends us."""
    endpoint.answers(302, {"Location": f"http://127.0.0.1:{endpoint.port}/dir"})

    assert refused(desk).told.startswith("it cannot be reached: No connection adapters")


def _protected(signed: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = json.loads(_decoded(signed["protected"]))
    return found


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")
