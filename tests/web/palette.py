"""Screenshots with 256 colors instead of millions: a third of the size, and nobody sees the difference."""

import struct
import zlib
from collections import Counter
from functools import cache
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FREQUENT, RARE = 224, 32  # by how often they stand there; then those that the others would misrepresent most


def made_smaller(path: Path) -> None:
    """Rewrites a PNG of 8-bit RGB, as Chromium makes them. Two pictures of the same pixels become the same bytes."""
    chunks = _chunks(path.read_bytes())
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, kind) == (8, 2), "not 8-bit RGB"
    rows = _rows(zlib.decompress(chunks[b"IDAT"]), width * 3)
    pixels = [[row[x : x + 3] for x in range(0, len(row), 3)] for row in rows]
    counted = Counter(color for row in pixels for color in row)
    palette = _palette(counted)

    @cache
    def nearest(color: bytes) -> int:
        return min(range(len(palette)), key=lambda at: _apart(palette[at], color))

    body = b"".join(b"\0" + bytes(nearest(color) for color in row) for row in pixels)
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0),
        b"PLTE": b"".join(palette),
        b"IDAT": zlib.compress(body, 9),
        b"IEND": b"",
    }
    path.write_bytes(SIGNATURE + b"".join(_chunk(name, held) for name, held in parts.items()))


def _palette(counted: Counter[bytes]) -> list[bytes]:
    ordered = sorted(counted, key=lambda color: (-counted[color], color))
    chosen, others = ordered[:FREQUENT], ordered[FREQUENT:]
    wrong = {color: min(_apart(color, known) for known in chosen) for color in others}
    for _turn in range(min(RARE, len(others))):
        worst = max(others, key=lambda color: wrong[color] * counted[color])
        chosen.append(worst)
        wrong = {color: min(far, _apart(color, worst)) for color, far in wrong.items()}
    return chosen


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunks(png: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        found[name] = found.get(name, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    return found


def _chunk(name: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def _rows(raw: bytes, stride: int) -> list[bytes]:
    """Undoes the filter of each row (PNG, chapter 9)."""
    rows, above = [], bytes(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for x in range(stride):
            left, up, corner = (row[x - 3], above[x], above[x - 3]) if x > 2 else (0, above[x], 0)
            row[x] = (row[x] + (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]) & 255
        above = bytes(row)
        rows.append(above)
    return rows


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))
