"""VacationResponse: an answer to whoever writes while somebody is away (RFC 8621 section 8).

Begin with `declaration`, the type itself. `whether` decides which messages are answered, `answer` writes the answer;
delivery asks both. The package must not know how anything is sent.
"""

from pillarbox.datatypes.mail.vacation.answer import Wording, answer
from pillarbox.datatypes.mail.vacation.declaration import VACATION_RESPONSE, VacationResponse, vacation
from pillarbox.datatypes.mail.vacation.whether import addressed_as, bare, may_be_answered

__all__ = [
    "VACATION_RESPONSE",
    "VacationResponse",
    "Wording",
    "addressed_as",
    "answer",
    "bare",
    "may_be_answered",
    "vacation",
]
