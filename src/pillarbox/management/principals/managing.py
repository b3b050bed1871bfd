"""Principals by JMAP: the same secrets and folders as by REST."""

from pillarbox.datatypes.directory.managed import Principals
from pillarbox.datatypes.directory.principals import Kind
from pillarbox.management.office import Office
from pillarbox.management.principals.secret import kept
from pillarbox.management.refusal import Invalid
from pillarbox.wire.values import JSON

__all__ = ["managing"]


def managing(office: Office) -> Principals:
    """Who tells and sets principals for callers of JMAP's methods."""

    def secrets(kind: Kind, sent: JSON) -> JSON:
        try:
            return kept(kind, sent, office.hashed)
        except Invalid as problem:
            raise ValueError(problem.detail) from None

    return Principals(secrets, lambda: office.folders)
