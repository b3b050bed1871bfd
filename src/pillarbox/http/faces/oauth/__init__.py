"""The authorization server over HTTP: OAuth 2 and OpenID Connect.

Begin with `metadata`, which says what there is; `authorization` is where people decide, `token` where clients come for
what they were allowed. `form` is what endpoints have in common. What is given to whom is for `signin` to say.
"""

from pillarbox.http.faces.oauth import (
    authorization,
    code,
    device,
    introspection,
    jwks,
    logout,
    metadata,
    registration,
    revocation,
    token,
    userinfo,
)

__all__ = [
    "authorization",
    "code",
    "device",
    "introspection",
    "jwks",
    "logout",
    "metadata",
    "registration",
    "revocation",
    "token",
    "userinfo",
]
