"""The ledger: as many rows as things that left, in the same transaction, never changed; and what was refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from crisis import clock
from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.disclosure_words import (
    DisclosureEffect,
    DisclosurePurpose,
    DisclosureWay,
    RecipientKind,
    SignMethod,
)
from crisis.errors import NotFound, Refused
from crisis.policy.disclosure_case import Disclosure, Recipient
from crisis.protocols import loader
from crisis.record_words import Assent
from crisis.store import audit, consents, disclosures, export, incidents, protocols, roster, sealed, statements
from crisis.store.consents import Signed
from crisis.store.disclosure_tables import DISCLOSURE
from crisis.store.disclosures import DisclosureRefused, Line, Told
from crisis.store.engine import Store
from crisis.submit import open_incident, submit
from crisis.vocabulary import (
    ContactOutcome,
    Guardian,
    IncidentId,
    LegalBasis,
    Mode,
    PersonId,
    Relation,
    Role,
    StaffRole,
    Tier,
    WordsId,
)
from tests.cluster import owners_hand
from tests.factories import DISTRICT, PRINCIPAL, STUDENT, a_person, contact, exception, offer, opening
from tests.protocols.test_suicide_risk import LEVELS
from tests.web.district import COUNSELOR, NURSE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
CARE, COLLEAGUE = a_person(COUNSELOR, *Role), a_person(NURSE, *Role)
MOTHER = PersonId("p-mother")
HOSPITAL, THREAT = WordsId("w-hospital"), WordsId("w-threat")
SAID = {HOSPITAL: "County Hospital", THREAT: "Said that he has tablets in his bag"}
ITEMS = frozenset(loader.protocol("suicide_risk").disclosure_items)
SIGNED = Signed(
    records=ITEMS,
    purpose=DisclosurePurpose.CARE,
    party="County Hospital",
    signer=MOTHER,
    method=SignMethod.PAPER,
    document="5f" * 32,
    language="es",
    read=True,
    interpreter=None,
    signed_on=date(2026, 10, 5),
    minor_checked=True,
)
WHOLE = Disclosure(
    way=DisclosureWay.EXPORT,
    basis=LegalBasis.PARENT_OR_STUDENT,
    purpose=DisclosurePurpose.INSPECTION,
    recipients=(Recipient(kind=RecipientKind.PARENT, person=MOTHER),),
    fields=frozenset({"whole"}),
    released_by=OFFICER,
    released_as=StaffRole.PRIVACY_OFFICER,
    officer=OFFICER,
    notice=True,
)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, MOTHER, ("Given", "Mother"), staff=False, language="en")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
    return store


def at_risk(store: Store, level: Tier = Tier.MODERATE, **changes: object) -> IncidentId:
    """An incident in which somebody may take over: its level of risk is known."""
    with store.read() as tx:
        _, protocol_hash = protocols.current(tx, "suicide_ideation", DISTRICT, AT)
    order = replace(opening(by=CARE, place=None, protocol_hash=protocol_hash), **changes)  # type: ignore[arg-type]
    incident = open_incident(store, order, at=AT).incident.id
    does(
        store,
        incident,
        *(replace(each, by=CARE if each.by.id != PRINCIPAL.id else COLLEAGUE) for each in LEVELS[level]),
    )
    return incident


def handed(**changes: object) -> cmd.OfferHandoff:
    whole = {"organisation": HOSPITAL, "threat": THREAT, "disclosed": ITEMS, "withheld": {}}
    return offer(by=CARE, **{**whole, **changes})


def does(store: Store, incident: IncidentId, *orders: cmd.Command) -> None:
    """The words of an offer are its own; nothing else is looked at here."""
    for order in orders:
        words: dict[WordsId, str] = {}
        if isinstance(order, cmd.OfferHandoff):
            fresh = {old: WordsId(clock.new_id()) for old in SAID}
            words = {fresh[old]: said for old, said in SAID.items()}
            threat = None if order.threat is None else fresh[THREAT]
            order = replace(order, organisation=fresh[HOSPITAL], threat=threat)
        submit(store, incident, order, at=AT + timedelta(minutes=1), words=words)


def lines(store: Store) -> list[Line]:
    with store.read() as tx:
        return disclosures.of_student(tx, store.keys, STUDENT)


def only(store: Store) -> Line:
    (found,) = lines(store)
    return found


def whole(store: Store) -> bool:
    with store.read() as tx:
        return audit.verify(tx).ok and disclosures.verify(tx) is None


def test_a_handoff_is_in_the_ledger_with_everything_the_law_asks_pr_23(place: Store) -> None:
    incident = at_risk(place)
    does(place, incident, handed())

    found = only(place)

    assert (found.way, found.basis, found.purpose) == (
        DisclosureWay.HANDOFF,
        LegalBasis.EMERGENCY,
        DisclosurePurpose.KEEP_SAFE,
    )
    assert found.recipients == (Told(kind=RecipientKind.EMERGENCY_SERVICES, affiliation="County Hospital"),)
    assert (found.fields, found.threat) == (tuple(sorted(ITEMS)), SAID[THREAT])
    assert (found.released_by, found.decided_by, found.released_as) == (COUNSELOR, COUNSELOR, StaffRole.COUNSELOR)
    assert (found.went_out, found.effect, found.ferpa_log) == (True, DisclosureEffect.ALLOW, True)
    assert whole(place)


def test_what_the_law_forbids_is_not_offered_and_the_request_is_logged_pr_31(place: Store) -> None:
    """PR-24: at a low risk the emergency allows nothing."""
    incident = at_risk(place, Tier.LOW)

    with pytest.raises(Refused) as refusal:
        does(place, incident, handed())

    found = only(place)
    assert [each.rule for each in refusal.value.reasons] == ["PR-24"]
    assert (found.went_out, found.effect, found.rules) == (False, DisclosureEffect.REFUSE, ("PR-24",))
    assert found.recipients[0].affiliation == "County Hospital"
    with place.read() as tx:
        assert "HandoffOffered" not in tx.execute(text("SELECT name FROM event")).scalars().all()
    assert whole(place)


def test_without_a_basis_the_whole_order_is_undone_pr_23(place: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is part of the transaction that sends: where it cannot be written nothing is offered."""
    incident = at_risk(place)

    def broken(*_args: object, **_named: object) -> str:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(disclosures, "_write", broken)
    with pytest.raises(RuntimeError):
        does(place, incident, handed())

    with place.read() as tx:
        assert "HandoffOffered" not in tx.execute(text("SELECT name FROM event")).scalars().all()
        assert tx.execute(select(func.count()).select_from(DISCLOSURE)).scalar_one() == 0


