"""Who is known, by this server and by the directories outside that its settings name."""

from functools import partial

from pillarbox.app.house import House
from pillarbox.app.newcomer import folders
from pillarbox.settings import Snapshot, catalogue
from pillarbox.signin.credentials import OwnPasswords, renewed
from pillarbox.signin.directory import Chosen, Directories

__all__ = ["KNOWING", "chosen", "directories"]

KNOWING = (catalogue.DEFAULT_DIRECTORY, catalogue.DIRECTORIES, catalogue.FOLDERS)
"""The settings that say so."""


def directories(built: House, settings: Snapshot) -> Directories:
    """All who are known under these settings."""
    own = OwnPasswords(built.directory, built.passwords, partial(renewed, built.store))
    return Directories(built.directory, own, built.passwords, chosen(settings))


def chosen(settings: Snapshot) -> Chosen:
    """The directories of the settings."""
    return Chosen(settings[catalogue.DIRECTORIES], settings[catalogue.DEFAULT_DIRECTORY], folders(settings))
