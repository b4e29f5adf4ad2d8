"""A district to try things on: three schools, forty students, a full staff, a year of shifts. All of it is made up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, insert

from crisis.ladders import LADDERS, Cadence, Ladder
from crisis.privacy_words import RestrictionKind
from crisis.readiness_words import Proof
from crisis.schedules.rota import Rotation, Slot, weekly
from crisis.store import (
    accounts,
    audit,
    calendars,
    contact_record,
    message_texts,
    methods,
    oncall,
    pins,
    restrictions,
    roster,
    rotations,
)
from crisis.store.contact_record import Wish
from crisis.store.oncall import Shift
from crisis.store.passwords import Hashing, passphrase
from crisis.store.people_tables import PIN
from crisis.store.readiness_tables import METHOD
from crisis.store.restrictions import Entry
from crisis.store.roster import derived_id
from crisis.store.sample_agencies import add_agencies
from crisis.store.sample_people import ELEMENTARY, FAMILIES, HIGH, MIDDLE, STAFF, Family, Member
from crisis.vocabulary import (
    DistrictId,
    PersonId,
    PhoneKind,
    Role,
    SchoolId,
    StaffRole,
    StudentId,
    Urgency,
)

DISTRICT = DistrictId("larkfield")
CASTILLO = (("Marisol", "Castillo"), ("Beatriz", "Luna"), ("Hector", "Castillo"))
ZONE = "America/New_York"
SCHOOLS = {
    SchoolId(HIGH): ("Larkfield High School", time(7, 40), time(14, 25)),
    SchoolId(MIDDLE): ("Larkfield Middle School", time(8, 5), time(14, 50)),
    SchoolId(ELEMENTARY): ("Larkfield Elementary School", time(8, 50), time(15, 20)),
}
TERMS = (
    ("Fall 2026", date(2026, 9, 1), date(2027, 1, 22)),
    ("Spring 2027", date(2027, 1, 25), date(2027, 6, 21)),
)
HOLIDAYS = (  # first and last day
    (date(2026, 9, 7), date(2026, 9, 7)),
    (date(2026, 10, 12), date(2026, 10, 12)),
    (date(2026, 11, 3), date(2026, 11, 3)),
    (date(2026, 11, 11), date(2026, 11, 11)),
    (date(2026, 11, 26), date(2026, 11, 27)),
    (date(2026, 12, 24), date(2027, 1, 1)),
    (date(2027, 1, 18), date(2027, 1, 18)),
    (date(2027, 2, 15), date(2027, 2, 19)),
    (date(2027, 4, 19), date(2027, 4, 23)),
    (date(2027, 5, 31), date(2027, 5, 31)),
    (date(2027, 6, 18), date(2027, 6, 18)),
)
EARLY_CLOSE = {date(2026, 11, 25): time(11, 30), date(2026, 12, 23): time(11, 30), date(2027, 6, 21): time(11, 30)}
SIGN_INS = ("Maya Okafor", "Noor Abdi", "Ines Duarte", "Joan Castellano")

COVERED = timedelta(days=400)
NEVER_TESTED, WITHOUT_PIN = 4, 7  # of each nine
PIN_OF_ALL = "408215"
SCHOOL_TURN, DISTRICT_TURN = timedelta(days=28), timedelta(days=7)

HALF_A_MINUTE = timedelta(seconds=30)
QUICK = {Urgency.U1: timedelta(seconds=20), Urgency.U2: timedelta(seconds=40), Urgency.U3: timedelta(seconds=60)}
# Who is asked first, second and third for a role at a school: a post, and which of its holders.
SCHOOL_LEVELS: dict[Role, tuple[tuple[StaffRole, int], ...]] = {
    Role.INCIDENT_LEAD: ((StaffRole.COUNSELOR, 0), (StaffRole.COUNSELOR, 1), (StaffRole.ASSISTANT_PRINCIPAL, 0)),
    Role.ASSESSOR: ((StaffRole.PSYCHOLOGIST, 0), (StaffRole.COUNSELOR, 1), (StaffRole.SOCIAL_WORKER, 0)),
    Role.ADMIN: ((StaffRole.PRINCIPAL, 0), (StaffRole.ASSISTANT_PRINCIPAL, 0), (StaffRole.DISTRICT_LEAD, 0)),
    Role.NURSE: ((StaffRole.NURSE, 0), (StaffRole.NURSE, 1), (StaffRole.NURSE, 2)),
    Role.SUPERVISING_ADULT: ((StaffRole.ASSISTANT_PRINCIPAL, 0), (StaffRole.COUNSELOR, 1), (StaffRole.TEACHER, 0)),
    Role.CARE_COORDINATOR: ((StaffRole.SOCIAL_WORKER, 0), (StaffRole.COUNSELOR, 0), (StaffRole.PSYCHOLOGIST, 0)),
    Role.LIAISON: ((StaffRole.ASSISTANT_PRINCIPAL, 0), (StaffRole.PRINCIPAL, 0), (StaffRole.DISTRICT_LEAD, 0)),
    Role.SCRIBE: ((StaffRole.TEACHER, 1), (StaffRole.TEACHER, 0), (StaffRole.ASSISTANT_PRINCIPAL, 0)),
    Role.LOGISTICS: ((StaffRole.ASSISTANT_PRINCIPAL, 0), (StaffRole.PRINCIPAL, 0), (StaffRole.DISTRICT_LEAD, 0)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """An account of the sample district. The passphrase is shown once and stored only as a hash."""

    name: str
    post: StaffRole
    username: str
    passphrase: str


def person_id(given: str, family: str) -> PersonId:
    return PersonId(derived_id(DISTRICT, "person", given, family))


def student_id(given: str, family: str) -> StudentId:
    return StudentId(derived_id(DISTRICT, "student", given, family))


def seed(tx: Connection, at: datetime, quick: bool = False, *, hashing: Hashing | None = None) -> list[SignIn]:
    """Fills an empty database; `quick` shortens the ladders so that an escalation can be watched."""
    roster.add_district(tx, DISTRICT, "Larkfield Public Schools")
    for school, (name, opens, closes) in SCHOOLS.items():
        roster.add_school(tx, DISTRICT, school, name, zone=ZONE, opens=opens, closes=closes)
        _calendar(tx, school, at)
    for number, member in enumerate(STAFF):
        _member(tx, member, f"617-555-01{number:02}")
    for family in FAMILIES:
        _family(tx, family)
    _castillo(tx, at)
    clinicians = [person_id(each.given, each.family) for each in STAFF if each.post is StaffRole.CLINICIAN]
    add_agencies(tx, DISTRICT, clinicians, by=person_id("Joan", "Castellano"), at=at)
    oncall.add_shifts(tx, shifts(at))
    _clinicians_in_turn(tx, at)
    if quick:
        _quick_ladders(tx)
    _ready(tx, at)
    signs = [_sign_in(tx, name, at, hashing) for name in SIGN_INS]
    audit.record(tx, at=at, actor=None, action="sample district filled", subject=DISTRICT, detail={})
    return signs


def _ready(tx: Connection, at: datetime) -> None:
    """All but a few answered a test page a week ago, so that the list of who is ready has something to show."""
    people = [person_id(member.given, member.family) for member in STAFF]
    proved = {"district": DISTRICT, "proved_at": at - timedelta(days=7), "proved_by": Proof.ANSWERED}
    numbers = methods.dialled(tx, people)
    tested = [
        {**proved, "person": person, "number": dialled.number, "channel": channel.value}
        for place, person in enumerate(people)
        if place % 9 != NEVER_TESTED
        for dialled in numbers[person]
        for channel in methods.BY_TELEPHONE
    ]
    tx.execute(insert(METHOD), tested)
    pin = {"district": DISTRICT, "digest": pins.HASHING.hashed(PIN_OF_ALL), "set_at": at, "wrong": 0}
    with_pin = [{**pin, "person": person} for place, person in enumerate(people) if place % 9 != WITHOUT_PIN]
    tx.execute(insert(PIN), with_pin)


def _calendar(tx: Connection, school: SchoolId, at: datetime) -> None:
    days = [first + timedelta(days=day) for first, last in HOLIDAYS for day in range((last - first).days + 1)]
    calendars.close_school(tx, school, days)
    calendars.close_early(tx, school, EARLY_CLOSE)
    if TERMS[0][1] <= at.date() <= TERMS[-1][2]:
        calendars.set_terms(tx, school, TERMS)
    # Outside of these terms there are none, so that a demonstration in July does not wait for September.


def _member(tx: Connection, member: Member, phone: str) -> None:
    person = person_id(member.given, member.family)
    roster.add_person(tx, DISTRICT, person, (member.given, member.family), staff=True, language="en")
    roster.give_post(tx, DISTRICT, person, member.post, SchoolId(member.school) if member.school is not None else None)
    roster.add_phone(tx, person, phone)


def _family(tx: Connection, family: Family) -> None:
    for adult in family.adults:
        person = person_id(adult.given, adult.family)
        name = (adult.given, adult.family)
        roster.add_person(tx, DISTRICT, person, name, staff=False, language=adult.language)
        if adult.phone is not None:
            roster.add_phone(tx, person, adult.phone, PhoneKind.UNKNOWN)
    for child in family.children:
        student = student_id(child.given, child.family)
        roster.add_student(
            tx,
            (DISTRICT, SchoolId(child.school)),
            student,
            (child.given, child.family),
            goes_by=child.goes_by,
            grade=child.grade,
            birth_date=child.born,
            language=child.language,
        )
        for place, adult in enumerate(family.adults, start=1):
            person = person_id(adult.given, adult.family)
            roster.tie(tx, student, person, adult.relation, guardian=adult.guardian, priority=place)


def _castillo(tx: Connection, at: datetime) -> None:
    """Whom nobody may call, and how the others want to be reached."""
    student, counselor = student_id("Valentina", "Castillo"), person_id("Maya", "Okafor")
    mother, aunt, father = (person_id(*name) for name in CASTILLO)
    order = Entry(student=student, person=father, kind=RestrictionKind.COURT_ORDER)
    barred = restrictions.enter(tx, order, by=counselor, at=at - timedelta(days=40))
    restrictions.check(tx, barred, DISTRICT, by=person_id("Ines", "Duarte"), at=at - timedelta(days=39))
    message_texts.set_interpreter_line(tx, DISTRICT, "617-555-0199", by=counselor, at=at - timedelta(days=39))
    home = Wish(household="mother’s home", reads=("es",), interpreter=True, email="marisol.castillo@example.org")
    for person, wish in (
        (mother, home),
        (aunt, Wish(household="mother’s home", reads=("es",))),
        (father, Wish(household="father’s home")),
    ):
        contact_record.set_wish(tx, student, person, wish, by=counselor, at=at - timedelta(days=39))


def _sign_in(tx: Connection, name: str, at: datetime, hashing: Hashing | None) -> SignIn:
    member = next(each for each in STAFF if f"{each.given} {each.family}" == name)
    username, words = f"{member.given[0]}.{member.family}".lower(), passphrase()
    person = person_id(member.given, member.family)
    accounts.create_account(tx, person, username, words, at=at, hashing=hashing)
    return SignIn(name=name, post=member.post, username=username, passphrase=words)


def _quick_ladders(tx: Connection) -> None:
    """The usual ones, at a pace that can be watched."""
    for urgency, within in QUICK.items():
        cadence = Cadence(texts=(timedelta(0),), calls=(timedelta(0), within / 2), ring_again=HALF_A_MINUTE)
        usual = LADDERS[urgency]
        ladder = Ladder(
            answer_within=(within,) * len(usual.answer_within), asks=usual.asks, repeat_alarm=within, cadence=cadence
        )
        for role in (*SCHOOL_LEVELS, Role.ONCALL_CLINICIAN, Role.DISTRICT_ONCALL):
            calendars.set_ladder(tx, DISTRICT, role, urgency, ladder)


def shifts(at: datetime) -> Iterator[Shift]:
    """Every role and level but the clinicians', from an hour before `at`; the first two of a level take turns."""
    begin = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for school in SCHOOLS:
        for role, levels in SCHOOL_LEVELS.items():
            people = [_holder(post, place, school) for post, place in levels]
            yield from _rota(begin, school, role, people, SCHOOL_TURN, turning=2)
    leads = [_holder(StaffRole.DISTRICT_LEAD, place, None) for place in range(2)]
    yield from _rota(begin, None, Role.DISTRICT_ONCALL, [*leads, leads[0]], DISTRICT_TURN, turning=2)


