"""Drills: who may look at one, plan it and run it is asked here, once for all pages."""

from dataclasses import dataclass
from datetime import timedelta

from crisis.commands import OpenIncident
from crisis.drill_commands import EndDrill
from crisis.drill_words import DrillEnd, DrillId, DrillState
from crisis.errors import NotFound, Reason, Refused
from crisis.events import IncidentOpened
from crisis.policy import access
from crisis.policy.drilling import Plan, practised
from crisis.store import (
    audit,
    drill_plans,
    drill_records,
    drill_runs,
    drill_scripts,
    improvements,
    incidents,
    kept_drills,
    people,
    protocols,
    reach_tests,
    sealed,
)
from crisis.store.improvements import Item
from crisis.store.kept_drills import Drill
from crisis.store.people import SchoolView
from crisis.vocabulary import Beside, IncidentId, Mode
from web.deps import Desk
from web.drill_forms import DrillForm, FeedbackForm, RecordForm

SHOWN_FOR = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`runs`: they plan and run it; else they take part or observe."""

    drill: Drill
    school: SchoolView
    runs: bool

    @property
    def zone(self) -> str:
        return self.school.zone


def may_plan_any(desk: Desk) -> bool:
    return any(access.may_run_drills(desk.actor, school) for school in (None, *desk.actor.schools))


def schools(desk: Desk) -> list[SchoolView]:
    """Where this person may plan drills."""
    with desk.store.read() as tx:
        found = people.schools(tx, desk.actor.district)
    return [each for each in found if access.may_run_drills(desk.actor, each.id)]


def listed(desk: Desk) -> list[Seen]:
    """Those that they run, take part in or observe, the newest first."""
    with desk.store.read() as tx:
        found = kept_drills.of_district(tx, desk.actor.district, since=desk.at - SHOWN_FOR)
        named = {each.id: each for each in people.schools(tx, desk.actor.district)}
    seen = [
        Seen(drill=each, school=named[each.school], runs=access.may_run_drills(desk.actor, each.school))
        for each in found
    ]
    return [each for each in seen if each.runs or desk.person in each.drill.members]


def seen(desk: Desk, drill: DrillId) -> Seen:
    with desk.store.read() as tx:
        found = kept_drills.one(tx, desk.actor.district, drill)
        school = people.school(tx, found.school)
    runs = access.may_run_drills(desk.actor, found.school)
    if not runs and desk.person not in found.members:
        raise NotFound
    return Seen(drill=found, school=school, runs=runs)


def run_by(desk: Desk, drill: DrillId) -> Seen:
    found = seen(desk, drill)
    access.must_run_drills(desk.actor, found.drill.school)
    return found


def plan(desk: Desk, form: DrillForm) -> DrillId:
    wanted = _wanted(desk, form, None)
    with desk.store.write() as tx:
        made = drill_plans.plan(tx, desk.store.keys, desk.actor.district, wanted, by=desk.person, at=desk.at)
        known = kept_drills.one(tx, desk.actor.district, made)
        drill_scripts.write(tx, desk.store.keys, known, form.lines(), by=desk.person, at=desk.at)
    return made


def change(desk: Desk, drill: DrillId, form: DrillForm) -> None:
    found = run_by(desk, drill)
    wanted = _wanted(desk, form, found.drill)
    with desk.store.write() as tx:
        drill_plans.change(tx, desk.store.keys, found.drill, wanted, by=desk.person, at=desk.at)
        drill_scripts.write(tx, desk.store.keys, found.drill, form.lines(), by=desk.person, at=desk.at)


def _wanted(desk: Desk, form: DrillForm, known: Drill | None) -> Plan:
    named = {str(each.id): each for each in schools(desk)}
    if form.school not in named:
        raise Refused(Reason("ACCESS", "Plan a drill for a school where you answer for it"))
    offered = {each.id: each for each in left_open(desk) if each.school == form.school}
    kept = {each.item for each in known.objectives} if known is not None else set()
    if not form.carry <= offered.keys() or not set(form.items.values()) <= offered.keys() | kept:
        raise Refused(Reason("DRILL", "What an earlier review left open is practiced at its own school; choose again"))
    taken = (offered[each] for each in sorted(form.carry - set(form.items.values())))
    return form.plan(named[form.school].zone, [practised(each.id, each.text or "", each.capability) for each in taken])


def left_open(desk: Desk) -> list[Item]:
    """Improvement items of earlier reviews that are not done, as far as this person sees what they come from."""
    with desk.store.read() as tx:
        found = improvements.of_leader(tx, desk.store.keys, desk.actor, desk.at, improvements.RUNNING)
    return [each for each in found if each.text is not None]


def call_off(desk: Desk, drill: DrillId) -> None:
    found = run_by(desk, drill)
    with desk.store.write() as tx:
        drill_plans.call_off(tx, found.drill, by=desk.person, at=desk.at)


def opt(desk: Desk, drill: DrillId, *, out: bool) -> None:
    found = seen(desk, drill)
    with desk.store.write() as tx:
        drill_plans.opt_out(tx, found.drill, desk.person, out=out, at=desk.at)


def start(desk: Desk, drill: DrillId, key: str | None) -> None:
    """Opens the incident of the drill, through the one door. Nothing goes out for five seconds."""
    found = run_by(desk, drill).drill
    if found.crisis_type is None:  # nothing is played
        with desk.store.across.write() as tx:  # the code of a test differs from those of other districts
            reach_tests.begin(tx, found, by=desk.person, at=desk.at)
        return
    with desk.store.read() as tx:
        protocol, hashed = protocols.current(tx, found.crisis_type, found.district, desk.at)
    order = OpenIncident(
        by=desk.actor,
        mode=Mode.DRILL,
        school=found.school,
        crisis_type=found.crisis_type,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=hashed,
        place=None,
        student=None,
        beside=Beside.OTHER,
        drill=found.id,
    )
    desk.open(order, key=key)


def end(desk: Desk, drill: DrillId, why: DrillEnd) -> None:
    """All that it grew into ends with it, the first incident last."""
    found = run_by(desk, drill).drill
    if not found.plays:
        with desk.store.write() as tx:
            reach_tests.end(tx, found, by=desk.person, at=desk.at, undone=why is DrillEnd.UNDONE)
        return
    with desk.store.read() as tx:
        going = drill_runs.incidents_of(tx, found.id)
    if found.state is not DrillState.RUNNING:
        raise Refused(Reason("DRILL", "This drill is not running"))
    for incident in going:
        desk.submit(incident, EndDrill(by=desk.actor, why=why))


def is_real(desk: Desk, drill: DrillId, place: str | None, key: str | None) -> IncidentId:
    """By whoever runs it or has a part in it."""
    found = seen(desk, drill).drill
    if found.state is not DrillState.RUNNING or found.incident is None:
        raise Refused(Reason("DRILL", "This drill is not running; open an incident"))
    return in_earnest(desk, found.incident, place, key)


def in_earnest(desk: Desk, practised: IncidentId, place: str | None, key: str | None) -> IncidentId:
    """What is practised is happening: one order opens the real incident and ends the drill.

    For whoever sees the practised incident, which is asked before. The place is that of the drill, if none is said;
    whether an adult is with the student is unknown, whatever was played, and unknown is not yes.
    """
    with desk.store.read() as tx:
        drill = incidents.load(tx, practised)
        if drill.mode is not Mode.DRILL or drill.closed_at is not None:
            raise Refused(Reason("DRILL", "This drill is not running; open an incident"))
        opened = incidents.events_of(tx, practised, limit=1)[0].event
        where = opened.place if isinstance(opened, IncidentOpened) else None
        played = {} if where is None else sealed.read(tx, desk.store.keys, [where])
        protocol, hashed = protocols.current(tx, drill.crisis_type, drill.district, desk.at)
    said = place or (None if where is None else played.get(where))
    order = OpenIncident(
        by=desk.actor,
        mode=Mode.LIVE,
        school=drill.school,
        crisis_type=drill.crisis_type,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=hashed,
        place=None if said is None else desk.seal(said),
        student=None,
        beside=Beside.UNKNOWN,
        instead_of=practised,
    )
    return desk.open(order, key=key).incident.id


def give(desk: Desk, drill: DrillId, line: str) -> None:
    found = run_by(desk, drill)
    with desk.store.write() as tx:
        drill_scripts.give(tx, found.drill, line, by=desk.person, at=desk.at)


def put_on(desk: Desk, drill: DrillId, minutes: int) -> None:
    found = run_by(desk, drill)
    with desk.store.write() as tx:
        drill_scripts.put_on(tx, found.drill, minutes, by=desk.person, at=desk.at)


def note_time(desk: Desk, drill: DrillId, what: str) -> None:
    found = run_by(desk, drill)
    with desk.store.write() as tx:
        drill_scripts.note_time(tx, found.drill, what, by=desk.person, at=desk.at)


def record(desk: Desk, drill: DrillId, form: RecordForm) -> None:
    found = run_by(desk, drill)
    said = (form.conditions, form.notes)
    with desk.store.write() as tx:
        figures = form.figures(found.zone)
        drill_records.write(tx, desk.store.keys, found.drill, figures, said, by=desk.person, at=desk.at)


def say(desk: Desk, drill: DrillId, form: FeedbackForm) -> None:
    found = seen(desk, drill)
    marks = (int(form.knew_what_to_do), int(form.felt_safe))
    with desk.store.write() as tx:
        drill_records.say(tx, desk.store.keys, found.drill, marks, form.words, by=desk.person)


def look(desk: Desk, drill: DrillId) -> None:
    """That somebody read the record of a drill, and what those say who took part."""
    with desk.store.write() as tx:
        audit.record(tx, at=desk.at, actor=desk.person, action="drill record viewed", subject=drill)
