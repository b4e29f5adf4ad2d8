"""Consents to release records: signed, whole, by whoever had the right that day; taken back at any time (34 CFR 99.30).

What somebody only said is not kept here: it is no consent, and belongs into the notes of the incident (PR-27).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.errors import NotFound, Reason, Refused
from crisis.policy import consents
from crisis.policy.age import years
from crisis.policy.consents import Consent, Release
from crisis.policy.contact import DECIDES, ContactRecord, rights
from crisis.privacy_words import Authority
from crisis.store import audit, contact_record, policy_packs, sealed
from crisis.store.disclosure_tables import CONSENT
from crisis.store.people_tables import Found
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, StudentId, WordsId

DOCUMENT = r"^[0-9A-Za-z./_-]{0,80}$"  # a number or a fingerprint: nobody's name
LONGEST_NAME = 120  # letters of a party or an interpreter


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What the paper says. `signer` None: the student. `minor_checked`: somebody saw that the student is not of age."""

    records: frozenset[str]
    purpose: DisclosurePurpose | None
    party: str
    signer: PersonId | None
    method: SignMethod | None
    document: str
    language: str
    read: bool
    interpreter: str | None
    signed_on: date | None
    expires_on: date | None = None
    part2: bool = False
    minor_checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A consent as it stands, with who recorded it."""

    consent: Consent
    recorded_by: PersonId
    recorded_at: datetime


def record(
    tx: Connection,
    keys: KeyRing,
    whose: tuple[DistrictId, StudentId],
    signed: Signed,
    *,
    by: PersonId,
    at: datetime,
) -> str:
    """Raises `Refused` with everything that is missing; nothing that is not whole is kept."""
    district, student = whose
    known = contact_record.of_student(tx, student)
    today = at.astimezone(ZoneInfo(known.zone)).date()
    missing = [*_without_right(tx, district, known, signed), *_not_whole(signed, today)]
    if missing:
        raise Refused(*missing)
    new, words = clock.new_id(), WordsId(clock.new_id())
    names = {"party": signed.party.strip(), "interpreter": (signed.interpreter or "").strip() or None}
    sealed.put(tx, keys, student, {words: json.dumps(names)})
    tx.execute(
        insert(CONSENT).values(
            id=new,
            district=district,
            student=student,
            records=" ".join(sorted(signed.records)),
            purpose=signed.purpose,
            words=words,
            signer=signed.signer,
            method=signed.method,
            document=signed.document.strip(),
            language=signed.language,
            read=signed.read,
            part2=signed.part2,
            signed_on=signed.signed_on,
            expires_on=signed.expires_on,
            recorded_by=by,
            recorded_at=at,
        )
    )
    audit.record(tx, at=at, actor=by, action="consent recorded", subject=new)
    return new


def _not_whole(signed: Signed, today: date) -> Iterator[Reason]:
    asked = _consent("", signed)
    yield from consents.lacking(asked)
    if len(signed.party) > LONGEST_NAME or len(signed.interpreter or "") > LONGEST_NAME:
        yield Reason("PR-26", "Keep each name to 120 letters")
    if signed.signed_on is not None and signed.signed_on > today:
        yield Reason("PR-26", "The consent is signed for a later day")
    if signed.signed_on is not None and signed.expires_on is not None and signed.expires_on < signed.signed_on:
        yield Reason("PR-26", "It cannot end before it was signed")


def _consent(known: str, signed: Signed) -> Consent:
    return Consent(
        id=known,
        records=signed.records,
        purpose=signed.purpose,
        party=signed.party,
        signer=signed.signer,
        had_right=True,  # asked apart: it needs the record of the day
        method=signed.method,
        document=signed.document,
        language=signed.language,
        read=signed.read,
        interpreter=signed.interpreter,
        signed_on=signed.signed_on,
        expires_on=signed.expires_on,
        part2=signed.part2,
    )


def _without_right(tx: Connection, district: DistrictId, known: ContactRecord, signed: Signed) -> Iterator[Reason]:
    """Whether the law gave the signer the right on the day of signing, by the law in force on that day."""
    if signed.signed_on is None:
        return
    age = None if known.birth_date is None else years(known.birth_date, signed.signed_on)
    limit = policy_packs.in_force(tx, district, signed.signed_on).pack.eligible_student_age
    if signed.signer is None:
        if age is None or age < limit:
            yield Reason("PR-26", "The student was not of age on that day: a parent signs, and the student may as well")
        return
    held = rights(known, signed.signer, signed.signed_on)
    if age is not None and age >= limit and Authority.ADULT_GUARDIAN not in held:
        yield Reason("PR-28", "The student was of age on that day: only they could sign")
    if age is None and not signed.minor_checked:
        yield Reason("PR-28", "No birth date is on record; check that the student is not of age, and say so")
    adults = {each.person: each for each in known.adults}
    signer = adults.get(signed.signer)
    if signer is None or not (signer.guardian or held & DECIDES):
        yield Reason("PR-26", "Nothing on record shows that this adult has a parent's right to sign")
    if any(each.person == signed.signer and each.lifted_at is None for each in known.restrictions):
        yield Reason("PR-1", "A restriction is in force for this adult: ask the privacy officer")


def take_back(
    tx: Connection, whose: tuple[DistrictId, StudentId], consent: str, *, by: PersonId, at: datetime, today: date
) -> None:
    """Nothing goes out on it from now on. Raises `NotFound` for another student's, and for one that was taken back."""
    district, student = whose
    same = (CONSENT.c.id == consent, CONSENT.c.district == district, CONSENT.c.student == student)
    ended = {"ended_by": by, "ended_on": today, "ended_at": at}
    if tx.execute(update(CONSENT).where(*same, CONSENT.c.ended_by.is_(None)).values(**ended)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="consent taken back", subject=consent)


def of_student(tx: Connection, keys: KeyRing, student: StudentId) -> list[Kept]:
    """All that were ever recorded and can be read, the newest first."""
    query = select(CONSENT).where(CONSENT.c.student == student)
    rows = tx.execute(query.order_by(CONSENT.c.signed_on.desc(), CONSENT.c.id.desc())).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    return [_kept(row, json.loads(words[WordsId(row.words)])) for row in rows if row.words in words]


def _kept(row: Found, names: dict[str, str | None]) -> Kept:
    consent = Consent(
        id=row.id,
        records=frozenset(row.records.split()),
        purpose=row.purpose,
        party=names["party"] or "",
        signer=row.signer,
        had_right=True,
        method=row.method,
        document=row.document,
        language=row.language,
        read=row.read,
        interpreter=names["interpreter"],
        signed_on=row.signed_on,
        expires_on=row.expires_on,
        ended_on=row.ended_on,
        part2=row.part2,
    )
    return Kept(consent=consent, recorded_by=row.recorded_by, recorded_at=row.recorded_at)


def for_release(tx: Connection, keys: KeyRing, student: StudentId, wanted: Release, today: date) -> Consent | None:
    """One that allows it; where none does, the newest that names the same party, which then says why not."""
    known = [each.consent for each in of_student(tx, keys, student)]
    usable = [each for each in known if not list(consents.against(each, wanted, today))]
    parties = {consents.plain(each) for each in wanted.parties}
    return next(iter([*usable, *(each for each in known if consents.plain(each.party) in parties)]), None)
