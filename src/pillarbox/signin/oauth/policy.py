"""What the settings say of the authorization server."""

from dataclasses import dataclass, field

from pillarbox.settings.catalogue import SignatureAlgorithm
from pillarbox.signin.oauth.grant import Lives
from pillarbox.telemetry import Secret

__all__ = ["OAuthPolicy"]


@dataclass(frozen=True, slots=True)
class OAuthPolicy:
    """How long things are good, in seconds, who may register clients, and what ID tokens are signed with.

    `issuer` is None where it is the URL that clients reach the server by. `requires_registration` lets no client in
    that was not registered; `allows_anonymous` registers programs for people's own devices for anybody. `signature_key`
    is a key in PEM to sign with in place of ours.
    """

    issuer: str | None = None
    lives: Lives = field(default_factory=Lives)
    code: int = 600
    user_code: int = 1800
    id_token: int = 900
    max_attempts: int = 3
    requires_registration: bool = False
    allows_anonymous: bool = True
    algorithm: SignatureAlgorithm = "ES256"
    signature_key: Secret | None = None
