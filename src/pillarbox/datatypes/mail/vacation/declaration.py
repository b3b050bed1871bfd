"""VacationResponse: whether, from when and until when messages are answered, and how (RFC 8621 section 8)."""

import hashlib
import unicodedata
from datetime import datetime

import orjson

from pillarbox.objects import GET, SET, DataType, Property, Record, prop
from pillarbox.store import Unit
from pillarbox.wire.values import UTCDate, utc_datetime

__all__ = ["VACATION_RESPONSE", "VacationResponse", "vacation"]

_LONGEST_SUBJECT = 500
_LONGEST_BODY = 64 * 1024


def _subject_problem(subject: str) -> str | None:
    if len(subject) > _LONGEST_SUBJECT:
        return f"must not be longer than {_LONGEST_SUBJECT} characters"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in subject):
        return "must be one line without control characters"
    return None


def _body_problem(body: str) -> str | None:
    if len(body) > _LONGEST_BODY:
        return f"must not be longer than {_LONGEST_BODY} characters"
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in body):
        return "must be text"
    return None


class VacationResponse(Record):
    """What an account answers, and when."""

    is_enabled: Property[bool] = prop(default=False)
    from_date: Property[UTCDate | None] = prop(default=None)
    to_date: Property[UTCDate | None] = prop(default=None)
    subject: Property[str | None] = prop(default=None, check=_subject_problem)
    text_body: Property[str | None] = prop(default=None, check=_body_problem)
    html_body: Property[str | None] = prop(default=None, check=_body_problem)

    def is_on(self, now: datetime) -> bool:
        """Whether a message that arrives now is answered (section 8: from fromDate, before toDate)."""
        begun = self.from_date is None or utc_datetime(self.from_date) <= now
        return self.is_enabled and begun and (self.to_date is None or now < utc_datetime(self.to_date))

    @property
    def mark(self) -> bytes:
        """Another one for each other answer (RFC 5230 section 4.2)."""
        said = [self.from_date, self.subject, self.text_body, self.html_body]
        return hashlib.sha256(orjson.dumps(said)).digest()


VACATION_RESPONSE = DataType(
    record=VacationResponse,
    rfc="8621 section 8",
    capability="urn:ietf:params:jmap:vacationresponse",
    prefix="v",
    methods=(GET, SET),
    is_singleton=True,
)


def vacation(unit: Unit, now: datetime) -> VacationResponse | None:
    """The account's, if messages are answered now. Costs nothing where there never was one."""
    if not unit.state(VACATION_RESPONSE.table):
        return None
    for stored in unit.get(VACATION_RESPONSE.table, (1,)):
        found = VacationResponse(stored.number, orjson.loads(stored.document))
        return found if found.is_on(now) else None
    return None
