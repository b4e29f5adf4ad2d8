"""Incidents of their own for other students; what an incident is about; and answers that need something first."""

from dataclasses import replace
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import linked_commands as lcmd
from crisis.checker.over import what_ends
from crisis.checker.reading import what_is_read
from crisis.effects import NotifyRole, OpenLinked
from crisis.errors import Refused
from crisis.protocol_words import Subject
from crisis.protocols.schema import Choice, Condition, Need, Protocol, Spawn, Text
from crisis.protocols.wellformed import faults
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.vocabulary import Beside, IncidentId, Mode, PersonId, Role, StepId, StudentId
from tests.factories import COUNSELOR, GROUND, MORNING, PRINCIPAL, SYSTEM, TEACHER, exception, opening, suicide_risk

STEP, DECISION = StepId("clear_means"), StepId("emergency_decision")
ONE, TWO, THREE = (StudentId(f"s-{n}") for n in ("one", "two", "three"))
SAID = Text(en="Ask the family first", es="Pregunte antes a la familia")


def spawning(**changes: object) -> Protocol:
    """The risk of suicide, with a step that finds other students."""
    steps = [
        step.model_copy(update={"spawns": Spawn(protocol="suicide_risk", crisis_type="suicide_ideation")})
        if step.id == STEP
        else step
        for step in suicide_risk().steps
    ]
    return suicide_risk().model_copy(update={"steps": tuple(steps), **changes})


def begun(protocol: Protocol, *orders: cmd.Command, **changes: object) -> Incident:
    incident = fold(decide_open(opening(**changes), protocol, GROUND, IncidentId("i-1"), MORNING))
    for order in orders:
        incident = reduce(evolve, decide(incident, protocol, GROUND, order, MORNING), incident)
    return incident


def spawn(*students: StudentId, step: StepId = STEP, **changes: object) -> lcmd.SpawnIncidents:
    return replace(lcmd.SpawnIncidents(by=COUNSELOR, step=step, students=students), **changes)


def refused(incident: Incident, order: cmd.Command, protocol: Protocol) -> set[str]:
    with pytest.raises(Refused) as no:
        decide(incident, protocol, GROUND, order, MORNING)
    return {reason.rule for reason in no.value.reasons}


def test_each_student_gets_one_and_who_was_named_before_gets_no_second_one() -> None:
    protocol = spawning()
    incident = begun(protocol, cmd.TakeCustody(by=COUNSELOR), spawn(ONE, TWO, ONE))

    again = decide(incident, protocol, GROUND, spawn(TWO, THREE), MORNING)

    assert incident.spawned == {STEP: (ONE, TWO)}
    assert [event.students for event in again if isinstance(event, ev.IncidentsSpawned)] == [(THREE,)]
    assert decide(incident, protocol, GROUND, spawn(TWO), MORNING) == []


def test_whoever_leads_leads_there_too_and_nobody_is_paged_or_told_for_it() -> None:
    protocol = spawning()
    incident = begun(protocol, cmd.TakeCustody(by=COUNSELOR), cmd.AssignLead(by=COUNSELOR, to=PersonId("p-lead")))
    events = decide(incident, protocol, GROUND, spawn(ONE, TWO), MORNING)

    effects = [effect for _, effect in react(incident, events, reduce(evolve, events, incident), protocol, GROUND)]
    order = opening(by=SYSTEM, student=ONE, linked_to=incident.id, lead=PersonId("p-lead"), beside=Beside.NOBODY)
    child = decide_open(order, suicide_risk(), GROUND, IncidentId("i-2"), MORNING)
    told = react(None, child, fold(child), suicide_risk(), GROUND)

    assert [(effect.student, effect.lead) for effect in effects if isinstance(effect, OpenLinked)] == [
        (ONE, "p-lead"),
        (TWO, "p-lead"),
    ]
    assert fold(child).lead == "p-lead"
    assert not fold(child).pages
    assert not [effect for _, effect in told if isinstance(effect, NotifyRole) and effect.role is Role.ADMIN]


def test_a_person_does_not_name_a_lead_by_opening() -> None:
    assert begun(suicide_risk(), by=TEACHER, lead=PersonId("p-lead"), beside=Beside.OTHER).lead is None


