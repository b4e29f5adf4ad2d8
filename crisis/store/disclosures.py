"""The ledger of what leaves: one row for each, in the transaction that sends it, and one for what was refused (PR-23).

`disclose` is the only function that writes it. A row is never changed; its digest stands in the audit chain.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, or_, select

from crisis import clock
from crisis.disclosure_words import DisclosureEffect, DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.errors import Refused
from crisis.policy.disclosure import decide_disclosure
from crisis.policy.disclosure_case import Circumstances, Decision, Disclosure
from crisis.store import audit, codec, sealed
from crisis.store.audit import Detail
from crisis.store.disclosure_tables import DISCLOSURE
from crisis.store.engine import Store
from crisis.store.people_tables import Found
from crisis.store.sealed import KeyRing
from crisis.store.tables import AUDIT, INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, LegalBasis, PersonId, StaffRole, StudentId, WordsId

SENT, TURNED_DOWN = "disclosed", "disclosure refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose record it is. An incident whose student nobody has named yet has none."""

    district: DistrictId
    student: StudentId | None = None
    incident: IncidentId | None = None


class DisclosureRefused(Refused):
    """Nothing has left. Whoever lets the transaction go gives this to `log_refused`."""

    def __init__(self, about: About, wanted: Disclosure, decision: Decision) -> None:
        super().__init__(*decision.reasons)
        self.about, self.wanted, self.decision = about, wanted, decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """How it goes into the audit chain. `already`: a person has said it; the ledger says what happened."""

    at: datetime
    by: PersonId | None
    action: str = SENT
    subject: str | None = None  # the row itself, where None
    detail: Detail | None = None
    already: bool = False


def disclose(
    tx: Connection, keys: KeyRing, about: About, wanted: Disclosure, given: Circumstances, *, happened: Happened
) -> str:
    """Puts on record that it leaves, or raises `DisclosureRefused`; called in the transaction that sends it.

    What a person has to decide is refused too, unless the privacy officer is named as the one who did.
    """
    decision = decide_disclosure(wanted, given)
    decided = decision.effect is DisclosureEffect.ALLOW or (
        decision.effect is DisclosureEffect.HUMAN and wanted.officer is not None
    )
    if not decided and not happened.already:
        raise DisclosureRefused(about, wanted, decision)
    return _write(tx, keys, about, wanted, decision, went_out=True, happened=happened)


def log_refused(store: Store, refusal: DisclosureRefused, *, at: datetime, by: PersonId | None) -> None:
    """In a transaction of its own: that of the request is gone (PR-31)."""
    happened = Happened(at=at, by=by, action=TURNED_DOWN)
    with store.write() as tx:
        _write(tx, store.keys, refusal.about, refusal.wanted, refusal.decision, went_out=False, happened=happened)


def _write(
    tx: Connection,
    keys: KeyRing,
    about: About,
    wanted: Disclosure,
    decision: Decision,
    *,
    went_out: bool,
    happened: Happened,
) -> str:
    new = clock.new_id()
    row: dict[str, object] = {
        "id": new,
        "district": about.district,
        "student": about.student,
        "incident": about.incident,
        "at": happened.at.astimezone(UTC),
        "way": wanted.way,
        "effect": decision.effect,
        "went_out": went_out,
        "basis": wanted.basis,
        "purpose": wanted.purpose,
        "kinds": _joined(each.kind for each in wanted.recipients),
        "persons": _joined(each.person for each in wanted.recipients if each.person is not None),
        "fields": _joined(wanted.fields),
        "rules": _joined({each.reason.rule for each in decision.rulings}),
        "pack": decision.pack,
        "words": _seal(tx, keys, about, wanted),
        "consent": wanted.consent.id if wanted.consent is not None else None,
        "released_by": wanted.released_by,
        "released_as": wanted.released_as,
        "decided_by": wanted.decided_by,
        "officer": wanted.officer,
        "notice": wanted.notice,
        "ferpa_log": decision.ferpa_log,
        "state_log": decision.state_log,
    }
    tx.execute(insert(DISCLOSURE), row)
    detail: Detail = {**(happened.detail or {}), "disclosure": new, "ledger": digest(row)}
    audit.record(
        tx, at=happened.at, actor=happened.by, action=happened.action, subject=happened.subject or new, detail=detail
    )
    return new


