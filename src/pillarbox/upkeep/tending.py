"""What has had its time is dropped: uploads that nothing holds, keys of deliveries, the log's oldest part."""

from pillarbox.store import Store

__all__ = ["tend"]


def tend(store: Store, account: int, now: int, history: int | None) -> None:
    """Tends one account; `history` is the age in seconds up to which changes are remembered, None for ever.

    Raises store.StoreError.
    """
    with store.write(account) as unit:
        unit.collect(now)
        if history is not None:
            unit.trim_log(now, history)
    store.sweep(account)
