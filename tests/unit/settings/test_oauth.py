"""The settings of the authorization server (docs/administrators/oauth.md)."""

import pytest

from pillarbox.app.authorizing import oauth_policy
from pillarbox.settings import catalogue, snapshot
from pillarbox.signin.oauth import Lives


def test_without_any_they_are_those_of_the_documentation() -> None:
    """The reference, section 1; `anonymous` is ours (adr/0047)."""
    settings, problems = snapshot({})

    assert not problems
    policy = oauth_policy(settings)
    assert (policy.lives, policy.code, policy.user_code, policy.id_token) == (Lives(), 600, 1800, 900)
    assert (policy.max_attempts, policy.requires_registration, policy.allows_anonymous) == (3, False, True)
    assert policy.algorithm == "ES256"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("oauth.oidc.signature-algorithm", "HS256"),
        ("oauth.oidc.signature-algorithm", "none"),
        ("oauth.key", "short"),
        ("oauth.issuer", "http://mail.example.org"),
        ("oauth.issuer", "https://mail.example.org/"),
        ("oauth.issuer", "https://mail.example.org/a/b"),
        ("oauth.issuer", "https://mail.example.org/?a=b"),
        ("oauth.issuer", "https://mail.example.org/#a"),
        ("oauth.issuer", "https://user@mail.example.org"),
        ("oauth.issuer", "https://mail.example.org/.."),
        ("oauth.issuer", "mail.example.org"),
    ],
)
def test_what_would_not_be_safe_is_refused(key: str, value: str) -> None:
    """The reference, section 7 (the secret of HS256 was published); RFC 8414 section 2, of an issuer."""
    settings, (problem,) = snapshot({key: value})

    assert problem.key == key
    assert oauth_policy(settings) == oauth_policy(snapshot({})[0])


@pytest.mark.parametrize("value", ["es384", "PS256", "rs512"])
def test_an_algorithm_is_written_in_any_case(value: str) -> None:
    """The reference, section 1."""
    settings, problems = snapshot({"oauth.oidc.signature-algorithm": value})

    assert not problems
    assert settings[catalogue.OAUTH_SIGNATURE_ALGORITHM] == value.upper()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://mail.example.org", "https://mail.example.org"),
        ("https://MAIL.example.org:443", "https://mail.example.org"),
        ("https://mail.example.org:8443/acme", "https://mail.example.org:8443/acme"),
    ],
)
def test_an_issuer_has_one_spelling(written: str, meant: str) -> None:
    """RFC 8414 section 4: compared letter by letter."""
    settings, problems = snapshot({"oauth.issuer": written})

    assert not problems
    assert oauth_policy(settings).issuer == meant
