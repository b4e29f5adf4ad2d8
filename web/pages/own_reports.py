"""What somebody has to report to child protection themselves, and where they say that they did (I-11)."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from crisis.referral_words import AgencyKind
from crisis.store import directory, own_reports, phones
from web.deps import Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState
from web.pages.frame import console
from web.report_forms import FileReport

HERE = "/my-reports"
router = APIRouter(include_in_schema=False)


def protection(tx: Connection, desk: Desk) -> list[tuple[str, str, str]]:
    """Whom to call, of the district's directory: a name, the number as people write it, and as it is dialled."""
    found = directory.of_kind(tx, desk.actor.district, AgencyKind.CHILD_WELFARE)
    return [(each.entry.name, phones.for_people(each.number), each.number) for each in found if each.number is not None]


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    with desk.store.read() as tx:
        found = own_reports.of_person(tx, desk.store.keys, desk.actor.district, desk.person)
        lines = protection(tx, desk)
    values = {
        "protection": lines,
        "reports": found,
        "zone": next((each.school.zone for each in found), "UTC"),
        "here": "board",
    }
    return console(desk, "pages/own_reports.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def mine(desk: SignedIn) -> HTMLResponse:
    """Their own alone, also of an incident of which they see nothing else."""
    return show(desk)


@router.post(HERE + "/{incident_id}/report")
def file(desk: SignedIn, incident_id: IncidentPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(FileReport)
    desk.submit(incident_id, form.command(desk), key=form.key)
    return RedirectResponse(HERE, status_code=303)
