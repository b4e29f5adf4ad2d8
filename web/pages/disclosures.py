"""The ledger of one student: who got what, when and why, and what was asked for and refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from crisis.store import audit, people
from crisis.store.disclosures import Line
from crisis.vocabulary import PersonId
from web import ledger_orders, words
from web.deps import Desk, SignedIn, StudentPath
from web.ledger_orders import Log
from web.pages.frame import console
from web.rendering import translations
from web.words import N_
from web.words_of_disclosures import KINDS, PARTS, PURPOSES, WAYS

router = APIRouter(include_in_schema=False)

LOGS = {Log.ALL: N_("Everything"), Log.FERPA: N_("The federal record (FERPA)"), Log.STATE: N_("The state's log")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One row in words. `look`: it happened and should not have, or a person had to decide."""

    at: datetime
    way: str
    to: str
    why: str
    purpose: str
    parts: tuple[str, ...]
    by: str
    threat: str | None
    refused: bool
    look: bool
    rules: tuple[str, ...]


@router.get("/students/{student}/disclosures")
def of_student(desk: SignedIn, student: StudentPath, log: Log = Log.ALL) -> HTMLResponse:
    """For the posts of the district, the school's principals and who leads an incident of the student; on record."""
    with desk.store.write() as tx:
        known = ledger_orders.must_see(tx, desk, student)
        found, school = ledger_orders.lines(tx, desk, student, log), people.school(tx, known.school)
        named = {each for line in found for each in (*line.persons, line.released_by) if each is not None}
        names = people.names(tx, named)
        audit.record(tx, at=desk.at, actor=desk.person, action="ledger viewed", subject=student)
    translate = translations(desk.language).gettext
    values = {
        "here": "students",
        "student": known,
        "school": school,
        "zone": school.zone,
        "lines": [_shown(each, desk, names) for each in found],
        "log": log.value,
        "logs": [(each.value, translate(said)) for each, said in LOGS.items()],
    }
    return console(desk, "pages/disclosures.html", values, path=f"/students/{student}/disclosures")


def _shown(line: Line, desk: Desk, names: Mapping[PersonId, str]) -> Shown:
    translate = translations(desk.language).gettext
    return Shown(
        at=line.at,
        way=translate(WAYS[line.way]),
        to=_to(line, desk, names),
        why=translate(words.of(line.basis)) if line.basis is not None else translate(N_("no basis was given")),
        purpose=translate(PURPOSES[line.purpose]) if line.purpose is not None else "",
        parts=tuple(translate(PARTS[each]) if each in PARTS else each for each in line.fields),
        by=names.get(line.released_by, "") if line.released_by is not None else "",
        threat=line.threat,
        refused=not line.went_out,
        look=line.went_out and line.effect.value != "allow",
        rules=line.rules,
    )


def _to(line: Line, desk: Desk, names: Mapping[PersonId, str]) -> str:
    """Names where they were written down; otherwise what kind of recipient it was."""
    translate = translations(desk.language).gettext
    written = [", ".join(filter(None, (each.name, each.position, each.affiliation))) for each in line.recipients]
    known = [names[each] for each in line.persons if each in names]
    kinds = " · ".join(translate(KINDS[each]) for each in dict.fromkeys(line.kinds))
    return "; ".join([*written, *known]) + (f" ({kinds})" if written or known else kinds)
