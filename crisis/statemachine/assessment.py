"""Screening, interview and tier: software may raise a tier, only a qualified person lowers it (I-5, I-6)."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols import scoring
from crisis.protocols.schema import Protocol, Step
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.conditions import holds
from crisis.statemachine.kit import no_such_form, not_usable, too_young, understood
from crisis.statemachine.lifecycle import CUSTODY
from crisis.statemachine.steps import find_step, not_open, standing, wrong_role
from crisis.vocabulary import Custody, Role, ScreenResult, StepState, StepType, Tier, WordsId

MAY_RAISE = (Role.ASSESSOR, Role.ADMIN, Role.NURSE, Role.INCIDENT_LEAD)
POSITIVE = frozenset(ScreenResult) - {ScreenResult.NEGATIVE}


def _done(case: Case, step: Step) -> bool:
    return standing(case.incident, case.protocol)[step.id] is StepState.DONE


def raised(command: cmd.Command, case: Case, floor: Tier | None, source: str) -> list[ev.Event]:
    """The floor only ever rises; the same floor again, after two people went below it, counts as new."""
    if floor is None:
        return []
    known = case.incident.floor
    higher = known is None or floor.rank > known.rank
    if not higher and not (case.incident.below_floor_signed and floor.rank > _rank(case.incident.tier)):
        return []
    return [ev.FloorRaised(**stamp(command, case.at), floor=floor, source=source)]


def _rank(tier: Tier | None) -> int:
    return -1 if tier is None else tier.rank


@rule.register
def _(command: cmd.RecordScreen, case: Case) -> list[ev.Event]:
    """I-6: what was refused is positive, what is incomplete is not negative. A later screening may always be added."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.SCREEN)
    refuse_if(
        None if _done(case, step) else not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        not_usable(step, command.instrument, case.ground.kit),
        no_such_form(command.instrument, command.form_language, case.ground.kit),
        Reason("AGE", "The student is too young for these questions; record that, and make a full evaluation")
        if too_young(command.instrument, case.ground.kit)
        else None,
    )
    who = stamp(command, case.at)
    scored = scoring.score(command.instrument, command.answers)
    result = understood(
        scored.result, spoken=command.language, form_language=command.form_language, by=command.language_help
    )
    recorded = ev.ScreenRecorded(
        **who,
        step=step.id,
        instrument=command.instrument,
        instrument_version=scored.version,
        answers=scored.answers,
        result=result,
        language=command.language,
        language_help=command.language_help,
        form_language=command.form_language,
    )
    complete = result is not ScreenResult.INCOMPLETE and not _done(case, step)
    return [
        recorded,
        *raised(command, case, scored.floor, command.instrument),
        *([ev.StepCompleted(**who, step=step.id, evidence={})] if complete else []),
    ]


@rule.register
def _(command: cmd.RecordInterview, case: Case) -> list[ev.Event]:
    """Thoughts of suicide right now, or no answer to that, force the most urgent disposition (protocols.md 2.2)."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.ASSESS)
    refuse_if(
        None if _done(case, step) else not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        not_usable(step, command.instrument, case.ground.kit),
    )
    floor = scoring.tier_of_disposition(command.instrument, command.disposition, command.right_now)
    recorded = ev.InterviewRecorded(
        **stamp(command, case.at),
        step=step.id,
        instrument=command.instrument,
        disposition=command.disposition,
        right_now=command.right_now,
        rationale=command.rationale,
    )
    return [recorded, *raised(command, case, floor, command.instrument)]


@rule.register
def _(command: cmd.SetTier, case: Case) -> list[ev.Event]:
    setter = person(command)
    step = find_step(case.protocol, command.step, StepType.ASSESS)
    refuse_if(*_against_tier(command, case, step))
    second = _second_needed(command.tier, case, step)
    who = stamp(command, case.at)
    decided = ev.TierSet(
        **who, step=step.id, tier=command.tier, rationale=command.rationale, second_needed=second and bool(setter)
    )
    if second or _done(case, step) or _support_open(case):
        return [decided]
    return [decided, ev.StepCompleted(**who, step=step.id, evidence={})]


def _support_open(case: Case) -> bool:
    """PR-76: nobody has said whether what the student needs to tell us things was here."""
    return bool(case.ground.wishes.supports) and not case.incident.supports_said


@rule.register
def _(command: cmd.RecordSupports, case: Case) -> list[ev.Event]:
    """All of it is here, or there is a reason; a level that was decided meanwhile makes the step complete."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.ASSESS)
    needed, incident = case.ground.wishes.supports, case.incident
    missing = needed - command.here
    refuse_if(
        wrong_role(command.by.roles, step.roles),
        None if _done(case, step) else not_open(incident, case.protocol, step),
        Reason("PR-76", "Nothing of this kind is on record for this student") if not needed else None,
        Reason("PR-76", "Choose from what is on record for this student") if command.here - needed else None,
        Reason("PR-76", "Say why the rest is not here", at="without") if missing and command.without is None else None,
    )
    who = stamp(command, case.at)
    said = ev.SupportsRecorded(
        **who, step=step.id, here=command.here, missing=frozenset(missing), without=command.without
    )
    decided = incident.tier is not None and incident.tier_awaiting is None and not _done(case, step)
    return [said, ev.StepCompleted(**who, step=step.id, evidence={})] if decided else [said]