def test_as_many_rows_as_things_that_left_pr_23(place: Store) -> None:
    """Calls that said something, the report, 911, handoffs, exports; not those that reached nobody, and no drill."""
    drill = at_risk(place, mode=Mode.DRILL, student=None)  # the real one ends it
    does(place, drill, handed(), cmd.RaiseEmergency(by=CARE, dangers=frozenset({"weapon"}), called_911=True))
    incident = at_risk(place, Tier.HIGH)
    sent = [
        handed(),
        contact(by=COLLEAGUE, contact=MOTHER),
        contact(ContactOutcome.MESSAGE_LEFT, by=COLLEAGUE, contact=MOTHER),
        contact(ContactOutcome.REACHED_OTHER, by=COLLEAGUE, guardian=False, contact=None),
        cmd.RaiseEmergency(by=CARE, dangers=frozenset({"weapon"}), called_911=True),
    ]
    silent = [
        contact(ContactOutcome.NO_ANSWER, by=COLLEAGUE, contact=MOTHER),
        cmd.AddNote(by=CARE, words=WordsId("w-9")),
    ]

    does(place, incident, *sent, *silent)
    with place.write() as tx:
        export.release(tx, place.keys, incident, WHOLE, at=AT)
        export.release(tx, place.keys, drill, None, at=AT)

    found = lines(place)
    assert len(found) == len(sent) + 1
    assert {each.incident for each in found} == {incident}
    assert sorted(str(each.basis) for each in found) == sorted(
        [
            LegalBasis.EMERGENCY,
            LegalBasis.EMERGENCY,
            LegalBasis.NO_PII,
            LegalBasis.NO_PII,
            LegalBasis.PARENT_OR_STUDENT,
            LegalBasis.PARENT_OR_STUDENT,
        ]
    )
    assert [each.basis for each in found if each.ferpa_log] == [LegalBasis.EMERGENCY, LegalBasis.EMERGENCY]
    assert whole(place)


