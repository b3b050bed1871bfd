"""What happens when somebody proves who they are: credentials checked, made, changed and ended.

Begin with `check`, which tells principals by name and password and remembers whom it has verified; `way` says what one
kind of credentials is to it. `authority` is the authorization server: `request` is what clients ask for, `grant` what
they were let do, `token` knows whom a token is for. The package must not know HTTP, and does not wait for anything but
the store.
"""

from pillarbox.signin.apikey import ApiKeys, NewApiKey, add_key, all_keys, remove_key
from pillarbox.signin.appointed import Appointed
from pillarbox.signin.apppassword import add_app_password, app_passwords, import_app_password, remove_app_password
from pillarbox.signin.attempt import LIFE as ATTEMPT_LIFE
from pillarbox.signin.attempt import Attempts, Purpose
from pillarbox.signin.authority import Answer, Authority, Came, authority
from pillarbox.signin.check import PasswordCheck
from pillarbox.signin.client import Client, Clients, Registered
from pillarbox.signin.code import Allowed
from pillarbox.signin.device import INTERVAL, TooManyTries, Waiting
from pillarbox.signin.error import OAuthError
from pillarbox.signin.grant import SIGN_IN, Beginning, Grants, Lives, Tokens
from pillarbox.signin.identity import CLAIMS, CLAIMS_OF_SCOPES, claims
from pillarbox.signin.importing import import_secrets
from pillarbox.signin.key import SigningKeys, UnusableKey, token_secret
from pillarbox.signin.main import MainPasswords, OwnPasswords
from pillarbox.signin.metadata import DEVICE_CODE
from pillarbox.signin.opening import open_administrator
from pillarbox.signin.passkey import (
    KnownPasskey,
    LastWay,
    add_passkey,
    found_passkey,
    passkeys,
    remove_passkey,
    use_passkey,
    user,
)
from pillarbox.signin.password import change_password, end_signed_in, put_password, renewed
from pillarbox.signin.policy import Algorithm, OAuthPolicy
from pillarbox.signin.relyingparty import BadPasskey, NewPasskey, RelyingParty, Shown
from pillarbox.signin.request import Asked, BadRequest, Refused, Site, asked, resources, scopes_of
from pillarbox.signin.secondfactor import (
    SecondFactors,
    begin_totp,
    confirm_totp,
    factors_of,
    import_totp,
    is_guessed,
    new_recovery_codes,
    passes,
    recovery_codes_left,
    remove_second_factor,
)
from pillarbox.signin.secret import app_password
from pillarbox.signin.selfservice import SelfService
from pillarbox.signin.token import TokenCheck
from pillarbox.signin.way import CredentialError, MainPassword, SecondFactorMissing, Telling, Tried, Way
from pillarbox.signin.ways import Ways

__all__ = [
    "ATTEMPT_LIFE",
    "CLAIMS",
    "CLAIMS_OF_SCOPES",
    "DEVICE_CODE",
    "INTERVAL",
    "SIGN_IN",
    "Algorithm",
    "Allowed",
    "Answer",
    "ApiKeys",
    "Appointed",
    "Asked",
    "Attempts",
    "Authority",
    "BadPasskey",
    "BadRequest",
    "Beginning",
    "Came",
    "Client",
    "Clients",
    "CredentialError",
    "Grants",
    "KnownPasskey",
    "LastWay",
    "Lives",
    "MainPassword",
    "MainPasswords",
    "NewApiKey",
    "NewPasskey",
    "OAuthError",
    "OAuthPolicy",
    "OwnPasswords",
    "PasswordCheck",
    "Purpose",
    "Refused",
    "Registered",
    "RelyingParty",
    "SecondFactorMissing",
    "SecondFactors",
    "SelfService",
    "Shown",
    "SigningKeys",
    "Site",
    "Telling",
    "TokenCheck",
    "Tokens",
    "TooManyTries",
    "Tried",
    "UnusableKey",
    "Waiting",
    "Way",
    "Ways",
    "add_app_password",
    "add_key",
    "add_passkey",
    "all_keys",
    "app_password",
    "app_passwords",
    "asked",
    "authority",
    "begin_totp",
    "change_password",
    "claims",
    "confirm_totp",
    "end_signed_in",
    "factors_of",
    "found_passkey",
    "import_app_password",
    "import_secrets",
    "import_totp",
    "is_guessed",
    "new_recovery_codes",
    "open_administrator",
    "passes",
    "passkeys",
    "put_password",
    "recovery_codes_left",
    "remove_app_password",
    "remove_key",
    "remove_passkey",
    "remove_second_factor",
    "renewed",
    "resources",
    "scopes_of",
    "token_secret",
    "use_passkey",
    "user",
]
