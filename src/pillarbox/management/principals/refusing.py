"""Why the directory would not do something, as the management API says it (section 2.3)."""

from collections.abc import Iterator
from contextlib import contextmanager

from pillarbox.datatypes.directory import Absent, AccountError, Denied, InUse, Needed, Taken, Unfit, Unknown
from pillarbox.management import refusal
from pillarbox.management.refusal import Refusal

__all__ = ["refusing"]


@contextmanager
def refusing() -> Iterator[None]:
    """A block in which each AccountError is raised as the Refusal that it is; of a change, with the step it was in."""
    try:
        yield
    except AccountError as problem:
        made = _refusal(problem)
        if problem.step is not None:
            made.more = {**made.more, "operation": problem.step}
        raise made from None


def _refusal(problem: AccountError) -> Refusal:
    match problem:
        case Absent():
            return refusal.NotFound(problem.item)
        case Unknown():
            return refusal.Nothing(problem.item, problem.field)
        case Taken():
            return refusal.AlreadyExists(problem.field, problem.value)
        case Needed():
            return refusal.Missing(problem.field)
        case Unfit() if problem.details == "unsupported":
            return refusal.Unsupported(problem.reason)
        case Unfit():
            return refusal.Other(problem.details, problem.reason)
        case InUse():
            return refusal.InUse(problem.details, problem.reason)
        case Denied():
            return refusal.Forbidden(str(problem))
    return refusal.Other("Invalid parameter", str(problem))