def _clinicians_in_turn(tx: Connection, at: datetime) -> None:
    """Week by week, Mondays at eight; who is asked second is asked first in the week after."""
    clinicians = [_holder(StaffRole.CLINICIAN, place, None) for place in range(3)]
    cycle, handovers = weekly(time(8))
    monday = at.date() - timedelta(days=at.weekday() + 21)  # one round before: the first has this week
    for level in range(3):
        rotation = Rotation(
            id=derived_id(DISTRICT, "rotation", Role.ONCALL_CLINICIAN, str(level)),
            people=(*clinicians[level:], *clinicians[:level]),
            zone=ZONE,
            starts_on=monday,
            cycle_days=cycle,
            handovers=handovers,
        )
        slot = Slot(school=None, role=Role.ONCALL_CLINICIAN, level=level)
        rotations.add_rotation(tx, DISTRICT, slot, rotation, at=at, by=None)


def _holder(post: StaffRole, place: int, school: SchoolId | None) -> PersonId:
    """The holders at the school first, then those elsewhere: a nurse's backup is the nurse of another school."""
    of_post = [member for member in STAFF if member.post is post]
    here = sorted(of_post, key=lambda member: member.school != school)
    return person_id(here[place].given, here[place].family)


def _rota(
    begin: datetime, school: SchoolId | None, role: Role, people: Sequence[PersonId], turn: timedelta, *, turning: int
) -> Iterator[Shift]:
    for number in range(-(-COVERED // turn)):
        starts_at = begin + number * turn
        first = number % turning
        order = [*people[first:turning], *people[:first], *people[turning:]]
        for level, person in enumerate(order):
            yield Shift(
                id=derived_id(DISTRICT, "shift", school or "", role, str(level), starts_at.isoformat()),
                district=DISTRICT,
                school=school,
                role=role,
                level=level,
                person=person,
                starts_at=starts_at,
                ends_at=starts_at + turn,
            )
