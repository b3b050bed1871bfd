"""Settings of policies and metrics."""

import pytest

from pillarbox.settings import catalogue, snapshot


def test_a_server_is_named_in_ascii() -> None:
    """RFC 8461 section 3.2: one bad name of a list costs that name alone."""
    settings, problems = snapshot(
        {
            "session.mta-sts.mx.0": "MX.home.example.",
            "session.mta-sts.mx.1": "*.home.example",
            "session.mta-sts.mx.2": "mx.büro.example",
            "session.mta-sts.mx.3": "*.*.example",
        }
    )

    assert settings[catalogue.MTA_STS_MX] == ("mx.home.example", "*.home.example")
    assert {one.key for one in problems} == {"session.mta-sts.mx.2", "session.mta-sts.mx.3"}


@pytest.mark.parametrize("word", ["testing", "enforce", "none", "disable"])
def test_the_words_for_what_senders_are_to_do(word: str) -> None:
    """RFC 8461 section 3.2; `disable` is ours: there is no policy."""
    settings, problems = snapshot({"session.mta-sts.mode": word})

    assert settings[catalogue.MTA_STS_MODE] == word
    assert not problems


def test_nothing_is_told_unless_it_is_wanted() -> None:
    """Ours: no metrics, no access log."""
    settings, _ = snapshot({})

    assert not settings[catalogue.PROMETHEUS]
    assert not settings[catalogue.LOG_REQUESTS]