def test_a_report_of_abuse_is_in_the_ledger_without_its_content(place: Store) -> None:
    incident = at_risk(place)
    does(place, incident, exception("contraindicated", by=CARE))
    with place.read() as tx:
        owed = next(iter(incidents.load(tx, incident).obligations))
    does(place, incident, tcmd.FileReport(by=CARE, obligation=owed, agency="State hotline", number=WordsId("w-7")))

    found = only(place)
    assert (found.way, found.basis, found.fields) == (
        DisclosureWay.REPORT,
        LegalBasis.CHILD_PROTECTION_REPORT,
        ("report",),
    )
    assert found.recipients[0].affiliation == "State hotline"


def test_what_was_said_to_somebody_without_a_right_is_recorded_and_marked(place: Store) -> None:
    """What happened is recorded; the privacy officer sees that it should not have."""
    incident = at_risk(place)
    does(place, incident, contact(by=COLLEAGUE, contact=None))

    found = only(place)

    assert (found.went_out, found.effect, found.rules) == (True, DisclosureEffect.REFUSE, ("PR-23", "PR-30"))


def test_an_incident_whose_student_is_named_later_is_in_their_ledger(place: Store) -> None:
    incident = at_risk(place, student=None)
    does(place, incident, handed())
    assert lines(place) == []

    does(place, incident, cmd.IdentifyStudent(by=CARE, student=STUDENT))

    assert only(place).student is None


def test_a_handoff_on_a_consent_needs_one_that_is_signed_for_it_pr_26(place: Store) -> None:
    told = ccmd.RecordAssent(by=CARE, answer=Assent.AGREED)
    incident = at_risk(place, Tier.LOW)
    does(place, incident, told)
    on_consent = handed(basis=LegalBasis.CONSENT, threat=None)
    with pytest.raises(Refused, match="No written consent"):
        does(place, incident, on_consent)

    with place.write() as tx:
        new = consents.record(tx, place.keys, (DISTRICT, STUDENT), SIGNED, by=OFFICER, at=AT)
    does(place, incident, on_consent)
    with place.write() as tx:
        consents.take_back(tx, (DISTRICT, STUDENT), new, by=OFFICER, at=AT, today=date(2026, 10, 6))
    with pytest.raises(Refused, match="taken back"):
        does(place, at_risk(place, Tier.LOW), told, on_consent)

    assert sorted(each.went_out for each in lines(place)) == [False, False, True]
    with place.write() as tx, pytest.raises(NotFound):
        consents.take_back(tx, (DISTRICT, STUDENT), new, by=OFFICER, at=AT, today=date(2026, 10, 6))


def test_for_a_court_nothing_goes_without_the_officer_and_counsel_pr_36(place: Store) -> None:
    incident = at_risk(place)
    order = replace(
        WHOLE,
        basis=LegalBasis.COURT_ORDER,
        purpose=DisclosurePurpose.COURT,
        recipients=(Recipient(kind=RecipientKind.COURT, affiliation="Family court"),),
        counsel="A lawyer",
        document="5f" * 32,
    )
    for missing in ({"officer": None}, {"counsel": None}, {"document": None}):
        with pytest.raises(DisclosureRefused), place.write() as tx:
            export.release(tx, place.keys, incident, replace(order, **missing), at=AT)  # type: ignore[arg-type]

    with place.write() as tx:
        said = (MOTHER, "We do not agree")
        statements.add(tx, place.keys, (DISTRICT, STUDENT), said, by=OFFICER, at=AT)
        document = export.release(tx, place.keys, incident, order, at=AT)
    assert b"34 CFR 99.33" in document
    assert b"We do not agree" in document  # what the family says goes with it (34 CFR 99.21)

    assert only(place).effect is DisclosureEffect.HUMAN


def test_a_row_is_never_changed_and_never_taken_out_pr_32(place: Store) -> None:
    does(place, at_risk(place), handed())

    for change in ("UPDATE disclosure SET fields = 'risk'", "DELETE FROM disclosure"):
        with pytest.raises(DBAPIError, match="append-only"), place.write() as tx:
            tx.execute(text(change))

    assert only(place).fields == tuple(sorted(ITEMS))


