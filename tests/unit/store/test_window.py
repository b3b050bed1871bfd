"""A blob read a window at a time: whatever is asked for, each window is had once as long as one reads on."""

import pytest

from pillarbox.store.window import WindowReader

OCTETS = bytes(range(100))


class Windows:
    """Those of thirty octets that `OCTETS` falls into."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, offset: int) -> tuple[int, bytes]:
        self.asked.append(offset)
        begin = offset - offset % 30
        return begin, OCTETS[begin : begin + 30]


@pytest.mark.parametrize("portion", [1, 7, 30, 31, 100, 1000])
def test_portions_of_any_size_are_all_of_it(portion: int) -> None:
    windows = Windows()
    reader = WindowReader(len(OCTETS), windows)
    read = b""
    while some := reader.read(portion):
        assert len(some) == min(portion, len(OCTETS) - len(read))
        read += some
    assert read == OCTETS
    assert windows.asked == [0, 30, 60, 90]


def test_without_a_number_it_is_the_rest() -> None:
    reader = WindowReader(len(OCTETS), Windows())
    assert reader.seek(95) == 95
    assert reader.read() == OCTETS[95:]
    assert reader.read() == b""
    reader.seek(200)
    assert reader.read(1) == b""


def test_who_goes_back_reads_the_same_again() -> None:
    windows = Windows()
    reader = WindowReader(len(OCTETS), windows)
    reader.seek(65)
    reader.read(2)
    reader.seek(61)
    assert reader.read(3) == OCTETS[61:64]
    assert windows.asked == [65]
    reader.seek(10)
    assert reader.read(1) == OCTETS[10:11]
    assert windows.asked == [65, 10]
