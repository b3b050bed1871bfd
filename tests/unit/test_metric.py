"""Counting: what a process writes down, and what others read of it (adr/0043)."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pillarbox.telemetry import exposition, measure, metric
from pillarbox.telemetry.sheet import SIZE, Sheet, read


def lasts(name: str) -> bool:
    return name != "open"


def test_what_one_process_counts_another_reads(tmp_path: Path) -> None:
    """Ours."""
    sheet = Sheet.kept(tmp_path / "0", "server", lasts)
    sheet.values[sheet.slot("told", ("a", 'quo"te'))] += 2.0
    slot = sheet.slot("took", (), 3)
    sheet.values[slot + 2] += 0.5

    said = read(tmp_path / "0", "server")

    assert said is not None
    process, entries = said
    assert process == os.getpid()
    assert [(one.name, one.labels, one.values) for one in entries] == [
        ("told", ("a", 'quo"te'), (2.0,)),
        ("took", (), (0.0, 0.0, 0.5)),
    ]


def test_who_is_started_again_goes_on_counting(tmp_path: Path) -> None:
    """Ours: a counter that falls back would look like one that has grown; what was open is closed."""
    first = Sheet.kept(tmp_path / "0", "server", lasts)
    first.values[first.slot("told", ())] += 2.0
    first.values[first.slot("open", ())] += 1.0

    second = Sheet.kept(tmp_path / "0", "server", lasts)
    second.values[second.slot("told", ())] += 1.0

    assert {one.name: one.values for one in second.entries()} == {"told": (3.0,), "open": (0.0,)}


def test_another_server_begins_anew(tmp_path: Path) -> None:
    """Ours."""
    first = Sheet.kept(tmp_path / "0", "server", lasts)
    first.values[first.slot("told", ())] += 2.0

    assert read(tmp_path / "0", "another") is None
    assert Sheet.kept(tmp_path / "0", "another", lasts).entries() == []


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Ours."""
    Sheet.kept(tmp_path / "0", "server", lasts)

    assert (tmp_path / "0").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"", b"x" * SIZE, bytes(SIZE), bytes(10)])
def test_a_file_that_is_no_sheet_is_passed_over_and_made_anew(tmp_path: Path, damage: bytes) -> None:
    """Ours."""
    (tmp_path / "0").write_bytes(damage)

    assert read(tmp_path / "0", "server") is None
    assert Sheet.kept(tmp_path / "0", "server", lasts).entries() == []


def test_a_damaged_entry_ends_what_can_be_read(tmp_path: Path) -> None:
    """Ours."""
    sheet = Sheet.kept(tmp_path / "0", "server", lasts)
    sheet.slot("first", ())
    second = sheet.slot("second", ())
    octets = bytearray((tmp_path / "0").read_bytes())
    begin = 8 * second - len(b'["second"]') - 6
    octets[begin : begin + 10] = b"\xff" * 10
    (tmp_path / "0").write_bytes(octets)

    said = read(tmp_path / "0", "server")

    assert said is not None
    assert [one.name for one in said[1]] == ["first"]


def test_a_sheet_that_is_full_loses_what_is_new_and_nothing_else() -> None:
    """Ours."""
    sheet = Sheet.alone()
    sheet.values[sheet.slot("first", ())] += 1.0
    for number in range(10_000):
        sheet.values[sheet.slot("many", ("x" * 200, str(number)), 64) + 63] += 1.0

        if number % 1000 == 999:
            break

    kept = sheet.entries()
    assert kept[0].values == (1.0,)
    assert 300 < len(kept) < 1000
    assert all(one.values[63] == 1.0 for one in kept[1:])


def test_threads_lose_nothing() -> None:
    """Ours: events are told by several threads."""
    sheet = Sheet.alone()
    slot = sheet.slot("told", ())

    def count() -> None:
        for _ in range(50_000):
            sheet.values[slot] += 1.0

    before = sys.getswitchinterval()
    sys.setswitchinterval(0.000_01)
    try:
        threads = [threading.Thread(target=count) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    finally:
        sys.setswitchinterval(before)

    assert sheet.values[slot] == 200_000


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This process counts in a folder, from nothing."""
    monkeypatch.setattr(metric, "_own", metric.Own())
    yield tmp_path / "metrics"
    for one in metric.METRICS:
        one.forget()


def test_what_all_processes_say_of_the_same_thing_is_not_added(counting: Path) -> None:
    """Ours: a certificate ends once, however many processes have it; what is gone is not told."""
    for process in ("0", "1"):
        measure(counting, process)
        metric.TLS_ENDS.tell({("a.example",): 5.0, ("b.example",): 6.0})
        metric.TLS_ENDS.tell({("a.example",): 7.0})
        metric.QUEUE_TRYING.add()

    lines = exposition.page().decode().splitlines()

    assert [line for line in lines if line.startswith("pillarbox_tls_certificate_end_seconds")] == [
        'pillarbox_tls_certificate_end_seconds{name="a.example"} 7.0'
    ]
    assert "pillarbox_queue_trying 2.0" in lines


def test_without_room_for_a_file_a_process_counts_for_itself(counting: Path) -> None:
    """Ours: it serves all the same."""
    counting.write_text("no folder")
    measure(counting, "0")
    metric.QUEUE_TRYING.add()

    assert b"pillarbox_queue_trying 1.0" in exposition.page()


def test_what_shows_metrics_is_not_loaded_before_it_is_asked_for() -> None:
    """Ours: it would cost each start of each process its time."""
    code = "import sys, pillarbox.http; sys.exit('prometheus_client' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
