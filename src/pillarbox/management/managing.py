"""What is more than a record, for callers of JMAP's methods: told and set as it is by REST."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pillarbox.datatypes.directory.managed import Principals
from pillarbox.datatypes.directory.principals import Kind
from pillarbox.datatypes.queue import QUEUE, QUEUED_MESSAGE, Pausing, Waiting
from pillarbox.management.office import Office
from pillarbox.management.principals import kept
from pillarbox.management.refusal import Invalid
from pillarbox.objects import Managing
from pillarbox.wire.values import JSON

if TYPE_CHECKING:
    from pillarbox.queue import Books

__all__ = ["managing"]


def managing(office: Office) -> Mapping[str, Managing]:
    """Who tells and sets such objects, by the name of their type."""

    def secrets(kind: Kind, sent: JSON) -> JSON:
        try:
            return kept(kind, sent, office.hashed)
        except Invalid as problem:
            raise ValueError(problem.detail) from None

    def books() -> "Books":
        # With all that speaks to other servers, which nobody else who manages waits for.
        from pillarbox.queue import books_of  # noqa: PLC0415

        return books_of(office.store, office.settings(), office.clock)

    principals = Principals(secrets, lambda: office.folders)
    return {
        **{kind.type.name: principals for kind in Kind},
        QUEUED_MESSAGE.name: Waiting(books),
        QUEUE.name: Pausing(),
    }
