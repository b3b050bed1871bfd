"""Why the directory would not do something, as the management API says it (section 2.3)."""

from collections.abc import Iterator
from contextlib import contextmanager

from pillarbox.datatypes.directory import Absent, AccountError, Denied, InUse, Needed, Taken, Unfit, Unknown
from pillarbox.management import refusal
from pillarbox.management.refusal import Refusal
from pillarbox.wire.values import JSON

__all__ = ["refusing"]


@contextmanager
def refusing() -> Iterator[None]:
    """A block in which each AccountError is raised as the Refusal that it is, with all the fields that are wrong.

    Of a change by steps it has the step in `operation`.
    """
    try:
        yield
    except AccountError as problem:
        made = _refusal(problem)
        places: list[JSON] = [
            {"field": _place(one), "detail": str(one).removeprefix(f"{one.field}: ")}
            for one in (problem, *problem.others)
            if one.field
        ]
        if places:
            made.more = {**made.more, "invalid": places}
        if problem.step is not None:
            made.more = {**made.more, "operation": problem.step}
        raise made from None


def _place(problem: AccountError) -> str:
    return problem.field if problem.step is None else f"{problem.step}/value"


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
