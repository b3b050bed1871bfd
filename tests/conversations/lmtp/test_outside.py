"""Large messages, while the bucket that they belong into does not answer (adr/0061)."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.conversations.lmtp.conftest import MTA, Office
from tests.neighbour.cable import Cable, cable
from tests.neighbour.ceph import Ceph

from pillarbox.access import Principal
from pillarbox.store.s3 import Place

pytestmark = [
    pytest.mark.neighbour,
    pytest.mark.parametrize("data", ["postgres and S3"], indirect=True),
    pytest.mark.parametrize("mta", ["tcp"], indirect=True),
]

LARGE = b"Subject: large\r\n\r\n" + b"a line of many\r\n" * 10_000


@pytest.fixture
def line(s3: Ceph) -> Iterator[Cable]:
    """What leads to the bucket."""
    with cable(("127.0.0.1", s3.port)) as made:
        yield made


@pytest.fixture
def bucket(s3: Ceph, line: Cable) -> Place:
    return replace(s3.place, endpoint=f"http://127.0.0.1:{line.port}", timeout=3.0)


def test_a_large_message_is_put_off_until_there_is_a_place_for_it(
    office: Office, mta: MTA, alice: Principal, line: Cable
) -> None:
    """Issue 8: 451, and nothing of it is kept; a small one is stored, and the large one later, once."""
    line.sever()
    mta.offers(LARGE, "alice@ours.example")
    mta.hears("451 4.3.0")
    mta.offers(b"Subject: small\r\n\r\nHello.\r\n", "alice@ours.example")
    mta.hears("250")
    line.put_up()
    until = time.monotonic() + 10
    replies = ["451"]
    while replies[0].startswith("451"):
        assert time.monotonic() < until
        time.sleep(0.2)
        mta.offers(LARGE, "alice@ours.example")
        replies = mta.hears("")
    assert replies[0].startswith("250")
    assert sorted(len(message) > len(LARGE) for message in office.messages(alice)) == [False, True]
