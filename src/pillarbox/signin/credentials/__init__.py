"""Names and passwords: which of them let in, and how they are made, changed and ended.

Begin with `check`, which tells principals by name and password and remembers whom it has verified; `way` says what one
kind of credentials is to it, and `ways` in which order they are tried. `mainpassword`, `secondfactor`, `apppassword`,
`apikey` and `appointed` are those kinds; `password` is how a main password becomes another one, `breakglass` the way in
when there is no other. It knows no tokens.
"""

from pillarbox.signin.credentials.apikey import ApiKeys
from pillarbox.signin.credentials.appointed import Appointed
from pillarbox.signin.credentials.apppassword import (
    add_app_password,
    app_passwords,
    import_app_password,
    remove_app_password,
)
from pillarbox.signin.credentials.breakglass import open_administrator
from pillarbox.signin.credentials.check import PasswordCheck
from pillarbox.signin.credentials.hasher import Hasher, Verifier
from pillarbox.signin.credentials.importing import import_secrets
from pillarbox.signin.credentials.mainpassword import MainPasswords, OwnPasswords
from pillarbox.signin.credentials.password import change_password, check_chosen, end_signed_in, put_password, renewed
from pillarbox.signin.credentials.secondfactor import (
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
from pillarbox.signin.credentials.secret import app_password
from pillarbox.signin.credentials.secret import digest as secret_digest
from pillarbox.signin.credentials.way import (
    MAX_PASSWORD,
    CredentialError,
    MainPassword,
    SecondFactorMissing,
    Telling,
    Tried,
    Way,
)
from pillarbox.signin.credentials.ways import Ways

__all__ = [
    "MAX_PASSWORD",
    "ApiKeys",
    "Appointed",
    "CredentialError",
    "Hasher",
    "MainPassword",
    "MainPasswords",
    "OwnPasswords",
    "PasswordCheck",
    "SecondFactorMissing",
    "SecondFactors",
    "Telling",
    "Tried",
    "Verifier",
    "Way",
    "Ways",
    "add_app_password",
    "app_password",
    "app_passwords",
    "begin_totp",
    "change_password",
    "check_chosen",
    "confirm_totp",
    "end_signed_in",
    "factors_of",
    "import_app_password",
    "import_secrets",
    "import_totp",
    "is_guessed",
    "new_recovery_codes",
    "open_administrator",
    "passes",
    "put_password",
    "recovery_codes_left",
    "remove_app_password",
    "remove_second_factor",
    "renewed",
    "secret_digest",
]
