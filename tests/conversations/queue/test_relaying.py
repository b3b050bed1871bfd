"""Mail to other servers: one transaction, and what each reply of theirs means (RFC 5321)."""

from tests.conversations.queue.conftest import LETTER, Post, statuses, until
from tests.driver import JMAP
from tests.neighbour.mx import DROP, MX, STALL

from pillarbox.datatypes.queue import Recipient
from pillarbox.store import Unavailable


def test_a_message_reaches_the_mail_server_of_its_domain(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.3: MAIL, RCPT, DATA; section 4.5.2: dots are doubled on the way, and single again."""
    sending.queues(alice, "bob@far.example")

    given = sending.mx.takes()

    assert given.mail.startswith("MAIL FROM:<alice@home.example> SIZE=")
    assert given.rcpt == ["RCPT TO:<bob@far.example>"]
    assert given.octets == LETTER
    sending.empties(alice)


def test_recipients_of_one_domain_share_a_transaction(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.3: any number of RCPT; section 7.2 does not ask for less."""
    sending.queues(alice, "bob@far.example", "carol@FAR.example")

    assert sending.mx.takes().rcpt == ["RCPT TO:<bob@far.example>", "RCPT TO:<carol@FAR.example>"]
    sending.empties(alice)
    assert sending.mx.connections == 1


def test_each_recipient_has_a_reply_of_their_own(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.3: one may be taken, one refused, and one put off."""
    sending.mx.says("RCPT", "250 2.1.5 OK", "550 5.1.1 No such user", "450 4.2.1 Busy")
    sending.queues(alice, "bob@far.example", "nobody@far.example", "dave@far.example")

    sending.mx.takes()
    left = sending.waits_for(alice, lambda left: "failed" in statuses(left[:1]).values())

    assert statuses(left[:1]) == {
        "bob@far.example": "relayed",
        "nobody@far.example": "failed",
        "dave@far.example": "waiting",
    }
    assert [one["reply"] for one in left[0]["recipients"]] == [
        "250 2.1.5 OK",
        "550 5.1.1 No such user",
        "450 4.2.1 Busy",
    ]


def test_a_refusal_is_nobody_else_s(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.8: who leaves after it has said nothing of the others, who are as if told 451."""
    sending.mx.says("RCPT", "250 2.1.5 OK", "550 5.7.1 Go away\r\n421 4.7.0 Too many errors")
    sending.queues(alice, "bob@far.example", "nobody@far.example", "dave@far.example")

    left = sending.waits_for(alice, lambda left: "failed" in statuses(left[:1]).values())

    assert statuses(left[:1]) == {
        "bob@far.example": "waiting",
        "nobody@far.example": "failed",
        "dave@far.example": "waiting",
    }


def test_what_is_put_off_is_tried_again_later(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.5.4.1: the client delays the retry."""
    sending.mx.says("RCPT", "451 4.7.1 Greylisted")
    sending.queues(alice, "bob@far.example")
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    assert sending.mx.took_nothing()

    sending.passes(61, alice)

    assert sending.mx.takes().octets == LETTER
    sending.empties(alice)


def test_a_message_that_is_refused_as_a_whole_is_refused_for_all_who_were_taken(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.2.5: the reply after the data is about all recipients that were accepted."""
    sending.mx.says(".", "554 5.7.1 Spam")
    sending.queues(alice, "bob@far.example", "carol@far.example")

    told = sending.gets(alice)

    sending.empties(alice)
    report = told.as_string()
    assert report.count("Diagnostic-Code: smtp; 554 5.7.1 Spam") == 2


def test_a_connection_that_is_cut_before_the_data_is_no_doubt(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.8: a closed connection is as a 451 reply."""
    sending.mx.says("RCPT", DROP)
    sending.queues(alice, "bob@far.example")

    (message,) = sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    assert message["recipients"][0]["reply"].startswith("451 4.4.2 the connection to mx.far.example was lost")
    assert "may have" not in message["recipients"][0]["reply"]


def test_a_connection_that_is_cut_after_the_final_dot_is_told_and_tried_again(sending: Post, alice: JMAP) -> None:
    """RFC 1047: the server may have the message; it gets it again, the same one, and the doubt is told."""
    sending.mx.says(".", DROP)
    sending.queues(alice, "bob@far.example")

    first = sending.mx.takes()
    (message,) = sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    assert "it may have the message, and gets it again" in message["recipients"][0]["reply"]
    sending.passes(61, alice)

    assert sending.mx.takes().octets == first.octets
    sending.empties(alice)


def test_a_server_that_falls_silent_is_given_up(post: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.5.3.2: an SMTP client MUST provide a timeout mechanism."""
    post.patience = type(post.patience)(command=0.2)
    post.mx.says("MAIL", STALL)
    post.starts()
    post.queues(alice, "bob@far.example")

    (message,) = post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    assert message["recipients"][0]["reply"].startswith("451 4.4.2")


def test_a_greeting_that_refuses_is_for_all(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.1: 554 in place of 220."""
    sending.mx.says("connect", "554 5.3.2 No SMTP service here")
    sending.queues(alice, "bob@far.example")

    assert "554 5.3.2 No SMTP service here" in sending.gets(alice).as_string()


def test_a_server_without_ehlo_is_greeted_with_helo(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.2: clients fall back to HELO; of nothing that only EHLO offers use is made."""
    sending.mx.says("EHLO", "502 5.5.1 Not here")
    sending.queues(alice, Recipient("bob@far.example", {"NOTIFY": "FAILURE"}))

    given = sending.mx.takes()

    assert given.mail == "MAIL FROM:<alice@home.example>"
    assert given.rcpt == ["RCPT TO:<bob@far.example>"]


def test_parameters_go_on_to_who_knows_them(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 5.2.1: ENVID, RET, NOTIFY and ORCPT as they were given; section 4: in xtext."""
    to = Recipient("bob@far.example", {"NOTIFY": "SUCCESS,FAILURE", "ORCPT": "rfc822;b+b@far.example"})
    sending.queues(alice, to, parameters={"RET": "HDRS", "ENVID": "a=1 b"})

    given = sending.mx.takes()

    assert given.mail.endswith(" RET=HDRS ENVID=a+3D1+20b")
    assert given.rcpt == ["RCPT TO:<bob@far.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bb@far.example"]
    sending.empties(alice)


def test_a_message_that_is_too_large_for_the_server_is_not_offered(sending: Post, alice: JMAP) -> None:
    """RFC 1870 section 6.1: a client may decide by the size that EHLO tells."""
    sending.mx.extensions = ["SIZE 100"]
    sending.queues(alice, "bob@far.example")

    assert "5.3.4" in sending.gets(alice).as_string()
    assert not any(command.startswith("MAIL") for command in sending.mx.commands)


def test_octets_beyond_ascii_go_only_where_they_are_taken(sending: Post, alice: JMAP) -> None:
    """RFC 6152 section 3: a client does not transmit them to a server without 8BITMIME."""
    octets = LETTER.replace(b"Hello", "Grüße".encode())
    sending.queues(alice, "bob@far.example", octets=octets)
    given = sending.mx.takes()
    assert given.octets == octets
    assert " BODY=8BITMIME" in given.mail

    sending.mx.extensions = []
    sending.queues(alice, "bob@far.example", octets=octets)

    assert "5.6.3" in sending.gets(alice).as_string()


def test_an_address_beyond_ascii_needs_smtputf8_and_a_domain_does_not(sending: Post, alice: JMAP) -> None:
    """RFC 6531 section 3.1: not to a server without it; RFC 5890: a domain has a form in ASCII."""
    sending.names.has_mx("xn--fr-xka.example", [(10, "mx.far.example", sending.mx.host)])
    sending.queues(alice, "jürgen@far.example")
    assert sending.mx.takes().mail.endswith(" SMTPUTF8")

    sending.mx.extensions = ["8BITMIME"]
    sending.queues(alice, "bob@für.example")
    assert sending.mx.takes().rcpt == ["RCPT TO:<bob@xn--fr-xka.example>"]
    sending.queues(alice, "jürgen@far.example")

    assert "5.6.7" in sending.gets(alice).as_string()


def test_thousands_of_lines_of_a_reply_are_a_few_words(sending: Post, alice: JMAP) -> None:
    """Ours: what a stranger says has a bound, and nothing in it that a terminal would obey."""
    sending.mx.says("RCPT", "\r\n".join(["450-4.2.1 \x1b[31mno"] * 1000 + ["450 4.2.1 end"]))
    sending.queues(alice, "bob@far.example")

    (message,) = sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    reply = message["recipients"][0]["reply"]
    assert len(reply) < 600
    assert reply.isprintable()


def test_552_for_too_many_recipients_is_for_now(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.5.3.1.10: as 452; a mailbox that is full says so by its enhanced code."""
    sending.mx.says("RCPT", "552 Too many recipients", "552 5.2.2 Mailbox full")
    sending.queues(alice, "bob@far.example", "carol@far.example")

    left = sending.waits_for(alice, lambda left: "failed" in statuses(left[:1]).values())

    assert statuses(left[:1]) == {"bob@far.example": "waiting", "carol@far.example": "failed"}


def test_a_host_that_nobody_reached_is_not_tried_for_each_message(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.5.4.1: a list of hosts that cannot be reached, instead of retrying queued mail items."""
    sending.mx.says("connect", *["421 4.3.2 Not now"] * 100)
    for _ in range(30):
        sending.queues(alice, "bob@far.example")

    sending.waits_for(alice, lambda left: all(one["recipients"][0]["tries"] == 1 for one in left))

    assert sending.mx.connections <= 5


def test_an_administrator_may_have_it_tried_nevertheless(sending: Post, alice: JMAP) -> None:
    """Ours: `pillarbox queue retry`, when what was wrong has been mended."""
    sending.mx.says("connect", "421 4.3.2 Not now")
    sending.queues(alice, "bob@far.example")
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    (waiting,) = sending.books().look(alice.number, 1).messages

    sending.books().postpone(alice.number, (waiting.number,), sending.now)

    sending.mx.takes()
    sending.empties(alice)


def test_an_outcome_that_cannot_be_written_down_is_written_later(post: Post, alice: JMAP) -> None:
    """Architecture section 3: remote delivery is repeated only where nobody can know; a full disk is no such reason."""
    failures = iter([True, True])

    def fails() -> None:
        if next(failures, False):
            raise Unavailable("the disk is full")

    post.unwritten = fails
    post.starts()
    post.queues(alice, "bob@far.example")

    post.mx.takes()
    post.empties(alice)

    assert post.mx.took_nothing()
    assert post.mx.connections == 1


def test_a_beginning_that_nobody_can_know_of_sends_nothing(post: Post, alice: JMAP) -> None:
    """Architecture section 3: what another server may have is known before it has it, or it is sent twice."""
    doubts = iter([True])

    def doubts_it() -> None:
        if next(doubts, False):
            raise Unavailable("whether it was written down cannot be known")

    post.begun = doubts_it
    post.starts()
    post.queues(alice, "bob@far.example")
    post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    assert post.mx.took_nothing()

    post.passes(61, alice)

    post.mx.takes()
    post.empties(alice)
    assert post.mx.took_nothing()


def test_who_stalls_keeps_only_their_own_mail_waiting(post: Post, alice: JMAP) -> None:
    """Ours: five connections to one destination at once, none for a minute once it has stalled; others have theirs."""
    post.patience = type(post.patience)(command=1.0)
    post.starts()
    post.mx.says("MAIL", *[STALL] * 150)
    for _ in range(150):
        post.queues(alice, "bob@far.example")
    with MX("127.0.0.2", post.mx.port) as other:
        post.names.has_mx("other.example", [(10, "mx.other.example", other.host)])
        post.queues(alice, "carol@other.example")

        assert other.takes().rcpt == ["RCPT TO:<carol@other.example>"]
    assert post.mx.connections == 5


def test_one_who_writes_to_many_that_stall_keeps_nobody_else_waiting(post: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: ten connections of one account at once; strangers choose where an account sends that answers by itself."""
    post.starts()
    post.mx.says("MAIL", *[STALL] * 60)
    for number in range(60):
        post.names.has_mx(f"d{number}.example", [(10, "mx.far.example", post.mx.host)])
        post.queues(alice, f"somebody@d{number}.example")
    with MX("127.0.0.2", post.mx.port) as other:
        post.names.has_mx("other.example", [(10, "mx.other.example", other.host)])
        until(lambda: post.mx.connections, lambda connections: connections == 10)
        post.queues(bob, "carol@other.example")

        assert other.takes().rcpt == ["RCPT TO:<carol@other.example>"]
    assert post.mx.connections == 10


def test_a_size_that_is_no_number_is_none(sending: Post, alice: JMAP) -> None:
    """RFC 1870 section 3: decimal digits of ASCII; a superscript is a digit to many programs, and no number."""
    sending.mx.extensions = ["SIZE ²"]
    sending.queues(alice, "bob@far.example")

    assert sending.mx.takes().octets == LETTER
    sending.empties(alice)


def test_who_takes_a_message_before_it_came_has_not_taken_it(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.3.2: 354 goes before the data; another server that says 250 there would lose the message."""
    sending.mx.says("DATA", "250 2.0.0 Taken")
    sending.queues(alice, "bob@far.example")

    left = sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    assert left[0]["recipients"][0]["reply"] == "451 4.5.0 the server did not wait for the message"


def test_a_server_s_name_that_tls_does_not_know_as_one_is_no_obstacle(sending: Post, alice: JMAP) -> None:
    """RFC 7435 section 3: what cannot be encrypted goes as it is; DNS takes any name (RFC 2181 section 11)."""
    sending.names.has_mx("odd.example", [(10, r"a\..odd.example", sending.mx.host)])
    sending.queues(alice, "bob@odd.example")

    assert sending.mx.takes().rcpt == ["RCPT TO:<bob@odd.example>"]
    sending.empties(alice)
