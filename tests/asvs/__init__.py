"""OWASP's ASVS 5.0, levels 1 and 2, whole: `python -m tests.asvs` writes the table into `docs/security.md`.

Numbers and levels are those of ASVS 5.0.0 (May 2025; `tests.asvs.numbers`), the sense is in words of our own. Each has
the test that shows it, or what stands in its place, or says that it is missing. A few of level 3 stand with them.
"""

from collections import Counter
from pathlib import Path

from tests.asvs import browsers, data, encoding, keys, rights, signing_in
from tests.asvs.numbers import LEVELS
from tests.asvs.row import Kind, Row

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- asvs: made by tests/asvs -->", "<!-- end of asvs -->"
CHAPTERS = (encoding, browsers, signing_in, rights, keys, data)
ROWS: dict[str, Row] = {number: row for chapter in CHAPTERS for number, row in chapter.ROWS.items()}


def tests_of(path: str) -> set[str]:
    return {
        line.split("(")[0][4:]
        for line in (ROOT / path).read_text(encoding="utf-8").splitlines()
        if line.startswith("def test_")
    }


def vanished() -> list[str]:
    """Tests that this table names and that are not there."""
    return [
        f"{number}: {path} {test}"
        for number, row in ROWS.items()
        for path, test in row.proof
        if not (ROOT / path).exists() or test not in tests_of(path)
    ]


def unsaid() -> list[str]:
    """Requirements of levels 1 and 2 that are not in the table exactly once, and numbers that no requirement has."""
    said = Counter(number for chapter in CHAPTERS for number in chapter.ROWS)
    wanted = {number for number, level in LEVELS.items() if level < 3}
    twice = {number for number, times in said.items() if times > 1}
    return sorted((wanted - said.keys()) | (said.keys() - LEVELS.keys()) | twice)


def counted(*levels: int) -> str:
    of = Counter(row.kind for number, row in ROWS.items() if LEVELS[number] in levels)
    return ", ".join(f"{of[kind]} {kind}" for kind in Kind)


def table() -> str:
    both = sum(level < 3 for level in LEVELS.values())
    lines = [f"Of the {both} requirements of levels 1 and 2: {counted(1, 2)}. Of these, level 1: {counted(1)}.", ""]
    lines += ["| ASVS | level | what it asks | shown by |", "|---|---|---|---|"]
    for number in sorted(ROWS, key=lambda each: [int(part) for part in each.split(".")]):
        lines.append(f"| {number} | {LEVELS[number]} | {ROWS[number].what} | {answer(ROWS[number])} |")
    return "\n".join(lines)


def answer(row: Row) -> str:
    tests = "<br>".join(f"`{path}` {test}" for path, test in row.proof)
    match row.kind:
        case Kind.TEST:
            return tests
        case Kind.REASON:
            return row.why
        case Kind.FOREIGN:
            return f"*not applicable*: {row.why}"
        case Kind.MISSING:
            return f"{tests}<br>**in part; missing**: {row.why}" if tests else f"**missing**: {row.why}"


def page_with(content: str) -> str:
    before, _, rest = content.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"
