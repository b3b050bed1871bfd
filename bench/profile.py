"""Where the time goes: a line is measured while py-spy looks at the server, and the text of it is kept (adr/0025)."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.figure import Figure, NotYet
from bench.process import Tree
from bench.rows import ROWS, Bench

__all__ = ["HOT", "profile", "summary"]

HOT = (
    "session", "echo", "inbox", "collapsed", "mailboxes", "open", "text-common", "changes", "query-changes", "keyword",
    "move", "draft", "import", "lmtp", "download",
)  # fmt: skip
"""The lines whose profiles are kept."""

_RATE = 250
_TOP = 25
_WAITING = re.compile(r"_worker \(concurrent/|(.*\.)?_?wait \(")


def profile(bench: Bench, name: str) -> tuple[str, Figure]:
    """Where the server's time goes while a line is measured, as text, and its figure. Raises NotYet, Wrong."""
    program = Path(sys.executable).with_name("py-spy")
    if not program.exists() and shutil.which("py-spy") is None:
        raise NotYet("py-spy is not installed; `scripts/setup bench` does it")
    # What is only done once is not in the profile.
    ROWS[name](bench)
    with tempfile.NamedTemporaryFile(prefix="pillarbox-bench-", mode="r") as file:
        command = [str(program), "record", "--pid", str(_busiest(bench.served.processes)), "--rate", str(_RATE)]
        command += ["--format", "raw", "--function", "--output", file.name]
        watching = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        figure = ROWS[name](bench)
        watching.send_signal(signal.SIGINT)
        watching.wait()
        return summary(file.read().splitlines()), figure


def summary(stacks: Iterable[str]) -> str:
    """The top of a profile: where time is spent, and under which functions of ours, in parts of all samples.

    A stack is a line: frames from the outermost in, with semicolons between them, and the number of samples. Threads
    that wait for work are left out. Raises NotYet if nothing is left.
    """
    alone: Counter[str] = Counter()
    under: Counter[str] = Counter()
    for line in stacks:
        frames, _, samples = line.rpartition(" ")
        shown = [_shown(frame) for frame in frames.split(";")]
        if not _WAITING.match(shown[-1]):
            alone[shown[-1]] += int(samples)
            ours = {frame for frame in shown if "(pillarbox/" in frame and "(pillarbox/cli/" not in frame}
            under.update(dict.fromkeys(ours, int(samples)))
    total = alone.total()
    if not total:
        raise NotYet("py-spy saw nothing")
    own, below = _lines(alone, total), _lines(under, total)
    parts = (f"{total} samples\n", "In the function itself:", *own, "", "In the function and all it calls:", *below, "")
    return "\n".join(parts)


def _lines(found: Counter[str], total: int) -> Iterable[str]:
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    for name, samples in ordered[:_TOP]:
        yield f"{samples / total:7.1%}  {name}"


def _shown(frame: str) -> str:
    """A frame without what depends on the machine, or changes with each line that is added."""
    name, _, place = frame.partition(" (")
    found = re.search(r"(?:.*(?:site-packages|src|lib/python3\.\d+)/)?([^:)]+)", place)
    return f"{name} ({found[1]})" if found else name


def _busiest(processes: Tree) -> int:
    """The process that has had the most CPU time: the worker, where there are others beside it."""
    return max(processes.pids(), key=lambda pid: Tree(pid).own_cpu())
