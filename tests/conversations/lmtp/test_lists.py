"""Mail that comes in for a list, and for who may have none."""

from datetime import UTC, datetime

import orjson
from tests.conversations.lmtp.conftest import MTA, Office
from tests.driver.roles import RoleChange, change_permissions

from pillarbox.access import PERMISSIONS, Principal
from pillarbox.datatypes.queue import QUEUED_MESSAGE

PLAIN = b"Return-Path: <eve@far.example>\r\nFrom: bob@far.example\r\nMessage-ID: <1@far.example>\r\n\r\nHello.\r\n"
ALL = "all@ours.example"


def waiting(office: Office, account: Principal) -> list[tuple[str, list[str], bytes]]:
    """What is on its way from an account: the sender, to whom, and the message."""
    found = []
    with office.store.read(account.number) as unit:
        for stored in unit.get(QUEUED_MESSAGE.table, unit.numbers(QUEUED_MESSAGE.table, 100)):
            document = orjson.loads(stored.document)
            blob = unit.blob(document["blob"])
            recipients = [one["address"] for one in document["recipients"]]
            found.append((document["sender"], recipients, unit.octets(blob, 0, blob.size)))
    return found


def test_it_is_on_its_way_to_the_members_once_it_is_accepted(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 3.9.2; section 4.4: the Return-Path of before is taken away, and a Received is put in front."""
    everybody = office.directory.internal.add_list(ALL, [alice.address, "carol@far.example"])
    mta.offers(PLAIN, ALL)
    mta.hears("250")

    ((sender, recipients, message),) = waiting(office, everybody)
    assert (sender, recipients) == (ALL, [alice.address, "carol@far.example"])
    assert message.startswith(b"Received: from mx.far.example")
    assert message.endswith(PLAIN.partition(b"\r\n")[2])
    assert b"Return-Path" not in message
    assert office.emails(alice) == []


def test_what_is_offered_again_is_on_its_way_already(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 1047."""
    everybody = office.directory.internal.add_list(ALL, [alice.address])
    for _ in range(2):
        mta.offers(PLAIN, ALL)
        mta.hears("250")

    assert len(waiting(office, everybody)) == 1


def test_a_report_is_taken_and_goes_no_further(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 4.5.5: what has no return address is a report."""
    everybody = office.directory.internal.add_list(ALL, [alice.address])
    mta.offers(PLAIN, ALL, sender="")
    mta.hears("250")

    assert waiting(office, everybody) == []


def test_who_may_receive_no_mail_is_refused(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 3463 section 3.3, X.2.1; the permission is `email-receive` (management API section 20)."""
    change_permissions(
        office.store, alice.address, RoleChange(disabled=["email-receive"]), PERMISSIONS, datetime.now(UTC)
    )
    mta.says("MAIL FROM:<bob@far.example>", f"RCPT TO:<{alice.address}>")
    mta.hears("250", "550 5.2.1")


def test_who_may_not_sign_in_gets_mail_all_the_same(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: to lock an account is not to lose its mail."""
    change_permissions(
        office.store, alice.address, RoleChange(disabled=["authenticate"]), PERMISSIONS, datetime.now(UTC)
    )
    mta.offers(PLAIN, alice.address)
    mta.hears("250")

    assert len(office.emails(alice)) == 1
