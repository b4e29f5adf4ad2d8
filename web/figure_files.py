"""Figures to take along: the same parts as JSON, and as rows of a CSV file; by codes, so that a program reads them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import orjson
from starlette.responses import Response

from crisis.review.spread import Spread
from web.plots import Bars, Times

Part = Bars | Times
COLUMNS = ("part", "row", "name", "measure", "value")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def content(about: Mapping[str, object], parts: Sequence[Part]) -> dict[str, object]:
    return {"about": dict(about), "parts": [_part(each) for each in parts]}


def _part(part: Part) -> dict[str, object]:
    rows = [{"row": code, "name": name, **measures} for code, name, measures in _rows(part)]
    return {"part": part.id, "title": part.title, "rows": rows}


def _rows(part: Part) -> Iterator[tuple[str, str, dict[str, int | None]]]:
    """With the sum at the end, where the rows have one."""
    match part:
        case Bars():
            codes = [code for code, _ in part.series]
            for row in (*part.rows, part.total):
                counts: dict[str, int | None] = dict(zip(codes, row.counts, strict=True))
                yield row.code, row.label, counts | {"all": row.all}
        case Times():
            for took in part.rows:
                yield took.code, took.label, _spread(took.spread)
            if part.adds_up:
                yield "all", "", _spread(part.total)


def _spread(found: Spread) -> dict[str, int | None]:
    return {
        "reached": len(found.lengths),
        "not_in_the_record": found.missing,
        "not_yet": found.waiting,
        "all": found.all,
        "median_seconds": found.median,
        "ninetieth_seconds": found.ninth,
    }


def json_file(name: str, about: Mapping[str, object], parts: Sequence[Part]) -> Response:
    body = orjson.dumps(content(about, parts), option=orjson.OPT_INDENT_2)
    return _file(body, f"{name}.json", "application/json")


def csv_file(name: str, about: Mapping[str, object], parts: Sequence[Part]) -> Response:
    """One number a row; empty: there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(("about", key, "", "", _cell(value)) for key, value in about.items())
    for part in parts:
        for code, label, measures in _rows(part):
            lines = [(part.id, _cell(code), _cell(label), name, _cell(value)) for name, value in measures.items()]
            writer.writerows(lines)
    return _file(out.getvalue().encode(), f"{name}.csv", "text/csv; charset=utf-8")


def _cell(value: object) -> str:
    """What a spreadsheet would take for a formula is a text to it (CWE-1236)."""
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(FORMULA) else said


def _file(body: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)
