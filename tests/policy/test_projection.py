"""Views are closed lists: what a view does not list is in no answer, for any post, relation and phase."""

from dataclasses import fields, replace
from datetime import timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis import events as ev
from crisis.access_words import Involvement, Matter, Sight, View
from crisis.commands import Actor, ActorKind
from crisis.policy import matters
from crisis.policy.projection import AGREED, LISTED, listed, may_read_aloud, owed_by, view_of
from crisis.policy.sight import about, sight
from crisis.referral_words import AgencyId, Care, DataPoint, ReferralId, ReferralState
from crisis.statemachine.incident import (
    ActiveException,
    Fact,
    GuardianText,
    Handoff,
    Incident,
    Interpreter,
    Missed,
    Obligation,
    Page,
    Referral,
    StepRecord,
    StudentAssent,
    TaskRecord,
)
from crisis.store import codec
from crisis.vocabulary import (
    HandoffId,
    HandoffState,
    ObligationId,
    ObligationKind,
    PersonId,
    Phase,
    ReceiverKind,
    ScreenResult,
    StaffRole,
    StepId,
    Tier,
    WordsId,
)
from tests.factories import DISTRICT, MORNING, SCHOOL, an_incident
from web.api import incident_views

RAISED, LED, OWES, ME = PersonId("p-raised-it"), PersonId("p-lead"), PersonId("p-owes"), PersonId("p-me")
FOUND, THEIRS, OWED = "found-in-the-step", AgencyId("a-referred-to"), ObligationId("ob-1")


def a_full_one() -> Incident:
    """Something of each matter, each recognisable."""
    report = Obligation(id=OWED, kind=ObligationKind.MANDATED_REPORT, owner=OWES, due_at=MORNING)
    handoff = Handoff(
        id=HandoffId("h-1"),
        step=StepId("referral"),
        receiver=ReceiverKind.HEALTH_CENTER,
        state=HandoffState.OFFERED,
        offered_at=MORNING,
    )
    referral = Referral(
        id=ReferralId("r-1"),
        agency=THEIRS,
        care=Care.COUNSELING,
        state=ReferralState.DRAFT,
        since=MORNING,
        check_at=None,
    )
    barred = ActiveException(step=StepId("guardian_contact"), id="contraindicated", by=LED, at=MORNING, expires_at=None)
    return replace(
        an_incident(),
        opened_by=RAISED,
        lead=LED,
        adult=LED,
        screen=ScreenResult.ACUTE_POSITIVE,
        tier=Tier.HIGH,
        steps={StepId("clear_means"): StepRecord(done_at=MORNING, by=LED, evidence={"means": FOUND})},
        obligations={OWED: report},
        handoffs={handoff.id: handoff},
        referrals={referral.id: referral},
        exceptions={barred.id: barred},
    )


def seen_as(view: View, matters_of_it: frozenset[Matter], incident: Incident, person: PersonId | None) -> str:
    owed = owed_by(incident, person, matters_of_it)
    told = incident_views.told_as(view, matters_of_it, incident, owed)
    return told.model_dump_json(exclude_unset=True)


CANARIES = {
    Matter.REPORTER: f'"{RAISED}"',
    Matter.CARE: "acute_positive",
    Matter.PROTECTION: f'"{OWES}"',
    Matter.REFERRAL: THEIRS,
    Matter.HANDOFF: '"health_center"',
    Matter.RISK: '"high"',
    Matter.STUDENT: '"st-1"',
}


def test_every_field_of_an_incident_is_about_one_matter_pr_48_pr_49() -> None:
    named = list(chain.from_iterable(matters.INCIDENT.values()))

    assert sorted(named) == sorted(each.name for each in fields(Incident))


def test_every_event_has_its_matter_and_names_no_field_that_it_has_not_pr_48_pr_49() -> None:
    assert set(matters.EVENTS) == set(codec.EVENTS.values())
    for event, of in matters.EVENTS.items():
        assert set(of.apart) <= {each.name for each in fields(event)} - {"at", "by", "occurred_at"}


