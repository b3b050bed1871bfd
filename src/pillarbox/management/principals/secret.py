"""Secrets as they are sent, made into what is kept of them: before any unit begins, for hashing takes its time."""

import re
from collections.abc import Callable, Sequence

from pillarbox.access import is_known_form
from pillarbox.datatypes.directory.principals import KEY_DIGEST, Action, Kind, Operation
from pillarbox.management.refusal import Invalid
from pillarbox.management.shape import Fault
from pillarbox.wire.values import JSON

__all__ = ["kept", "with_kept"]

_AS_IT_IS = ("$app$", "otpauth:")
_CLEAR = re.compile(r"\{(?:PLAIN|CLEAR)\}(.*)", re.DOTALL | re.IGNORECASE)
_MOST_HASHED = 10
"""Passwords that one request may have hashed, each of which takes a tenth of a second."""


def kept(kind: Kind, secrets: JSON, hashed: Callable[[str], str], at: str = "secrets") -> JSON:
    """One secret or several as they are kept: hashes as they are, passwords hashed. Slow. Raises Invalid."""
    several: Sequence[JSON] = secrets if isinstance(secrets, list) else [secrets]
    if sum(_is_clear(one) for one in several) > _MOST_HASHED:
        raise Invalid([Fault(at, f"no more than {_MOST_HASHED} passwords are hashed at once")])
    made: list[JSON] = [_kept(kind, one, hashed, at) for one in several]
    return made if isinstance(secrets, list) else made[0]


def with_kept(kind: Kind, operations: Sequence[Operation], hashed: Callable[[str], str]) -> list[Operation]:
    """The same steps with what is kept of secrets in place of them. Slow. Raises Invalid."""
    several = sum(one.field == "secrets" and one.action is not Action.REMOVE for one in operations)
    if several > _MOST_HASHED:
        raise Invalid([Fault("", f"no more than {_MOST_HASHED} steps about secrets")])
    return [
        Operation(one.action, one.field, kept(kind, one.value, hashed, f"{at}/value"))
        if one.field == "secrets" and one.action is not Action.REMOVE
        else one
        for at, one in enumerate(operations)
    ]


def _is_clear(secret: JSON) -> bool:
    if not isinstance(secret, str) or not secret or secret.startswith(_AS_IT_IS):
        return False
    return _CLEAR.match(secret) is not None or not is_known_form(secret)


def _kept(kind: Kind, secret: JSON, hashed: Callable[[str], str], at: str) -> JSON:
    if not isinstance(secret, str) or not _is_clear(secret):
        return secret
    # With all ways to sign in, which nobody waits for who makes no principal.
    from pillarbox.signin.credentials import CredentialError, check_chosen, secret_digest  # noqa: PLC0415

    clear = _CLEAR.fullmatch(secret)
    password = secret if clear is None else clear[1]
    if kind is Kind.API_KEY and (digest := secret_digest(password)):
        return KEY_DIGEST + digest
    try:
        check_chosen(password)
    except CredentialError as problem:
        raise Invalid([Fault(at, str(problem))]) from None
    return hashed(password)
