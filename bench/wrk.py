"""wrk, which sends requests faster than a server answers them (adr/0025)."""

import json
import math
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Wrong
from bench.mail import COUNTER

__all__ = ["CONNECTIONS", "Sent", "is_there", "send", "told"]

CONNECTIONS = 8

_SCRIPT = Path(__file__).with_name("wrk.lua")
_FAILURES = ("connect", "read", "write", "status", "timeout", "wrong")
_WHOLE = 1.0
"""Seconds in which every sender of every machine has begun."""


class _Unanswered(Wrong):
    """Nothing came back, and nothing failed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it: answers, seconds, octets with their heads, latencies in ms, the CPU seconds of wrk itself."""

    requests: int
    seconds: float
    octets: int
    p50: float
    p99: float
    cpu: float


def is_there() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def send(
    port: int,
    requests: Sequence[bytes],
    seconds: float,
    *,
    first: int = 0,
    must: str = "",
    connections: int = CONNECTIONS,
) -> Sent:
    """Sends requests in turn, beginning at number `first`, for so many seconds. Raises Wrong if any failed.

    A request with `COUNTER` in it has a number there that no other has. With `must`, a request failed whose answer has
    not that in its body, whatever its status is. Where no answer came in less than a second, it is sent for one.
    """
    try:
        return _sent(port, requests, seconds, first, must, connections)
    except _Unanswered:
        if seconds >= _WHOLE:
            raise
        # A busy machine may not have let the sender begin before its time was over.
        return _sent(port, requests, _WHOLE, first, must, connections)


def _sent(port: int, requests: Sequence[bytes], seconds: float, first: int, must: str, connections: int) -> Sent:
    with tempfile.NamedTemporaryFile(prefix="pillarbox-bench-") as file:
        for octets in requests:
            file.write(b"%d\n%s\n" % (len(octets), octets))
        file.flush()
        counter = str(first) if COUNTER in requests[0] else "no"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{math.ceil(seconds)}s", "--timeout", "30s", "-s", str(_SCRIPT)]
        before = _cpu()
        sending = subprocess.Popen(
            [*command, f"http://127.0.0.1:{port}/", "--", file.name, str(first), counter, must],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        output = _until(sending, seconds)
    if sending.returncode:
        raise Wrong(f"wrk failed: {output.strip()}")
    return told(output, _cpu() - before, must=must)


def told(output: str, cpu: float, *, must: str = "") -> Sent:
    """What the script's lines at the end of wrk's output say. Raises Wrong if a request failed, or there was none."""
    lines = dict(line.split(" ", 1) for line in output.splitlines() if line.startswith(("told ", "said ")))
    if "told" not in lines:
        raise Wrong(f"wrk did not say what came of it: {output[-500:]}")
    found = json.loads(lines["told"])
    failed = {name: found[name] for name in _FAILURES if found[name] and not (must and name == "status")}
    if failed:
        raise Wrong(f"requests failed: {failed} {lines.get('said', '')}".rstrip())
    if not found["requests"]:
        raise _Unanswered("no request was answered")
    return Sent(
        found["requests"],
        found["microseconds"] / 1e6,
        found["octets"],
        found["p50"] / 1000,
        found["p99"] / 1000,
        cpu,
    )


def _until(sending: "subprocess.Popen[str]", seconds: float) -> str:
    """What it says in the end. It knows whole seconds alone, so after others it is told to stop, as from a terminal."""
    try:
        return sending.communicate(timeout=seconds if seconds % 1 else None)[0]
    except subprocess.TimeoutExpired:
        sending.send_signal(signal.SIGINT)
        return sending.communicate()[0]


def _cpu() -> float:
    """The CPU seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
