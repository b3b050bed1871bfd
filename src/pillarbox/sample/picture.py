"""Small pictures painted by arithmetic: hills under a sky, and a bed of flowers. As PNG (RFC 2083)."""

import struct
import zlib
from collections.abc import Callable
from math import sin
from random import Random
from typing import TypeAlias

__all__ = ["flowers", "landscape", "png"]

Colour: TypeAlias = tuple[int, int, int]

_WIDTH, _HEIGHT = 192, 108


def landscape(chance: Random) -> bytes:
    """A PNG of three rows of hills with a sun or moon over them."""
    top, bottom, ground = chance.choice(_SKIES)
    sun = (chance.randrange(30, _WIDTH - 30), chance.randrange(18, 46), chance.randrange(8, 14))
    rows = [(chance.random() * 6, chance.uniform(0.02, 0.05), 62 + 14 * row) for row in range(3)]

    def colour(x: int, y: int) -> Colour:
        for row in reversed(range(3)):
            shift, pace, height = rows[row]
            if y > height + 9 * sin(x * pace + shift):
                return _mixed(ground, bottom, 0.55 - 0.25 * row)
        if (x - sun[0]) ** 2 + (y - sun[1]) ** 2 < sun[2] ** 2:
            return (255, 244, 214)
        return _mixed(top, bottom, y / 75)

    return png(_WIDTH, _HEIGHT, colour)


def flowers(chance: Random) -> bytes:
    """A PNG of round flowers on green."""
    blooms = [
        (chance.randrange(_WIDTH), chance.randrange(_HEIGHT), chance.randrange(6, 13), chance.choice(_PETALS))
        for _ in range(22)
    ]

    def colour(x: int, y: int) -> Colour:
        for middle, level, radius, petals in blooms:
            distance = (x - middle) ** 2 + (y - level) ** 2
            if distance < radius**2:
                return (250, 205, 70) if distance * 8 < radius**2 else petals
        return _mixed((70, 120, 62), (38, 82, 44), y / _HEIGHT)

    return png(_WIDTH, _HEIGHT, colour)


def png(width: int, height: int, colour: Callable[[int, int], Colour]) -> bytes:
    """A PNG of that many pixels, eight bits a channel, each asked of `colour` by column and row."""
    # Each row begins with its filter type; 0 is none.
    rows = b"".join(b"\0" + bytes(channel for x in range(width) for channel in colour(x, y)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


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
