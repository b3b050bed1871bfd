"""What the server says of itself, so that a program that knows only an address finds its way to a token."""

import re
from typing import Any

import pytest
from tests.driver import JMAP, Home, like
from tests.driver.oauth import MAIL_SCOPE

from pillarbox.signin.oauth import OAuthPolicy

BASE = "http://127.0.0.1:8080"


def test_the_way_leads_from_an_address_to_where_tokens_are(home: Home, alice: JMAP) -> None:
    """RFC 9728 section 5.1, draft-ietf-mailmaint-oauth-public section 1.2."""
    refused = home.web.sends("GET", "/.well-known/jmap", {"X-Requested-With": "app"})
    found = re.search(r'resource_metadata="([^"]+)"', refused.headers["www-authenticate"])
    assert found is not None
    resource = home.web.sends("GET", found[1].removeprefix(BASE)).json()
    assert resource == like(
        resource=f"{BASE}/.well-known/jmap", authorization_servers=[BASE], bearer_methods_supported=["header"]
    )

    server = home.web.sends("GET", "/.well-known/oauth-authorization-server")

    assert server.headers["content-type"] == "application/json"
    assert server.json()["issuer"] == BASE


def test_the_metadata_has_what_mail_clients_need(home: Home) -> None:
    """draft-ietf-mailmaint-oauth-public section 3.2."""
    told = home.web.sends("GET", "/.well-known/oauth-authorization-server").json()

    assert told["authorization_endpoint"] == f"{BASE}/authorize/code"
    assert told["token_endpoint"] == f"{BASE}/auth/token"
    assert told["registration_endpoint"] == f"{BASE}/auth/register"
    assert told["revocation_endpoint"] == f"{BASE}/auth/revoke"
    assert told["response_types_supported"] == ["code"]
    assert {"authorization_code", "refresh_token"} <= set(told["grant_types_supported"])
    assert "none" in told["token_endpoint_auth_methods_supported"]
    assert "none" in told["revocation_endpoint_auth_methods_supported"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert MAIL_SCOPE in told["scopes_supported"]


def test_nothing_is_told_that_is_not_so(home: Home) -> None:
    """The reference, section 2: no implicit flow, and the one algorithm that is used."""
    told = home.web.sends("GET", "/.well-known/openid-configuration").json()

    assert "implicit" not in told["grant_types_supported"]
    assert told["id_token_signing_alg_values_supported"] == ["ES256", "RS256"]
    assert told["subject_types_supported"] == ["public"]
    every = [value for name, value in told.items() if name.endswith("_endpoint")]
    for url in [*every, told["jwks_uri"]]:
        reply = home.web.sends("OPTIONS", url.removeprefix(BASE))
        assert reply.status == 204


def test_mail_programs_that_set_themselves_up_are_told_of_it(home: Home) -> None:
    """draft-ietf-mailmaint-autoconfig sections 3.6.2 and 6.4: tokens before passwords, if any program can."""
    path = "/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=alice@home.example"
    assert b"OAuth2" not in home.web.sends("GET", path).octets
    home.oauth_policy = OAuthPolicy(issuer="https://mail.home.example")
    home.build()

    told = home.web.sends("GET", path).octets

    assert told.index(b"<authentication>OAuth2</authentication>") < told.index(b">Basic</authentication>")
    assert b"<issuer>https://mail.home.example</issuer>" in told
    assert b"<tokenURL>http://127.0.0.1:8080/auth/token</tokenURL>" in told
    assert f"<scope>{MAIL_SCOPE} offline_access</scope>".encode() in told


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server/acme",
        "/.well-known/openid-configuration/acme",
        "/acme/.well-known/openid-configuration",
    ],
)
def test_an_issuer_may_have_a_path(home: Home, path: str) -> None:
    """RFC 8414 section 3.1, OpenID Connect Discovery section 4: only where its path says is it told of."""
    assert home.web.sends("GET", path).status == 404
    home.oauth_policy = OAuthPolicy(issuer="https://mail.home.example/acme")
    home.build()

    assert home.web.sends("GET", path).json()["issuer"] == "https://mail.home.example/acme"
    assert home.web.sends("GET", "/.well-known/oauth-authorization-server").status == 404


@pytest.mark.parametrize(("path", "resource"), [("", ""), ("/jmap", "/jmap"), ("/.well-known/jmap",) * 2])
def test_a_resource_is_told_of_by_its_own_name(home: Home, path: str, resource: str) -> None:
    """RFC 9728 section 3.3: the value is what the URL was made of."""
    told = home.web.sends("GET", f"/.well-known/oauth-protected-resource{path}").json()

    assert told["resource"] == BASE + resource


def test_what_is_no_resource_is_not_told_of(home: Home) -> None:
    """Ours."""
    assert home.web.sends("GET", "/.well-known/oauth-protected-resource/evil").status == 404
    assert home.web.sends("GET", "/.well-known/oauth-protected-resource/a/b").status == 404


def test_only_public_keys_are_told(home: Home) -> None:
    """The reference, section 7 (a secret was published): RFC 7517 section 4, RFC 7518 section 6."""
    key, other = home.web.sends("GET", "/auth/jwks.json").json()["keys"]

    assert key == like(kty="EC", crv="P-256", use="sig", alg="ES256")
    assert other == like(kty="RSA", use="sig", alg="RS256")
    assert not {"d", "k", "p", "q"} & {*key, *other}


def test_keys_are_told_before_they_are_used_and_after(home: Home) -> None:
    """OpenID Connect Core section 10.1.1."""

    def told() -> list[Any]:
        keys = home.web.sends("GET", "/auth/jwks.json").json()["keys"]
        return [one["kid"] for one in keys if one["alg"] == "ES256"]

    (first,) = told()
    home.clock.now += 91 * 86_400
    assert told()[0] == first
    both = told()
    assert len(both) == 2
    home.clock.now += 3 * 86_400
    assert told() == both
    home.clock.now += 91 * 86_400

    assert first not in told()
    assert both[1] in told()
