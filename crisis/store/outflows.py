"""What an order to an incident tells the world outside goes into the ledger with it, in the same transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from crisis.commands import Actor
from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.events import Event
from crisis.policy.age import years
from crisis.policy.authorities import dependent
from crisis.policy.consents import Release
from crisis.policy.contact import DECIDES, ContactRecord, rights
from crisis.policy.disclosure import emergency_open
from crisis.policy.disclosure_case import Circumstances, Disclosure, Recipient
from crisis.policy.outflow import Outflow, outflow, post_of
from crisis.privacy_words import Authority
from crisis.protocols.schema import Protocol
from crisis.referral_words import AgreedUse
from crisis.statemachine.incident import Incident
from crisis.store import (
    codec,
    consents,
    contact_record,
    disclosures,
    people,
    policy_packs,
    same_student,
    sealed,
    to_agency,
)
from crisis.store.disclosures import About, Happened
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import LegalBasis, Mode, PersonId, StudentId, WordsId

BY_CONSENT = frozenset({LegalBasis.CONSENT, LegalBasis.PART2_CONSENT})


def about(incident: Incident) -> About:
    return About(district=incident.district, student=incident.student, incident=incident.id)


def of_change(
    tx: Connection,
    keys: KeyRing,
    events: Iterable[Event],
    after: Incident,
    by: Actor,
    *,
    protocol: Protocol,
    words: Mapping[WordsId, str],
    at: datetime,
) -> None:
    """Raises `DisclosureRefused` for what may not go. A drill has no student, and nothing of it leaves."""
    if after.mode is Mode.DRILL:
        return
    for event in events:
        found = outflow(event, by, _said(tx, keys, event, words), protocol)
        if found is not None:
            _put_on_record(tx, keys, after, found, at)


def _said(tx: Connection, keys: KeyRing, event: Event, words: Mapping[WordsId, str]) -> Mapping[WordsId, str]:
    """What was written with the order; what it names of before is looked up only for the few that need it."""
    named = [WordsId(value) for each in fields(event) if isinstance(value := getattr(event, each.name), str)]
    before = [each for each in named if each not in words] if hasattr(event, "organisation") else []
    return {**sealed.read(tx, keys, before), **words} if before else words


def _put_on_record(tx: Connection, keys: KeyRing, incident: Incident, found: Outflow, at: datetime) -> None:
    given = circumstances_of(tx, about(incident), incident, at)
    happened = Happened(at=at, by=found.disclosure.released_by, already=found.happened)
    told = _of_kind(found.disclosure, given)
    agency, use = found.agency, AgreedUse.CRISIS_RESPONSE
    if found.referral is not None:
        agency, use = incident.referrals[found.referral].agency, AgreedUse.ONGOING_CARE
    if agency is not None:
        told = to_agency.named(tx, told, agency)
        given = to_agency.agreed(tx, given, (incident.district, agency), use, at)
    wanted = with_consent(tx, keys, about(incident), told, given)
    disclosures.disclose(tx, keys, about(incident), wanted, given, happened=happened)


def _of_kind(told: Disclosure, given: Circumstances) -> Disclosure:
    """Whoever the record calls a parent is one in the ledger as well, also where nothing was disclosed."""
    if told.basis is not LegalBasis.NO_PII:
        return told
    parents = [
        replace(each, kind=RecipientKind.PARENT) if each.person in given.parents else each for each in told.recipients
    ]
    return replace(told, recipients=tuple(parents))


def with_consent(tx: Connection, keys: KeyRing, whose: About, wanted: Disclosure, given: Circumstances) -> Disclosure:
    """The same with the signed consent of the student's record that allows it, or comes nearest to."""
    if wanted.basis not in BY_CONSENT or whose.student is None:
        return wanted
    names = {each for one in wanted.recipients for each in (one.name, one.affiliation) if each}
    asked = Release(fields=wanted.fields, parties=frozenset(names), purpose=wanted.purpose, of_age=given.of_age)
    return replace(wanted, consent=consents.for_release(tx, keys, whose.student, asked, given.today))


def circumstances_of(tx: Connection, whose: About, incident: Incident | None, at: datetime) -> Circumstances:
    """With the law that the district has approved for this day, by the school's calendar."""
    emergency = incident is not None and emergency_open(incident)
    if whose.student is None:
        zone = people.school(tx, incident.school).zone if incident is not None else "UTC"
        return _with_law(tx, whose, Circumstances(today=_day(at, zone), emergency=emergency))
    record = contact_record.of_student(tx, whose.student)
    given = _with_law(tx, whose, _of_record(record, at), record)
    blocked = same_student.guardians_blocked(tx, whose.student, incident)
    return replace(given, emergency=emergency, family_blocked=blocked)


def _of_record(record: ContactRecord, at: datetime) -> Circumstances:
    """Who is barred stays so until two people have lifted it, also when an order has run out (PR-7)."""
    barred = {each.person for each in record.restrictions if each.lifted_at is None or each.lifted_at > at}
    today = _day(at, record.zone)
    held = {each.person: rights(record, each.person, today) for each in record.adults}
    parents = {each.person for each in record.adults if each.guardian or held[each.person] & DECIDES}
    return Circumstances(
        today=today,
        by_court=frozenset(person for person, those in held.items() if Authority.ADULT_GUARDIAN in those),
        dependency_documented=dependent(record.granted, parents, today),
        parents=frozenset(parents),
        barred=frozenset(barred),
    )


def _with_law(tx: Connection, whose: About, given: Circumstances, record: ContactRecord | None = None) -> Circumstances:
    grade = None if whose.student is None else people.student(tx, whose.student).grade
    pack = policy_packs.in_force(tx, whose.district, given.today).pack
    age = None if record is None or record.birth_date is None else years(record.birth_date, given.today)
    return replace(
        given,
        pack=pack,
        of_age=None if age is None else age >= pack.eligible_student_age,
        student_may_see=pack.gives_access(age, int(grade) if grade is not None and grade.isdecimal() else None),
    )


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def leads_of(tx: Connection, student: StudentId) -> frozenset[PersonId]:
    """Who leads an incident of the student that is open."""
    theirs = select(INCIDENT.c.state).where(INCIDENT.c.student == student, INCIDENT.c.closed_at.is_(None))
    found = (codec.incident_from_text(state).lead for state in tx.execute(theirs).scalars())
    return frozenset(lead for lead in found if lead is not None)


def to_program(
    tx: Connection,
    keys: KeyRing,
    whose: About,
    sent: frozenset[str],
    by: Actor,
    *,
    happened: Happened,
    way: DisclosureWay = DisclosureWay.API,
) -> None:
    """What a program of a member of staff is answered, or what they take as a file or print.

    They are a school official, and it has left (PR-23).
    """
    assert by.id is not None
    wanted = Disclosure(
        way=way,
        basis=LegalBasis.SCHOOL_OFFICIAL,
        purpose=DisclosurePurpose.SCHOOL_WORK,
        recipients=(Recipient(kind=RecipientKind.SCHOOL_OFFICIAL, person=PersonId(by.id)),),
        fields=sent,
        released_as=post_of(by),
        notice=way is not DisclosureWay.API,
    )
    given = Circumstances(today=happened.at.date())
    disclosures.disclose(tx, keys, whose, wanted, given, happened=happened)
