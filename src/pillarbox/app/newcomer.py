"""What whoever is new here gets."""

from typing import TYPE_CHECKING

from pillarbox.settings import Snapshot

if TYPE_CHECKING:
    from pillarbox.datatypes.mail import Folder

__all__ = ["folders"]


def folders(settings: Snapshot) -> "list[Folder]":
    """The Mailboxes that new accounts get."""
    # All data types, which nobody loads by loading this.
    from pillarbox.datatypes.mail import Folder  # noqa: PLC0415

    return [Folder(one.role, one.name, one.subscribe) for one in settings.folders if one.create]
