"""How much of an incident somebody sees: each relation, each boundary of time, and what a conflict of interest ends."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis import report_commands as tcmd
from crisis.access_words import IncidentMark, Involvement, Sight
from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound, Refused
from crisis.policy.access import may_keep_record, must_be_allowed
from crisis.policy.involvement import AFTERWARDS, involvements
from crisis.policy.sight import about, sight
from crisis.statemachine.incident import Incident, Obligation, Page, StepRecord
from crisis.vocabulary import (
    Beside,
    Custody,
    DistrictId,
    ObligationId,
    ObligationKind,
    PageId,
    PageState,
    PersonId,
    Phase,
    Role,
    SchoolId,
    StaffRole,
    StepId,
    Urgency,
)
from tests.factories import (
    CLINICIAN,
    COUNSELOR,
    MORNING,
    NURSE,
    PRINCIPAL,
    SYSTEM,
    TEACHER,
    WORDS,
    a_person,
    an_incident,
)

RAISED = an_incident(by=TEACHER, beside=Beside.NOBODY)
PAGE, MOMENT = PageId("page-1"), timedelta(microseconds=1)
OFFICER = replace(a_person("p-officer", post=StaffRole.PRIVACY_OFFICER), schools=frozenset())
LEAD = replace(a_person("p-district", post=StaffRole.DISTRICT_LEAD), schools=frozenset())
NEIGHBOUR = replace(COUNSELOR, id=PersonId("p-neighbour"), schools=frozenset({SchoolId("s-2")}))
OPERATOR = replace(a_person("p-operator", post=StaffRole.OPERATOR), schools=frozenset())


def paged(state: PageState = PageState.PAGING, **more: object) -> Incident:
    """An incident about which the clinician was asked."""
    page = Page(
        id=PAGE,
        role=Role.ONCALL_CLINICIAN,
        urgency=Urgency.U2,
        step=None,
        state=state,
        level=0,
        requested_at=MORNING,
        level_since=MORNING,
        asked=(PersonId("p-clinician"),),
    )
    return replace(RAISED, pages={PAGE: replace(page, **more)})  # type: ignore[arg-type]  # replace checks the names


def seen(actor: Actor, incident: Incident = RAISED, at: datetime = MORNING, conflicted: Actor | None = None) -> Sight:
    named = frozenset[PersonId]() if conflicted is None or conflicted.id is None else frozenset({conflicted.id})
    return sight(actor, about(incident, named), at)


def test_who_sees_what_before_anybody_was_called_in() -> None:
    found = {str(each.id): seen(each) for each in (COUNSELOR, NURSE, PRINCIPAL, OFFICER, LEAD)}
    others = {str(each.id): seen(each) for each in (TEACHER, CLINICIAN, NEIGHBOUR, OPERATOR)}

    assert set(found.values()) == {Sight.WHOLE}
    assert others == {
        "p-teacher": Sight.STATUS,
        "p-clinician": Sight.NOTHING,
        "p-neighbour": Sight.NOTHING,
        "p-operator": Sight.NOTHING,
    }


def test_whoever_counsels_at_another_school_and_teaches_here_sees_what_a_teacher_sees_pr_50() -> None:
    here, there = RAISED.school, SchoolId("s-2")
    both = replace(
        COUNSELOR,
        id=PersonId("p-both"),
        schools=frozenset({here, there}),
        posts=frozenset({StaffRole.COUNSELOR, StaffRole.TEACHER}),
        at_schools=frozenset({(StaffRole.COUNSELOR, there), (StaffRole.TEACHER, here)}),
    )
    turned = replace(both, at_schools=frozenset({(StaffRole.COUNSELOR, here), (StaffRole.TEACHER, there)}))

    assert seen(both) is Sight.NOTHING
    assert seen(turned) is Sight.WHOLE
    assert not may_keep_record(both, RAISED.district, here)
    assert may_keep_record(turned, RAISED.district, here)


def test_another_district_sees_nothing_whatever_its_posts_and_names() -> None:
    for actor in (COUNSELOR, OFFICER, TEACHER):
        assert seen(replace(actor, district=DistrictId("d-2"))) is Sight.NOTHING


def test_being_paged_gives_the_page_and_taking_it_the_whole_at_once_pr_50() -> None:
    taken = paged(PageState.ACCEPTED, accepted_by=CLINICIAN.id)

    assert seen(CLINICIAN, paged()) is Sight.PAGE
    assert seen(CLINICIAN, taken) is Sight.WHOLE
    assert seen(CLINICIAN, paged(PageState.ACCEPTED, accepted_by=NURSE.id)) is Sight.PAGE


@pytest.mark.parametrize(
    "called_in",
    [
        replace(RAISED, lead=CLINICIAN.id),
        replace(RAISED, adult=CLINICIAN.id, custody=Custody.HELD),
        replace(RAISED, custody_offered_to=CLINICIAN.id),
        replace(RAISED, steps={StepId("assess"): StepRecord(assigned_to=CLINICIAN.id)}),
        replace(
            RAISED,
            obligations={
                ObligationId("o-1"): Obligation(
                    id=ObligationId("o-1"),
                    kind=ObligationKind.MANDATED_REPORT,
                    owner=PersonId("p-clinician"),
                    due_at=MORNING,
                )
            },
        ),
    ],
    ids=["lead", "with the student", "offered the student", "a step", "a report"],
)
def test_whoever_has_taken_something_on_sees_the_whole(called_in: Incident) -> None:
    assert seen(CLINICIAN, called_in) is Sight.WHOLE
    assert seen(OPERATOR, replace(called_in, lead=OPERATOR.id)) is Sight.NOTHING


def test_a_task_that_is_done_gives_sight_for_a_day_to_the_second_pr_50() -> None:
    done = replace(RAISED, steps={StepId("assess"): StepRecord(by=CLINICIAN.id, done_at=MORNING)})

    assert seen(CLINICIAN, done, MORNING + AFTERWARDS - MOMENT) is Sight.WHOLE
    assert seen(CLINICIAN, done, MORNING + AFTERWARDS) is Sight.NOTHING


def test_what_closing_ends_it_ends_a_day_later_for_all_but_the_team_and_the_district_pr_50() -> None:
    taken = paged(PageState.ACCEPTED, accepted_by=CLINICIAN.id)
    closed = replace(taken, closed_at=MORNING, phase=Phase.CLOSED)
    before, after = MORNING + AFTERWARDS - MOMENT, MORNING + AFTERWARDS

    assert [seen(each, closed, before) for each in (CLINICIAN, TEACHER)] == [Sight.WHOLE, Sight.STATUS]
    assert [seen(each, closed, after) for each in (CLINICIAN, TEACHER)] == [Sight.NOTHING, Sight.NOTHING]
    assert [seen(each, closed, after) for each in (COUNSELOR, OFFICER)] == [Sight.WHOLE, Sight.WHOLE]


def test_the_later_end_of_two_tasks_counts_and_an_open_one_has_none() -> None:
    assess, contact = StepId("assess"), StepId("guardian_contact")
    early, late = StepRecord(by=NURSE.id, done_at=MORNING), StepRecord(by=NURSE.id, done_at=MORNING + MOMENT)
    key = (PersonId("p-nurse"), Involvement.CALLED_IN)

    both = replace(RAISED, steps={assess: late, contact: early})
    one_open = replace(RAISED, steps={assess: early, contact: StepRecord(assigned_to=NURSE.id)})

    assert involvements(both)[key] == MORNING + MOMENT + AFTERWARDS
    assert involvements(one_open)[key] is None


@pytest.mark.parametrize("actor", [COUNSELOR, NURSE, PRINCIPAL, OFFICER, LEAD, CLINICIAN])
def test_a_conflict_of_interest_goes_before_every_post_and_every_task_pr_54(actor: Actor) -> None:
    incident = replace(paged(PageState.ACCEPTED, accepted_by=CLINICIAN.id), lead=actor.id, adult=actor.id)

    assert seen(actor, incident) is Sight.WHOLE
    assert seen(actor, incident, MORNING, actor) is Sight.NOTHING


def test_whoever_raised_it_is_told_that_it_is_handled_in_spite_of_a_conflict_and_no_more() -> None:
    assert seen(TEACHER, replace(RAISED, lead=TEACHER.id), MORNING, TEACHER) is Sight.STATUS


def allowed(actor: Actor, command: cmd.Command, incident: Incident = RAISED, *conflicted: Actor) -> str:
    try:
        named = frozenset(each.id for each in conflicted if each.id)
        must_be_allowed(actor, incident, command, MORNING, about(incident, named))
    except NotFound:
        return "hidden"
    except Refused as refused:
        return refused.reasons[0].rule
    return "allowed"


def test_whoever_raised_it_tells_more_and_orders_nothing_else() -> None:
    by = TEACHER
    telling = (
        cmd.AddNote(by=by, words=WORDS),
        cmd.TakeCustody(by=by),
        cmd.ReportCustodyLost(by=by, last_seen=WORDS),
        cmd.ReportStudentFound(by=by),
        cmd.RaiseEmergency(by=by, dangers=frozenset(), called_911=True),
    )

    assert {allowed(by, each) for each in telling} == {"allowed"}
    assert allowed(by, cmd.CloseIncident(by=by)) == "ACCESS"
    assert allowed(by, pcmd.AcceptPage(by=by, page=PAGE)) == "ACCESS"
    assert allowed(CLINICIAN, cmd.AddNote(by=CLINICIAN, words=WORDS)) == "hidden"


def test_whoever_was_paged_answers_and_tells() -> None:
    by = CLINICIAN

    assert allowed(by, pcmd.AcceptPage(by=by, page=PAGE), paged()) == "allowed"
    assert allowed(by, cmd.AddNote(by=by, words=WORDS), paged()) == "allowed"
    assert allowed(by, cmd.SignClose(by=by), paged()) == "ACCESS"


def test_from_a_telephone_a_page_is_answered_by_whoever_was_asked_also_late() -> None:
    by, other = replace(CLINICIAN, kind=ActorKind.PHONE), replace(NURSE, kind=ActorKind.PHONE)
    ended = replace(paged(PageState.CANCELLED), closed_at=MORNING - 2 * AFTERWARDS, phase=Phase.CLOSED)

    assert allowed(by, pcmd.AnswerLate(by=by, page=PAGE), ended) == "allowed"
    assert allowed(by, cmd.AddNote(by=by, words=WORDS), paged()) == "ACCESS"
    assert allowed(other, pcmd.AcceptPage(by=other, page=PAGE), paged()) == "hidden"


def test_whoever_has_a_conflict_takes_no_page_and_is_given_nothing_pr_54() -> None:
    phone, desk = replace(CLINICIAN, kind=ActorKind.PHONE), CLINICIAN
    to = PersonId("p-clinician")
    giving = (
        cmd.AssignLead(by=COUNSELOR, to=to),
        cmd.AssignStep(by=COUNSELOR, step=StepId("assess"), to=to),
        cmd.OfferCustody(by=COUNSELOR, to=to),
        tcmd.DelegateReport(by=COUNSELOR, obligation=ObligationId("o-1"), to=to),
        pcmd.OfferPage(by=COUNSELOR, page=PAGE, to=to),
    )

    assert allowed(phone, pcmd.AcceptPage(by=phone, page=PAGE), paged(), CLINICIAN) == "PR-54"
    assert allowed(phone, pcmd.DeclinePage(by=phone, page=PAGE), paged(), CLINICIAN) == "allowed"
    assert allowed(desk, pcmd.AcceptPage(by=desk, page=PAGE), paged(), CLINICIAN) == "hidden"
    assert {allowed(COUNSELOR, each, RAISED, CLINICIAN) for each in giving} == {"PR-54"}
    assert {allowed(COUNSELOR, each) for each in giving} == {"allowed"}


def test_the_system_decides_nothing_and_nobody_speaks_for_it() -> None:
    timer = cmd.TimerDue(by=SYSTEM, name="page_unanswered", key="x")

    assert allowed(SYSTEM, timer) == "allowed"
    assert allowed(SYSTEM, cmd.AddNote(by=SYSTEM, words=WORDS)) == "ACCESS"
    assert allowed(COUNSELOR, replace(timer, by=COUNSELOR)) == "ACCESS"


def test_of_what_was_sealed_the_privacy_officer_alone_sees_anything_and_no_glass_opens_it_pr_55() -> None:
    everybody = (COUNSELOR, NURSE, PRINCIPAL, LEAD, TEACHER, CLINICIAN)
    taken = replace(paged(PageState.ACCEPTED, accepted_by=CLINICIAN.id), lead=NURSE.id)
    known = replace(about(taken), broke_glass={each.id: MORNING + AFTERWARDS for each in everybody if each.id})

    for marks in (frozenset({IncidentMark.SEALED}), frozenset(IncidentMark)):
        sealed = replace(known, marks=marks)
        assert {sight(each, sealed, MORNING) for each in everybody} == {Sight.NOTHING}
        assert sight(OFFICER, sealed, MORNING) is Sight.WHOLE
        assert sight(OFFICER, replace(sealed, conflicted=frozenset({OFFICER.id})), MORNING) is Sight.NOTHING
    assert {sight(each, replace(known, destroyed=True), MORNING) for each in (*everybody, OFFICER)} == {Sight.NOTHING}


@pytest.mark.parametrize("mark", [IncidentMark.UNFOUNDED, IncidentMark.IN_ERROR])
def test_where_there_was_no_crisis_the_team_of_the_school_sees_nothing_more(mark: IncidentMark) -> None:
    said = replace(about(RAISED), marks=frozenset({mark}))

    assert {sight(each, said, MORNING) for each in (NURSE, PRINCIPAL)} == {Sight.NOTHING}
    assert {sight(each, said, MORNING) for each in (OFFICER, LEAD)} == {Sight.WHOLE}
