"""Mail for a group's address is the group's."""

from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal, Rights
from pillarbox.datatypes.mail import Folder

PLAIN = b"From: bob@far.example\r\nSubject: Plans\r\n\r\nHello.\r\n"
TEAM = "team@ours.example"


def group(office: Office, member: Principal, quota: int | None = None) -> Principal:
    directory = office.directory.internal
    return directory.add_group(TEAM, {member.address: Rights.READ}, (Folder("inbox", "Inbox"),), quota)


def test_mail_for_a_group_is_filed_in_its_account(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: in the group's Inbox alone, under its aliases too."""
    team = group(office, alice)
    office.directory.internal.add_alias(TEAM, "all@ours.example")
    mta.offers(PLAIN, TEAM)
    mta.hears("250")
    mta.offers(PLAIN.replace(b"Plans", b"More"), "all@ours.example")
    mta.hears("250")

    assert [email["subject"] for email in office.emails(team)] == ["Plans", "More"]
    assert office.emails(alice) == []


def test_a_message_for_a_group_and_a_member_is_in_both_accounts(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: each account has its own."""
    team = group(office, alice)
    mta.offers(PLAIN, TEAM, "alice@ours.example")
    mta.hears("250", "250")

    assert len(office.emails(team)) == len(office.emails(alice)) == 1


def test_a_group_has_a_quota_of_its_own(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: what does not fit the group is refused, whatever its members may hold."""
    group(office, alice, quota=10)
    mta.offers(PLAIN, TEAM)
    mta.hears("552")


def test_a_group_that_was_removed_has_no_mail(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: nobody has that address."""
    group(office, alice)
    office.directory.internal.remove(TEAM)
    mta.says("MAIL FROM:<bob@far.example>", f"RCPT TO:<{TEAM}>")
    mta.hears("250", "550")
