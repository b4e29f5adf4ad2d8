"""How many parts a text takes on its way: GSM 03.38 where its alphabet has every letter, UCS-2 where it has not.

160 letters, or 153 of each part of several; 70, or 67. A letter that takes two places is never cut in two.
"""

from dataclasses import dataclass

from crisis.message_words import Encoding

ONE_PLACE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_PLACES = frozenset("\f^{}\\[~]|€")
ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}
MOST, WANTED = 3, 2  # segments of one message: a fault beyond the first, a remark beyond the second


@dataclass(frozen=True, slots=True)
class Length:
    """`units`: septets, or UTF-16 code units."""

    encoding: Encoding
    units: int
    segments: int


def length(text: str) -> Length:
    encoding = encoding_of(text)
    places = [_places(letter, encoding) for letter in text]
    alone, part = ROOM[encoding]
    units = sum(places)
    if units <= alone:
        return Length(encoding, units, 1 if text else 0)
    parts, left = 1, part
    for each in places:
        if each > left:
            parts, left = parts + 1, part
        left -= each
    return Length(encoding, units, parts)


def encoding_of(text: str) -> Encoding:
    return Encoding.GSM_7 if set(text) <= ONE_PLACE | TWO_PLACES else Encoding.UCS_2


def _places(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if letter in TWO_PLACES else 1
    return 2 if ord(letter) > 0xFFFF else 1
