"""Backups: all that is kept as files of no store's own, made while the server serves, verified, and made into it again.

Each account is an image (`image`), rows of JSON made by one reading unit of one moment (`dumping`), and its blobs are
on a shelf (`shelf`), each once, by what they are. `folder` is the place of all of it, and its `manifest` what makes it
whole. `making` says in which order accounts are taken, `restoring` how they come back (`loading`), into whichever
store, and `returning` how one of them does; `verifying` looks whether they could. What an image is was written down in
adr/0055.

An image knows numbers, documents and blobs, as a store does; what an Email is, the registry knows that it is given.
"""

from pillarbox.transfer.backup.dumping import blobs, dump
from pillarbox.transfer.backup.errors import BackupError, BadBackup
from pillarbox.transfer.backup.image import BlobRow, End, ObjectRow, Row
from pillarbox.transfer.backup.loading import load
from pillarbox.transfer.backup.making import Backed, Lost, backup
from pillarbox.transfer.backup.names import names as account_names
from pillarbox.transfer.backup.restoring import Damage, Restored, restore
from pillarbox.transfer.backup.returning import restore_account
from pillarbox.transfer.backup.verifying import Verified, verify

__all__ = [
    "Backed",
    "BackupError",
    "BadBackup",
    "BlobRow",
    "Damage",
    "End",
    "Lost",
    "ObjectRow",
    "Restored",
    "Row",
    "Verified",
    "account_names",
    "backup",
    "blobs",
    "dump",
    "load",
    "restore",
    "restore_account",
    "verify",
]
