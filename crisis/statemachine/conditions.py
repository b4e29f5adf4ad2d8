"""Whether a protocol's condition holds for an incident: yes, no, or not known, and not known is never a yes (I-3)."""

from collections.abc import Callable, Iterable

from crisis.protocols.schema import Condition
from crisis.statemachine.incident import Incident
from crisis.vocabulary import ScreenResult, StepId

Known = bool | None
Settled = Callable[[StepId], bool]


def holds(condition: Condition, incident: Incident, settled: Settled) -> Known:
    """`settled` answers for `done` conditions; None means that what the condition asks about is not known yet."""
    (key,) = condition.model_fields_set
    match key:
        case "all":
            return _all(holds(part, incident, settled) for part in condition.all or ())
        case "any":
            return _any(holds(part, incident, settled) for part in condition.any or ())
        case "none":
            found = _any(holds(part, incident, settled) for part in condition.none or ())
            return None if found is None else not found
        case "done":
            return condition.done is not None and settled(condition.done)
        case "answer":
            asked = (condition.answer or {}).items()
            return _all(_chosen(incident, step, choices, settled) for step, choices in asked)
        case _:
            return _SIMPLE[key](condition, incident)


def _all(parts: Iterable[Known]) -> Known:
    seen = list(parts)
    if False in seen:
        return False
    return None if None in seen else True


def _any(parts: Iterable[Known]) -> Known:
    seen = list(parts)
    if True in seen:
        return True
    return None if None in seen else False


def _tier(condition: Condition, incident: Incident) -> Known:
    tier = incident.effective_tier
    return None if tier is None else tier in (condition.tier or ())


def _tier_at_least(condition: Condition, incident: Incident) -> Known:
    tier, least = incident.effective_tier, condition.tier_at_least
    return None if tier is None or least is None else tier.rank >= least.rank


def _fact(condition: Condition, incident: Incident) -> Known:
    asked = condition.fact or {}
    return _all(
        incident.facts[name].value == value if name in incident.facts else None for name, value in asked.items()
    )


def _screen(condition: Condition, incident: Incident) -> Known:
    return None if incident.screen is None else incident.screen in (condition.screen or ())


def _custody(condition: Condition, incident: Incident) -> Known:
    return incident.custody in (condition.custody or ())


def _emergency(condition: Condition, incident: Incident) -> Known:
    return incident.emergency in (condition.emergency or ())


def _chosen(incident: Incident, step: StepId, choices: tuple[str, ...], settled: Settled) -> Known:
    """Not known while it can still be answered; a question that is not asked has none of the answers."""
    record = incident.steps.get(step)
    if record is None or record.choice is None:
        return False if settled(step) else None
    return record.choice in choices


def _exception(condition: Condition, incident: Incident) -> Known:
    return any(name in incident.exceptions for name in condition.exception or ())


def _released_to(condition: Condition, incident: Incident) -> Known:
    return None if incident.released_to is None else incident.released_to in (condition.released_to or ())


def _ever_acute(condition: Condition, incident: Incident) -> Known:
    return (incident.acute_at is not None) == condition.ever_acute


def _ever_positive(condition: Condition, incident: Incident) -> Known:
    return positive(incident) == condition.ever_positive


def positive(incident: Incident) -> bool:
    """Whether an instrument ever said so; what was not finished is not a no (I-6)."""
    unfinished = incident.screen is not None and incident.screen is not ScreenResult.NEGATIVE
    return incident.floor is not None or unfinished


_SIMPLE: dict[str, Callable[[Condition, Incident], Known]] = {
    "tier": _tier,
    "tier_at_least": _tier_at_least,
    "fact": _fact,
    "screen": _screen,
    "custody": _custody,
    "emergency": _emergency,
    "exception": _exception,
    "released_to": _released_to,
    "ever_acute": _ever_acute,
    "ever_positive": _ever_positive,
}
