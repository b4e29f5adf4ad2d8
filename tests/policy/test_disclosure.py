"""What may leave the school: each rule by itself, and all of them over anything that can be asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisis.disclosure_words import (
    DisclosureDuty,
    DisclosureEffect,
    DisclosurePurpose,
    DisclosureWay,
    LogField,
    RecipientKind,
    Regime,
    SignMethod,
)
from crisis.policy.bases import BY_BASIS, EMERGENCY_FIELDS
from crisis.policy.consents import Consent
from crisis.policy.disclosure import RIGHTFUL, decide_disclosure, emergency_open
from crisis.policy.disclosure_case import Circumstances, Decision, Disclosure, Part2Emergency, Recipient
from crisis.policy.packs import FLOOR, pack_of
from crisis.protocols import loader
from crisis.statemachine.incident import Handoff, Obligation
from crisis.vocabulary import (
    Emergency,
    HandoffId,
    HandoffState,
    LegalBasis,
    ObligationId,
    ObligationKind,
    PersonId,
    Phase,
    ReceiverKind,
    StaffRole,
    StepId,
    Tier,
)
from tests.factories import an_incident

HANDED = Handoff(
    id=HandoffId("h-1"),
    step=StepId("referral"),
    receiver=ReceiverKind.MOBILE_CRISIS,
    state=HandoffState.ACCEPTED,
    offered_at=datetime(2026, 10, 6, 14, 0, tzinfo=UTC),
    accepted_at=datetime(2026, 10, 6, 14, 5, tzinfo=UTC),
)
OWED = Obligation(
    id=ObligationId("o-1"), kind=ObligationKind.MANDATED_REPORT, owner=PersonId("p-nurse"), due_at=HANDED.offered_at
)
DAY = date(2026, 10, 6)
AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
NURSE, MOTHER, OFFICER = PersonId("p-nurse"), PersonId("p-mother"), PersonId("p-officer")
MA = pack_of(loader.pack("us-ma"))
HOSPITAL = Recipient(kind=RecipientKind.HEALTH_PROVIDER, affiliation="County Hospital")
IN_DANGER = Circumstances(today=DAY, emergency=True)
EMERGENCY = Disclosure(
    way=DisclosureWay.HANDOFF,
    basis=LegalBasis.EMERGENCY,
    purpose=DisclosurePurpose.KEEP_SAFE,
    recipients=(HOSPITAL,),
    fields=frozenset({"risk", "statement"}),
    threat="Said at ten that he has the tablets with him",
    decided_by=NURSE,
    released_by=NURSE,
    released_as=StaffRole.NURSE,
)
SIGNED = Consent(
    id="c-1",
    records=frozenset({"risk", "safety_plan"}),
    purpose=DisclosurePurpose.CARE,
    party="County  hospital",
    signer=MOTHER,
    had_right=True,
    method=SignMethod.PAPER,
    document="5f" * 32,
    language="es",
    read=True,
    interpreter=None,
    signed_on=date(2026, 9, 1),
    expires_on=date(2026, 12, 31),
)
WITH_CONSENT = replace(
    EMERGENCY,
    basis=LegalBasis.CONSENT,
    purpose=DisclosurePurpose.CARE,
    consent=SIGNED,
    fields=frozenset({"risk"}),
    threat=None,
    decided_by=None,
)
TO_MOTHER = replace(
    WITH_CONSENT,
    way=DisclosureWay.EXPORT,
    basis=LegalBasis.PARENT_OR_STUDENT,
    recipients=(Recipient(kind=RecipientKind.PARENT, person=MOTHER),),
    fields=frozenset({"whole"}),
    consent=None,
)
COURT = replace(
    TO_MOTHER,
    basis=LegalBasis.COURT_ORDER,
    purpose=DisclosurePurpose.COURT,
    recipients=(Recipient(kind=RecipientKind.COURT, affiliation="Family court"),),
    officer=OFFICER,
    counsel="A lawyer",
    document="5f" * 32,
    notice=True,
)


def decided(wanted: Disclosure, given: Circumstances = IN_DANGER) -> Decision:
    return decide_disclosure(wanted, given)


def rules(wanted: Disclosure, given: Circumstances = IN_DANGER) -> list[str]:
    """What refuses it, or what a person has to decide."""
    return [each.rule for each in decided(wanted, given).reasons]


def test_in_an_emergency_it_goes_and_its_reader_is_told_not_to_pass_it_on() -> None:
    found = decided(EMERGENCY)

    assert (found.effect, found.rulings) == (DisclosureEffect.ALLOW, ())
    assert found.duties == {DisclosureDuty.REDISCLOSURE_NOTICE}
    assert (found.ferpa_log, found.state_log, found.pack) == (True, False, f"{FLOOR.id} {FLOOR.version}")


@pytest.mark.parametrize(
    "change",
    [
        {"basis": None},
        {"purpose": None},
        {"recipients": ()},
        {"recipients": (Recipient(kind=RecipientKind.HEALTH_PROVIDER, name=" "),)},
        {"fields": frozenset()},
    ],
)
def test_nothing_goes_without_basis_purpose_recipient_and_fields_pr_23(change: Mapping[str, object]) -> None:
    assert rules(replace(EMERGENCY, **change)) == ["PR-23"]  # type: ignore[arg-type]  # replace checks the names


@pytest.mark.parametrize("change", [{"threat": None}, {"threat": "  "}, {"decided_by": None}])
def test_the_emergency_needs_its_words_and_who_decided_pr_24(change: Mapping[str, object]) -> None:
    assert rules(replace(EMERGENCY, **change)) == ["PR-24"]  # type: ignore[arg-type]


def test_the_emergency_basis_ends_with_the_emergency_pr_24() -> None:
    assert rules(EMERGENCY, Circumstances(today=DAY)) == ["PR-24"]


@pytest.mark.parametrize(
    ("phase", "lane", "tier", "is_open"),
    [
        (Phase.IDENTIFICATION, Emergency.INACTIVE, None, True),
        (Phase.HANDOFF, Emergency.INACTIVE, Tier.HIGH, True),
        (Phase.HANDOFF, Emergency.INACTIVE, Tier.LOW, False),
        (Phase.HANDOFF, Emergency.ACTIVE, Tier.LOW, True),
        (Phase.FOLLOW_UP, Emergency.INACTIVE, Tier.HIGH, True),
        (Phase.FOLLOW_UP, Emergency.INACTIVE, Tier.MODERATE, False),
        (Phase.FOLLOW_UP, Emergency.RESOLVED, Tier.LOW, False),
        (Phase.FOLLOW_UP, Emergency.ACTIVE, Tier.LOW, True),
    ],
)
def test_the_emergency_lasts_while_danger_is_acute_or_not_ruled_out_pr_24(
    phase: Phase, lane: Emergency, tier: Tier | None, is_open: bool
) -> None:
    incident = replace(an_incident(), phase=phase, emergency=lane, tier=tier)

    taken = replace(incident, handoffs={HANDED.id: HANDED})
    reported = replace(incident, obligations={OWED.id: OWED})

    assert emergency_open(incident) is is_open
    assert emergency_open(taken) is (is_open and (phase is not Phase.FOLLOW_UP or lane is Emergency.ACTIVE))
    assert emergency_open(reported) is (is_open or tier is Tier.MODERATE)
    assert not emergency_open(replace(incident, closed_at=AT))


@given(st.frozensets(st.sampled_from([*sorted(EMERGENCY_FIELDS), "whole", "events", "report"]), min_size=1))
def test_in_an_emergency_only_its_fields_go_out_pr_25(fields: frozenset[str]) -> None:
    allowed = decided(replace(EMERGENCY, fields=fields)).effect is DisclosureEffect.ALLOW

    assert allowed == (fields <= EMERGENCY_FIELDS)


def test_what_the_protocols_hand_over_is_within_the_emergency() -> None:
    items = {item for name in loader.names() for item in loader.protocol(name).disclosure_items}

    assert items <= EMERGENCY_FIELDS


def test_a_consent_that_is_whole_and_in_force_is_a_basis() -> None:
    found = decided(WITH_CONSENT, Circumstances(today=DAY))

    assert (found.effect, found.ferpa_log) == (DisclosureEffect.ALLOW, False)


@pytest.mark.parametrize(
    "change",
    [
        {"records": frozenset()},
        {"records": frozenset({"safety_plan"})},
        {"purpose": None},
        {"purpose": DisclosurePurpose.COURT},
        {"party": " "},
        {"party": "Another hospital"},
        {"document": ""},
        {"language": ""},
        {"read": False},
        {"had_right": False},
        {"signed_on": None},
        {"signed_on": DAY + timedelta(days=1)},
        {"expires_on": DAY - timedelta(days=1)},
        {"ended_on": DAY},
    ],
)
def test_a_consent_with_anything_missing_or_over_is_none_pr_26(change: Mapping[str, object]) -> None:
    consent = replace(SIGNED, **change)  # type: ignore[arg-type]

    found = decided(replace(WITH_CONSENT, consent=consent), Circumstances(today=DAY))

    assert found.effect is DisclosureEffect.REFUSE
    assert {each.rule for each in found.reasons} == {"PR-26"}


def test_a_consent_counts_to_its_last_day_and_with_an_interpreter_pr_26() -> None:
    interpreted = replace(SIGNED, read=False, interpreter="A. Interpreter", expires_on=DAY, ended_on=None)

    assert rules(replace(WITH_CONSENT, consent=interpreted), Circumstances(today=DAY)) == []
    assert rules(replace(WITH_CONSENT, consent=None), Circumstances(today=DAY)) == ["PR-26"]


def test_a_parents_consent_ends_when_the_student_is_of_age_pr_28() -> None:
    given = Circumstances(today=DAY, of_age=True)

    assert rules(WITH_CONSENT, given) == ["PR-28"]
    assert rules(replace(WITH_CONSENT, consent=replace(SIGNED, signer=None)), given) == []


def test_what_was_only_said_is_no_consent_pr_27() -> None:
    assert rules(replace(WITH_CONSENT, consent=replace(SIGNED, method=None)), Circumstances(today=DAY)) == ["PR-27"]
    assert set(SignMethod) == {SignMethod.PAPER, SignMethod.ELECTRONIC}


@pytest.mark.parametrize(
    ("of_age", "parents", "effect"),
    [
        (False, {MOTHER}, DisclosureEffect.ALLOW),
        (False, set(), DisclosureEffect.REFUSE),
        (True, {MOTHER}, DisclosureEffect.HUMAN),
        (None, {MOTHER}, DisclosureEffect.HUMAN),
    ],
)
def test_a_parents_right_is_shown_by_the_record_and_ends_when_the_student_is_of_age_pr_28_pr_30(
    of_age: bool | None, parents: set[PersonId], effect: DisclosureEffect
) -> None:
    found = decided(TO_MOTHER, Circumstances(today=DAY, of_age=of_age, parents=frozenset(parents)))

    assert (found.effect, found.ferpa_log, found.state_log) == (effect, False, False)


def test_the_student_sees_the_record_at_eighteen_or_where_the_state_gives_it_earlier_pr_29() -> None:
    theirs = replace(TO_MOTHER, recipients=(Recipient(kind=RecipientKind.STUDENT, name="Themselves"),))

    assert rules(theirs, Circumstances(today=DAY, of_age=False)) == ["PR-29"]
    assert rules(theirs, Circumstances(today=DAY, of_age=False, student_may_see=True)) == []
    assert rules(theirs, Circumstances(today=DAY, of_age=True)) == []


def test_nothing_goes_to_somebody_under_a_restriction_by_whatever_right_pr_1() -> None:
    barred = Circumstances(today=DAY, parents=frozenset({MOTHER}), barred=frozenset({MOTHER}), of_age=False)

    assert rules(TO_MOTHER, barred) == ["PR-1"]


def test_a_blocked_family_gets_nothing_until_the_privacy_officer_says_that_they_have_decided_pr_4() -> None:
    """I-10: not by a right, not by an emergency; and what says nothing of the student is asked of the contact alone."""
    blocked = Circumstances(today=DAY, parents=frozenset({MOTHER}), family_blocked=True, of_age=False, emergency=True)
    by_officer = replace(TO_MOTHER, officer=OFFICER)
    emergency = replace(
        TO_MOTHER, basis=LegalBasis.EMERGENCY, threat="Tablets", decided_by=NURSE, fields=frozenset({"risk"})
    )

    for asked in (TO_MOTHER, by_officer, emergency, replace(TO_MOTHER, although_blocked=True)):
        assert decided(asked, blocked).effect is DisclosureEffect.REFUSE
        assert rules(asked, blocked) == ["PR-4"]
    assert decided(replace(by_officer, although_blocked=True), blocked).effect is DisclosureEffect.HUMAN
    assert rules(replace(TO_MOTHER, basis=LegalBasis.NO_PII, fields=frozenset({"call_back"})), blocked) == []


@pytest.mark.parametrize("missing", ["released_as", "affiliation"])
def test_where_the_state_wants_more_written_down_nothing_goes_without_pr_33(missing: str) -> None:
    given = replace(IN_DANGER, pack=MA)
    without = (
        replace(EMERGENCY, released_as=None)
        if missing == "released_as"
        else replace(EMERGENCY, recipients=(replace(HOSPITAL, affiliation=None, name="Somebody"),))
    )

    assert rules(without, given) == ["PR-33"]
    assert rules(without) == []
    assert (rules(EMERGENCY, given), decided(EMERGENCY, given).state_log) == ([], True)
    assert MA.log_fields == {
        LogField.RELEASER_POSITION,
        LogField.RECIPIENT_AFFILIATION,
        LogField.PARTS,
        LogField.PURPOSE,
    }


PART2 = replace(WITH_CONSENT, regime=Regime.PART2, basis=LegalBasis.PART2_CONSENT, part2_notice=True)
SAID = Part2Emergency(recipient="Dr. A", affiliation="County Hospital", discloser=NURSE, at=AT, nature="Overdose")


def test_records_of_substance_treatment_need_a_consent_of_their_own_and_the_notice_pr_34() -> None:
    own = replace(PART2, consent=replace(SIGNED, part2=True))

    assert rules(own) == []
    assert DisclosureDuty.PART2_NOTICE in decided(own).duties
    assert rules(PART2) == ["PR-34"]
    assert rules(replace(own, part2_notice=False)) == ["PR-34"]
    assert rules(replace(EMERGENCY, regime=Regime.MIXED, part2_notice=True)) == ["PR-34"]


@pytest.mark.parametrize("left_out", ["recipient", "affiliation", "discloser", "at", "nature", None])
def test_a_medical_emergency_writes_its_four_things_down_at_once_pr_34(left_out: str | None) -> None:
    empty = {"discloser": None, "at": None}
    said = None if left_out is None else replace(SAID, **{left_out: empty.get(left_out, " ")})  # type: ignore[arg-type]
    wanted = replace(PART2, basis=LegalBasis.PART2_EMERGENCY, consent=None, part2_emergency=SAID)

    assert rules(wanted) == []
    assert rules(replace(wanted, part2_emergency=said)) == ["PR-34"]


def test_for_a_court_it_is_always_people_who_decide_pr_36() -> None:
    assert (decided(COURT).effect, rules(COURT)) == (DisclosureEffect.HUMAN, ["PR-36"])
    for change in ({"officer": None}, {"counsel": None}, {"document": None}):
        assert rules(replace(COURT, **change)) == ["PR-36"]  # type: ignore[arg-type]
        assert decided(replace(COURT, **change)).effect is DisclosureEffect.REFUSE  # type: ignore[arg-type]
    substance = decided(replace(COURT, regime=Regime.PART2, part2_notice=True))
    assert [each.rule for each in substance.reasons] == ["PR-36", "PR-36"]


def test_a_partner_gets_what_the_agreement_in_force_lists_pr_37() -> None:
    partner = replace(
        WITH_CONSENT,
        basis=LegalBasis.PARTNER_OFFICIAL,
        recipients=(Recipient(kind=RecipientKind.PARTNER, affiliation="A clinic"),),
    )

    assert rules(partner) == ["PR-37"]
    assert rules(partner, replace(IN_DANGER, agreed=frozenset({"identity"}))) == ["PR-37"]
    assert rules(partner, replace(IN_DANGER, agreed=frozenset({"risk", "identity"}))) == []


@pytest.mark.parametrize("way", [DisclosureWay.EXPORT, DisclosureWay.PRINT])
def test_what_is_written_carries_the_notice_pr_38(way: DisclosureWay) -> None:
    assert rules(replace(EMERGENCY, way=way)) == ["PR-38"]
    assert rules(replace(EMERGENCY, way=way, notice=True)) == []


def test_directory_information_is_no_basis_pr_44() -> None:
    assert not any("director" in each.value for each in LegalBasis)


def test_treatment_is_no_basis_for_the_schools_own_record() -> None:
    treatment = replace(EMERGENCY, basis=LegalBasis.TREATMENT)

    assert rules(treatment) == ["PR-23"]
    assert rules(replace(treatment, regime=Regime.HIPAA)) == []


def test_a_caseworker_shows_who_they_are_and_by_which_paper() -> None:
    worker = Recipient(kind=RecipientKind.CHILD_PROTECTION, name="A worker", affiliation="The state")
    wanted = replace(EMERGENCY, basis=LegalBasis.CHILD_WELFARE, recipients=(worker,))

    assert rules(wanted) == ["PR-23"]
    assert rules(replace(wanted, identity_checked=True, document="5f" * 32)) == []


def test_nothing_of_the_student_is_in_a_call_back() -> None:
    call = replace(
        EMERGENCY, way=DisclosureWay.MESSAGE, basis=LegalBasis.NO_PII, fields=frozenset({"call_back"}), threat=None
    )

    assert (rules(call), decided(call).duties, decided(call).ferpa_log) == ([], frozenset(), False)
    assert rules(replace(call, fields=frozenset({"call_back", "risk"}))) == ["PR-23"]


def test_no_basis_is_forgotten() -> None:
    assert BY_BASIS.keys() == set(LegalBasis)


RECIPIENTS = st.builds(
    Recipient,
    kind=st.sampled_from(RecipientKind),
    person=st.sampled_from([None, MOTHER, NURSE]),
    name=st.sampled_from([None, "", "A name"]),
    position=st.sampled_from([None, "Chief"]),
    affiliation=st.sampled_from([None, "County Hospital"]),
)
ANY = st.builds(
    Disclosure,
    way=st.sampled_from(DisclosureWay),
    basis=st.sampled_from([None, *LegalBasis]),
    purpose=st.sampled_from([None, *DisclosurePurpose]),
    recipients=st.lists(RECIPIENTS, max_size=2).map(tuple),
    fields=st.frozensets(st.sampled_from(["risk", "whole", "call_back"]), max_size=2),
    threat=st.sampled_from([None, " ", "Tablets"]),
    decided_by=st.sampled_from([None, NURSE]),
    released_as=st.sampled_from([None, StaffRole.NURSE]),
    regime=st.sampled_from(Regime),
    consent=st.sampled_from([None, SIGNED, replace(SIGNED, part2=True), replace(SIGNED, party="")]),
    part2_emergency=st.sampled_from([None, SAID]),
    part2_notice=st.booleans(),
    notice=st.booleans(),
    identity_checked=st.booleans(),
    document=st.sampled_from([None, "5f" * 32]),
    officer=st.sampled_from([None, OFFICER]),
    counsel=st.sampled_from([None, "", "A lawyer"]),
    although_blocked=st.booleans(),
)
GIVEN = st.builds(
    Circumstances,
    today=st.just(DAY),
    emergency=st.booleans(),
    of_age=st.sampled_from([None, True, False]),
    student_may_see=st.booleans(),
    dependency_documented=st.booleans(),
    parents=st.sampled_from([frozenset(), frozenset({MOTHER})]),
    barred=st.sampled_from([frozenset(), frozenset({MOTHER})]),
    family_blocked=st.booleans(),
    agreed=st.sampled_from([None, frozenset({"risk"})]),
    pack=st.sampled_from([FLOOR, MA]),
)


@settings(max_examples=400)
@given(wanted=ANY, given=GIVEN)
def test_whatever_is_asked_has_an_answer_and_what_is_allowed_is_whole_pr_23_pr_84(
    wanted: Disclosure, given: Circumstances
) -> None:
    """Also PR-24, PR-25 and PR-36: no combination goes round a rule."""
    found = decide_disclosure(wanted, given)

    assert all(each.reason.rule.startswith("PR-") and each.reason.text for each in found.rulings)
    assert (found.effect is DisclosureEffect.ALLOW) == (found.rulings == ())
    if found.effect is DisclosureEffect.ALLOW:
        assert wanted.basis is not None
        assert wanted.purpose is not None
        assert wanted.fields
        assert wanted.recipients
        assert all(each.named for each in wanted.recipients)
        parents = [each for each in wanted.recipients if each.kind is RecipientKind.PARENT or each.person == MOTHER]
        assert not (given.family_blocked and given.parents and parents) or wanted.basis is LegalBasis.NO_PII
        assert not {each.person for each in wanted.recipients} & given.barred - {None}
        assert all(each.kind in RIGHTFUL.get(wanted.basis, set(RecipientKind)) for each in wanted.recipients)
        assert wanted.basis is not LegalBasis.COURT_ORDER
        if wanted.basis is LegalBasis.EMERGENCY:
            assert given.emergency
            assert wanted.decided_by
            assert (wanted.threat or "").strip()
            assert wanted.fields <= EMERGENCY_FIELDS
