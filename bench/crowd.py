"""Several clients at once, for what wrk cannot send: requests that need the answer to the one before."""

import threading
import time
from collections.abc import Callable

__all__ = ["crowd"]


def crowd(acts: list[Callable[[], object]], seconds: float) -> int:
    """Repeats each act in a thread of its own for so many seconds; how many there were. Raises what an act raised."""
    done = [0] * len(acts)
    failed: list[BaseException] = []
    deadline = time.monotonic() + seconds

    def run(at: int) -> None:
        try:
            while time.monotonic() < deadline and not failed:
                acts[at]()
                done[at] += 1
        except BaseException as problem:  # noqa: BLE001 - raised again by whoever waits
            failed.append(problem)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done)
