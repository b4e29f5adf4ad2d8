"""Raising an incident: what, where, and is an adult with the student. Nothing else is asked before help comes."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis import commands as cmd
from crisis.policy import access
from crisis.protocol_words import Subject
from crisis.protocols.schema import Protocol
from crisis.store import audit, names, people, protocols
from crisis.vocabulary import Beside, IncidentId, Mode, PersonId, SchoolId, StudentId
from web import words
from web.deps import ID, Desk, MayRaise, SignedIn
from web.forms import FRESH, FormPost, FormState, Posted, Sent
from web.one_piece import in_one_piece
from web.pages.frame import console
from web.pages.naming import told_apart
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

Id = Annotated[str, Query(pattern=ID)]
NONE_OF_THEM = "-"


class Open(Sent):
    kind: str = Field(title=N_("What is happening?"))
    school: str = Field(title=N_("Which school?"))
    place: str | None = Field(default=None, title=N_("Where should people go?"))
    beside: Beside | None = Field(default=None, title=N_("Is an adult with the student?"))
    about_staff: Literal["yes", "no"] = Field(default="no", title=N_("Is it about somebody who works here?"))
    kept_out: str | None = Field(default=None, title=N_("Who is it?"))
    student: str | None = None
    linked_to: str | None = None
    drill: Literal["yes", "no"] = "no"

    def command(self, desk: Desk, posted: Posted) -> cmd.OpenIncident:
        """Of a notice neither place nor adult are asked: nobody goes anywhere, and nobody stays with anybody."""
        with desk.store.read() as tx:
            protocol, protocol_hash = protocols.current(tx, self.kind, desk.actor.district, desk.at)
        notice = protocol.subject is Subject.NOTICE
        for name in () if notice else ("place", "beside"):
            if getattr(self, name) is None:
                raise posted.lacks(name)
        asked = protocol.at_opening is not None and self.drill == "no"  # practice is about nobody
        if asked and self.about_staff == "yes" and self.kept_out is None:
            raise posted.must_say_who("kept_out")
        return cmd.OpenIncident(
            by=desk.actor,
            mode=Mode.DRILL if self.drill == "yes" else Mode.LIVE,
            school=SchoolId(self.school),
            crisis_type=self.kind,
            protocol=protocol.id,
            version=protocol.version,
            protocol_hash=protocol_hash,
            place=None if notice or self.place is None else desk.seal(self.place),
            student=StudentId(self.student) if self.student else None,
            beside=self.beside or Beside.NOT_ASKED,
            kept_out=(PersonId(self.kept_out),) if self.kept_out not in (None, NONE_OF_THEM) else (),
            linked_to=IncidentId(self.linked_to) if self.linked_to else None,
        )


def show(
    desk: Desk,
    problem: FormState = FRESH,
    status: int = 200,
    *,
    school: str = "",
    query: str = "",
    linked: str = "",
) -> HTMLResponse:
    may_name_staff = not (desk.limited or desk.actor.partner)  # an agency, and who is not wholly signed in, see no list
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
        kinds = protocols.kinds(tx, desk.actor.district, desk.at)
        known = [protocol for protocol, _ in protocols.in_force(tx, desk.actor.district, desk.at)]
        staff = _staff(tx, desk) if may_name_staff and problem.typed("about_staff") == "yes" else None
    own = [each for each in schools if each.id in desk.actor.schools]
    chosen = school or (str(own[0].id) if own else "")
    offered = [*own, *(each for each in schools if each not in own)]
    translate = translations(desk.language).gettext
    values = {
        "here": "open",
        "kinds": [(kind, title.in_language(desk.language), "", _asking(kind, known)) for kind, title in kinds.items()],
        "staff": staff,
        "may_name_staff": may_name_staff,
        "none_of_them": NONE_OF_THEM,
        "schools": [(str(each.id), each.name) for each in offered],
        "school": chosen,
        "besides": [(each.value, translate(words.of(each))) for each in Beside],
        "searched": bool(query),
        "found": found_students(desk, SchoolId(chosen), query) if chosen and len(query) > 1 else [],
        "linked": linked or problem.typed("linked_to"),
    }
    shown = console(desk, "pages/open.html", values, path="/incidents/new", status=status, problem=problem)
    if problem is FRESH and not query and not linked:
        return in_one_piece(shown, "pages/open.html", desk.settings)
    return shown


def _asking(kind: str, known: Sequence[Protocol]) -> str:
    """What the form asks besides, or leaves out, once this kind is chosen; by style alone, so without any script."""
    protocol = next(each for each in known if kind in each.crisis_types)
    if protocol.subject is Subject.NOTICE:
        return "notice"
    return "asks-who" if protocol.at_opening is not None else ""


def _staff(tx: Connection, desk: Desk) -> list[tuple[str, str]]:
    """Whom it may be about, of one's own school first.

    A district has hundreds of them: the form says only that the next page asks, so that it stays one round trip.
    """
    found = [each for each in people.staff(tx, desk.actor.district) if each.id != desk.person]
    own = {each.id for school in desk.actor.schools for each in people.staff(tx, desk.actor.district, school)}
    return [(str(each.id), each.name) for each in sorted(found, key=lambda each: each.id not in own)]


def found_students(desk: Desk, school: SchoolId, query: str) -> list[tuple[str, str]]:
    """Only of a school whose incidents this person may see; every look-up is on record, without what was typed."""
    with desk.store.write() as tx:
        asked = people.school(tx, school)
        if not access.may_keep_record(desk.actor, asked.district, asked.id):
            return []
        found = names.found(tx, desk.store.keys, desk.actor, school, query)[:20]
        detail = {"found": len(found)}
        audit.record(tx, at=desk.at, actor=desk.person, action="students looked up", subject=school, detail=detail)
    return [(str(each.id), told_apart(each)) for each in found]


@router.get("/incidents/new")
def show_open(desk: MayRaise, after: Id = "-") -> HTMLResponse:
    return show(desk, linked="" if after == "-" else after)


class Find(Sent):
    """A name is never part of an address: those are kept by browsers and proxies."""

    school: str = Field(title=N_("School"))
    q: str = Field(default="", title=N_("Look for a name"), max_length=80)


@router.post("/incidents/new")
def find_student(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    form = posted.read(Find)
    return show(desk, school=form.school, query=form.q)


@router.post("/incidents")
def open_incident(desk: MayRaise, posted: FormPost) -> RedirectResponse:
    """Never behind the second factor: whoever lacks it is told that help is on its way, and no more."""
    form = posted.read(Open)
    done = desk.open(form.command(desk, posted), key=form.key)
    return RedirectResponse("/raised" if desk.limited else f"/incidents/{done.incident.id}", status_code=303)


@router.get("/raised")
def show_raised(desk: MayRaise) -> HTMLResponse:
    return console(desk, "pages/raised.html", {"here": "open"}, path="/raised")
