"""`docs/protocols.md`: each protocol, and which test proves which invariant (protocols.md 6.2) for which of them.

A test says so at the end of its name (`…_i_9_i_18`). Renewed with `python -m tests.proved`.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from crisis.protocols import loader
from crisis.protocols.diagram import mermaid, outline
from crisis.protocols.schema import Protocol

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "protocols.md"
JOURNEYS = ROOT / "docs" / "pictures" / "journeys"
IN_NAME = re.compile(r"_i_(\d+)(?=_|$)")
RULES = "tests/statemachine"  # played on suicide_risk
PLACES: dict[str, tuple[str, ...]] = {
    "suicide_risk": (RULES, "tests/protocols/test_suicide_risk.py", "tests/journeys/test_suicide_risk.py"),
    "nssi": ("tests/journeys/test_self_injury.py",),
    "acute_distress": ("tests/journeys/test_acute_distress.py",),
    "substance_overdose": ("tests/journeys/test_overdose.py",),
    "reentry": ("tests/journeys/test_return_to_school.py",),
    "threat_others": ("tests/journeys/test_threat_to_others.py", "tests/statemachine/test_series_without_end.py"),
    "handle_with_care": ("tests/journeys/test_handle_with_care.py",),
    "postvention_death": ("tests/journeys/test_after_death.py",),
    "grief_support": ("tests/journeys/test_grief.py",),
    "abuse_disclosure": ("tests/journeys/test_abuse_disclosure.py",),
    "sexual_assault": ("tests/journeys/test_sexual_assault.py",),
}
INTRODUCTION = """\
## Which test proves which invariant

The invariants are those of the rules, which are the same for every protocol: they are tested on suicide risk, and once
more where a protocol adds a way to break them. For every protocol, in every jurisdiction, the walk over all states that
it can reach proves that there is a way to the close from everywhere, that nothing falls silent, that acute danger asks
for a decision (I-7) and that a close has kept I-9, I-15, I-18 and I-19; what was walked, and by which rules, stands in
`tests/golden/proofs.json`."""


TWO = "tests/journeys/test_two_at_once.py"
AT_ONCE = (  # one crisis that is two: led through to the close, with nobody contacted twice
    ("A threat to self and to others, in one incident", "threat_others", "a_threat_to_self_and_others"),
    ("A threat and a risk of suicide, in two incidents", TWO, "a_threat_and_a_risk_of_suicide"),
    ("A disclosure of abuse during the questions about suicide", TWO, "a_disclosure_of_abuse"),
    ("Self-injury with a positive screening", "nssi", "a_positive_screening"),
    ("An overdose that was an attempt", "substance_overdose", "an_overdose_that_was_an_attempt"),
)


def at_once() -> Iterator[str]:
    """Raises `ValueError` where such a crisis has no journey any more."""
    yield from ("", "One crisis that is two:", "", "| crisis | test |", "|---|---|")
    for crisis, place, begins in AT_ONCE:
        path = ROOT / PLACES.get(place, (place,))[0]
        (test,) = {name for _, name in claims(path) if name.startswith(f"test_{begins}")}
        yield f"| {crisis} | `{path.relative_to(ROOT).as_posix()}` {test} |"


def files(place: str) -> list[Path]:
    found = ROOT / place
    return sorted(found.glob("test_*.py")) if found.is_dir() else [found]


def claims(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield from ((int(number), node.name) for number in IN_NAME.findall(node.name))


def lines() -> list[str]:
    said = [INTRODUCTION, "", "| invariant | protocol | tests |", "|---|---|---|"]
    rows: dict[tuple[int, str], list[str]] = defaultdict(list)
    for protocol in loader.names():
        for path in (path for place in PLACES.get(protocol, ()) for path in files(place)):
            for number, test in claims(path):
                rows[number, protocol].append(f"`{path.relative_to(ROOT).as_posix()}` {test}")
    for (number, protocol), tests in sorted(rows.items(), key=lambda row: (row[0][0], list(PLACES).index(row[0][1]))):
        said.append(f"| I-{number} | {loader.protocol(protocol).title.en} | {'<br>'.join(tests)} |")
    return [*said, *at_once(), ""]


def photographed(protocol: Protocol) -> list[str]:
    """The walks of `tests/journeys/test_pictures.py` that were kept: what somebody new to it sees, page by page."""
    kept = [(kind, JOURNEYS / f"{kind}.webp") for kind in protocol.crisis_types]
    shown = [
        f"[{protocol.crisis_types[kind].en}]({sheet.relative_to(PAGE.parent).as_posix()})"
        for kind, sheet in kept
        if sheet.exists()
    ]
    return [f"Each page from the opening to the close, on a telephone: {', '.join(shown)}.", ""] if shown else []


def page() -> str:
    """`docs/protocols.md`."""
    parts = ["# Protocols", "", "Made from `crisis/protocols/library/`; a test compares the two.", ""]
    for name in loader.names():
        protocol = loader.protocol(name)
        parts += [
            f"## {protocol.title.en}",
            "",
            "```mermaid",
            mermaid(protocol),
            "```",
            "",
            "```text",
            outline(protocol),
            "```",
            "",
            *photographed(protocol),
        ]
    return "\n".join([*parts, *lines()])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
