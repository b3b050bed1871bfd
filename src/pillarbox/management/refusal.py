"""Why something was not done: a status of HTTP, a sentence, and what the reference's tools look for.

`error` and its fields are those of the reference's management API, section 2.3: what had status 200 there has a status
of its own here, and the same body inside the problem document.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from pillarbox.management.shape import ABSENT, Fault
from pillarbox.wire.values import JSON

__all__ = [
    "AlreadyExists",
    "AssertFailed",
    "Changed",
    "Forbidden",
    "InUse",
    "Invalid",
    "Missing",
    "NotFound",
    "NotYet",
    "Nothing",
    "Other",
    "Refusal",
    "TooLarge",
    "TooMany",
    "Unsupported",
]

_MOST = 100
"""Faults that are told of at once."""


def _at(field: str, detail: str) -> dict[str, JSON]:
    """What is wrong with one field, in the form in which all that is wrong is told."""
    return {"invalid": [{"field": field, "detail": detail}]}


class Refusal(Exception):
    """Nothing was done. `detail` is for whoever asked, `more` are further members of the problem document."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, more: Mapping[str, JSON] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.more: Mapping[str, JSON] = more or {}


class Invalid(Refusal):
    """What was sent is not of the form that is wanted; every bad field is named."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = [fault for _, fault in zip(range(_MOST), faults, strict=False)]
        first = found[0] if found else Fault("", "what was sent is not understood")
        detail = f"{first.field}: {first.detail}" if first.field else first.detail
        more: dict[str, JSON] = {"invalid": [{"field": one.field, "detail": one.detail} for one in found]}
        if first.detail == ABSENT:
            more |= {"error": "fieldMissing", "field": first.field}
        super().__init__(detail, more)


class Missing(Refusal):
    """A field that has to be there is not."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}: {ABSENT}", {"error": "fieldMissing", "field": field, **_at(field, ABSENT)})


class AlreadyExists(Refusal):
    """A value that can be there once is there."""

    status = HTTPStatus.CONFLICT

    def __init__(self, field: str, value: str) -> None:
        more: dict[str, JSON] = {"error": "fieldAlreadyExists", "field": field, "value": value}
        super().__init__(f"{field}: {value} is taken", {**more, **_at(field, f"{value} is taken")})


class NotFound(Refusal):
    """Something that was named is not there: what the request is about."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, item: str, hint: str = "") -> None:
        told = f"there is no {item}" if item else "there is no such thing"
        super().__init__(f"{told}; {hint}" if hint else told, {"error": "notFound", "item": item})


class Nothing(Refusal):
    """Something that the body of a request names is not there; what the request is about is."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, item: str, field: str = "") -> None:
        more: dict[str, JSON] = {"error": "notFound", "item": item}
        if field:
            more |= {"field": field, **_at(field, f"there is no {item}")}
        super().__init__(f"{field}: there is no {item}" if field else f"there is no {item}", more)


class Unsupported(Refusal):
    """It cannot be done with how this server is set up."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, details: str) -> None:
        super().__init__(details, {"error": "unsupported", "details": details})


class NotYet(Refusal):
    """The part of the server that would do it does not exist yet."""

    status = HTTPStatus.NOT_IMPLEMENTED

    def __init__(self, details: str) -> None:
        super().__init__(details, {"error": "unsupported", "details": details})


class AssertFailed(Refusal):
    """There is something already where nothing was to be."""

    status = HTTPStatus.CONFLICT

    def __init__(self, detail: str) -> None:
        super().__init__(detail, {"error": "assertFailed"})


class InUse(Refusal):
    """Something else needs it: that has to go first."""

    status = HTTPStatus.CONFLICT

    def __init__(self, details: str, reason: str | None = None) -> None:
        super().__init__(reason or details, {"error": "other", "details": details, "reason": reason})


class Changed(Refusal):
    """It is not any more what If-Match says that it is (RFC 9110 section 13.1.1)."""

    status = HTTPStatus.PRECONDITION_FAILED

    def __init__(self) -> None:
        super().__init__("somebody has changed this meanwhile; read it again")


class TooLarge(Refusal):
    """More octets than there may be."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Forbidden(Refusal):
    """Whoever asks may not do that."""

    status = HTTPStatus.FORBIDDEN


class TooMany(Refusal):
    """So many are under way that another one has to wait."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Other(Refusal):
    """Everything else that the reference has an error for."""

    def __init__(self, details: str, reason: str | None = None) -> None:
        super().__init__(
            f"{details}: {reason}" if reason else details, {"error": "other", "details": details, "reason": reason}
        )
