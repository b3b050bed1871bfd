"""The dialogue, step by step, without a socket."""

import pytest

from pillarbox.access import Principal
from pillarbox.delivery import Policy
from pillarbox.delivery.data import Room
from pillarbox.delivery.dialogue import Answer, Dialogue, End, Look, Take, Wait
from pillarbox.delivery.path import Path
from pillarbox.delivery.reply import NOT_FOUND
from pillarbox.wire.values import Id

POLICY = Policy("mail.ours.example", 1, 3, 1000, 50, sub_addressing=True, quota=None)
ALICE = Principal(Id("a1"), 1, "alice@ours.example", (), "", None)


@pytest.fixture
def dialogue() -> Dialogue:
    """One in which LHLO was said."""
    dialogue = Dialogue(POLICY, Room(10_000))
    dialogue.feed(b"LHLO mx.far.example\r\n")
    for _ in range(2):
        assert isinstance(dialogue.step(), Answer)
    return dialogue


def codes(dialogue: Dialogue, said: bytes) -> list[tuple[int, bool]]:
    """The replies to what is said, and whether each is held."""
    dialogue.feed(said)
    heard = []
    while not isinstance(step := dialogue.step(), Wait | End):
        if isinstance(step, Look):
            dialogue.accept(ALICE)
        if isinstance(step, Answer):
            heard.append((step.reply.code, step.held))
    return heard


def test_only_replies_to_groups_are_held(dialogue: Dialogue) -> None:
    """RFC 2920 section 3.2."""
    said = b"RSET\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nNOOP\r\nVRFY a\r\nHELP\r\nEXPN a\r\nFOO\r\nLHLO a\r\n"
    assert codes(dialogue, said) == [
        (250, True),
        (250, True),
        (250, True),
        (250, False),
        (252, False),
        (214, False),
        (502, False),
        (500, False),
        (250, False),
    ]
    assert codes(dialogue, b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n") == [(250, True), (250, True), (354, False)]


def test_a_transaction_is_handed_over_whole(dialogue: Dialogue) -> None:
    said = b"MAIL FROM:<bob@far.example> SMTPUTF8\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
    dialogue.feed(said)
    assert isinstance(dialogue.step(), Answer)
    assert dialogue.step() == Look(Path("a@b", "a", "b"))
    dialogue.refuse(NOT_FOUND)
    assert isinstance(dialogue.step(), Answer)
    assert dialogue.step() == Look(Path("c@d", "c", "d"))
    dialogue.accept(ALICE)
    for _ in range(2):
        assert isinstance(dialogue.step(), Answer)
    taken = dialogue.step()
    assert isinstance(taken, Take)
    assert bytes(taken.message) == b"x\r\n"
    assert taken.instead is None
    assert taken.transaction.client == "mx.far.example"
    assert taken.transaction.utf8
    assert [recipient.path.text for recipient in taken.transaction.recipients] == ["c@d"]
    idle_before = dialogue.is_idle
    dialogue.taken()
    assert (idle_before, dialogue.is_idle) == (False, True)
    assert isinstance(dialogue.step(), Answer)
    assert dialogue.step() == End()
    assert dialogue.step() == End()


def test_waiting_tells_how_much_has_come(dialogue: Dialogue) -> None:
    codes(dialogue, b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n")
    dialogue.feed(b"x" * 500)
    assert dialogue.step() == Wait(500)
    dialogue.feed(b"x" * 5000)
    assert dialogue.step() == Wait(5500)


def test_what_is_given_up_gives_its_room_back() -> None:
    room = Room(1000)
    dialogue = Dialogue(POLICY, room)
    codes(dialogue, b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n" + b"x" * 900)
    assert not room.take(200)
    dialogue.drop()
    assert room.take(1000)
    assert dialogue.step() == End()


def test_an_answer_without_a_question_is_a_mistake(dialogue: Dialogue) -> None:
    with pytest.raises(RuntimeError):
        dialogue.accept(ALICE)
    with pytest.raises(RuntimeError):
        dialogue.refuse(NOT_FOUND)
