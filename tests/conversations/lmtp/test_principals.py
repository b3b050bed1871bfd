"""Mail for accounts as whoever manages the server has made them: without an address, and with a whole domain."""

from datetime import UTC, datetime
from typing import Any

from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import OWNER, Principal
from pillarbox.datatypes.directory.principals import Kind, make
from pillarbox.datatypes.mail import Folder

HELLO = b"From: bob@far.example\r\nSubject: hello\r\n\r\nHello.\r\n"


def makes(office: Office, kind: Kind, **properties: Any) -> Principal:
    directory = office.directory.internal
    with directory.errand(OWNER, datetime.now(UTC), [Folder("inbox", "Inbox")]) as errand:
        make(errand, kind, properties)
    found = directory.find(properties["name"])
    assert found is not None
    return found


def test_what_is_for_nobody_of_a_domain_is_for_who_has_it_all(office: Office, mta: MTA, alice: Principal) -> None:
    """Management API section 4.2: @dom is a catch-all."""
    rest = makes(office, Kind.INDIVIDUAL, name="rest", emails=["@ours.example"], roles=["user"])
    mta.offers(HELLO, "nobody@ours.example", alice.address, "Any.One+more@OURS.example")
    mta.hears("250", "250", "250")
    assert len(office.emails(alice)) == 1
    # Both of those at once are one transaction, and so one message.
    assert len(office.emails(rest)) == 1
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<nobody@other.example>")
    mta.hears("250", "550")


def test_a_list_receives_what_is_for_nobody(office: Office, mta: MTA, alice: Principal) -> None:
    """Management API section 4.2: lists have emails, too."""
    makes(office, Kind.LIST, name="all", emails=["all@ours.example", "@ours.example"], members=[alice.name])
    mta.offers(HELLO, "nobody@ours.example")
    mta.hears("250")


def test_who_has_no_address_receives_nothing(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: a name is no address, and neither is one with an @."""
    for name in ("jane", "jane@ours.example"):
        made = makes(office, Kind.INDIVIDUAL, name=name, roles=["user"])
        assert (made.address, made.addresses) == ("", ())
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<jane@ours.example>", "RCPT TO:<@ours.example>")
    mta.hears("250", "550", "5")