def _against_tier(command: cmd.SetTier, case: Case, step: Step) -> list[Reason | None]:
    incident = case.incident
    raises = command.tier.rank > _rank(incident.effective_tier) and command.tier.rank >= Tier.HIGH.rank
    if raises:  # I-5: nothing stands in the way of a higher level
        return [wrong_role(command.by.roles, MAY_RAISE)]
    interviewed = step.id in incident.steps and incident.steps[step.id].choice is not None
    owed = Reason("I-6", "A questionnaire asks for a suicide screening; hold it before you decide the level")
    unheard, unsaid = incident.screen in POSITIVE and not interviewed, _support_open(case)
    return [
        wrong_role(command.by.roles, step.roles),
        None if _done(case, step) else not_open(incident, case.protocol, step),
        Reason("I-6", "The screen was positive; record the interview before you decide the level") if unheard else None,
        owed if incident.screen_owed else None,
        Reason("PR-76", "Say first whether what the student needs to tell us things is here") if unsaid else None,
        _none_without_negative(command.tier, case),
    ]


def _none_without_negative(tier: Tier, case: Case) -> Reason | None:
    if tier is not Tier.NONE or case.incident.screen is ScreenResult.NEGATIVE:
        return None
    return Reason("I-3", "“No risk” needs a completed screen that was negative")


def _second_needed(tier: Tier, case: Case, step: Step) -> bool:
    """A second signature: where the protocol wants one at this tier, and below the instruments' floor (I-5)."""
    floors = (case.incident.floor, case.ground.elsewhere.tier)  # also that of another incident of the student
    if any(floor is not None and tier.rank < floor.rank for floor in floors):
        return True
    return step.sign is not None and _at_tier(step, tier, case)


def _at_tier(step: Step, tier: Tier, case: Case) -> bool:
    assert step.sign is not None
    wanted = step.sign.second_when
    if wanted.tier is not None:
        return tier in wanted.tier
    if wanted.tier_at_least is not None:
        return tier.rank >= wanted.tier_at_least.rank
    return holds(wanted, case.incident, lambda _step: False) is not False


@rule.register
def _(command: cmd.SignTier, case: Case) -> list[ev.Event]:
    second = person(command)
    step = find_step(case.protocol, command.step, StepType.ASSESS)
    waiting = case.incident.tier_awaiting
    if waiting is None:
        raise Refused(Reason("I-5", "No level of risk waits for a second signature"))
    same = second == case.incident.tier_by
    roles = step.sign.second_roles if step.sign is not None else step.roles
    refuse_if(
        wrong_role(command.by.roles, roles),
        Reason("I-5", "The second signature must come from another person") if same else None,
    )
    who = stamp(command, case.at)
    signed = ev.TierSigned(**who, step=step.id)
    if _done(case, step) or _support_open(case):
        return [signed]
    return [signed, ev.StepCompleted(**who, step=step.id, evidence={})]


def is_assessed(protocol: Protocol) -> bool:
    """Whether a level of risk is decided here; where it is not, a new worry gets an incident of its own."""
    return any(step.type is StepType.ASSESS for step in protocol.steps)


@rule.register
def _(command: cmd.ReopenAssessment, case: Case) -> list[ev.Event]:
    person(command)
    if not is_assessed(case.protocol):
        text = "Nobody decides a level of risk here; open an incident for the new worry, with the same student"
        raise Refused(Reason("I-20", text))
    return [reopened(command, case, command.reason)]


def reopened(command: cmd.Command, case: Case, reason: WordsId) -> ev.Event:
    """Back to the safety assessment: its steps are done again, and a student who had left is looked after again.

    An adult who is with the student stays: nobody could take the student a second time, and the rest would wait for it.
    """
    incident = case.incident
    again = incident.custody is Custody.RELEASED
    repeated = [step for step in case.protocol.steps if step.reopens and (again or step.custody != "taken")]
    steps = tuple(step.id for step in repeated if step.id in incident.steps)
    if again:
        CUSTODY.move(incident.custody, "supervise_again")
    return ev.AssessmentReopened(**stamp(command, case.at), reason=reason, steps=steps, supervise_again=again)