def _changed(tx: Connection) -> None:
    tx.execute(update(DISCLOSURE).values(fields="risk"))


def _taken_out(tx: Connection) -> None:
    tx.execute(delete(DISCLOSURE))


def _put_in(tx: Connection) -> None:
    tx.execute(insert(DISCLOSURE).values({**tx.execute(select(DISCLOSURE)).one()._asdict(), "id": "another"}))


def test_whoever_goes_round_the_guards_is_found_by_the_chain_pr_32_pr_59(place: Store) -> None:
    does(place, at_risk(place), handed())
    found: list[str | None] = []

    def once(change: Callable[[Connection], None]) -> None:
        with owners_hand(place) as tx:
            if tx.dialect.name == "postgresql":
                tx.execute(text("ALTER TABLE disclosure DISABLE TRIGGER USER"))
            else:
                for verb in ("update", "delete"):
                    tx.execute(text(f"DROP TRIGGER disclosure_no_{verb}"))
            change(tx)
            found.append(disclosures.verify(tx))
            raise Undone

    for change in (_changed, _put_in, _taken_out):
        with pytest.raises(Undone):
            once(change)

    assert [str(each).split(" was ")[1] for each in found] == ["changed or put in", "changed or put in", "taken out"]
    assert whole(place)


class Undone(Exception):
    """Leaves the transaction without a trace."""


def test_names_and_threat_are_sealed_and_go_with_the_record_pr_32(place: Store) -> None:
    does(place, at_risk(place), handed())
    with place.read() as tx:
        stored = str([tx.execute(text(f"SELECT * FROM {table}")).all() for table in ("disclosure", "words", "audit")])
    with place.write() as tx:
        sealed.destroy_key(tx, STUDENT, AT)

    found = only(place)

    assert "County" not in stored
    assert "tablets" not in stored
    assert (found.recipients, found.threat, found.basis) == ((), None, LegalBasis.EMERGENCY)
    assert whole(place)


NOT_WHOLE: list[tuple[dict[str, object], str]] = [
    ({"records": frozenset()}, "PR-26"),
    ({"purpose": None}, "PR-26"),
    ({"party": " "}, "PR-26"),
    ({"party": "x" * 121}, "PR-26"),
    ({"document": ""}, "PR-26"),
    ({"language": ""}, "PR-26"),
    ({"signed_on": None}, "PR-26"),
    ({"signed_on": date(2026, 10, 7)}, "PR-26"),
    ({"expires_on": date(2026, 10, 4)}, "PR-26"),
    ({"read": False}, "PR-26"),
    ({"method": None}, "PR-27"),
    ({"minor_checked": False}, "PR-28"),
    ({"signer": COUNSELOR}, "PR-26"),
    ({"signer": None}, "PR-26"),
]


def kept(store: Store, asked: Signed) -> list[str]:
    """The rules that keep it out; none where it is kept."""
    try:
        with store.write() as tx:
            consents.record(tx, store.keys, (DISTRICT, STUDENT), asked, by=OFFICER, at=AT)
    except Refused as refusal:
        return [each.rule for each in refusal.reasons]
    return []


def test_a_consent_that_is_not_whole_is_not_kept_pr_26(place: Store) -> None:
    """PR-27: what was only said cannot be recorded as one."""
    found = [(change, kept(place, replace(SIGNED, **change))) for change, _ in NOT_WHOLE]  # type: ignore[arg-type]

    assert found == [(change, [rule]) for change, rule in NOT_WHOLE]
    with place.read() as tx:
        assert consents.of_student(tx, place.keys, STUDENT) == []


def test_who_could_sign_is_asked_of_the_day_of_signing_pr_26_pr_28(place: Store) -> None:
    with place.write() as tx:
        tx.execute(text("UPDATE student SET birth_date = '2008-10-06'"))  # of age on the sixth
    signed = replace(SIGNED, minor_checked=False)
    today = replace(signed, signed_on=date(2026, 10, 6))

    assert kept(place, signed) == []  # the day before, the mother could
    assert kept(place, today) == ["PR-28"]
    assert kept(place, replace(today, signer=None)) == []
    assert kept(place, replace(signed, signer=None)) == ["PR-26"]
