"""Handle With Care (protocols.md 1 h, second wave): nothing is asked, nothing is written, and it runs out."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis.effects import NotifyRole, OpenLinked, StartTimer
from crisis.errors import Refused
from crisis.protocol_words import Subject
from crisis.protocols import loader
from crisis.protocols.schema import EvidenceField, Protocol, Text
from crisis.protocols.wellformed import faults
from crisis.sentinel.obliged import obliged
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.store import destruction, incidents, kept_records, protocols
from crisis.store.engine import Store
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, IncidentId, Phase, StepId, WordsId
from tests.factories import COUNSELOR, DISTRICT, GROUND, MORNING, PRINCIPAL, STUDENT, SYSTEM, TEACHER, opening
from tests.web.district import a_district

SAID = WordsId("w-said")
MONTH = timedelta(days=30)


def notice() -> Protocol:
    return loader.protocol("handle_with_care")


def order(**changes: object) -> cmd.OpenIncident:
    protocol = notice()
    return replace(
        opening(student=STUDENT),
        crisis_type="handle_with_care",
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=loader.content_hash(protocol),
        **changes,
    )


def begun(**changes: object) -> Incident:
    return fold(decide_open(order(**changes), notice(), GROUND, IncidentId("i-1"), MORNING))


def after(incident: Incident, *orders: cmd.Command, at: object = MORNING) -> Incident:
    for each in orders:
        incident = reduce(evolve, decide(incident, notice(), GROUND, each, at), incident)  # type: ignore[arg-type]
    return incident


def done(step: str, **evidence: str) -> cmd.CompleteStep:
    return cmd.CompleteStep(by=COUNSELOR, step=StepId(step), evidence=evidence)


def answers(choice: str, reason: WordsId | None = None) -> cmd.AnswerDecision:
    return cmd.AnswerDecision(by=COUNSELOR, step=StepId("signs"), choice=choice, reason=reason)


TOLD = (done("notice", sent_by="police"), done("tell_teachers", teacher="p-teacher"))
OVER = cmd.TimerDue(by=SYSTEM, name="notice_expires", key="notice")


def test_who_else_was_told_is_somebody_else() -> None:
    told = after(begun(), TOLD[0])
    twice = done("tell_teachers", teacher="p-teacher", second_teacher="p-other", third_teacher="p-teacher")
    with pytest.raises(Refused) as no:
        after(told, twice)

    assert [(each.rule, each.at) for each in no.value.reasons] == [("EVIDENCE", "evidence.third_teacher")]
    assert after(told, done("tell_teachers", teacher="p-teacher", second_teacher="p-other")).steps


def test_it_is_led_to_its_end_with_three_answers_and_asks_for_nobody_and_nothing_else() -> None:
    incident = begun(by=TEACHER, beside=Beside.NOBODY, place=SAID)
    closed = after(incident, *TOLD, answers("none_seen"), cmd.CloseIncident(by=PRINCIPAL))

    assert (incident.pages, incident.custody_gap) == ({}, False)  # nobody is paged, and no adult has to stay
    assert closed.phase is Phase.CLOSED
    first = decide_open(order(place=SAID), notice(), GROUND, IncidentId("i-1"), MORNING)[0]
    assert isinstance(first, ev.IncidentOpened)
    assert first.place is None


def test_the_school_hears_of_it_by_one_notice_and_a_timer_runs() -> None:
    events = decide_open(order(), notice(), GROUND, IncidentId("i-1"), MORNING)

    effects = [effect for _, effect in react(None, events, fold(events), notice(), GROUND)]

    assert sum(isinstance(each, NotifyRole) for each in effects) == 1
    assert StartTimer(name="notice_expires", key="notice", due_at=MORNING + MONTH) in effects
    assert "notice_expires" in {each.timer.name for each in obliged(fold(events), notice(), GROUND, MORNING)}


@pytest.mark.parametrize(
    "command",
    [
        cmd.AddNote(by=COUNSELOR, words=SAID),
        cmd.CorrectEvent(by=COUNSELOR, seq=1, words=SAID),
        cmd.WaiveStep(by=COUNSELOR, step=StepId("notice"), reason=SAID),
        answers("none_seen", reason=SAID),
    ],
)
def test_nobody_writes_down_what_happened(command: cmd.Command) -> None:
    with pytest.raises(Refused, match="keeps no words"):
        after(begun(), *TOLD, command)


def test_no_field_of_it_takes_words_and_no_district_can_add_one() -> None:
    words = EvidenceField(name="story", kind="words", label=Text(en="What happened?", es="¿Qué pasó?"))
    first, *rest = notice().steps
    asking = notice().model_copy(
        update={"steps": (first.model_copy(update={"evidence": (*first.evidence, words)}), *rest)}
    )

    assert {field.kind for step in notice().steps for field in step.evidence} <= {"choice", "when", "person"}
    assert any("takes words" in fault for fault in faults(asking))
    assert any("ends by itself" in fault for fault in faults(notice().model_copy(update={"expires_after": None})))
    student = notice().model_copy(update={"subject": Subject.STUDENT})
    assert any("only a notice" in fault for fault in faults(student))


@pytest.mark.parametrize(
    ("choice", "protocol"),
    [
        ("worried", "suicide_risk"),
        ("distress", "acute_distress"),
        ("abuse", "abuse_disclosure"),
        ("looked_after", None),
    ],
)
def test_signs_open_an_incident_of_the_same_student_and_nothing_of_the_notice_crosses(
    choice: str, protocol: str | None
) -> None:
    incident = after(begun(), *TOLD)
    events = decide(incident, notice(), GROUND, answers(choice), MORNING)

    effects = [each for _, each in react(incident, events, reduce(evolve, events, incident), notice(), GROUND)]

    opened = [(each.protocol, each.student) for each in effects if isinstance(each, OpenLinked)]
    assert opened == ([] if protocol is None else [(protocol, STUDENT)])


def test_after_thirty_days_it_ends_by_itself_and_is_nobodys() -> None:
    incident = after(begun(), TOLD[0])

    early = decide(incident, notice(), GROUND, OVER, MORNING + MONTH - timedelta(seconds=1))
    late = after(incident, OVER, at=MORNING + MONTH)

    assert early == []
    assert (late.phase, late.student, late.closed_at) == (Phase.CLOSED, None, MORNING + MONTH)
    assert decide(late, notice(), GROUND, OVER, MORNING + MONTH) == []


def test_what_ran_out_is_in_no_record_and_is_destroyed_a_month_later_pr_66(store: Store) -> None:
    a_district(store)
    with store.write() as tx:
        hashed = protocols.publish(tx, notice(), MORNING)
    new = open_incident(store, replace(order(), protocol_hash=hashed), at=MORNING).incident
    submit(store, new.id, OVER, at=MORNING + MONTH)

    with store.read() as tx:
        row = incidents.load(tx, new.id)
        soon = kept_records.drills(tx, DISTRICT, MORNING + MONTH + timedelta(days=1))
    with store.write() as tx:
        then = MORNING + MONTH + timedelta(days=32)
        (due,) = kept_records.drills(tx, DISTRICT, then)
        gone = destruction.by_time(tx, due, then)
        left = kept_records.drills(tx, DISTRICT, then)

    assert row.student is None
    assert [bool(each.reasons) for each in soon] == [True]
    assert due.reasons == ()
    assert gone
    assert left == []
