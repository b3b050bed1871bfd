"""The benchmark from end to end, with hardly any mail and hardly any time: it measures, and what it measures works."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench.budget import LINES

pytestmark = [pytest.mark.slow, pytest.mark.neighbour]

ROOT = Path(__file__).resolve().parents[2]

LATER = {"inbox-large"}
"""What there is no figure of in a small run: another account is not made."""


def test_each_line_has_a_figure(folder: Path) -> None:
    """Ours: not one that is fast, but one of right answers."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "bench", "--store", "sqlite", "--messages", "100", "--accounts", "5"]
    command += ["--seconds", "0.25", "--rounds", "1", "--data", str(folder / "data"), "--json", str(report)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(report.read_text("utf-8"))["stores"]["sqlite"]
    assert set(told) == {line.name for line in LINES}
    assert {name for name, line in told.items() if "value" not in line} == LATER
    assert [name for name, line in told.items() if line["unit"] == "/s" and line["value"] <= 0] == []
    assert "threads, with all their Emails" in done.stdout
