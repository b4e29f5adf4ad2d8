"""What staff have learned and until when it counts: for those who plan. It warns, and stops nobody and nothing."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from crisis.policy import access
from crisis.protocols.schema import Protocol
from crisis.schedules.training import NEEDED, Counts, Manning, Trained, Training
from crisis.store import people, protocols, training
from crisis.store.people import StaffView
from crisis.vocabulary import PersonId, Role, SchoolId
from web import figure_orders, words
from web.deps import AtSchool, Desk, SignedIn
from web.figure_files import FORMULA
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.skills import PersonPath, may_change, one_of, posts_said, staff_of
from web.pages.staff_lists import works_at
from web.rendering import babel_day, translations
from web.words import N_
from web.words_of_training import COUNTS, TRAININGS

HERE = "/training"
COLUMNS = ("person", "training", "since", "until", "counts")
router = APIRouter(include_in_schema=False)


class Record(Sent):
    training: Training = Field(title=N_("What was learned"))
    since: date = Field(title=N_("Since when?"))
    until: date | None = Field(None, title=N_("Until when does it count?"))


class TakeOff(Sent):
    training: Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    staff: Sequence[StaffView]
    papers: Sequence[Trained]
    manned: Sequence[Manning]
    schools: Mapping[str, str]
    today: date


def found_by(desk: Desk) -> Found:
    """Raises `NotFound` for whoever plans nowhere."""
    staff = staff_of(desk)
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
        today = desk.at.astimezone(ZoneInfo(next((each.zone for each in schools), "UTC"))).date()
        return Found(
            staff=staff,
            papers=training.of_district(tx, desk.actor.district),
            manned=training.manned(tx, desk.actor.district, today),
            schools={str(each.id): each.name for each in schools},
            today=today,
        )


def red_items(desk: Desk) -> list[str]:
    """Roles without anybody whose training counts, for the page of readiness."""
    found, say = found_by(desk), translations(desk.language).gettext
    return [_manning(each, found, say) for each in found.manned if each.lost]


def _manning(each: Manning, found: Found, say: Callable[[str], str]) -> str:
    return f"{say(words.of(each.role))} · {found.schools[each.school]} · {say(TRAININGS[each.training])}"


def show_all(desk: Desk, problem: FormState = FRESH, status: int = 200, *, school: str = "") -> HTMLResponse:
    """Of everybody; by name those of one school, and of the whole district."""
    found, say = found_by(desk), translations(desk.language).gettext
    with desk.store.read() as tx:
        law = [each for each, _ in protocols.in_force(tx, desk.actor.district, desk.at)]
    kept = {each.training for each in found.papers}
    here = next((each for each in (school, *sorted(desk.actor.schools), *found.schools) if each in found.schools), "")
    values = {
        "schools": list(found.schools.items()),
        "school": here,
        "here": "training",
        "lost": [_manning(each, found, say) for each in found.manned if each.lost],
        "soon": [
            (_manning(each, found, say), babel_day(each.until, desk.language))
            for each in found.manned
            if each.until is not None and each.soon_lost(found.today)
        ],
        "unknown": [say(TRAININGS[each]) for each in Training if each not in kept],
        "rows": [
            (each, posts_said(desk, each), papers_of(desk, found, each.id), may_change(desk, each))
            for each in found.staff
            if works_at(each, SchoolId(here))
        ],
        "roles": [
            (say(words.of(role)), say(TRAININGS[asked]), *_counted(found, role), _steps(law, role, desk))
            for role, asked in NEEDED.items()
        ],
    }
    return console(desk, "pages/training.html", values, path=HERE, status=status, problem=problem)


def _counted(found: Found, role: Role) -> tuple[int, int]:
    here = [each for each in found.manned if each.role is role]
    trained = {person for each in here for person in each.trained}
    return len(trained), len({person for each in here for person in each.others} | trained)


def _steps(law: Sequence[Protocol], role: Role, desk: Desk) -> list[str]:
    """The steps that this role may do, of all protocols in force; each title once."""
    titles = [step.title.in_language(desk.language) for each in law for step in each.steps if role in step.roles]
    return list(dict.fromkeys(titles))


def papers_of(desk: Desk, found: Found, person: PersonId) -> list[dict[str, object]]:
    say = translations(desk.language).gettext
    return [
        {
            "training": each.training.value,
            "name": say(TRAININGS[each.training]),
            "since": babel_day(each.since, desk.language),
            "until": None if each.until is None else babel_day(each.until, desk.language),
            "tag": (COUNTS[each.counts(found.today)][0], say(COUNTS[each.counts(found.today)][1])),
            "over": each.counts(found.today) is Counts.OVER,
        }
        for each in found.papers
        if each.person == person
    ]


def show(desk: Desk, person: PersonId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    one = _to_change(desk, person)
    found, say = found_by(desk), translations(desk.language).gettext
    values = {
        "here": "training",
        "one": one,
        "posts": posts_said(desk, one),
        "papers": papers_of(desk, found, person),
        "trainings": [(each.value, say(TRAININGS[each])) for each in Training],
    }
    return console(desk, "pages/training_one.html", values, path=f"{HERE}/{person}", status=status, problem=problem)


def again(desk: Desk, person: PersonId, state: FormState, status: int) -> HTMLResponse:
    """After a refusal: the form with what was typed, or the list for whoever has no form for this person."""
    mine = may_change(desk, one_of(desk, person))
    return show(desk, person, state, status) if mine else show_all(desk, state, status)


def _to_change(desk: Desk, person: PersonId) -> StaffView:
    """Raises `Refused` where somebody else plans."""
    one = one_of(desk, person)
    if not may_change(desk, one):
        access.must_plan(desk.actor, None)
    return one


@router.get(HERE)
def listed(desk: SignedIn, school: AtSchool = "") -> HTMLResponse:
    """For the district crisis lead and principals."""
    return show_all(desk, school=school)


@router.get(HERE + ".csv")
def as_csv(desk: SignedIn) -> Response:
    """For the same people, and on record."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_lines(desk))
    return _file(out.getvalue().encode(), "csv", "text/csv; charset=utf-8")


