"""What API keys alone have: one secret, networks that they are good from, and an end."""

from datetime import UTC, datetime

from pillarbox.access import is_known_form
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.granting import check_power
from pillarbox.datatypes.directory.principals.kind import names_of
from pillarbox.datatypes.directory.principals.step import LONGEST_SECRET, Action, merged, text, texts
from pillarbox.datatypes.directory.refused import Unfit
from pillarbox.wire.network import network
from pillarbox.wire.values import JSON, utc_date

__all__ = ["KEY_DIGEST", "put_end", "put_networks", "put_secret"]

KEY_DIGEST = "digest:"
"""In front of the digest of a key's secret, where that is one that we made."""
_MOST_NETWORKS = 100


def put_secret(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
    """A key has one secret: what is kept of it is a digest, marked so, or a slow hash."""
    check_power(errand, draft)
    given = [text("secrets", value, LONGEST_SECRET)] if action is not Action.SET else None
    found = [one for one in given or texts("secrets", value, LONGEST_SECRET) if one]
    if len(found) > 1:
        raise Unfit("secrets: a key has one secret")
    kept = found[0] if found and action is not Action.REMOVE else ""
    is_digest = kept.startswith(KEY_DIGEST)
    if kept and not is_digest and not is_known_form(kept):
        # What stands there may be the secret itself: it is not told.
        raise Unfit("secrets: this is in no scheme that is known here")
    draft.document |= {
        "digest": kept.removeprefix(KEY_DIGEST) if is_digest else "",
        "secret": "" if is_digest else kept,
    }


def put_networks(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
    """From where alone a key is good; one that is good from nowhere is good from everywhere."""
    check_power(errand, draft)
    wanted = merged(names_of(draft.entry, "networks"), "networks", action, value)
    if len(wanted) > _MOST_NETWORKS:
        raise Unfit(f"networks: no more than {_MOST_NETWORKS}")
    try:
        draft.document["networks"] = [*dict.fromkeys(str(network(one)) for one in wanted)]
    except ValueError:
        raise Unfit("networks: a network is written as in 192.0.2.0/24, 192.0.2.1 or 2001:db8::/32") from None


def put_end(errand: Errand, draft: Draft, _: Action, value: JSON) -> None:
    """When a key ends; never, where nothing is said."""
    check_power(errand, draft)
    if value in ("", None):
        draft.document["expires"] = None
        return
    try:
        given = datetime.fromisoformat(text("expires", value).upper())
        ends = None if given.tzinfo is None else given.astimezone(UTC)
    except (ValueError, OverflowError):
        ends = None
    if ends is None:
        raise Unfit("expires: a time is expected, as in 2026-12-24T18:00:00Z")
    if ends <= errand.now:
        raise Unfit("expires: it would have ended already")
    draft.document["expires"] = utc_date(ends)
