"""EmailSubmission/set: the standard method, and what follows for the Emails that were sent (RFC 8621 section 7.5)."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from pillarbox.datatypes.server import QUEUE, expect
from pillarbox.objects import SET, Call, Implied, reference
from pillarbox.wire.values import JSON

__all__ = ["expected_first", "set_"]


def expected_first(call: Call[Any]) -> dict[str, str]:
    """Before anything is sent, account 0 knows that the account has something to send.

    Gives room for the Email of each submission that is touched, by id. Raises store.StoreError.
    """
    if call.arguments.sent("create"):
        expect(call.context.store, call.grant.number, QUEUE, call.context.now)
    return {}


def set_(call: Call[Any]) -> Mapping[str, JSON]:
    """What was done; Email/set is then called once for the Emails of what succeeded, if the client wants any changed.

    Raises MethodError stateMismatch, requestTooLarge.
    """
    answer = SET.run(call)
    done = _succeeded(answer)
    update: dict[str, dict[str, JSON]] = {}
    destroy: dict[str, None] = {}
    for id_ in call.extra["onSuccessDestroyEmail"] or ():
        email = _email(call, id_, done)
        if email is not None:
            destroy[email] = None
    for id_, patch in (call.extra["onSuccessUpdateEmail"] or {}).items():
        email = _email(call, id_, done)
        # What is to be destroyed need not be changed before, which could only count against the limit of a call.
        if email is not None and email not in destroy:
            update.setdefault(email, {}).update(patch)
    if update or destroy:
        arguments: dict[str, JSON] = {"accountId": call.account_id}
        if update:
            arguments["update"] = update
        if destroy:
            arguments["destroy"] = list(destroy)
        call.context.implied.append(Implied("Email/set", arguments))
    return answer


def _succeeded(answer: Mapping[str, JSON]) -> set[str]:
    """The ids of what was created, updated and destroyed."""
    created = cast("Mapping[str, Mapping[str, str]]", answer["created"] or {})
    done = {one["id"] for one in created.values()}
    for name in ("updated", "destroyed"):
        done.update(cast("Collection[str]", answer[name] or ()))
    return done


def _email(call: Call[Any], id_: str, done: Collection[str]) -> str | None:
    """The Email of a submission, by its id or creation id, with which the call succeeded; None for any other."""
    submission = reference(call, id_)
    return call.prepared.get(submission) if submission in done else None