def _joined(codes: Iterable[str]) -> str:
    return " ".join(sorted(codes))


def digest(row: Mapping[str, object]) -> str:
    """Over ids and codes alone, so that erased words leave it as it is."""
    return hashlib.sha256(codec.dumps({column.name: row[column.name] for column in DISCLOSURE.c}).encode()).hexdigest()


def _seal(tx: Connection, keys: KeyRing, about: About, wanted: Disclosure) -> WordsId | None:
    said = {
        "recipients": [
            {"kind": each.kind, "name": each.name, "position": each.position, "affiliation": each.affiliation}
            for each in wanted.recipients
            if each.name or each.position or each.affiliation
        ],
        "threat": wanted.threat,
        "counsel": wanted.counsel,
        "part2_emergency": asdict(wanted.part2_emergency) if wanted.part2_emergency is not None else None,
        "document": wanted.document,
    }
    if not any(said.values()):
        return None
    words = WordsId(clock.new_id())
    subject = about.student or about.incident
    assert subject is not None
    sealed.put(tx, keys, subject, {words: json.dumps(said, default=str)})
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One of those who got it, as it was written down; all None where that was erased, or is on the roster."""

    kind: RecipientKind
    name: str | None = None
    position: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the ledger. `recipients` are those who were written down by name, `persons` those of the roster."""

    id: str
    student: StudentId | None
    incident: IncidentId | None
    at: datetime
    way: DisclosureWay
    effect: DisclosureEffect
    went_out: bool
    basis: LegalBasis | None
    purpose: DisclosurePurpose | None
    kinds: tuple[RecipientKind, ...]
    persons: tuple[PersonId, ...]
    recipients: tuple[Told, ...]
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    threat: str | None
    released_by: PersonId | None
    released_as: StaffRole | None
    decided_by: PersonId | None
    notice: bool
    pack: str
    ferpa_log: bool
    state_log: bool


def of_student(tx: Connection, keys: KeyRing, student: StudentId) -> list[Line]:
    """The whole ledger of one student, the newest first; also of incidents in which they were named later."""
    theirs = select(INCIDENT.c.id).where(INCIDENT.c.student == student)
    whose = or_(DISCLOSURE.c.student == student, DISCLOSURE.c.incident.in_(theirs))
    rows = tx.execute(select(DISCLOSURE).where(whose).order_by(DISCLOSURE.c.at.desc(), DISCLOSURE.c.id.desc())).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows if row.words is not None])
    return [_line(row, json.loads(words.get(WordsId(row.words), "{}")) if row.words else {}) for row in rows]


def _line(row: Found, said: Mapping[str, object]) -> Line:
    written = said.get("recipients")
    threat = said.get("threat")
    return Line(
        id=row.id,
        student=row.student,
        incident=row.incident,
        at=row.at,
        way=row.way,
        effect=row.effect,
        went_out=row.went_out,
        basis=row.basis,
        purpose=row.purpose,
        kinds=tuple(RecipientKind(each) for each in row.kinds.split()),
        persons=tuple(PersonId(each) for each in row.persons.split()),
        recipients=tuple(Told(**each | {"kind": RecipientKind(each["kind"])}) for each in written)
        if isinstance(written, list)
        else (),
        fields=tuple(row.fields.split()),
        rules=tuple(row.rules.split()),
        threat=threat if isinstance(threat, str) else None,
        released_by=row.released_by,
        released_as=row.released_as,
        decided_by=row.decided_by,
        notice=row.notice,
        pack=row.pack,
        ferpa_log=row.ferpa_log,
        state_log=row.state_log,
    )


def verify(tx: Connection) -> str | None:
    """What is wrong with the ledger, by the audit chain; None where each row is as it was written. Walk that first."""
    known: dict[str, str] = {}
    for detail in tx.execute(select(AUDIT.c.detail).where(AUDIT.c.detail.contains('"ledger":'))).scalars():
        said = codec.loads(detail)
        known[said["disclosure"]] = said["ledger"]
    for row in tx.execute(select(DISCLOSURE)):
        if known.pop(row.id, None) != digest(row._asdict()):
            return f"row {row.id} of the ledger was changed or put in"
    return f"row {next(iter(known))} of the ledger was taken out" if known else None
