"""A certificate that somebody wants."""

from pillarbox.settings import Authority, Duration

__all__ = ["WANTED"]

WANTED = Authority(
    "home",
    "https://ca.example/dir",
    "http-01",
    ("postmaster@home.example",),
    ("mail.home.example",),
    Duration(30 * 86_400_000),
    is_default=False,
    eab=None,
)
"""For mail.home.example, thirty days before the one from before ends."""
