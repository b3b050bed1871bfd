"""The authorization server: what people let clients do in their name, and the tokens for that.

Begin with `authority`, which its endpoints call. `request` is what clients ask for, `client` who they are; `code` and
`device` wait to be redeemed, `grant` is what somebody was let do, and `token` knows whom a token is for. It knows no
passwords.
"""

from pillarbox.signin.oauth.authority import Answer, Authority, Came, authority
from pillarbox.signin.oauth.client import Client, Clients, Registered
from pillarbox.signin.oauth.code import Allowed
from pillarbox.signin.oauth.device import INTERVAL, TooManyTries, Waiting
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.signin.oauth.grant import SIGN_IN, Beginning, Grants, Lives, Tokens
from pillarbox.signin.oauth.identity import CLAIMS, CLAIMS_OF_SCOPES, claims
from pillarbox.signin.oauth.key import SigningKeys, UnusableKey, token_secret
from pillarbox.signin.oauth.metadata import DEVICE_CODE
from pillarbox.signin.oauth.policy import OAuthPolicy
from pillarbox.signin.oauth.request import Asked, BadRequest, Refused, Site, asked, resources, scopes_of
from pillarbox.signin.oauth.token import OwnTokens

__all__ = [
    "CLAIMS",
    "CLAIMS_OF_SCOPES",
    "DEVICE_CODE",
    "INTERVAL",
    "SIGN_IN",
    "Allowed",
    "Answer",
    "Asked",
    "Authority",
    "BadRequest",
    "Beginning",
    "Came",
    "Client",
    "Clients",
    "Grants",
    "Lives",
    "OAuthError",
    "OAuthPolicy",
    "OwnTokens",
    "Refused",
    "Registered",
    "SigningKeys",
    "Site",
    "Tokens",
    "TooManyTries",
    "UnusableKey",
    "Waiting",
    "asked",
    "authority",
    "claims",
    "resources",
    "scopes_of",
    "token_secret",
]
