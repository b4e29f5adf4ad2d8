"""A village for the matrix of access: for each post and relation one person, three incidents, a student, a plan."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import Connection, insert

from crisis import clock
from crisis.access_words import BreakGlassReason, ConflictKind
from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.policy.agreements import Terms
from crisis.policy.authorities import Granted
from crisis.policy.directives import Directive
from crisis.policy.directory import Entry
from crisis.policy.family_plan import Condition
from crisis.policy.hours import AvoidedTime
from crisis.policy.naming import NameToUse
from crisis.privacy_words import Authority, AuthorityPaper, InstructionKind, InstructionSource, RestrictionKind
from crisis.record_words import ContactCondition, InfoAction, InfoAudience, NameContext, Preference
from crisis.referral_words import AgencyKind, AgreedUse, DataPoint
from crisis.schedules.rota import Handover, Override, Rotation, Slot, Swap
from crisis.statemachine.incident import Incident, Obligation, Page
from crisis.store import (
    accounts,
    authorities,
    conflicts,
    consents,
    directives,
    directory,
    family_plan,
    feeds,
    holds,
    hours,
    incidents,
    instructions,
    kept_records,
    names,
    overrides,
    partners,
    people,
    preferences,
    records_requests,
    restrictions,
    roster,
    rotations,
    sealed,
)
from crisis.store.access_tables import BREAK_GLASS
from crisis.store.consents import Signed
from crisis.store.engine import Store
from crisis.store.overrides import Away
from crisis.store.people_tables import TIE
from crisis.store.preferences import Asked
from crisis.vocabulary import (
    Covers,
    Custody,
    Guardian,
    IncidentId,
    ObligationId,
    ObligationKind,
    OverrideKind,
    PageId,
    PageState,
    PersonId,
    Role,
    StaffRole,
    SwapState,
    Urgency,
    WordsId,
)
from crisis.vocabulary import Phase as Stage
from crisis.vocabulary import Relation as Kin
from tests.factories import DISTRICT, SCHOOL, STUDENT, an_incident, opened
from tests.web.district import COUNSELOR, ELSEWHERE, FAR_SCHOOL, NURSE, OFFICER, OTHER_SCHOOL, TEACHER, a_district
from tests.web.matrix import DISTRICT as POSTS_OF_DISTRICT
from tests.web.matrix import Cell, Phase, Relation

PAGE, WHY = PageId("page-1"), WordsId("w-why")
STAGES = {Phase.OPEN: Stage.SAFETY_ASSESSMENT, Phase.FOLLOW_UP: Stage.FOLLOW_UP, Phase.CLOSED: Stage.CLOSED}


@dataclass(frozen=True, slots=True)
class Village:
    """`ids` fills the places of an address."""

    store: Store
    tokens: dict[PersonId, str]
    ids: dict[str, str]
    seq: int


def person_of(post: StaffRole, relation: Relation) -> PersonId:
    return PersonId(f"{post.value}-{relation.value.replace(' ', '-')}")


def incident_of(cell: Cell) -> IncidentId:
    """Each has one who raised it."""
    whose = cell.post.value if cell.relation in (Relation.RAISED_IT, Relation.BROKE_GLASS) else "all"
    return IncidentId(f"i-{cell.phase.value}-{whose}")


def a_village(store: Store) -> Village:
    """All of it in one transaction; the answers to requests are `undone` afterwards."""
    protocol_hash = a_district(store).protocol_hash
    at = clock.now()
    with store.write() as tx:
        tokens = dict(_people(tx, at))
        sealed.put(tx, store.keys, "i-open-all", {WHY: "Nobody can be reached, and she is here"})
        seq, conflict = _incidents(tx, at)
        planned = _planned(tx, at)
        written = _written(tx, store, at)
    ids = {
        "student": STUDENT,
        "protocol_hash": protocol_hash,
        "answer": "accept",
        "conflict": conflict,
        **planned,
        **written,
    }
    return Village(store=store, tokens=tokens, ids=ids, seq=seq)


def _people(tx: Connection, at: datetime) -> Iterator[tuple[PersonId, str]]:
    own = (Relation.OWN_SCHOOL, Relation.CONFLICT)
    for post in StaffRole:
        for relation in Relation:
            person = person_of(post, relation)
            district = ELSEWHERE if relation is Relation.OTHER_DISTRICT else DISTRICT
            school = SCHOOL if relation in own else FAR_SCHOOL if district == ELSEWHERE else OTHER_SCHOOL
            nowhere = post in POSTS_OF_DISTRICT or post is StaffRole.OPERATOR
            roster.add_person(tx, district, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, district, person, post, None if nowhere else school)
            feeds.create(tx, district, person, at)
            yield person, accounts.create_token(tx, person, "the matrix", at)


def _incidents(tx: Connection, at: datetime) -> tuple[int, str]:
    """Their version, and a conflict of interest that concerns them all."""
    page = Page(
        id=PAGE,
        role=Role.ONCALL_CLINICIAN,
        urgency=Urgency.U2,
        step=None,
        state=PageState.PAGING,
        level=0,
        requested_at=at,
        level_since=at,
        asked=tuple(person_of(post, Relation.PAGED) for post in StaffRole),
    )
    called = [person_of(post, each) for post in StaffRole for each in (Relation.CALLED_IN, Relation.CONFLICT)]
    owed = [
        Obligation(id=ObligationId(each), kind=ObligationKind.MANDATED_REPORT, owner=each, due_at=at) for each in called
    ]
    like = replace(
        an_incident(),
        lead=None,
        adult=None,
        custody=Custody.UNHELD,
        pages={PAGE: page},
        obligations={each.id: each for each in owed},
    )
    for phase in Phase:
        over = at - timedelta(days=2) if phase is Phase.CLOSED else None
        stage = partial(replace, like, phase=STAGES[phase], closed_at=over)
        _kept(tx, stage(id=incident_of(Cell(StaffRole.TEACHER, Relation.PAGED, phase))), at)
        for post in StaffRole:
            cell = Cell(post, Relation.RAISED_IT, phase)
            _kept(tx, stage(id=incident_of(cell), opened_by=person_of(post, Relation.RAISED_IT)), at)
            if phase is not Phase.CLOSED:
                _broken(tx, person_of(post, Relation.BROKE_GLASS), incident_of(cell), at)
    for post in StaffRole:
        conflicts.enter(tx, like, person_of(post, Relation.CONFLICT), ConflictKind.RELATED, by=OFFICER, at=at)
    return like.seq, conflicts.enter(tx, like, TEACHER, ConflictKind.RELATED, by=OFFICER, at=at)


def _kept(tx: Connection, incident: Incident, at: datetime) -> None:
    incidents.append(tx, None, incident, opened()[:1], at=at)


def _broken(tx: Connection, person: PersonId, incident: IncidentId, at: datetime) -> None:
    """As it stands half way, for whoever has the post for it and for whoever has not."""
    times = {"began_at": at, "ends_at": at + timedelta(hours=1), "review_due_at": at + timedelta(days=2)}
    row = {"id": f"{person}-{incident}", "district": DISTRICT, "incident": incident, "person": person}
    tx.execute(insert(BREAK_GLASS).values(**row, **times, reason=BreakGlassReason.MEDICAL, words=WHY))


def _planned(tx: Connection, at: datetime) -> dict[str, str]:
    other = person_of(StaffRole.NURSE, Relation.OWN_SCHOOL)
    for nurse, number in ((NURSE, "(617) 555-0142"), (other, "(617) 555-0143")):
        roster.add_phone(tx, nurse, number)  # nobody is on the rota who cannot be called
    slot, week = Slot(school=SCHOOL, role=Role.NURSE, level=0), timedelta(days=7)
    turns = Rotation(
        id="ro-1",
        people=(NURSE,),
        zone="America/New_York",
        starts_on=date(2026, 1, 5),
        cycle_days=7,
        handovers=(Handover(0, time(8)),),
        covers=Covers.ALWAYS,
    )
    rotations.add_rotation(tx, DISTRICT, slot, turns, at=at, by=OFFICER)
    change = Override(
        id="ov-1",
        kind=OverrideKind.REMOVE,
        incoming=None,
        outgoing=NURSE,
        starts_at=at + week,
        ends_at=at + 2 * week,
    )
    overrides.add_override(tx, DISTRICT, slot, change, at=at, by=OFFICER)
    swap = Swap(
        id="sw-1",
        slot=slot,
        giver=NURSE,
        taker=other,
        starts_at=at + week / 7,
        ends_at=at + week / 7 * 2,
        back=None,
        state=SwapState.OFFERED,
    )
    overrides.offer_swap(tx, DISTRICT, swap, at=at)
    away = Away(id="ab-1", person=COUNSELOR, starts_at=at + 3 * week, ends_at=at + 4 * week, told_by=COUNSELOR)
    overrides.add_absence(tx, DISTRICT, away, at=at)
    return {"rotation_id": "ro-1", "override_id": "ov-1", "swap_id": "sw-1", "absence_id": "ab-1"}


def _written(tx: Connection, store: Store, at: datetime) -> dict[str, str]:
    """A relative with a restriction, an instruction, and a conflict of interest of somebody else than any cell's."""
    aunt = PersonId("p-aunt")
    roster.add_person(tx, DISTRICT, aunt, ("Ana", "Quetzal"), staff=False)
    tie = {"relation": Kin.RELATIVE, "guardian": Guardian.UNKNOWN, "checked": False, "imported": True}
    tx.execute(insert(TIE).values(student=STUDENT, person=aunt, district=DISTRICT, **tie))
    entry = restrictions.Entry(student=STUDENT, person=aunt, kind=RestrictionKind.COURT_ORDER)
    restriction = restrictions.enter(tx, entry, by=COUNSELOR, at=at)
    told = instructions.Told(kind=InstructionKind.HELPS, source=InstructionSource.FAMILY, text="A walk outside")
    instruction = instructions.add(tx, store.keys, (DISTRICT, STUDENT), told, by=COUNSELOR, at=at)
    clinic = Entry(name="Clinic", kind=next(iter(AgencyKind)))
    agency = directory.add(tx, DISTRICT, clinic, by=None, at=at)
    face_to_face = frozenset({NameContext.FACE_TO_FACE})
    use = NameToUse(name="Xi", contexts=face_to_face, source=InstructionSource.STUDENT)
    name = names.add(tx, store.keys, people.student(tx, STUDENT), use, by=COUNSELOR, at=at)
    terms = Terms(
        agency=agency,
        data_points=frozenset(DataPoint),
        uses=frozenset(AgreedUse),
        direct_control=True,
        redisclosure_ban=True,
        first_day=date(2026, 1, 5),
        last_day=date(2036, 1, 5),
        signed_for_district="Ana",
        signed_for_agency="Luz",
        paper="the office",
    )
    signed = partners.record(tx, DISTRICT, terms, "America/New_York", by=OFFICER, at=at)
    partners.put_in(tx, DISTRICT, COUNSELOR, agency, by=OFFICER, at=at)
    mother = PersonId("p-mother")
    roster.add_person(tx, DISTRICT, mother, ("Luz", "Quetzal"), staff=False)
    tie |= {"relation": Kin.PARENT, "guardian": Guardian.YES}
    tx.execute(insert(TIE).values(student=STUDENT, person=mother, district=DISTRICT, **tie))
    paper = Signed(
        records=frozenset({"identity"}),
        purpose=next(iter(DisclosurePurpose)),
        party="The clinic",
        signer=mother,
        method=SignMethod.PAPER,
        document="d-1",
        language="en",
        read=True,
        interpreter=None,
        signed_on=date(2026, 1, 5),
        minor_checked=True,
    )
    consent = consents.record(tx, store.keys, (DISTRICT, STUDENT), paper, by=COUNSELOR, at=at)
    wish = Asked(preference=next(iter(Preference)), person=None, source=InstructionSource.STUDENT)
    preference = preferences.add(tx, (DISTRICT, STUDENT), wish, by=COUNSELOR, at=at)
    in_person = Condition(person=mother, kind=ContactCondition.IN_PERSON)
    condition = family_plan.add_condition(
        tx, people.student(tx, STUDENT), in_person, InstructionSource.FAMILY, by=COUNSELOR, at=at
    )
    waits = records_requests.Asked(student=STUDENT, person=mother, asked_on=date(2026, 1, 5))
    request = records_requests.record(tx, DISTRICT, waits, by=people.actor(tx, OFFICER), at=at)
    asked = Directive(audience=InfoAudience.CLINICIAN, category=DataPoint.MEANS, action=InfoAction.SHARE)
    directive = directives.add(tx, people.student(tx, STUDENT), asked, InstructionSource.STUDENT, by=COUNSELOR, at=at)
    night = AvoidedTime(person=mother, starts=time(21), ends=time(7))
    avoided = hours.add(tx, people.student(tx, STUDENT), night, InstructionSource.FAMILY, by=COUNSELOR, at=at)
    pickup = Granted(person=mother, authority=Authority.PICKUP, paper=AuthorityPaper.SIGNED_STATEMENT)
    authority = authorities.enter(tx, people.student(tx, STUDENT), pickup, by=COUNSELOR, at=at)
    kept = kept_records.of_subject(tx, DISTRICT, STUDENT, at)
    hold = holds.place(tx, store.keys, kept, "Order of the court", by=OFFICER, at=at)
    known = {
        "hold": hold,
        "mark": "m-1",
        "request": request,
        "adult": mother,
        "authority": authority,
        "directive": directive,
        "avoided": avoided,
        "condition": condition,
        "consent": consent,
        "preference": preference,
        "restriction": restriction,
        "instruction": instruction,
        "name": name,
    }
    return known | {"agency": agency, "agreement": signed, "person": COUNSELOR}


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A transaction whose end nothing outlives: `Store.write` while the cells are asked."""
    try:
        with WRITE(store) as tx:
            yield tx
            raise Undo
    except Undo:
        return


class Undo(Exception):
    """Takes back what one request wrote."""


WRITE = Store.write