def test_each_view_decides_about_each_matter_and_an_agreement_about_each_that_a_partner_may_have_pr_49() -> None:
    assert set(LISTED) == set(View)
    assert set(AGREED) == LISTED[View.PARTNER]


@pytest.mark.parametrize("view", list(incident_views.MODELS))
def test_the_api_has_for_each_view_just_the_fields_that_it_lists_pr_48(view: View) -> None:
    of_matters = chain.from_iterable(names for matter, names in matters.INCIDENT.items() if matter in LISTED[view])

    assert set(incident_views.MODELS[view].model_fields) == {"view", *of_matters}


NESTED = {
    incident_views.StepWhole: StepRecord,
    incident_views.ExceptionTold: ActiveException,
    incident_views.ReportTold: Obligation,
    incident_views.HandoffTold: Handoff,
    incident_views.ReferralTold: Referral,
    incident_views.PageTold: Page,
    incident_views.InterpreterTold: Interpreter,
    incident_views.TextTold: GuardianText,
    incident_views.AssentTold: StudentAssent,
    incident_views.TaskTold: TaskRecord,
    incident_views.FactTold: Fact,
    incident_views.MissedTold: Missed,
}


@pytest.mark.parametrize("model", NESTED, ids=lambda each: each.__name__)
def test_what_an_incident_holds_is_told_field_by_field(model: type[incident_views.Told]) -> None:
    assert set(model.model_fields) == {each.name for each in fields(NESTED[model])}


relations = st.sampled_from(["", *Involvement, "lead", "conflict", "glass"])
phases = st.sampled_from(
    [(Phase.SAFETY_ASSESSMENT, None), (Phase.CLOSED, MORNING), (Phase.CLOSED, MORNING - timedelta(2))]
)


@given(
    post=st.sampled_from(list(StaffRole)),
    here=st.booleans(),
    relation=relations,
    phase=phases,
    partner=st.booleans(),
    agreed=st.frozensets(st.sampled_from(list(DataPoint))),
)
def test_no_answer_holds_a_key_or_a_byte_that_its_view_does_not_list_pr_41_pr_48_pr_53(
    *,
    post: StaffRole,
    here: bool,
    relation: str,
    phase: tuple[Phase, object],
    partner: bool,
    agreed: frozenset[DataPoint],
) -> None:
    actor = Actor(
        kind=ActorKind.PERSON,
        id=ME,
        district=DISTRICT,
        schools=frozenset({SCHOOL}) if here else frozenset(),
        posts=frozenset({post}),
        partner=partner,
    )
    full = replace(a_full_one(), phase=phase[0], closed_at=phase[1])
    match relation:
        case Involvement.CALLED_IN:
            full = replace(full, custody_offered_to=ME)
        case "lead":
            full = replace(full, lead=ME)
        case _:
            pass
    asked = about(
        full,
        conflicted=frozenset({ME}) if relation == "conflict" else frozenset(),
        broke_glass={ME: MORNING + timedelta(minutes=30)} if relation == "glass" else {},
    )
    if sight(actor, asked, MORNING) < Sight.READ:
        return
    view = view_of(actor, asked, full.lead, MORNING)
    held = listed(view, agreed if partner else None)

    told = seen_as(view, held, full, ME)
    empty = seen_as(view, held, an_incident(), ME)

    names = {name for matter in held for name in matters.INCIDENT.get(matter, ())}
    keys = set(codec.loads(told))
    assert keys == {"view", *names}
    assert keys == set(codec.loads(empty)), "what is there and what is not have the same shape"
    for matter, canary in CANARIES.items():
        assert (canary in told) == (matter in held), (view, matter)
    assert (FOUND in told) == (Matter.CARE in held and not partner)
    if partner:
        assert view is View.PARTNER


