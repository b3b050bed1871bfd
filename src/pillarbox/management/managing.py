"""What is more than a record, for callers of JMAP's methods: told and set as it is by REST."""

from collections.abc import Mapping

from pillarbox.datatypes.directory.managed import Principals
from pillarbox.datatypes.directory.principals import Kind
from pillarbox.datatypes.queue import QUEUE, QUEUED_MESSAGE, Pausing, Waiting
from pillarbox.management.office import Office
from pillarbox.management.principals import kept
from pillarbox.management.refusal import Invalid
from pillarbox.objects import Managing
from pillarbox.wire.values import JSON

__all__ = ["managing"]


def managing(office: Office) -> Mapping[str, Managing]:
    """Who tells and sets such objects, by the name of their type."""

    def secrets(kind: Kind, sent: JSON) -> JSON:
        try:
            return kept(kind, sent, office.hashed)
        except Invalid as problem:
            raise ValueError(problem.detail) from None

    principals = Principals(secrets, lambda: office.folders)
    return {
        **{kind.type.name: principals for kind in Kind},
        QUEUED_MESSAGE.name: Waiting(office.books),
        QUEUE.name: Pausing(),
    }
