"""Keys that the mail of domains is signed with."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from tests.conversations.management.tenancy import has_tenant, says
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.access import Manager
from pillarbox.access.permission import OF_TENANT_ADMIN
from pillarbox.datatypes.server import dkim_keys
from pillarbox.management.refusal import NotFound, Nothing

ED25519 = {"id": None, "algorithm": "Ed25519", "domain": "home.example", "selector": None}


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def test_a_key_is_made(root: Administrator, home: Home) -> None:
    """Management API section 6: the selector is the year, the month and a letter, if none is given."""
    assert root.does("POST", "dkim", ED25519) is None
    (key,) = dkim_keys(home.store, "home.example")
    assert (key.selector, key.algorithm) == (f"{home.now():%Y%m}e", "ed25519")
    assert root.does("GET", "dkim/ed25519-home.example") == root.does(
        "GET", f"dkim/{key.selector}._domainkey.home.example"
    )


def test_the_public_key_is_told(root: Administrator) -> None:
    """Management API section 6: RSA as SubjectPublicKeyInfo in DER, Ed25519 as 32 octets."""
    root.does("POST", "dkim", {**ED25519, "selector": "one"})
    root.does("POST", "dkim", {"algorithm": "Rsa", "domain": "Home.Example"})
    assert len(base64.b64decode(root.does("GET", "dkim/one._domainkey.home.example"))) == 32
    made = load_der_public_key(base64.b64decode(root.does("GET", "dkim/rsa-home.example")))
    assert getattr(made, "key_size", None) == 2048


def test_all_keys_are_listed_with_their_records(root: Administrator, home: Home) -> None:
    """Ours: with what is to be published, and nothing private."""
    root.does("POST", "dkim", {**ED25519, "selector": "one"})
    listed = root.does("GET", "dkim")
    (key,) = dkim_keys(home.store, "home.example")
    (one,) = listed["items"]
    assert listed["total"] == 1
    assert {name: one[name] for name in ("id", "domain", "selector", "algorithm", "name")} == {
        "id": "one._domainkey.home.example",
        "domain": "home.example",
        "selector": "one",
        "algorithm": "ed25519",
        "name": "one._domainkey.home.example.",
    }
    assert one["record"].startswith("v=DKIM1; k=ed25519; h=sha256; p=")
    assert base64.b64encode(key.private).decode() not in str(listed)


def test_a_key_that_is_there_is_not_disclosed(root: Administrator, home: Home) -> None:
    """Management API section 6, defect: the conflict told the private key."""
    root.does("POST", "dkim", ED25519)
    (key,) = dkim_keys(home.store, "home.example")
    refused = root.is_refused(409, "POST", "dkim", ED25519, error="fieldAlreadyExists", field="selector")
    assert refused["value"] == key.selector
    assert base64.b64encode(key.private).decode() not in str(refused)
    home.clock.now += 40 * 86_400
    root.is_refused(409, "POST", "dkim", ED25519, field="id", value="ed25519-home.example")
    assert dkim_keys(home.store, "home.example") == [key]


def test_a_second_key_has_a_selector(root: Administrator, home: Home) -> None:
    """Ours: so that one is replaced by another; the newest is what the reference's id means."""
    for selector in ("one", "two"):
        root.does("POST", "dkim", {**ED25519, "selector": selector})
    assert root.does("GET", "dkim/ed25519-home.example") == root.does("GET", "dkim/two._domainkey.home.example")


def test_a_key_is_removed(root: Administrator, home: Home) -> None:
    """Ours: nothing is signed with it any more."""
    root.does("POST", "dkim", {**ED25519, "selector": "one"})
    assert root.does("DELETE", "dkim/one._domainkey.home.example") is None
    root.is_refused(404, "DELETE", "dkim/one._domainkey.home.example", error="notFound")
    assert dkim_keys(home.store, "home.example") == []


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"selector": "a.b"}, 400, "selector"),
        ({"selector": "-"}, 400, "selector"),
        ({"algorithm": "rsa"}, 400, "algorithm"),
        ({"id": "mine"}, 400, "id"),
        ({"domain": ""}, 400, "domain"),
    ],
)
def test_a_key_of_another_form_is_refused(
    root: Administrator, changed: dict[str, str], status: int, field: str
) -> None:
    """Ours: every bad field is named."""
    refused = root.is_refused(status, "POST", "dkim", {**ED25519, **changed})
    assert [one["field"] for one in refused["invalid"]] == [field]


def test_a_domain_that_is_not_here_has_no_keys(root: Administrator) -> None:
    """Ours: keys are for domains of accounts here."""
    root.is_refused(422, "POST", "dkim", {**ED25519, "domain": "far.example"}, error="notFound", item="far.example")
    for missing in ("ed25519-far.example", "rsa-home.example", "mine", "x._domainkey.home.example"):
        root.is_refused(404, "GET", f"dkim/{missing}", error="notFound")


def test_a_tenants_administrator_has_the_keys_of_its_domains(root: Administrator, home: Home) -> None:
    """Management API section 23: tenants are kept apart."""
    root.does("POST", "dkim", {**ED25519, "selector": "one"})
    has_tenant(home, "ours.example", 7)
    manager = Manager("erin", OF_TENANT_ADMIN, 7)
    says(home, manager, "POST", "dkim", body=b'{"algorithm": "Ed25519", "domain": "ours.example", "selector": "two"}')
    assert [one["domain"] for one in says(home, manager, "GET", "dkim")["items"]] == ["ours.example"]
    for method in ("GET", "DELETE"):
        with pytest.raises(NotFound):
            says(home, manager, method, "dkim/one._domainkey.home.example")
    with pytest.raises(Nothing):
        says(home, manager, "POST", "dkim", body=b'{"algorithm": "Ed25519", "domain": "home.example"}')
