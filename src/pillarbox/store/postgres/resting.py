"""When an account is to be tended: a row says so, as long as something may have its time (adr/0064).

The first unit of a day that leaves something behind makes the row, which it knows by `marked` without a look; and one
that leaves blobs which nothing holds says when these have theirs. The row goes when nobody has written for more than a
day: then the next unit is the first of its day, and makes it again.
"""

from pillarbox.store.postgres.session import Session

__all__ = ["DAY", "expect", "rest"]

DAY = 86_400


def expect(session: Session, account: int, at: int) -> None:
    """The account is to be tended by then."""
    session.tell(
        "INSERT INTO due AS d (account_id, at) VALUES ($1, $2)"
        " ON CONFLICT (account_id) DO UPDATE SET at = excluded.at WHERE d.at > excluded.at",
        account,
        at,
    )


def rest(session: Session, account: int, marked: int, now: int, until: int | None, history: int | None) -> None:
    """The account is not to be tended before `until`, or before the store has something to drop; None is never.

    But in a day, if somebody may have written to it who has not said so: within a day of when it was last marked, and
    one more, since clocks of servers differ.
    """
    earliest = session.ask(
        "SELECT min(expires) FROM blob WHERE account_id = $1 AND refs = 0"
        " UNION ALL SELECT min(until) FROM once WHERE account_id = $1"
        " UNION ALL SELECT min(until) FROM dropped WHERE account_id = $1"
        # Of the marks that are older, the last was what the log was trimmed by.
        " UNION ALL SELECT min(at) + $3::bigint FROM mark WHERE account_id = $1 AND at > $2::bigint - $3::bigint",
        account,
        now,
        history,
    )
    times = [time for time in (until, *(row[0] for row in earliest)) if time is not None]
    if marked > now - 2 * DAY:
        times.append(now + DAY)
    session.tell("DELETE FROM due WHERE account_id = $1", account)
    if times:
        expect(session, account, min(times))
