"""What the decision about a contact asks of the record, read in the transaction of whoever asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound, Reason, Refused
from crisis.policy.contact import Adult, ContactRecord, Restriction
from crisis.privacy_words import Authority
from crisis.schedules.readiness import Method
from crisis.store import as_seen, audit, authorities, family_mail, family_plan, hours, methods, people, restrictions
from crisis.store.interpreter_tables import INTERPRETER_WISH
from crisis.store.people import ContactView
from crisis.store.people_tables import TIE, Found
from crisis.store.privacy_tables import CONTACT_WISH
from crisis.store.restrictions import Kept
from crisis.vocabulary import Channel, PersonId, Relation, StudentId

LONGEST_HOUSEHOLD = 40  # letters of its label


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How an adult wants to be reached. `household` is a label that people who live together share; None: nobody knows.

    `reads` are BCP 47, in the order of preference. `email` is in small letters. `version`: of what is recorded.
    """

    household: str | None = None
    reads: tuple[str, ...] = ()
    interpreter: bool = False
    voice_only: bool = False
    safe_to_leave_message: bool = True
    short_text: bool = False
    email: str | None = None
    version: int = field(default=0, compare=False)


def of_student(tx: Connection, student: StudentId) -> ContactRecord:
    """Raises `NotFound` for a student who is not on record."""
    known = people.student(tx, student)
    contacts, wished = people.contacts_of(tx, student), wishes(tx, student)
    interpreted = interpreter_needs(tx, student)
    known_of = methods.of(tx, [each.person for each in contacts])
    mail = family_mail.of(tx, [each.person for each in contacts])
    made = [
        family_mail.with_addresses(
            _adult(each, wished.get(each.person, Wish()), known_of[each.person]), mail[each.person]
        )
        for each in contacts
    ]
    return ContactRecord(
        zone=people.school(tx, known.school).zone,
        birth_date=known.birth_date,
        adults=[replace(each, interpreter=each.interpreter or each.person in interpreted) for each in made],
        restrictions=[rule for each in restrictions.of_student(tx, student) for rule in as_rules(each)],
        plan=family_plan.of_student(tx, student),
        granted=[each.granted for each in authorities.of_student(tx, student)],
        avoided=[each.avoided for each in hours.of_student(tx, student)],
        ways=hours.ways(tx, student),
    )


def interpreter_needs(tx: Connection, student: StudentId) -> frozenset[PersonId]:
    """For whom somebody recorded how they are interpreted for."""
    query = select(INTERPRETER_WISH.c.person).where(INTERPRETER_WISH.c.student == student)
    return frozenset(PersonId(each) for each in tx.execute(query).scalars())


def as_rules(kept: Kept) -> list[Restriction]:
    """None for one of the whole family: that is asked with the blocks of the incidents."""
    if kept.entry.person is None:
        return []
    rule = Restriction(
        kind=kept.entry.kind,
        person=kept.entry.person,
        numbers=kept.numbers,
        household=kept.entry.household,
        since=kept.entered_at,
        until=kept.entry.until,
        lifted_at=kept.lifted_at,
    )
    return [rule]


def _adult(contact: ContactView, wish: Wish, telephones: Iterable[Method]) -> Adult:
    texts = [each for each in telephones if each.channel is Channel.TEXT]
    bad = [each for each in texts if each.bad_since is not None]
    return Adult(
        person=contact.person,
        guardian=contact.guardian,
        relation=contact.relation,
        authorities=_authorities(contact),
        household=wish.household,
        numbers=frozenset(contact.phones) - frozenset(contact.doubtful_phones),
        stopped=frozenset(each.number for each in texts if each.opted_out_since is not None),
        not_reached=frozenset(each.number for each in bad if each.bad_code != methods.NOT_THEIRS),
        not_theirs=frozenset(each.number for each in bad if each.bad_code == methods.NOT_THEIRS),
        safe_to_leave_message=wish.safe_to_leave_message,
        voice_only=wish.voice_only,
        short_text=wish.short_text,
        reads=wish.reads or _known(contact.language),
        speaks=contact.language,
        interpreter=wish.interpreter,
    )


def _authorities(contact: ContactView) -> frozenset[Authority]:
    """As far as the school's own list says it: who is on it in an order is called in an emergency."""
    found = set()
    if contact.priority is not None:
        found.add(Authority.EMERGENCY_CONTACT)
    if contact.relation is Relation.CASEWORKER:
        found.add(Authority.CASEWORKER)
    return frozenset(found)


def _known(language: str | None) -> Sequence[str]:
    return () if language is None else (language,)


def wishes(tx: Connection, student: StudentId) -> dict[PersonId, Wish]:
    rows = tx.execute(select(CONTACT_WISH).where(CONTACT_WISH.c.student == student))
    return {PersonId(row.person): _wish(row) for row in rows}


def _wish(row: Found) -> Wish:
    return Wish(
        household=row.household,
        reads=tuple(row.reads.split()),
        interpreter=row.interpreter,
        voice_only=row.voice_only,
        safe_to_leave_message=row.safe_to_leave_message,
        short_text=row.short_text,
        email=row.email,
        version=as_seen.version(row.recorded_at),
    )


def set_wish(
    tx: Connection,
    student: StudentId,
    person: PersonId,
    wish: Wish,
    *,
    by: PersonId,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The last word counts, of whoever has seen the one before: a late form must not take back that no message is
    left. Raises `NotFound` for an adult who is not on this student's record.
    """
    tied = select(TIE.c.district).where(TIE.c.student == student, TIE.c.person == person)
    district = tx.execute(tied).scalar_one_or_none()
    if district is None:
        raise NotFound
    if wish.household is not None and len(wish.household) > LONGEST_HOUSEHOLD:
        raise Refused(Reason("PR-3", "A household has a short name, as “mother's home”; the address stays out"))
    same = (CONTACT_WISH.c.student == student, CONTACT_WISH.c.person == person)
    last = tx.execute(select(CONTACT_WISH.c.recorded_at, CONTACT_WISH.c.recorded_by).where(*same)).one_or_none()
    as_seen.must_be_current(seen, last, by)
    mail = family_mail.columns(tx, student, person, wish.email)
    tx.execute(delete(CONTACT_WISH).where(*same))
    tx.execute(
        insert(CONTACT_WISH).values(
            student=student,
            person=person,
            district=district,
            household=wish.household,
            reads=" ".join(wish.reads),
            interpreter=wish.interpreter,
            voice_only=wish.voice_only,
            safe_to_leave_message=wish.safe_to_leave_message,
            short_text=wish.short_text,
            recorded_by=by,
            recorded_at=at,
            **mail,
        )
    )
    audit.record(tx, at=at, actor=by, action="contact wish recorded", subject=student)