@router.get(HERE + ".json")
def as_json(desk: SignedIn) -> Response:
    return _file(orjson.dumps(_lines(desk), option=orjson.OPT_INDENT_2), "json", "application/json")


def _lines(desk: Desk) -> list[dict[str, str | None]]:
    found = found_by(desk)
    figure_orders.take(desk, "training taken")
    names = {each.id: each.name for each in found.staff}
    return [
        {
            "person": _cell(names[each.person]),
            "training": each.training.value,
            "since": each.since.isoformat(),
            "until": None if each.until is None else each.until.isoformat(),
            "counts": each.counts(found.today).value,
        }
        for each in found.papers
        if each.person in names
    ]


def _cell(said: str) -> str:
    """No cell is a formula (CWE-1236)."""
    return f"'{said}" if said.startswith(FORMULA) else said


def _file(body: bytes, ending: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="training.{ending}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)


@router.get(HERE + "/{person}")
def one(desk: SignedIn, person: PersonPath) -> HTMLResponse:
    """For whoever plans where this person works."""
    return show(desk, person)


@router.post(HERE + "/{person}/record")
def record(desk: SignedIn, person: PersonPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(Record)
    _to_change(desk, person)
    said = Trained(person=person, training=form.training, since=form.since, until=form.until)
    today = found_by(desk).today
    with desk.store.write() as tx:
        training.record(tx, desk.actor.district, said, today=today, by=desk.person, at=desk.at)
    return RedirectResponse(f"{HERE}/{person}", status_code=303)


@router.post(HERE + "/{person}/take-off")
def take_off(desk: SignedIn, person: PersonPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(TakeOff)
    _to_change(desk, person)
    with desk.store.write() as tx:
        training.take_off(tx, desk.actor.district, person, form.training, by=desk.person, at=desk.at)
    return RedirectResponse(f"{HERE}/{person}", status_code=303)
