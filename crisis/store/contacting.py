"""Whether an adult of a student may be contacted: for the page that shows it, and once more in the deed's transaction.

Both ask `crisis.policy.contact`; nothing else in the product decides it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crisis import commands as cmd
from crisis.errors import Reason
from crisis.policy.contact import Circumstances, Contact, ContactRecord, Decision, decide_contact, of_the_state
from crisis.policy.family_plan import Condition
from crisis.policy.hours import left_alone_until
from crisis.policy.messages import Ready
from crisis.policy.understanding import against_understanding
from crisis.privacy_words import ContactEffect, ContactPurpose, ContactWay, Obligation
from crisis.statemachine.incident import Incident
from crisis.store import contact_record, message_texts, own_care, people, policy_packs, same_student
from crisis.store.people import ContactView
from crisis.vocabulary import ContactMethod, ContactOutcome, DistrictId, Emergency, Role, StudentId

WAYS = {
    ContactMethod.PHONE: ContactWay.CALL,
    ContactMethod.VIDEO: ContactWay.VIDEO,
    ContactMethod.TEXT: ContactWay.TEXT,
    ContactMethod.EMAIL: ContactWay.EMAIL,
    ContactMethod.IN_PERSON: ContactWay.IN_PERSON,
    ContactMethod.HOME_VISIT: ContactWay.IN_PERSON,
}
# The rest is about the way: what happened is recorded.
OF_THE_PERSON = frozenset({"PR-1", "PR-3", "PR-4", "PR-30", "FAMILY"})
CALL_US = "f1"  # of the catalog
DECIDERS = frozenset({Role.INCIDENT_LEAD, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Card:
    """One adult as a caller sees them: whether to call, and which of their numbers; none where it is refused."""

    contact: ContactView
    decision: Decision
    numbers: tuple[tuple[str, Decision], ...]
    conditions: tuple[Condition, ...] = ()
    ways: tuple[tuple[ContactWay, Decision], ...] = ()  # in the order in which they want to be reached
    not_before: datetime | None = None  # they asked to be left alone until then; None: not now, or nobody waits

    @property
    def now(self) -> bool:
        return Obligation.OTHER_HOUR not in self.decision.obligations

    @property
    def refused(self) -> bool:
        return self.decision.effect is ContactEffect.REFUSE


def cards(tx: Connection, student: StudentId, incident: Incident | None, at: datetime) -> list[Card]:
    """Every adult on record, in the order of calling; whom nobody may contact as well: that has to be known first."""
    record = contact_record.of_student(tx, student)
    given = circumstances_of(tx, people.student(tx, student).district, record, incident, student=student, at=at)
    found = [_card(record, each, given, at) for each in people.contacts_of(tx, student)]
    return sorted(found, key=lambda each: record.plan.place(each.contact.person, each.contact.relation))


def _card(record: ContactRecord, contact: ContactView, given: Circumstances, at: datetime) -> Card:
    told = contact.guardian is True or of_the_state(record, contact.person)
    purpose = ContactPurpose.INFORM if told else ContactPurpose.SAFETY_CALLBACK
    conditions = record.plan.about(contact.person)

    def decided(number: str | None, way: ContactWay = ContactWay.CALL) -> Decision:
        asked = Contact(person=contact.person, purpose=purpose, way=way, number=number)
        return decide_contact(record, asked, given, at)

    whole = decided(None)
    if whole.effect is ContactEffect.REFUSE:
        return Card(contact, whole, ())
    adult = next(each for each in record.adults if each.person == contact.person)
    first, address = next(iter(contact.phones), None), next(iter(sorted(adult.addresses)), None)
    wanted = [way for way in record.ways.get(contact.person, ()) if address or way is not ContactWay.EMAIL]
    asked = Obligation.OTHER_HOUR in whole.obligations
    return Card(
        contact,
        whole,
        tuple((number, decided(number)) for number in contact.phones),
        conditions,
        ways=tuple((way, decided(address if way is ContactWay.EMAIL else first, way)) for way in wanted),
        not_before=left_alone_until(record.avoided, contact.person, at, record.zone) if asked else None,
    )


def circumstances_of(
    tx: Connection,
    district: DistrictId,
    record: ContactRecord,
    incident: Incident | None,
    *,
    student: StudentId | None,
    at: datetime,
) -> Circumstances:
    """With the law that the district has approved for this day, by the school's calendar, and its published texts.

    Of the first message; `crisis/store/texting.py` asks for the one that is meant. A block of any open incident of the
    student holds for all of them, and where nobody works in one (I-10).
    """
    law = policy_packs.in_force(tx, district, at.astimezone(ZoneInfo(record.zone)).date())
    given = Circumstances(
        emergency=incident is not None and incident.emergency is Emergency.ACTIVE,
        decided={} if incident is None else incident.contact_decided,
        guardians_blocked=same_student.guardians_blocked(tx, student, incident),
        minor_consented=student is not None and own_care.of_student(tx, student) is not None,
        pack=law.pack,
    )
    return with_texts(given, message_texts.ready(tx, district, CALL_US))


def with_texts(given: Circumstances, ready: Ready) -> Circumstances:
    """A line goes with an English text only where no interpreter can be called: a talk is better."""
    return replace(given, published=ready.published, lines=frozenset() if ready.interpreter else ready.line)


def reasons_against(tx: Connection, command: cmd.Command, incident: Incident, at: datetime) -> Sequence[Reason]:
    """Why this order may not be carried out, asked in its own transaction: a restriction may be a second old (PR-5)."""
    match command:
        case cmd.RecordContact(contact=person) if person is not None and incident.student is not None:
            informed = command.guardian and command.outcome is ContactOutcome.REACHED
            purpose = ContactPurpose.INFORM if informed else ContactPurpose.SAFETY_CALLBACK
            wanted = Contact(person=person, purpose=purpose, way=WAYS[command.method])
            record = contact_record.of_student(tx, incident.student)
            given = circumstances_of(tx, incident.district, record, incident, student=incident.student, at=at)
            found = decide_contact(record, wanted, given, at)
            against = found.reasons if found.effect is ContactEffect.REFUSE else ()
            talk = _not_understood(record, command, given) if informed and command.understood else None
            return [*(each for each in against if each.rule in OF_THE_PERSON), *([talk] if talk else [])]
        case cmd.ReleaseCustody(contact=person) if person is not None and incident.student is not None:
            wanted = Contact(person=person, purpose=ContactPurpose.PICKUP, way=ContactWay.IN_PERSON)
            found = _decided(tx, wanted, incident, at)
            if found.effect is ContactEffect.HUMAN and command.by.roles & DECIDERS:
                return ()
            return [replace(each, at=each.at or "contact") for each in found.reasons]
        case _:
            return ()


def _not_understood(record: ContactRecord, command: cmd.RecordContact, given: Circumstances) -> Reason | None:
    adult = next((each for each in record.adults if each.person == command.contact), None)
    return against_understanding(adult, command.language, command.language_help, given.staff_speak)


def _decided(tx: Connection, wanted: Contact, incident: Incident, at: datetime) -> Decision:
    assert incident.student is not None
    record = contact_record.of_student(tx, incident.student)
    given = circumstances_of(tx, incident.district, record, incident, student=incident.student, at=at)
    return decide_contact(record, wanted, given, at)
