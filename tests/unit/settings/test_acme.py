"""Certificates by ACME: `acme.<id>.*`."""

import pytest

from pillarbox.settings import Authority, Duration, EabKey, Secret, catalogue, snapshot

WEB = {"acme.web.contact": "postmaster@example.org", "acme.web.domains": "mail.example.org"}
KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"


def wanted(pairs: dict[str, str]) -> tuple[Authority, ...]:
    settings, problems = snapshot(pairs)
    assert problems == []
    return settings[catalogue.AUTHORITIES]


def told(pairs: dict[str, str]) -> list[tuple[str, str]]:
    settings, problems = snapshot(pairs)
    assert settings[catalogue.AUTHORITIES] == ()
    return [(problem.key, problem.kind) for problem in problems]


def test_nothing_is_ordered_unless_it_is_written() -> None:
    """Ours."""
    assert wanted({}) == ()


def test_a_name_and_a_contact_are_enough() -> None:
    """The HTTP reference, section 12.3: the defaults."""
    assert wanted(WEB) == (
        Authority(
            "web",
            "https://acme-v02.api.letsencrypt.org/directory",
            "tls-alpn-01",
            ("postmaster@example.org",),
            ("mail.example.org",),
            Duration(30 * 86_400_000),
            is_default=False,
            eab=None,
        ),
    )


def test_everything_may_be_said() -> None:
    """The HTTP reference, section 12.3."""
    (found,) = wanted(
        {
            "acme.web.directory": "https://ca.example:14000/dir",
            "acme.web.challenge": "http-01",
            "acme.web.contact.1": "mailto:a@example.org",
            "acme.web.contact.2": "b@example.org",
            "acme.web.domains.1": "Mail.Example.ORG.",
            "acme.web.domains.2": "mail.example.org",
            "acme.web.domains.3": "mta-sts.example.org",
            "acme.web.renew-before": "7d",
            "acme.web.default": "true",
            "acme.web.eab.kid": "kid-1",
            "acme.web.eab.hmac-key": KEY,
        }
    )

    assert found == Authority(
        "web",
        "https://ca.example:14000/dir",
        "http-01",
        ("a@example.org", "b@example.org"),
        ("mail.example.org", "mta-sts.example.org"),
        Duration(7 * 86_400_000),
        is_default=True,
        eab=EabKey("kid-1", Secret(KEY)),
    )
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"acme.web.contact": WEB["acme.web.contact"]}, ("acme.web.domains", "missing")),
        ({"acme.web.domains": WEB["acme.web.domains"]}, ("acme.web.contact", "missing")),
        ({**WEB, "acme.web.domains": "*.example.org"}, ("acme.web.domains", "parse")),
        ({**WEB, "acme.web.contact": "https://example.org/?a@b"}, ("acme.web.contact", "parse")),
        ({**WEB, "acme.web.challenge": "dns-01"}, ("acme.web.challenge", "build")),
        ({**WEB, "acme.web.challenge": "http01"}, ("acme.web.challenge", "parse")),
        ({**WEB, "acme.web.eab.kid": "kid-1"}, ("acme.web.eab.hmac-key", "missing")),
        ({**WEB, "acme.web.eab.hmac-key": KEY}, ("acme.web.eab.kid", "missing")),
        (
            {**WEB, "acme.web.eab.kid": "kid-1", "acme.web.eab.hmac-key": "it is not told"},
            ("acme.web.eab.hmac-key", "parse"),
        ),
    ],
)
def test_one_that_cannot_be_had_is_left_out_and_told(written: dict[str, str], problem: tuple[str, str]) -> None:
    """Ours: what cannot work is not tried, again and again, at somebody else's server."""
    assert told(written) == [problem]


def test_a_bad_key_is_not_told() -> None:
    """House rules: secrets are in no message."""
    _, problems = snapshot({**WEB, "acme.web.eab.kid": "kid-1", "acme.web.eab.hmac-key": "it is not told"})

    assert "it is not told" not in str(problems)


def test_of_a_list_a_bad_name_costs_itself_alone() -> None:
    """The settings reference, section 1."""
    settings, problems = snapshot(
        {
            "acme.web.contact": "a@example.org",
            "acme.web.domains.1": "*.example.org",
            "acme.web.domains.2": "mail.example.org",
        }
    )

    assert [one.domains for one in settings[catalogue.AUTHORITIES]] == [("mail.example.org",)]
    assert [problem.key for problem in problems] == ["acme.web.domains.1"]


@pytest.mark.parametrize(
    "url", ["http://ca.example/dir", "https://", "https://user@ca.example/", "https://ca .example/"]
)
def test_a_directory_is_an_https_url(url: str) -> None:
    """RFC 8555 section 6.1: communications with an authority are over HTTPS."""
    _, problems = snapshot({**WEB, "acme.web.directory": url})

    assert [(one.key, one.kind) for one in problems] == [("acme.web.directory", "parse")]


@pytest.mark.parametrize("key", ["provider", "secret", "polling-interval", "cache"])
def test_what_is_not_served_is_told(key: str) -> None:
    """The HTTP reference, section 12.3: the keys of dns-01, and one that never was."""
    _, problems = snapshot({**WEB, f"acme.web.{key}": "anything"})

    assert [(one.key, one.kind) for one in problems] == [(f"acme.web.{key}", "unread")]
