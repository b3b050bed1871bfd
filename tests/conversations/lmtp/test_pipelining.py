"""Commands in groups (RFC 2920)."""

from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal


def test_a_whole_session_at_once(office: Office, stranger: MTA, alice: Principal) -> None:
    """RFC 2920 section 3.2: answered in order, nothing of later commands is thrown away."""
    transaction = (
        "MAIL FROM:<bob@far.example>\r\nRCPT TO:<alice@ours.example>\r\nRCPT TO:<nobody@ours.example>\r\nDATA\r\n"
        "Subject: {}\r\n\r\nHello.\r\n.\r\n"
    )
    stranger.sends(f"LHLO a\r\n{transaction.format(1)}{transaction.format(2)}RSET\r\nQUIT\r\n".encode())
    once = ("250 2.1.0", "250 2.1.5", "550 5.1.1", "354", "250 2.0.0 <alice@")
    stranger.hears("220", "250", *once, *once, "250 2.0.0 OK", "221")
    stranger.hears_the_end()

    assert [email["subject"] for email in office.emails(alice)] == ["1", "2"]


def test_replies_to_a_group_come_together(mta: MTA, alice: Principal) -> None:
    """RFC 2920 section 3.2: one packet, not one each."""
    mta.says("RSET", "MAIL FROM:<bob@far.example>", *["RCPT TO:<alice@ours.example>"] * 20)
    assert mta.socket.recv(65536).count(b"\r\n") == 22


def test_data_without_recipients_in_a_group(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 2920 section 3.1: a client that pipelined DATA looks at its reply before it sends the text."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<nobody@ours.example>", "DATA")
    mta.hears("250", "550", "503 5.5.1")
    mta.says("RSET", "MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "250", "250", "354")


def test_a_client_that_has_sent_all_it_has_to_say(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: the end of its side is not the end of ours."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA", "Subject: x", "", ".")
    mta.socket.shutdown(1)
    mta.hears("250", "250", "354", "250 2.0.0 <alice@")
    mta.hears_the_end()

    assert len(office.emails(alice)) == 1
