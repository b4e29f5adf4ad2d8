"""The step graph: which steps of the pinned protocol are open, blocked, done; the phase follows from it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from crisis.errors import InBoth, Reason, Refused
from crisis.protocols.schema import Protocol, Step
from crisis.statemachine.conditions import holds
from crisis.statemachine.incident import Incident, same_but_for_pages
from crisis.vocabulary import Custody, Phase, Role, StepId, StepState, StepType

SETTLED = frozenset({StepState.NOT_NEEDED, StepState.DONE, StepState.SUBSTITUTED, StepState.WAIVED})
_PHASES = tuple(Phase)


class Standing:
    """The states of all steps of one incident at one version.

    A condition that is not known blocks its step: it is not taken for 'not needed' (I-3).
    """

    __slots__ = ("_incident", "_steps", "_substituted", "states")

    def __init__(self, incident: Incident, protocol: Protocol) -> None:
        self._incident = incident
        self._steps = {step.id: step for step in protocol.steps}
        active = incident.exceptions.values()
        self._substituted = {exception.step for exception in active if _substitutes(protocol, exception.id)}
        self.states: dict[StepId, StepState] = {}
        for step in protocol.steps:
            self._state(step.id)

    def __getitem__(self, step: StepId) -> StepState:
        return self.states[step]

    def settled(self, step: StepId) -> bool:
        return self._state(step) in SETTLED

    def _state(self, step_id: StepId) -> StepState:
        if step_id not in self.states:
            self.states[step_id] = StepState.BLOCKED  # a step that waits for itself never opens
            self.states[step_id] = self._judged(self._steps[step_id])
        return self.states[step_id]

    def _judged(self, step: Step) -> StepState:
        recorded = _recorded(self._incident, step)
        if recorded is not None:
            return recorded
        needed = True if step.when is None else holds(step.when, self._incident, self.settled)
        if needed is False:
            return StepState.NOT_NEEDED
        if step.id in self._substituted:
            return StepState.SUBSTITUTED
        ready = step.ready_when is None or holds(step.ready_when, self._incident, self.settled) is True
        if needed and ready and all(self.settled(earlier) for earlier in step.after):
            return StepState.OPEN
        return StepState.BLOCKED


_latest: tuple[Incident, Protocol, Standing] | None = None


def standing(incident: Incident, protocol: Protocol) -> Standing:
    """The latest answer is kept: one decision asks it of the very same steps a dozen times."""
    global _latest  # a memo of a pure function: another thread's answer is only a miss
    known = _latest
    if known is not None and known[1] is protocol and same_but_for_pages(known[0], incident):
        return known[2]
    answer = Standing(incident, protocol)
    _latest = (incident, protocol, answer)
    return answer


def _recorded(incident: Incident, step: Step) -> StepState | None:
    record = incident.steps.get(step.id)
    if record is not None and record.done_at is not None:
        return StepState.WAIVED if record.waived else StepState.DONE
    if step.type is StepType.FOLLOW_UP and incident.follow_up_transferred:
        return StepState.SUBSTITUTED
    return None


def _substitutes(protocol: Protocol, exception_id: str) -> bool:
    found = protocol.exception(exception_id)
    return found is not None and found[1].substitutes


def unattended(incident: Incident, protocol: Protocol) -> bool:
    """Whether no adult is with a student who must not be alone (I-1).

    Where somebody stays only from a positive answer on, as on a watch list, not before it is known that it is needed.
    """
    if incident.custody is not Custody.UNHELD:
        return False
    now, taking = standing(incident, protocol), [step for step in protocol.steps if step.custody == "taken"]
    return any(not now.settled(step.id) and not _not_yet_known(step, now) for step in taking)


def _not_yet_known(step: Step, now: Standing) -> bool:
    return step.when is not None and now[step.id] is StepState.BLOCKED


def open_steps(incident: Incident, protocol: Protocol) -> list[Step]:
    now = standing(incident, protocol)
    return [step for step in protocol.steps if now[step.id] is StepState.OPEN]


def waits_for(incident: Incident, protocol: Protocol, step: Step) -> list[Step]:
    """The steps that must be settled before this one opens."""
    now = standing(incident, protocol)
    return [other for other in protocol.steps if other.id in step.after and not now.settled(other.id)]


def phase_of(incident: Incident, protocol: Protocol) -> Phase:
    """The earliest phase that an unsettled step holds; it never goes back but to the safety assessment."""
    now = standing(incident, protocol)
    holding = [step.phase for step in protocol.steps if step.leave_phase and not now.settled(step.id)]
    derived = min(holding, key=_PHASES.index, default=Phase.FOLLOW_UP)
    goes_back = _PHASES.index(derived) < _PHASES.index(incident.phase)
    if goes_back and derived is not Phase.SAFETY_ASSESSMENT:
        return incident.phase
    return derived


def find_step(protocol: Protocol, step_id: StepId, *kinds: StepType) -> Step:
    """The step of that id and kind; raises `Refused` when the protocol has none."""
    step = protocol.step(step_id)
    if step is None:
        raise Refused(Reason("STEP", "This protocol has no step “%(step)s”", (("step", str(step_id)),)))
    if kinds and step.type not in kinds:
        raise Refused(Reason("STEP", "The step “%(step)s” is done in another way", (("step", called([step])),)))
    return step


def called(steps: Sequence[Step]) -> InBoth:
    return InBoth(", ".join(each.title.en for each in steps), ", ".join(each.title.es for each in steps))


def not_open(incident: Incident, protocol: Protocol, step: Step) -> Reason | None:
    """Why the step cannot be done now, naming what comes first."""
    match standing(incident, protocol)[step.id]:
        case StepState.OPEN:
            return None
        case StepState.BLOCKED:
            first = waits_for(incident, protocol, step)
            if first:
                return Reason("STEP", "First finish: %(steps)s", (("steps", called(first)),), f"/steps/{first[0].id}")
            return Reason("STEP", "It is not known yet whether this step is needed; the step before it decides that")
        case StepState.NOT_NEEDED:
            return Reason("STEP", "This step is not needed now")
        case StepState.SUBSTITUTED:
            return Reason("STEP", "An exception has put something else in the place of this step")
        case StepState.DONE | StepState.WAIVED:
            return Reason("STEP", "This step is done already")


def wrong_role(holds_roles: frozenset[Role], allowed: tuple[Role, ...]) -> Reason | None:
    """Why these roles may not do it; an empty `allowed` means anybody on the team."""
    if not allowed or holds_roles & set(allowed):
        return None
    names = " or ".join(role.value.replace("_", " ") for role in allowed)
    return Reason("ROLE", "This is for the %(roles)s", (("roles", names),))


def needed_steps(incident: Incident, protocol: Protocol) -> Iterator[tuple[Step, StepState]]:
    now = standing(incident, protocol)
    return ((step, now[step.id]) for step in protocol.steps if now[step.id] is not StepState.NOT_NEEDED)


def opened_at(incident: Incident, step: Step) -> datetime:
    """When the last thing the step waited for was done; the opening of the incident if it waited for nothing."""
    times = [incident.steps[earlier].done_at for earlier in step.after if earlier in incident.steps]
    return max([time for time in times if time is not None], default=incident.opened_at)
