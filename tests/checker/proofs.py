"""The record of what was proved: `python -m tests.checker.proofs [name]` walks what is not current, and writes it down.

A walk takes minutes. What it depends on is the shape of the protocol and the source of the rules; as long as both are
the same, so is what it finds. The record is no proof of its own: CI compares it with the source, and walks one anew.
"""

import ast
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from crisis.checker.check import check, shape
from crisis.protocols import loader

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "tests" / "golden" / "proofs.json"
FIRST = ROOT / "crisis" / "checker" / "check.py"

Row = dict[str, Any]


def imported(path: Path) -> Iterator[Path]:
    """The files of `crisis` that this one imports, by any of the forms that stand in our source."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.module is None or node.module.split(".")[0] != "crisis":
            continue
        for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names)):
            file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
            if file.is_file():
                yield file


def sources() -> list[Path]:
    """Everything that a walk runs."""
    found, waiting = {FIRST}, [FIRST]
    while waiting:
        new = set(imported(waiting.pop())) - found
        found |= new
        waiting += new
    return sorted(found)


def meaning(source: str) -> str:
    """Without comments, layout and docstrings: they change no rule."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.dump(tree)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def rules() -> str:
    texts = (f"{path.relative_to(ROOT).as_posix()}\n{meaning(path.read_text(encoding='utf-8'))}" for path in sources())
    return digest("\n".join(texts))


@cache
def walks() -> dict[str, str]:
    """For each walk that the library needs the digest of its shape. Jurisdictions that differ in lengths share one."""
    found: dict[str, str] = {}
    for name in loader.names():
        for overlay in loader.overlays():
            shaped = digest(shape(loader.protocol(name, overlay)))
            if shaped not in found.values():
                found[name if overlay == loader.BASE else f"{name} {overlay}"] = shaped
    return found


def recorded() -> dict[str, Row]:
    found: dict[str, Row] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    return found


def walked(walk: str) -> Row:
    """Raises `AssertionError` with the stories of what does not hold."""
    began = time.process_time()
    proof = check(loader.protocol(*walk.split()), None, lambda states: print(walk, states, file=sys.stderr))
    assert proof.holds, "\n".join(map(str, proof.findings))
    return {
        "shape": walks()[walk],
        "rules": rules(),
        "states": proof.states,
        "moves": proof.moves,
        "closed": proof.closed,
        "seconds": round(time.process_time() - began),
    }


def is_current(walk: str, row: Row | None) -> bool:
    return row is not None and (row["shape"], row["rules"]) == (walks()[walk], rules())


def renew(chosen: list[str]) -> None:
    """Writes after each walk, so that one that was broken off loses only its own."""
    for walk in walks():
        if (chosen and walk not in chosen) or is_current(walk, recorded().get(walk)):
            continue
        found = walked(walk)
        print(walk, found)
        rows = {name: row for name, row in recorded().items() if name in walks()} | {walk: found}
        RECORD.write_text(json.dumps(dict(sorted(rows.items())), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew(sys.argv[1:])
