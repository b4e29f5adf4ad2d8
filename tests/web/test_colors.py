"""Who sees colors otherwise reads the same: contrast by numbers, in three simulations, by day and by night (8.7).

The simulations are those of Machado, Oliveira and Fernandes (2009) at full severity; contrast is that of WCAG 2.2.
"""

import re
from itertools import product
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
CSS = (STATIC / "app.css").read_text(encoding="utf-8")
Color = tuple[float, float, float]
SEEN_BY = {
    "everybody": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
STATES = ("alert", "warn", "live", "ok", "drill", "mute")
GROUNDS = ("bg", "surface", "sunk")
# What is read on what: 4.5 to 1. `top` is the header.
TEXT = {
    *product(("ink", "ink-2", "ink-3", "action"), GROUNDS),
    *((state, f"{state}-bg") for state in STATES),
    *product(STATES, ("surface",)),
    *product(("ink", "ink-2"), (f"{state}-bg" for state in STATES)),
    *(("action-ink", "action"), ("action-ink", "action-2"), ("action", "action-soft"), ("ink", "action-soft")),
    *(("alert-ink", "alert-solid"), ("ok-ink", "ok-solid"), ("top-ink", "top"), ("top-ink-2", "top")),
}
# What is only seen: the edge of a field, the ring of the focus. 3 to 1.
SHAPES = {*product(("line", "focus"), ("surface", "bg"))}
TOKEN = re.compile(r"--([a-z0-9-]+):(#[0-9a-f]{3,6})\b")
RULE = re.compile(r"\{([^{}]*)\}")
OWN = re.compile(r"(?<![-\w])color:var\(--([a-z0-9-]+)\)")
GROUND = re.compile(r"(?<![-\w])background(?:-color)?:var\(--([a-z0-9-]+)\)")


def tokens(theme: str) -> dict[str, str]:
    """Of the light theme; the dark one changes some of them."""
    light, _, rest = CSS[CSS.index("@layer tokens") :].partition("@media screen and (prefers-color-scheme:dark)")
    dark = rest[: rest.index("@media screen{")]
    return dict(TOKEN.findall(light)) | (dict(TOKEN.findall(dark)) if theme == "dark" else {})


def linear(hexadecimal: str) -> Color:
    digits = hexadecimal[1:] if len(hexadecimal) == 7 else "".join(2 * each for each in hexadecimal[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def luminance(hexadecimal: str, seen_by: str) -> float:
    color = linear(hexadecimal)
    seen = [sum(a * b for a, b in zip(row, color, strict=True)) for row in SEEN_BY[seen_by]]
    red, green, blue = (min(1.0, max(0.0, part)) for part in seen)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, seen_by: str) -> float:
    low, high = sorted((luminance(one, seen_by), luminance(other, seen_by)))
    return (high + 0.05) / (low + 0.05)


def of_rules() -> set[tuple[str, str]]:
    """Every rule of any stylesheet that sets both, so that a new component is asked for without being named here."""
    sheets = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.css")]
    found = set()
    for rule in (each for sheet in sheets for each in RULE.findall(sheet)):
        own, ground = OWN.search(rule), GROUND.search(rule)
        if own and ground:
            found.add((own[1], ground[1]))
    return found


def test_the_measure_is_that_of_wcag() -> None:
    assert round(contrast("#000", "#fff", "everybody"), 2) == 21.0
    assert round(contrast("#767676", "#ffffff", "everybody"), 2) == 4.54
    assert contrast("#c00000", "#006000", "deuteranopia") < contrast("#c00000", "#ffffff", "deuteranopia")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("seen_by", SEEN_BY)
def test_what_is_read_and_what_is_seen_has_contrast_enough(theme: str, seen_by: str) -> None:
    known = tokens(theme)
    asked = dict.fromkeys(TEXT | of_rules(), 4.5) | dict.fromkeys(SHAPES, 3.0)

    found = {pair: round(contrast(known[pair[0]], known[pair[1]], seen_by), 2) for pair in asked}

    assert len(found) > 45
    assert {pair: ratio for pair, ratio in found.items() if ratio < asked[pair]} == {}


def test_how_far_an_incident_is_shows_by_shape_and_not_by_color_alone() -> None:
    """Done is whole, what runs is half, what is late is hatched."""
    drawn = dict(re.findall(r"\n  \.seg \.(done|now|late)\{background:([a-z-]+)", CSS))

    assert drawn == {"done": "var", "now": "linear-gradient", "late": "repeating-linear-gradient"}


def test_each_state_has_an_icon_of_its_own_shape() -> None:
    """Beside its words, for which `tests/web/page_contract.py` asks each page."""
    drawn = dict(re.findall(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', (STATIC / "icons.svg").read_text(), re.DOTALL))

    shapes = [drawn[name] for name in ("s-live", "s-done", "s-wait", "s-late", "s-todo", "flag")]

    assert len(set(shapes)) == len(shapes)
