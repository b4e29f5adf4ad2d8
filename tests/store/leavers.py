"""A student who has left, with something in every part of the record, an incident of nobody, and a law that ends it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text, update

from crisis import clock
from crisis.commands import AddNote
from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.policy.naming import NameToUse
from crisis.privacy_words import InstructionKind, InstructionSource, RestrictionKind
from crisis.protocols import loader
from crisis.record_words import IntakeQuestion, NameContext, Preference
from crisis.store import (
    consents,
    contact_record,
    destruction,
    incidents,
    instructions,
    intake,
    involved,
    kept_records,
    names,
    people,
    policy_packs,
    preferences,
    protocols,
    restrictions,
    roster,
    statements,
)
from crisis.store.codec import incident_text
from crisis.store.consents import Signed
from crisis.store.contact_record import Wish
from crisis.store.engine import Store
from crisis.store.instructions import Told
from crisis.store.kept_records import Kept
from crisis.store.people_tables import STUDENT as STUDENT_ROWS
from crisis.store.policy_packs import Counsel
from crisis.store.preferences import Asked
from crisis.store.restrictions import Entry
from crisis.store.tables import INBOX, INCIDENT, OUTBOX
from crisis.submit import open_incident, submit
from crisis.vocabulary import (
    Custody,
    Guardian,
    IncidentId,
    Mode,
    PersonId,
    Phase,
    Relation,
    Role,
    StaffRole,
    StudentId,
    WordsId,
)
from tests.factories import DISTRICT, SCHOOL, STUDENT, a_person, opening
from tests.web.district import COUNSELOR, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
LEFT, DUE = date(2027, 6, 30), date(2034, 7, 1)
OVER = datetime(2034, 7, 1, 16, 0, tzinfo=UTC)
MOTHER, FATHER, LEAD = PersonId("p-mother"), PersonId("p-father"), PersonId("p-lead")
SIBLING = StudentId("st-sibling")
CARE = a_person(COUNSELOR, *Role)
HERS = {  # what stands nowhere else; numbers by the digits that any way of writing them has in common
    "given": "Zqgivenname",
    "family": "Zqfamilyname",
    "goes by": "Zqgoesby",
    "born": "2010-02-27",
    "source": "Zqsource",
    "number of the father": "5550147",
    "name of the father": "Zqfather",
    "household": "Zqhousehold",
    "instruction": "Zqinstruction",
    "name to use": "Zqnametouse",
    "answer of the sheet": "Zqanswer",
    "statement": "Zqstatement",
    "party of the consent": "Zqparty",
    "paper of the consent": "Zqpaper",
    "place": "Zqplace",
    "note": "Zqnote",
}
SHARED = {"name of the mother": "Zqmother", "number of the mother": "5550148"}  # who has another child here


def a_key_of_its_own(key_file: Path, folder: Path) -> Path:
    """Beside a key stands what was destroyed under it; the tests share one, and their students have the same ids."""
    own = folder / "own.json"
    own.write_bytes(key_file.read_bytes())
    own.chmod(0o600)
    return own


def a_leaver(store: Store, *, law: str | None = "us-ma", at: datetime = AT) -> IncidentId:
    """The incident that is about them, of that time. Nothing says yet when they left."""
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        roster.add_student(tx, (DISTRICT, SCHOOL), SIBLING, ("Benedict", "Underhill"))
        named = "UPDATE student SET given = :g, family = :f, preferred_given = :p, source_id = :s WHERE id = :id"
        values = {"g": HERS["given"], "f": HERS["family"], "p": HERS["goes by"], "s": HERS["source"], "id": STUDENT}
        tx.execute(text(named), values)
        search = "UPDATE student SET search = :words, birth_date = :born, active = :no WHERE id = :id"
        folded = f"{HERS['given']} {HERS['family']} {HERS['goes by']}".casefold()
        tx.execute(text(search), {"words": folded, "born": date(2010, 2, 27).isoformat(), "no": False, "id": STUDENT})
        for person, name, number in (
            (MOTHER, SHARED["name of the mother"], SHARED["number of the mother"]),
            (FATHER, HERS["name of the father"], HERS["number of the father"]),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", name), staff=False, language="es")
            roster.add_phone(tx, person, f"+1617{number}")
            roster.tie(tx, STUDENT, person, Relation.PARENT, guardian=Guardian.YES, priority=1)
        roster.tie(tx, SIBLING, MOTHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
    _record(store)
    incident = an_ended_incident(store, student=STUDENT, at=at)
    if law is not None:
        a_law(store, law)
    return incident


def _record(store: Store) -> None:
    keys, whose = store.keys, (DISTRICT, STUDENT)
    with store.write() as tx:
        order = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, order, by=COUNSELOR, at=AT)
        contact_record.set_wish(tx, STUDENT, MOTHER, Wish(household=HERS["household"]), by=COUNSELOR, at=AT)
        told = Told(kind=InstructionKind.HELPS, source=InstructionSource.FAMILY, text=HERS["instruction"])
        instructions.add(tx, keys, whose, told, by=COUNSELOR, at=AT)
        wish = Asked(preference=Preference.MORE_TIME, source=InstructionSource.STUDENT)
        preferences.add(tx, whose, wish, by=COUNSELOR, at=AT)
        use = NameToUse(
            name=HERS["name to use"],
            pronouns=None,
            source=InstructionSource.STUDENT,
            contexts=frozenset({NameContext.FACE_TO_FACE}),
        )
        names.add(tx, keys, people.student(tx, STUDENT), use, by=COUNSELOR, at=AT)
        token = intake.hand_over(tx, whose, "en", by=COUNSELOR, at=AT)
        intake.send(tx, keys, token, {IntakeQuestion.CALMS: HERS["answer of the sheet"]}, at=AT)
        statements.add(tx, keys, whose, (MOTHER, HERS["statement"]), by=OFFICER, at=AT)
        signed = Signed(
            records=frozenset({"events"}),
            purpose=DisclosurePurpose.CARE,
            party=HERS["party of the consent"],
            signer=MOTHER,
            method=SignMethod.PAPER,
            document=HERS["paper of the consent"],
            language="es",
            read=True,
            interpreter=None,
            signed_on=date(2026, 10, 5),
            minor_checked=True,
        )
        consents.record(tx, keys, whose, signed, by=OFFICER, at=AT)


def an_ended_incident(
    store: Store, *, student: StudentId | None, mode: Mode = Mode.LIVE, at: datetime = AT
) -> IncidentId:
    """Opened by the one door, with words in it, and then ended by hand: how it ends is not what is looked at."""
    place, note = WordsId(clock.new_id()), WordsId(clock.new_id())
    with store.read() as tx:
        _, protocol_hash = protocols.current(tx, "suicide_ideation", DISTRICT, AT)
    order = replace(opening(by=CARE, place=place, protocol_hash=protocol_hash, mode=mode), student=student)
    incident = open_incident(store, order, at=at, words={place: HERS["place"]}).incident.id
    later = at + timedelta(minutes=1)
    submit(store, incident, AddNote(by=CARE, words=note), at=later, words={note: HERS["note"]})
    with store.write() as tx:
        now = incidents.load(tx, incident, lock=True)
        ended = replace(now, phase=Phase.CLOSED, closed_at=later, custody=Custody.RELEASED, adult=None)
        row = {"state": incident_text(ended), "at": later.replace(tzinfo=None).isoformat(" "), "id": incident}
        sql = (
            "UPDATE incident SET state = :state, phase = 'closed', closed_at = :at, custody = 'released', adult = NULL"
        )
        tx.execute(text(f"{sql} WHERE id = :id"), row)
        involved.write(tx, now, ended, later)
    return incident


def a_law(store: Store, name: str, by: tuple[PersonId, PersonId] = (OFFICER, LEAD)) -> None:
    """A built-in pack, proposed and approved by two, without an end."""
    body = loader.pack_text(name).replace("expires_on: 2027-06-30", "expires_on: null")
    with store.write() as tx:
        pack = policy_packs.propose(tx, DISTRICT, body, by=by[0], at=AT)
        counsel = Counsel(name="A Lawyer", reviewed_on=AT.date())
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=by[1], at=AT, today=AT.date())


# As a desk does it: on PostgreSQL behind the wall between districts.


def kept(store: Store, subject: str = STUDENT, at: datetime = OVER) -> Kept:
    with store.of(DISTRICT).read() as tx:
        return kept_records.of_subject(tx, DISTRICT, subject, at)


def left(store: Store, on: date = LEFT) -> None:
    with store.of(DISTRICT).write() as tx:
        found = kept_records.of_subject(tx, DISTRICT, STUDENT, OVER)
        kept_records.student_left(tx, found, on, by=OFFICER, at=OVER)


def asked(store: Store, subject: str = STUDENT, at: datetime = OVER, told_on: date | None = LEFT) -> str:
    with store.of(DISTRICT).write() as tx:
        found = kept_records.of_subject(tx, DISTRICT, subject, at)
        return destruction.ask(tx, found, told_on, by=OFFICER, at=at)


def done(store: Store, destroyed: str, at: datetime = OVER, by: PersonId = LEAD) -> None:
    with store.of(DISTRICT).write() as tx:
        destruction.confirm(tx, DISTRICT, destroyed, by=by, at=at)


def long_gone(
    store: Store, student: StudentId, incident: IncidentId, by: tuple[PersonId, PersonId], at: datetime
) -> None:
    """Somebody else's story is over: closed by hand ten years before, nothing waits, and a law says for how long."""
    closed = at.replace(year=at.year - 10)
    with store.write() as tx:
        now = incidents.load(tx, incident, lock=True)
        over = replace(now, phase=Phase.CLOSED, closed_at=closed, custody=Custody.RELEASED, adult=None)
        values = {"state": incident_text(over), "phase": over.phase, "closed_at": closed, "custody": over.custody}
        tx.execute(update(INCIDENT).where(INCIDENT.c.id == incident).values(**values, adult=None))
        tx.execute(update(STUDENT_ROWS).where(STUDENT_ROWS.c.id == student).values(active=False))
        for waiting in (OUTBOX, INBOX):
            tx.execute(update(waiting).values(done_at=closed))
    a_law(store, "us-ma", by)
    with store.write() as tx:
        found = kept_records.of_subject(tx, DISTRICT, student, at)
        kept_records.student_left(tx, found, LEFT, by=by[0], at=at)