def actor(post: StaffRole, *, here: bool = True, person: PersonId = ME) -> Actor:
    schools = frozenset({SCHOOL}) if here else frozenset()
    return Actor(kind=ActorKind.PERSON, id=person, district=DISTRICT, schools=schools, posts=frozenset({post}))


@pytest.mark.parametrize(
    ("post", "called", "view"),
    [
        (StaffRole.COUNSELOR, False, View.CLINICIAN),
        (StaffRole.SOCIAL_WORKER, False, View.CLINICIAN),
        (StaffRole.NURSE, False, View.RESPONDER),
        (StaffRole.NURSE, True, View.RESPONDER),
        (StaffRole.PRINCIPAL, False, View.LOGISTICS),
        (StaffRole.PRINCIPAL, True, View.RESPONDER),
        (StaffRole.TEACHER, True, View.RESPONDER),
        (StaffRole.CLINICIAN, True, View.CLINICIAN),
        (StaffRole.DISTRICT_LEAD, False, View.LEAD),
        (StaffRole.PRIVACY_OFFICER, False, View.RECORDS),
    ],
)
def test_as_whom_somebody_sees_it(post: StaffRole, called: bool, view: View) -> None:
    incident = replace(a_full_one(), custody_offered_to=ME if called else None)

    assert view_of(actor(post), about(incident), incident.lead, MORNING) is view


def test_a_counselor_of_another_school_who_was_called_in_assesses_and_the_lead_sees_all_whatever_their_post() -> None:
    elsewhere, called = actor(StaffRole.COUNSELOR, here=False), replace(a_full_one(), custody_offered_to=ME)
    led = replace(a_full_one(), lead=ME)

    assert view_of(elsewhere, about(called), called.lead, MORNING) is View.CLINICIAN
    assert view_of(actor(StaffRole.NURSE), about(led), led.lead, MORNING) is View.LEAD
    partner = replace(actor(StaffRole.NURSE), partner=True)
    assert view_of(partner, about(led), led.lead, MORNING) is View.PARTNER


def test_who_raised_it_is_in_two_views_alone_pr_41() -> None:
    assert {view for view, held in LISTED.items() if Matter.REPORTER in held} == {View.LEAD, View.RECORDS}


def test_whoever_owes_a_report_sees_it_and_nobody_elses() -> None:
    incident, held = a_full_one(), LISTED[View.RESPONDER]

    assert OWED in owed_by(incident, OWES, held)
    assert owed_by(incident, ME, held) == {}
    assert OWED in owed_by(incident, ME, LISTED[View.CLINICIAN])


def test_of_a_brief_nobody_reads_aloud_what_their_view_does_not_hold() -> None:
    assert DataPoint.STATEMENT not in may_read_aloud(LISTED[View.RESPONDER])
    assert may_read_aloud(LISTED[View.CLINICIAN]) == frozenset(DataPoint)
    assert may_read_aloud(listed(View.PARTNER, frozenset({DataPoint.RISK}))) >= {DataPoint.RISK}
    assert DataPoint.IDENTITY not in may_read_aloud(listed(View.PARTNER, frozenset({DataPoint.RISK})))


def test_a_partner_without_an_item_in_the_agreement_still_learns_where_to_go() -> None:
    assert listed(View.PARTNER, frozenset()) == {Matter.HANDLING, Matter.SAFETY, Matter.TEAM}
    assert Matter.PROTECTION not in listed(View.PARTNER, frozenset(DataPoint))


def test_whoever_signs_reads_why_and_afterwards_no_more() -> None:
    words, step = WordsId("w-why"), StepId("assess")
    event = ev.TierSet(at=MORNING, by=LED, step=step, tier=Tier.LOW, rationale=words, second_needed=True)
    waits = replace(a_full_one(), tier_awaiting=Tier.LOW)

    assert matters.to_be_signed(waits, [event]) == {words}
    assert matters.to_be_signed(a_full_one(), [event]) == frozenset()
