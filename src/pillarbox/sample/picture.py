"""Small pictures painted by arithmetic: hills under a sky, and a bed of flowers. As PNG (RFC 2083)."""

import struct
import zlib
from collections.abc import Sequence
from math import sin
from random import Random
from typing import TypeAlias

__all__ = ["flowers", "landscape", "png"]

Colour: TypeAlias = tuple[int, int, int]

_WIDTH, _HEIGHT = 192, 108


def landscape(chance: Random) -> bytes:
    """A PNG of three rows of hills with a sun or moon over them."""
    top, bottom, ground = chance.choice(_SKIES)
    canvas = _shaded(top, bottom, 75)
    _disc(canvas, (chance.randrange(30, _WIDTH - 30), chance.randrange(18, 46)), chance.randrange(8, 14), _SUN)
    for row in range(3):
        shift, pace = chance.random() * 6, chance.uniform(0.02, 0.05)
        colour = _mixed(ground, bottom, 0.55 - 0.25 * row)
        for x in range(_WIDTH):
            for y in range(round(62 + 14 * row + 9 * sin(x * pace + shift)), _HEIGHT):
                canvas[y][x] = colour
    return png(canvas)


def flowers(chance: Random) -> bytes:
    """A PNG of round flowers on green."""
    canvas = _shaded((70, 120, 62), (38, 82, 44), _HEIGHT)
    for _ in range(26):
        middle, radius = (chance.randrange(_WIDTH), chance.randrange(_HEIGHT)), chance.randrange(6, 13)
        _disc(canvas, middle, radius, chance.choice(_PETALS))
        _disc(canvas, middle, radius // 3, (250, 205, 70))
    return png(canvas)


def png(canvas: Sequence[Sequence[Colour]]) -> bytes:
    """A PNG of rows of pixels, eight bits a channel."""
    # Each row begins with its filter type; 0 is none.
    rows = b"".join(b"\0" + bytes(channel for colour in row for channel in colour) for row in canvas)
    header = struct.pack(">IIBBBBB", len(canvas[0]), len(canvas), 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _shaded(top: Colour, bottom: Colour, height: int) -> list[list[Colour]]:
    """A canvas that goes from one colour to another down to `height`, and is of that one below it."""
    return [[_mixed(top, bottom, y / height)] * _WIDTH for y in range(_HEIGHT)]


def _disc(canvas: list[list[Colour]], middle: tuple[int, int], radius: int, colour: Colour) -> None:
    for y in range(max(0, middle[1] - radius), min(_HEIGHT, middle[1] + radius + 1)):
        for x in range(max(0, middle[0] - radius), min(_WIDTH, middle[0] + radius + 1)):
            if (x - middle[0]) ** 2 + (y - middle[1]) ** 2 < radius**2:
                canvas[y][x] = colour


_SUN: Colour = (255, 244, 214)

_SKIES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((92, 148, 208), (226, 238, 246), (62, 104, 72)),
    ((58, 52, 110), (240, 150, 104), (52, 40, 66)),
    ((18, 26, 60), (74, 92, 140), (16, 26, 40)),
    ((238, 190, 150), (252, 236, 206), (118, 96, 70)),
)

_PETALS: tuple[Colour, ...] = (
    (236, 92, 108),
    (244, 164, 70),
    (206, 120, 210),
    (248, 240, 230),
    (110, 130, 230),
    (220, 60, 80),
)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other colour, the rest of the one."""
    part = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue
