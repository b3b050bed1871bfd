"""What processes cost."""

import os
import subprocess
import sys

import pytest
from bench.process import Tree, parsed

LINE = (
    "4242 (a (strange) name) S 17 4242 4242 0 -1 4194304 900 0 0 0 250 50 0 0 20 0 4 0 1000 90000000 2500 "
    "18446744073709551615 1 1 0 0 0 0 0 16781312 16898 0 0 0 17 1 0 0 0 0 0\n"
)


def test_a_programs_name_may_have_brackets_and_blanks() -> None:
    """proc_pid_stat(5): the name stands in brackets, and may hold some itself."""
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")

    assert parsed(LINE) == (17, 300 / ticks, 2500 * page)


def test_a_tree_has_what_was_started_by_what_was_started() -> None:
    """Ours: workers are processes of a supervisor."""
    inner = "import sys; print('up', flush=True); sys.stdin.read()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", outer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "up\n"
        tree = Tree(running.pid)

        assert len(tree.pids()) == 2
        assert len(tree.memories()) == 2
        assert tree.memory() == max(tree.memories()) > 1_000_000
        assert tree.cpu() == pytest.approx(sum(Tree(pid).own_cpu() for pid in tree.pids()), abs=0.05)
        running.communicate("")


def test_what_has_ended_costs_nothing() -> None:
    """Ours."""
    with subprocess.Popen([sys.executable, "-c", ""]) as running:
        running.wait()

    assert Tree(running.pid).cpu() == 0.0
    assert Tree(running.pid).memory() == 0
