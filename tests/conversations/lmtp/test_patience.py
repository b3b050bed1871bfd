"""Clients that take their time, that are many, and an end that loses nothing."""

import threading
import time

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal

PLAIN = b"Subject: Plans\r\n\r\nHello.\r\n"


def test_silence_ends_the_connection(office: Office) -> None:
    """RFC 5321 sections 3.8 and 4.5.3.2.7; RFC 3463 section 3.5."""
    office.obeys(timeout=0.1)
    mta = office.meets()
    mta.hears("220", "421 4.4.2")
    mta.hears_the_end()


def test_a_pause_in_the_data_ends_the_connection(office: Office, alice: Principal) -> None:
    """RFC 5321 section 4.5.3.2.5."""
    office.obeys(timeout=0.1)
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA", "Subject: x")
    mta.hears("250", "250", "354", "421 4.4.2")
    mta.hears_the_end()

    assert office.emails(alice) == []


@pytest.mark.parametrize("last", ["NOOP", "DATA"])
def test_a_trickle_ends_the_connection(office: Office, alice: Principal, last: str) -> None:
    """Ours: an octet now and then would hold a connection for good."""
    office.obeys(timeout=0.2)
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", last)
    mta.hears("250", "250", "")
    ended = threading.Event()

    def trickles() -> None:
        for _ in range(500):
            if ended.wait(0.02):
                return
            mta.sends(b"x")

    trickle = threading.Thread(target=trickles)
    trickle.start()
    mta.hears("421 4.4.2")
    assert trickle.is_alive()
    ended.set()
    trickle.join()


def test_who_keeps_talking_is_borne(office: Office, alice: Principal) -> None:
    """RFC 5321 section 4.5.3.2.7: the time is for each command, not for all of them."""
    office.obeys(timeout=1.0)
    mta = office.greets()
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        mta.offers(PLAIN, "alice@ours.example")
        mta.hears("250")


def test_a_client_that_never_reads_is_left(office: Office) -> None:
    """Ours: what it is told must not fill our memory."""
    # Longer than this side needs to go on with sending: who is silent is heard out, and may send what they like.
    office.obeys(timeout=1.0, max_recipients=0)
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>")
    mta.hears("250")
    group = f"RCPT TO:<{'x' * 300}@ours.example>\r\n".encode() * 200_000

    def talks() -> None:
        # The replies to the first may well fit into what lies between us.
        for _ in range(10):
            mta.sends(group)

    with pytest.raises((ConnectionError, TimeoutError)):
        talks()


def test_no_more_connections_than_allowed(office: Office, alice: Principal) -> None:
    """The setting `max-connections`: over all addresses of a listener, and until one is free again."""
    office.opens(max_connections=3)
    first, *others = [office.greets("tcp"), office.greets("unix"), office.greets("tcp")]
    for way in ("tcp", "unix"):
        refused = office.meets(way)
        refused.hears("421 4.3.2")
        refused.hears_the_end()
    first.says("QUIT")
    first.hears("221")
    first.hangs_up()
    for mta in others:
        mta.offers(PLAIN, "alice@ours.example")
        mta.hears("250")
    while True:
        again = office.meets()
        (greeting,) = again.hears("")
        if greeting.startswith("220"):
            break


def test_a_storm_of_connections(office: Office, alice: Principal) -> None:
    """Ours: who is served goes on being served."""
    office.opens(max_connections=20)
    mta = office.greets()
    for number in range(10):
        storm = [office.meets() for _ in range(30)]
        mta.offers(b"Subject: %d\r\n\r\n" % number, "alice@ours.example")
        mta.hears("250")
        for other in storm:
            other.hangs_up()

    assert len(office.emails(alice)) == 10


def test_several_connections_for_one_account(office: Office, alice: Principal) -> None:
    """Ours: none waits for another's message, and none is lost."""
    mtas = [office.greets() for _ in range(8)]
    for number in range(5):
        for who, mta in enumerate(mtas):
            mta.offers(b"Subject: %d of %d\r\n\r\n" % (number, who), "alice@ours.example")
        for mta in mtas:
            mta.hears("250")

    assert len(office.emails(alice)) == 40


def test_the_end_is_told_to_who_is_idle(office: Office, stranger: MTA, mta: MTA) -> None:
    """RFC 5321 section 3.8."""
    stranger.hears("220")
    office.closes()
    for one in (stranger, mta):
        one.hears("421 4.3.2")
        one.hears_the_end()
    with pytest.raises(OSError, match="refused"):
        office.meets("tcp")


def test_what_has_begun_is_finished(office: Office, alice: Principal) -> None:
    """RFC 5321 section 3.8, ours: a transaction is not cut off."""
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "250", "354")
    stopping = threading.Thread(target=office.closes)
    stopping.start()
    mta.sends(PLAIN + b".\r\n")
    mta.hears("250 2.0.0 <alice@", "421 4.3.2")
    mta.hears_the_end()
    stopping.join()

    assert len(office.emails(alice)) == 1


def test_but_not_for_ever(office: Office, alice: Principal) -> None:
    """Ours: after the time of grace the rest is told 421, and nothing is filed."""
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA", "Subject: x")
    mta.hears("250", "250", "354")
    office.closes(grace=0.05)
    mta.hears("421 4.3.2")
    mta.hears_the_end()

    assert office.emails(alice) == []


def test_an_account_that_is_slow_keeps_nobody_else_s_mail_waiting(
    office: Office, alice: Principal, carol: Principal
) -> None:
    """Architecture section 2: accounts do not disturb each other, as where a row or a file of one is locked."""
    allowed = threading.Event()
    office.store.trouble = lambda account, _when: allowed.wait(5) if account == alice.number else None
    waiting = [office.greets() for _ in range(3)]
    for mta in waiting:
        mta.offers(b"Subject: x\r\n\r\n", "alice@ours.example", sender=f"{id(mta)}@far.example")
    other = office.greets()
    other.offers(b"Subject: x\r\n\r\n", "carol@ours.example")
    other.hears("250 2.0.0")
    assert not allowed.is_set()
    assert office.emails(alice) == []
    allowed.set()
    for mta in waiting:
        mta.hears("250 2.0.0")
    assert len(office.emails(alice)) == 3


def test_the_loop_goes_on_while_the_store_is_slow(office: Office, alice: Principal) -> None:
    """Ours: store work is never done on the loop."""
    allowed = threading.Event()
    slow = office.greets()
    slow.says("MAIL FROM:<bob@far.example>")
    slow.hears("250")
    office.before_work = lambda: allowed.wait(5)
    slow.says("RCPT TO:<alice@ours.example>")
    other = office.greets()
    other.says("NOOP")
    other.hears("250")
    allowed.set()
    slow.hears("250 2.1.5")