@pytest.mark.parametrize(
    ("order", "rules"),
    [
        (spawn(ONE, step=StepId("tell_admin")), {"STEP"}),
        (spawn(), {"STUDENT"}),
        (spawn(*(StudentId(f"s-{n}") for n in range(51))), {"STUDENT"}),
        (spawn(StudentId("s-1")), {"STUDENT"}),
    ],
)
def test_what_cannot_be_is_refused(order: lcmd.SpawnIncidents, rules: set[str]) -> None:
    protocol = spawning()
    incident = begun(protocol, cmd.TakeCustody(by=COUNSELOR), student=StudentId("s-1"))

    assert refused(incident, order, protocol) == rules


def test_a_drill_opens_no_incident_of_a_real_student_i_22() -> None:
    protocol = spawning()
    drill = begun(protocol, cmd.TakeCustody(by=COUNSELOR), mode=Mode.DRILL, student=None)

    assert refused(drill, spawn(ONE), protocol) == {"I-22"}


def test_a_step_of_another_kind_opens_none() -> None:
    step = next(step for step in suicide_risk().steps if step.id == "tell_admin")
    with pytest.raises(ValueError, match="goes with type `act`"):
        type(step).model_validate({**step.model_dump(), "spawns": {"protocol": "a_b", "crisis_type": "a_b"}})


def test_what_is_about_a_school_has_no_student_and_asks_for_no_adult() -> None:
    protocol = suicide_risk().model_copy(update={"subject": Subject.COMMUNITY})

    with pytest.raises(Refused, match="I-24"):
        begun(protocol, student=ONE)
    incident = begun(protocol, student=None, beside=Beside.NOBODY)
    assert not incident.custody_gap
    assert refused(incident, cmd.IdentifyStudent(by=COUNSELOR, student=ONE), protocol) == {"I-24"}


def test_no_answer_about_the_adult_is_not_a_yes() -> None:
    assert begun(suicide_risk(), beside=Beside.NOT_ASKED).custody_gap


def needing() -> Protocol:
    """Only an incident with an exception in force may go without help."""
    need = Need(condition=Condition(exception=("adult_student",)), otherwise=SAID, rule="I-24")

    def with_need(choice: Choice) -> Choice:
        return choice.model_copy(update={"needs": need}) if choice.id == "mobile_crisis" else choice

    steps = [
        step.model_copy(update={"choices": tuple(with_need(each) for each in step.choices), "when": None})
        if step.id == DECISION
        else step
        for step in suicide_risk().steps
    ]
    return suicide_risk().model_copy(update={"steps": tuple(steps)})


def test_an_answer_that_needs_something_is_refused_until_it_holds() -> None:
    protocol = needing()
    incident = begun(protocol, cmd.TakeCustody(by=COUNSELOR))
    order = cmd.AnswerDecision(by=COUNSELOR, step=DECISION, choice="mobile_crisis")

    with pytest.raises(Refused) as no:
        decide(incident, protocol, GROUND, order, MORNING)
    assert str(no.value.reasons[0]) == "Ask the family first (I-24)"
    allowed = begun(protocol, cmd.TakeCustody(by=COUNSELOR), exception("adult_student", by=PRINCIPAL), order)
    assert allowed.steps[DECISION].choice == "mobile_crisis"


def test_the_checker_and_the_form_know_what_an_answer_needs() -> None:
    protocol = needing()
    wrong = Need(condition=Condition(exception=("nobody",)), otherwise=SAID, rule="I-24")
    steps = [
        step.model_copy(update={"choices": tuple(each.model_copy(update={"needs": wrong}) for each in step.choices)})
        for step in protocol.steps
    ]

    asking = Need(condition=Condition(answer={DECISION: ("call_911",)}), otherwise=SAID, rule="I-24")
    reads = [
        step.model_copy(update={"choices": (step.choices[0].model_copy(update={"needs": asking}), *step.choices[1:])})
        if step.choices and step.id != DECISION
        else step
        for step in suicide_risk().steps
    ]

    assert not faults(protocol)
    assert len(what_ends(suicide_risk().model_copy(update={"steps": tuple(reads)})).readers[DECISION]) >= 1
    assert any("nobody" in fault for fault in faults(protocol.model_copy(update={"steps": tuple(steps)})))
    assert (
        what_is_read(protocol).exceptions["adult_student"].seen
        != what_is_read(suicide_risk()).exceptions["adult_student"].seen
    )
