"""Values for tests of the rules: people, an incident walked into a state by real commands, and what follows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache, reduce

from crisis import commands as cmd
from crisis import events as ev
from crisis.commands import Actor, ActorKind
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.ground import Ground, SchoolCalendar
from crisis.statemachine.incident import Incident
from crisis.vocabulary import (
    Beside,
    ContactMethod,
    ContactOutcome,
    DistrictId,
    FollowUpOutcome,
    HandoffId,
    IncidentId,
    LanguageHelp,
    LegalBasis,
    Mode,
    PersonId,
    ReceiverKind,
    ReleaseTo,
    Role,
    SchoolId,
    ScreenAnswer,
    StaffRole,
    StepId,
    StudentId,
    Tier,
    WordsId,
)

DISTRICT, SCHOOL, STUDENT = DistrictId("d-1"), SchoolId("s-1"), StudentId("st-1")
MORNING = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
WORDS = WordsId("w-1")
GUARDIAN = PersonId("p-guardian")
GROUND = Ground(calendar=SchoolCalendar(zone="America/New_York", opens=time(8), closes=time(15)))


def a_person(name: str, *roles: Role, post: StaffRole = StaffRole.COUNSELOR) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        id=PersonId(name),
        district=DISTRICT,
        schools=frozenset({SCHOOL}),
        posts=frozenset({post}),
        roles=frozenset(roles),
    )


COUNSELOR = a_person(
    "p-counselor", Role.ASSESSOR, Role.INCIDENT_LEAD, Role.SUPERVISING_ADULT, Role.CARE_COORDINATOR, Role.REPORTER
)
COLLEAGUE = a_person(
    "p-colleague", Role.ASSESSOR, Role.INCIDENT_LEAD, Role.SUPERVISING_ADULT, Role.CARE_COORDINATOR, Role.REPORTER
)
NURSE = a_person("p-nurse", Role.NURSE, Role.SUPERVISING_ADULT, Role.INCIDENT_LEAD, Role.REPORTER, post=StaffRole.NURSE)
TEACHER = a_person("p-teacher", Role.REPORTER, Role.SUPERVISING_ADULT, post=StaffRole.TEACHER)
PRINCIPAL = a_person(
    "p-principal", Role.ADMIN, Role.INCIDENT_LEAD, Role.SUPERVISING_ADULT, Role.REPORTER, post=StaffRole.PRINCIPAL
)
CLINICIAN = a_person("p-clinician", Role.ONCALL_CLINICIAN, Role.ASSESSOR, post=StaffRole.CLINICIAN)
SYSTEM = Actor(kind=ActorKind.SYSTEM, id=None, district=DISTRICT)


@cache
def suicide_risk() -> Protocol:
    return loader.protocol("suicide_risk")


def opening(**changes: object) -> cmd.OpenIncident:
    order = cmd.OpenIncident(
        by=COUNSELOR,
        mode=Mode.LIVE,
        school=SCHOOL,
        crisis_type="suicide_ideation",
        protocol="suicide_risk",
        version=suicide_risk().version,
        protocol_hash=loader.content_hash(suicide_risk()),
        place=WORDS,
        student=STUDENT,
        beside=Beside.ME,
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # names are checked by replace itself


def opened(at: datetime = MORNING, **changes: object) -> list[ev.Event]:
    return decide_open(opening(**changes), suicide_risk(), GROUND, IncidentId("i-1"), at)


def an_incident(*commands: cmd.Command, at: datetime = MORNING, **changes: object) -> Incident:
    """An opened incident that the commands were given to, one a minute."""
    return having(fold(opened(at, **changes)), *commands, at=at)


def having(incident: Incident, *commands: cmd.Command, at: datetime = MORNING) -> Incident:
    for minute, command in enumerate(commands, start=1):
        incident = reduce(evolve, happens(incident, command, at=at + timedelta(minutes=minute)), incident)
    return incident


def happens(
    incident: Incident, command: cmd.Command, at: datetime = MORNING, ground: Ground = GROUND
) -> list[ev.Event]:
    return decide(incident, suicide_risk(), ground, command, at)


def evidence_for(step_id: str) -> dict[str, str | bool]:
    """The least evidence that the step accepts."""
    step = suicide_risk().step(StepId(step_id))
    assert step is not None
    values: dict[str, str | bool] = {}
    for field in step.evidence:
        values[field.name] = True if field.kind == "yes_no" else next(iter(field.options or {}), "w-2")
    return values


def done(step_id: str, by: Actor = COUNSELOR) -> cmd.CompleteStep:
    return cmd.CompleteStep(by=by, step=StepId(step_id), evidence=evidence_for(step_id))


def screen(answers: str, by: Actor = COUNSELOR) -> cmd.RecordScreen:
    """The ASQ by letters, first question first: y, n, r(efused), m(issing), - (not asked)."""
    letters: Mapping[str, ScreenAnswer] = {
        "y": ScreenAnswer.YES,
        "n": ScreenAnswer.NO,
        "r": ScreenAnswer.REFUSED,
        "m": ScreenAnswer.MISSING,
        "-": ScreenAnswer.NOT_ASKED,
    }
    return cmd.RecordScreen(
        by=by,
        step=StepId("screen"),
        instrument="asq",
        answers={f"q{n}": letters[letter] for n, letter in enumerate(answers, start=1)},
        language="en",
        language_help=LanguageHelp.SHARED,
    )


def interview(
    disposition: str, right_now: ScreenAnswer = ScreenAnswer.NO, by: Actor = COUNSELOR
) -> cmd.RecordInterview:
    return cmd.RecordInterview(
        by=by,
        step=StepId("assess"),
        instrument="bssa",
        disposition=disposition,
        right_now=right_now,
        rationale=WORDS,
    )


def tier(level: Tier, by: Actor = COUNSELOR) -> cmd.SetTier:
    return cmd.SetTier(by=by, step=StepId("assess"), tier=level, rationale=WORDS)


def signed(by: Actor = PRINCIPAL) -> cmd.SignTier:
    return cmd.SignTier(by=by, step=StepId("assess"))


def contact(
    outcome: ContactOutcome = ContactOutcome.REACHED, by: Actor = COLLEAGUE, **changes: object
) -> cmd.RecordContact:
    order = cmd.RecordContact(
        by=by,
        step=StepId("guardian_contact"),
        contact=GUARDIAN,
        guardian=True,
        method=ContactMethod.PHONE,
        outcome=outcome,
        language="en",
        language_help=LanguageHelp.SHARED,
        understood=outcome is ContactOutcome.REACHED,
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # names are checked by replace itself


def exception(name: str, by: Actor = COUNSELOR, step: str = "guardian_contact") -> cmd.DeclareException:
    return cmd.DeclareException(by=by, step=StepId(step), exception=name, reason=WORDS)


def decision(choice: str, by: Actor = COUNSELOR) -> cmd.AnswerDecision:
    return cmd.AnswerDecision(by=by, step=StepId("emergency_decision"), choice=choice, reason=WORDS)


def offer(
    receiver: ReceiverKind = ReceiverKind.MOBILE_CRISIS, by: Actor = COUNSELOR, **changes: object
) -> cmd.OfferHandoff:
    order = cmd.OfferHandoff(
        by=by,
        step=StepId("referral"),
        receiver=receiver,
        organisation=WORDS,
        basis=LegalBasis.EMERGENCY,
        threat=WORDS,
        disclosed=frozenset(suicide_risk().disclosure_items),
        withheld={},
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # names are checked by replace itself


def accepted(incident: Incident, by: Actor = COUNSELOR) -> cmd.AcceptHandoff:
    latest = list(incident.handoffs)[-1] if incident.handoffs else HandoffId("none")
    return cmd.AcceptHandoff(by=by, handoff=latest, recipient=WORDS)


def release(to: ReleaseTo = ReleaseTo.GUARDIAN, by: Actor = COUNSELOR) -> cmd.ReleaseCustody:
    family = to in (ReleaseTo.GUARDIAN, ReleaseTo.AUTHORISED_ADULT)
    return cmd.ReleaseCustody(
        by=by,
        to=to,
        contact=GUARDIAN if family else None,
        receiver=None if family else WORDS,
        identity_checked=family,
    )


def follow_up(step_id: str, outcome: FollowUpOutcome = FollowUpOutcome.COMPLETED) -> cmd.RecordFollowUp:
    return cmd.RecordFollowUp(by=COUNSELOR, step=StepId(step_id), outcome=outcome)
