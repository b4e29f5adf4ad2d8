"""What the pages of a student's record share: who may open one, what stands around it, and one form, one change."""

from collections.abc import Callable, Mapping

from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.store import audit, names, people
from crisis.store.people import StudentView
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import Desk
from web.forms import FormState, Posted, Sent
from web.pages.frame import console

Read = Callable[[Connection, StudentView], Mapping[str, object]]


class RecordForm(Sent):
    """One change of the record."""

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        raise NotImplementedError


def shown(
    desk: Desk, student: StudentId, where: str, read: Read, problem: FormState, *, status: int = 200, look: str = ""
) -> HTMLResponse:
    """`where` is the page's own part of the address. What it shows is read in the transaction that puts it on record.

    `look`: what is viewed, in the words of the audit, where that is not `where`. Raises `NotFound` also for a student
    who is not this person's to look after.
    """
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        values = read(tx, known)
        school = people.school(tx, known.school)
        seen, _ = names.seen_by(tx, desk.store.keys, desk.actor, known)
        audit.record(
            tx, at=desk.at, actor=desk.person, action=f"{look or where.replace('-', ' ')} viewed", subject=student
        )
    around = {"here": "students", "student": seen, "school": school, "zone": school.zone, "where": where}
    template, path = f"pages/{where.replace('-', '_')}.html", f"/students/{student}/{where}"
    return console(desk, template, {**around, **values}, path=path, status=status, problem=problem)


def changed(
    desk: Desk, student: StudentId, where: str, forms: Mapping[str, type[RecordForm]], action: str, *, posted: Posted
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in forms:
        raise NotFound
    posted.read(forms[action]).carry_out(desk, student)
    return RedirectResponse(f"/students/{student}/{where}", status_code=303)
