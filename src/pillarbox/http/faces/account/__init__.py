"""What the pages of this server ask about whoever sits before them: signing in, and how they will the next time.

Begin with `session`; `page` is what all of it has in common. Who asks is known by a cookie, and only to our own pages
(`guard.session`). `reference` is the same for programs of before.
"""

from pillarbox.http.faces.account import (
    app_passwords,
    grants,
    overview,
    passkey,
    password,
    reference,
    second_factor,
    session,
    totp,
)

__all__ = [
    "app_passwords",
    "grants",
    "overview",
    "passkey",
    "password",
    "reference",
    "second_factor",
    "session",
    "totp",
]
