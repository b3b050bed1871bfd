"""What parts are given of the settings."""

from pillarbox.app.figures import site
from pillarbox.http import Site
from pillarbox.settings import snapshot

METRICS = "metrics.prometheus"


def made(**texts: str) -> Site:
    """What is told to those without an account, under these settings."""
    settings, problems = snapshot({name.replace("__", "-").replace("_", "."): text for name, text in texts.items()})
    assert not problems
    return site(settings)


def test_without_settings_nothing_is_told() -> None:
    """Ours."""
    told = made()

    assert (told.sts, told.scraping, told.logs_requests) == (None, None, False)


def test_a_policy_names_the_servers() -> None:
    """RFC 8461 section 3.2."""
    told = made(session_mta__sts_mx="mx.home.example", session_mta__sts_max__age="14d")

    assert told.sts is not None
    assert (told.sts.mode, told.sts.seconds, told.sts.mx) == ("testing", 1_209_600, ("mx.home.example",))


def test_a_policy_that_takes_another_back_needs_no_server() -> None:
    """RFC 8461 section 8.3: mode none; but to say nothing at all is not to have one."""
    taken_back = made(session_mta__sts_mode="none").sts

    assert taken_back is not None
    assert taken_back.octets() == b"version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n"
    assert made(session_mta__sts_mode="enforce").sts is None
    assert made(session_mta__sts_mode="disable", session_mta__sts_mx="mx.home.example").sts is None


def test_metrics_with_half_of_the_credentials_are_for_nobody() -> None:
    """Ours: whoever wrote a secret did not mean everybody."""
    enabled = {"metrics_prometheus_enable": "true"}

    assert made(**enabled, metrics_prometheus_auth_username="prometheus").scraping is None
    assert made(**enabled, metrics_prometheus_auth_secret="open sesame").scraping is None
    both = made(**enabled, metrics_prometheus_auth_username="prometheus", metrics_prometheus_auth_secret="open sesame")
    assert both.scraping is not None
    assert both.scraping.credentials is not None
    alone = made(**enabled).scraping
    assert alone is not None
    assert alone.credentials is None
