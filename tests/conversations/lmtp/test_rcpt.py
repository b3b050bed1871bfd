"""RCPT: whose mail it is."""

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal


@pytest.fixture
def sender(mta: MTA) -> MTA:
    """An MTA that has said MAIL."""
    mta.says("MAIL FROM:<bob@far.example>")
    mta.hears("250")
    return mta


@pytest.mark.parametrize(
    "path",
    [
        "alice@ours.example",
        "Alice@OURS.Example",
        "alice@ours.example.",
        '"alice"@ours.example',
        '"al\\ice"@ours.example',
        "alice+lists@ours.example",
        "alice+@ours.example",
        "alice+a+b@ours.example",
        '"alice+any thing"@ours.example',
        "alice.jones@ours.example",
        "Alice.Jones+x@ours.example",
        "@relay.example:alice@ours.example",
    ],
)
def test_one_recipient_has_many_spellings(sender: MTA, alice: Principal, path: str) -> None:
    """RFC 5321 sections 2.4, 4.1.2 and 3.3; sub-addresses and aliases are ours."""
    sender.says(f"RCPT TO:<{path}>")
    sender.hears("250 2.1.5")


@pytest.mark.parametrize(
    "path",
    [
        "nobody@ours.example",
        "alice@far.example",
        "alice@sub.ours.example",
        "+alice@ours.example",
        "nobody+alice@ours.example",
        '"alice@ours.example"@ours.example',
        '" alice"@ours.example',
        '""@ours.example',
        "alice@[127.0.0.1]",
        "alice@" + "x" * 70 + ".example",
    ],
)
def test_an_unknown_recipient_is_refused(sender: MTA, alice: Principal, path: str) -> None:
    """The issue; RFC 3463 section 3.2."""
    sender.says(f"RCPT TO:<{path}>")
    sender.hears("550 5.1.1")
    sender.says("RCPT TO:<alice@ours.example>")
    sender.hears("250")


@pytest.mark.parametrize(
    "argument", ["", "TO:", "TO:<>", "TO:<alice>", "TO:alice@ours.example", "TO:<a b@ours.example>"]
)
def test_what_is_no_recipient_is_refused(sender: MTA, alice: Principal, argument: str) -> None:
    """RFC 5321 section 4.1.1.3."""
    sender.says(f"RCPT {argument}")
    sender.hears("501 5.1.3")


@pytest.mark.parametrize("parameter", ["NOTIFY=NEVER", "ORCPT=rfc822;a@b", "X=1"])
def test_parameters_are_refused(sender: MTA, alice: Principal, parameter: str) -> None:
    """RFC 5321 section 4.1.1.11: no extension that is offered has one."""
    sender.says(f"RCPT TO:<alice@ours.example> {parameter}")
    sender.hears("555 5.5.4")


def test_sub_addressing_can_be_off(office: Office, alice: Principal) -> None:
    """The setting `session.rcpt.sub-addressing`."""
    office.obeys(sub_addressing=False)
    mta = office.greets()
    mta.says("MAIL FROM:<>", "RCPT TO:<alice+x@ours.example>", "RCPT TO:<alice@ours.example>")
    mta.hears("250", "550 5.1.1", "250")


def test_a_real_address_comes_before_a_sub_address(office: Office, alice: Principal) -> None:
    """Ours."""
    other = office.has("alice+work@ours.example")
    mta = office.greets()
    mta.offers(b"Subject: x\r\n\r\n", "alice+work@ours.example")
    mta.hears("250")

    assert len(office.emails(other)) == 1
    assert office.emails(alice) == []


@pytest.mark.parametrize("path", ["postmaster", "Postmaster", "POSTMASTER@ours.example", "postmaster+x@ours.example"])
def test_postmaster_is_whoever_has_that_address(office: Office, sender: MTA, path: str) -> None:
    """RFC 5321 sections 2.3.5 and 4.5.1: without a domain, that of this host or the one above it."""
    office.has("dave@ours.example", "postmaster@ours.example")
    sender.says(f"RCPT TO:<{path}>")
    sender.hears("250 2.1.5")


def test_without_a_postmaster_it_is_unknown(sender: MTA, alice: Principal) -> None:
    """Ours: mail for the postmaster is not given to somebody who does not read it as such."""
    sender.says("RCPT TO:<postmaster>")
    sender.hears("550 5.1.1")


@pytest.mark.parametrize(
    "domain", ["münchen.example", "MÜNCHEN.example", "xn--mnchen-3ya.example", "mu\u0308nchen.example"]
)
def test_a_domain_in_its_script_is_the_one_in_ascii(office: Office, mta: MTA, domain: str) -> None:
    """RFC 6531 section 3.2."""
    office.has("erika@münchen.example")
    mta.says("MAIL FROM:<bob@far.example> SMTPUTF8", f"RCPT TO:<erika@{domain}>")
    mta.hears("250", "250 2.1.5")


def test_a_local_part_may_be_in_any_script(office: Office, mta: MTA) -> None:
    """RFC 6531 section 3.3."""
    office.has("jørgen@ours.example")
    mta.says("MAIL FROM:<bob@far.example> SMTPUTF8", "RCPT TO:<Jørgen+x@ours.example>")
    mta.hears("250", "250 2.1.5")


def test_a_recipient_beyond_ascii_needs_smtputf8(sender: MTA) -> None:
    """RFC 6531 section 3.5."""
    sender.says("RCPT TO:<jørgen@ours.example>")
    sender.hears("553 5.6.7")


def test_rcpt_needs_mail(mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 3.3."""
    mta.says("RCPT TO:<alice@ours.example>")
    mta.hears("503 5.5.1")


def test_recipients_over_the_limit_are_put_off(office: Office, alice: Principal, carol: Principal) -> None:
    """RFC 5321 section 4.5.3.1.10: the message goes to the others."""
    office.obeys(max_recipients=1)
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<nobody@ours.example>", "RCPT TO:<alice@ours.example>")
    mta.hears("250", "550", "250")
    mta.says("RCPT TO:<carol@ours.example>")
    mta.hears("452 4.5.3")
    mta.says("DATA", "Subject: x", "", ".")
    mta.hears("354", "250 2.0.0 <alice@ours.example>")
    mta.says("NOOP")
    mta.hears("250")

    assert len(office.emails(alice)) == 1
    assert office.emails(carol) == []


def test_a_hundred_recipients(office: Office, mta: MTA) -> None:
    """RFC 5321 section 4.5.3.1.8; RFC 2033 section 4.2: one reply for each, in their order."""
    accounts = [office.has(f"user{n}@ours.example") for n in range(10)]
    names = [f"user{n % 10}+{n}@ours.example" for n in range(100)]
    mta.offers(b"Subject: to all\r\n\r\nHello.\r\n", *names)

    replies = mta.hears(*("250 2.0.0" for _ in names))
    assert [reply.split()[2] for reply in replies] == [f"<{name}>" for name in names]
    assert [len(office.emails(account)) for account in accounts] == [1] * 10
