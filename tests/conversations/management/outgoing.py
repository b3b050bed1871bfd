"""Messages on their way out, for conversations about the queue."""

from collections.abc import Mapping
from datetime import timedelta

from tests.driver import JMAP, Home

from pillarbox.datatypes.queue import Outgoing, Recipient, enqueue, keep, queued_message
from pillarbox.datatypes.server import ACCOUNT, QUEUE, expect
from pillarbox.queue.outcome import released

__all__ = ["LETTER", "queues"]

LETTER = b"From: Alice <alice@home.example>\r\nTo: bob@far.example\r\nSubject: Plans\r\n\r\nHello.\r\n"


def queues(
    home: Home,
    person: JMAP,
    *recipients: str | Recipient,
    sender: str | None = None,
    parameters: Mapping[str, str] = {},
) -> str:
    """Somebody's message to these is to be sent; its id in the management API."""
    now = home.now()
    expect(home.store, person.number, QUEUE, now)
    to = tuple(one if isinstance(one, Recipient) else Recipient(one) for one in recipients)
    with home.store.write(person.number) as unit:
        blob = unit.add_blob(LETTER, int(now.timestamp()) + 60)
        envelope = Outgoing(
            blob,
            person.name if sender is None else sender,
            to,
            now,
            now + timedelta(days=5),
            None,
            dict(parameters),
        )
        number = enqueue(unit, envelope, now)
        message = queued_message(unit, number)
        assert message is not None
        keep(unit, released(message, ""))
    return f"{ACCOUNT.id(person.number)}.{message.id}"
