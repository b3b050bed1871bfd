"""Requests that only read are answered on the event loop, if that takes but a moment (adr/0031)."""

from dataclasses import replace
from itertools import count

from tests.driver import JMAP, Home

from pillarbox.http import HTTP


def test_what_takes_longer_is_answered_all_the_same(home: Home, alice: JMAP) -> None:
    """Ours: it is begun anew in a thread."""
    expected = alice.asks("Mailbox/get")["list"]
    seconds = count()
    service = replace(home.setup.service, timer=lambda: float(next(seconds)))
    home.web.application = HTTP(replace(home.setup, service=service))

    assert alice.asks("Mailbox/get")["list"] == expected
