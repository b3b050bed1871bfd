"""Whatever is sent, in whatever pieces: it is kept as it was, and nothing else is."""

import re
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.conftest import NewStore

from pillarbox.access import Principal
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import EMAIL, Folder
from pillarbox.delivery import Deposit, Policy
from pillarbox.delivery.data import Room
from pillarbox.delivery.deposit import Filed, Offer
from pillarbox.delivery.dialogue import Answer, Dialogue, End, Look, Take, Wait
from pillarbox.delivery.trace import Hop, trace, without_return_path
from pillarbox.objects import number_of
from pillarbox.store import Store
from pillarbox.wire.values import Id, utc_datetime

POLICY = Policy("mail.ours.example", 1, 3, 100_000, 10_000, sub_addressing=True, quota=None)
NOBODY = Principal(Id("a1"), 1, "alice@ours.example", (), "", None)

MOMENT = utc_datetime("2027-01-01T00:00:00Z")

# Made of what the end of a message is made of, so that every way to come near it is tried.
near_the_end = st.lists(
    st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"x", b"\r\n.\r", b"\0", b"Return-Path: x\r\n", b"\xff"])
).map(b"".join)
octets = st.one_of(near_the_end, st.binary(max_size=300))


def pieces(text: bytes, cuts: list[int]) -> Iterator[bytes]:
    """The text in pieces, cut at some places."""
    places = sorted({cut % (len(text) + 1) for cut in cuts})
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        yield text[start:end]


def heard(dialogue: Dialogue, text: Iterator[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The messages that a dialogue took, and all replies as octets."""
    messages: list[bytes] = []
    replies: list[bytes] = []
    while True:
        match dialogue.step():
            case Answer(told, _):
                replies.append(told.octets())
            case Look():
                dialogue.accept(NOBODY)
            case Take(transaction, message, instead):
                if instead is None:
                    messages.append(bytes(message))
                replies += [b"250 2.0.0 OK\r\n" for _ in transaction.recipients]
                dialogue.taken()
            case Wait():
                piece = next(text, None)
                if piece is None:
                    return messages, replies
                dialogue.feed(piece)
            case End():
                return messages, replies


@given(st.lists(octets.map(lambda text: text + b"\r\n"), min_size=1, max_size=4), st.lists(st.integers(0, 5000)))
def test_messages_come_out_as_they_went_in(sent: list[bytes], cuts: list[int]) -> None:
    """RFC 5321 section 4.5.2, however the stream is cut (RFC 2920)."""
    stream = b"LHLO a\r\n"
    for message in sent:
        stuffed = (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:]
        stream += b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n" + stuffed + b".\r\n"

    messages, replies = heard(Dialogue(POLICY, Room(10**9)), pieces(stream + b"QUIT\r\n", cuts))

    assert messages == sent
    assert len(replies) == 2 + 4 * len(sent) + 1


COMMANDS = st.sampled_from(
    [b"LHLO a", b"MAIL FROM:<>", b"RCPT TO:<a@b>", b"DATA", b"RSET", b"NOOP", b"VRFY a", b"HELP", b".", b"FOO", b"EXPN"]
)


@given(
    st.lists(st.one_of(COMMANDS.map(lambda line: line + b"\r\n"), octets), max_size=40), st.lists(st.integers(0, 5000))
)
def test_any_octets_get_well_formed_replies(said: list[bytes], cuts: list[int]) -> None:
    """RFC 5321 section 4.2, RFC 2034 section 4; and room that is taken is given back."""
    room = Room(1000)
    dialogue = Dialogue(POLICY, room)
    _, replies = heard(dialogue, pieces(b"".join(said), cuts))
    dialogue.drop()

    form = re.compile(
        rb"(?:([245])\d\d[ -]\1\.\d\.\d .+|250[ -][A-Z0-9 ]+|(?:220|250)[ -]mail\.ours\.example.*|354 .*)\r\n"
    )
    lines = [line for told in replies for line in told.splitlines(keepends=True)]
    assert [line for line in lines if not form.fullmatch(line)] == []
    assert room.take(1000)


@pytest.fixture(scope="module")
def account(new_store: NewStore) -> Iterator[tuple[Store, Principal]]:
    with new_store(REGISTRY.tables) as store:
        store.create(0)
        yield store, InternalDirectory(store).add("alice@ours.example", "", [Folder("inbox", "Inbox")])


@settings(max_examples=50, deadline=None)
@given(message=octets, number=st.integers(0, 2**60))
def test_the_blob_is_our_fields_and_the_octets_sent(
    account: tuple[Store, Principal], message: bytes, number: int
) -> None:
    """RFC 5321 section 4.4, and the Email says its size."""
    store, alice = account
    hop = Hop(
        "a", None, "b", f"t{number}", utf8=False, reverse_path=f"{number}@c.example", only_recipient=None, moment=MOMENT
    )
    offer = Offer(hop, bytearray(message))
    outcome = Deposit(store, REGISTRY, lambda: 1_800_000_000.0).deliver(alice, offer, POLICY)
    if not isinstance(outcome, Filed):  # the same example again
        return

    with store.read(alice.number) as unit:
        (stored,) = unit.get(EMAIL.table, [number_of(outcome.email)])
        document = orjson.loads(stored.document)
        blob = unit.blob(number_of(document["blobId"]))
        assert blob is not None
        assert unit.octets(blob, 0, blob.size) == trace(hop) + bytes(without_return_path(message))
    assert document["size"] == blob.size == outcome.size
