"""What the shape alone cannot say of a protocol: that everything it names exists and fits. Lists all faults at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter, ValidationError

from crisis.protocols.fault import Fault, Place
from crisis.protocols.notices import of_notice
from crisis.protocols.questionnaires import SCALES
from crisis.protocols.schema import (
    Choice,
    Condition,
    Deadline,
    Duration,
    EvidenceField,
    ExceptionRule,
    ObligationRule,
    Protocol,
    Signature,
    Step,
)
from crisis.protocols.scoring import DISPOSITIONS, SCREENS
from crisis.vocabulary import Anchor, DeadlineKind, Phase, Role, StepId, StepType, Tier

DEFAULT = "D"  # a design default, where no source sets a value
_DURATION: TypeAdapter[Duration] = TypeAdapter(Duration)
FITTING = {
    StepType.SCREEN: SCREENS | frozenset(SCALES),
    StepType.ASSESS: frozenset(DISPOSITIONS) | frozenset(SCALES),
}


def faults(protocol: Protocol) -> list[str]:
    """The sentences alone; empty when the protocol is well formed."""
    return [fault.text for fault in find(protocol)]


def find(protocol: Protocol) -> list[Fault]:
    """All faults, in the order of the file as far as they belong to one step."""
    return [
        *_frame(protocol),
        *_roles(protocol),
        *_twice_everywhere(protocol),
        *(fault for n, step in enumerate(protocol.steps) for fault in _step(("steps", n), step, protocol)),
        *_opening(protocol),
        *of_notice(protocol),
        *_circles(protocol),
        *_conditions(protocol),
    ]


def _frame(protocol: Protocol) -> Iterator[Fault]:
    reviews = [step for step in protocol.steps if step.type is StepType.REVIEW]
    if len(reviews) != 1:
        text = f"there is exactly one step of type review, where the incident closes; this has {len(reviews)}"
        yield Fault(("steps",), text)
    ends = {step.custody for step in protocol.steps if step.custody is not None}
    if len(ends) == 1:
        text = "custody that is taken is released, and the other way round: add the step that is missing (I-1)"
        yield Fault(("steps",), text)
    if not any(step.phase is Phase.FOLLOW_UP for step in protocol.steps):
        yield Fault(("steps",), "add a step to the phase follow_up: an incident closes from there")
    police = any(choice.police for step in protocol.steps for choice in step.choices)
    if police and not protocol.police_reasons:
        yield Fault(("police_reasons",), "list the reasons for which police may be called (I-14)")
    if any(step.type is StepType.HANDOFF for step in protocol.steps) and not protocol.disclosure_items:
        yield Fault(("disclosure_items",), "list what may cross to the receiver of a handoff (I-16)")
    yield from _uncited(("lane", "source"), "the emergency lane", protocol.lane.source, protocol)
    yield from _first(protocol)
    yield from _gap(protocol)
    for name, parameter in protocol.parameters.items():
        yield from _uncited(("parameters", name, "source"), f"parameter “{name}”", parameter.source, protocol)
    yield from _review(protocol)


def _first(protocol: Protocol) -> Iterator[Fault]:
    for place, kind in enumerate(protocol.lane.first_for):
        if kind not in protocol.crisis_types:
            yield Fault(("lane", "first_for", place), f"“{kind}” is none of this protocol's crisis_types")


def _review(protocol: Protocol) -> Iterator[Fault]:
    review = protocol.review
    for kind, reviewer in (("clinical", review.clinical), ("legal", review.legal)):
        if (reviewer.name is None) != (reviewer.on is None):
            yield Fault(("review", kind), f"the {kind} review has a name and a date, or neither")
    signed = [reviewer.on for reviewer in (review.clinical, review.legal) if reviewer.on is not None]
    if signed and review.expires is None:
        yield Fault(("review", "expires"), "say until when the review holds")
    if signed and review.expires is not None and review.expires <= max(signed):
        yield Fault(("review", "expires"), "the review runs out before it was signed; check the dates")


def _uncited(place: Place, what: str, source: str, protocol: Protocol) -> Iterator[Fault]:
    """A source is one or more citation keys with spaces between them, or D for a design default."""
    keys = {citation.key for citation in protocol.citations} | {DEFAULT}
    missing = sorted(set(source.split()) - keys)
    if missing or not source.split():
        named = ", ".join(missing) or "nothing"
        yield Fault(place, f"{what} names {named} as its source; add it to the citations, or write D")


def _roles(protocol: Protocol) -> Iterator[Fault]:
    """Whoever is named must be counted among the roles: else nobody checks that the district has such people."""
    for place, where, role in _named_roles(protocol):
        if role not in protocol.roles:
            yield Fault(place, f"{where} names the role {role.value}; add it to the roles of the protocol")


def _named_roles(protocol: Protocol) -> Iterator[tuple[Place, str, Role]]:
    for n, step in enumerate(protocol.steps):
        yield from _roles_of(("steps", n), step)
    for n, fact in enumerate(protocol.facts):
        for role in fact.setters:
            yield ("facts", n), f"fact “{fact.id}”", role


def _roles_of(place: Place, step: Step) -> Iterator[tuple[Place, str, Role]]:
    signers = () if step.sign is None else step.sign.second_roles
    pages = [] if step.pages is None else [step.pages]
    ending = () if step.series is None else step.series.ended_by
    for role in (*step.roles, *signers, *pages, *ending):
        yield (*place, "roles"), f"step “{step.id}”", role
    for n, deadline in enumerate(step.deadlines):
        for role in deadline.on_miss:
            yield (*place, "deadlines", n), f"deadline “{deadline.id}” of “{step.id}”", role
    for n, rule in enumerate(step.exceptions):
        for role in rule.authorisers:
            yield (*place, "exceptions", n), f"exception “{rule.id}”", role


def _twice_everywhere(protocol: Protocol) -> Iterator[Fault]:
    steps = list(enumerate(protocol.steps))
    yield from _twice("step", ((("steps", n), step.id) for n, step in steps))
    rules = [(("steps", n, "exceptions", e), rule.id) for n, step in steps for e, rule in enumerate(step.exceptions)]
    yield from _twice("exception", rules)
    yield from _twice("fact", ((("facts", n), fact.id) for n, fact in enumerate(protocol.facts)))
    yield from _twice("citation", ((("citations", n), each.key) for n, each in enumerate(protocol.citations)))
    for n, step in steps:
        parts: dict[str, list[str]] = {
            "deadlines": [deadline.id for deadline in step.deadlines],
            "choices": [choice.id for choice in step.choices],
            "evidence": [field.name for field in step.evidence],
        }
        for part, names in parts.items():
            places = ((("steps", n, part, k), name) for k, name in enumerate(names))
            yield from _twice(f"name among the {part} of “{step.id}”", places)


def _twice(what: str, named: Iterable[tuple[Place, str]]) -> Iterator[Fault]:
    places: dict[str, list[Place]] = defaultdict(list)
    for place, name in named:
        places[name].append(place)
    for name, found in places.items():
        if len(found) > 1:
            yield Fault(found[1], f"the {what} “{name}” stands {len(found)} times; give each its own")


def _step(place: Place, step: Step, protocol: Protocol) -> Iterator[Fault]:
    yield from _names_of(place, step, protocol)
    where = f"step “{step.id}”"
    yield from _uncited((*place, "source"), where, step.source, protocol)
    if step.phase is Phase.CLOSED:
        yield Fault((*place, "phase"), f"{where} cannot stand in the phase closed; nothing is done there")
    if step.type is StepType.DECISION and not any(known.kind is DeadlineKind.HARD for known in step.deadlines):
        yield Fault(place, f"{where} is a decision and needs a hard deadline (I-7)")
    if step.type is StepType.ASSESS and not _two_sign_high(step.sign):
        yield Fault(place, f"{where} needs `sign` with a second person at high and imminent risk (I-5)")
    yield from _series(place, step, protocol)
    for n, field in enumerate(step.evidence):
        yield from _asked_if((*place, "evidence", n), field, protocol)
    for n, choice in enumerate(step.choices):
        yield from _choice((*place, "choices", n), choice, step, protocol)
    for n, deadline in enumerate(step.deadlines):
        yield from _deadline((*place, "deadlines", n), deadline, step, protocol)
    for n, rule in enumerate(step.exceptions):
        yield from _exception((*place, "exceptions", n), rule, step, protocol)


def _names_of(place: Place, step: Step, protocol: Protocol) -> Iterator[Fault]:
    """What the step names beside itself: the steps before it, and its instruments."""
    for other in step.after:
        if protocol.step(other) is None:
            yield Fault((*place, "after"), f"step “{step.id}” waits for “{other}”, which does not exist")
    fitting = FITTING.get(step.type, frozenset())
    for name in step.instruments:
        if name not in fitting:
            text = (
                f"step “{step.id}” cannot use “{name}”; for this type there is: {', '.join(sorted(fitting)) or 'none'}"
            )
            yield Fault((*place, "instruments"), text)
    if step.type is StepType.SCREEN and set(step.instruments) <= fitting - SCREENS:
        text = f"step “{step.id}” needs one that decides a screening: {' or '.join(sorted(SCREENS))}"
        yield Fault((*place, "instruments"), text)


def _choice(place: Place, choice: Choice, step: Step, protocol: Protocol) -> Iterator[Fault]:
    where = f"answer “{choice.id}” of “{step.id}”"
    for other in choice.only_after:
        if other == step.id or protocol.step(other) is None:
            yield Fault((*place, "only_after"), f"{where} comes only after “{other}”, which is no other step")
    name = choice.only_after_if
    if name is None:
        return
    wanted = protocol.parameters.get(name)
    if not choice.only_after or wanted is None or not isinstance(wanted.value, bool):
        yield Fault((*place, "only_after_if"), f"{where} needs `only_after`, and a parameter “{name}”: true or false")


def _asked_if(place: Place, field: EvidenceField, protocol: Protocol) -> Iterator[Fault]:
    name = field.required_if
    wanted = protocol.parameters.get(name or "")
    if name is not None and (wanted is None or not isinstance(wanted.value, bool)):
        text = f"“{field.name}” is required where the parameter “{name}” says so; add it: true or false"
        yield Fault((*place, "required_if"), text)


def _series(place: Place, step: Step, protocol: Protocol) -> Iterator[Fault]:
    """One without an end is asked for again after each contact, and knows how long it goes on at least."""
    series = step.series
    if series is None:
        return
    where = (*place, "series")
    again = any(known.anchor is Anchor.PREVIOUS and known.when is None for known in step.deadlines)
    if series.ended_by and not again:
        yield Fault(where, f"step “{step.id}” goes on without an end and needs a deadline from the contact before")
    if series.runs is None:
        return
    if not series.ended_by:
        yield Fault(where, f"step “{step.id}” ends with its last contact; `runs` goes with `ended_by`")
    asked = protocol.step(series.runs.decision)
    if asked is None or {choice.id for choice in asked.choices} != series.runs.days.keys():
        text = f"step “{step.id}” says how long it runs for each answer of a decision, and for nothing else"
        yield Fault((*where, "runs"), text)


def _two_sign_high(sign: Signature | None) -> bool:
    if sign is None or not sign.second_roles:
        return False
    wanted = sign.second_when
    if wanted.tier_at_least is not None:
        return wanted.tier_at_least.rank <= Tier.HIGH.rank
    return {Tier.HIGH, Tier.IMMINENT} <= set(wanted.tier or ())


def _deadline(place: Place, deadline: Deadline, step: Step, protocol: Protocol) -> Iterator[Fault]:
    where = f"deadline “{deadline.id}” of “{step.id}”"
    yield from _uncited((*place, "source"), where, deadline.source, protocol)
    never = _never_comes(deadline.anchor, step, protocol)
    if never is not None:
        yield Fault((*place, "anchor"), f"{where} would never begin: {never}")


def _never_comes(anchor: Anchor, step: Step, protocol: Protocol) -> str | None:
    """Why this anchor has no time in this protocol; a deadline without a time is silent for ever."""
    if anchor is Anchor.PREVIOUS and step.series is None:
        return "“previous” is the contact before, and the step is no series"
    if anchor is Anchor.TIER and not any(other.type is StepType.ASSESS for other in protocol.steps):
        return "no step decides the level of risk"
    leaves = any(other.custody == "released" for other in protocol.steps)
    comes_from_outside = anchor is Anchor.RETURNED and not any(other.custody for other in protocol.steps)
    if anchor in (Anchor.RELEASED, Anchor.RETURNED) and not (leaves or comes_from_outside):
        return "no step releases the student"
    return None


def _exception(place: Place, rule: ExceptionRule, step: Step, protocol: Protocol) -> Iterator[Fault]:
    where = f"exception “{rule.id}”"
    yield from _uncited((*place, "source"), where, rule.source, protocol)
    if rule.blocks_guardians and (rule.obligation is None or not rule.two_to_lift):
        yield Fault(place, f"{where} blocks the guardians: it needs an obligation to report and `two_to_lift` (I-10)")
    if rule.substitutes and step.type in (StepType.DECISION, StepType.REVIEW, StepType.ASSESS):
        yield Fault(place, f"{where} cannot take the place of “{step.id}”; that is answered by a person (I-19)")
    if not rule.authorisers:
        yield Fault((*place, "authorisers"), f"{where} names nobody who may declare it")
    if rule.obligation is not None:
        yield from _report((*place, "obligation"), where, rule.obligation, protocol)


def _opening(protocol: Protocol) -> Iterator[Fault]:
    """What the opening or an answer puts in force exists, each with the parameters it needs."""
    said = protocol.at_opening
    named: list[tuple[Place, str]] = [(("at_opening", "declares"), each) for each in (said.declares if said else ())]
    for n, step in enumerate(protocol.steps):
        named += [(("steps", n, "choices"), each.declares) for each in step.choices if each.declares is not None]
    for place, name in named:
        if protocol.exception(name) is None:
            yield Fault(place, f"the exception “{name}”, which is put in force here, does not exist")
    if said is not None and said.report is not None:
        yield from _report(("at_opening", "report"), "the opening", said.report, protocol)
    for n, step in enumerate(protocol.steps):
        if step.task is not None and [each.kind for each in step.evidence] != ["words"]:
            yield Fault(("steps", n), f"step “{step.id}” does a task: it asks for who was told, in words, and no more")


def _report(place: Place, where: str, rule: ObligationRule, protocol: Protocol) -> Iterator[Fault]:
    wanted = (rule.oral, rule.written, rule.delegation)
    missing = [name for name in wanted if name not in protocol.parameters]
    for name in missing:
        yield Fault(place, f"{where} takes its clock from the parameter “{name}”, which is missing")
    if not missing:
        yield from _clocks(where, wanted, protocol)


def _clocks(where: str, wanted: tuple[str, str, str], protocol: Protocol) -> Iterator[Fault]:
    for name in wanted[:2]:
        try:
            _DURATION.validate_python(protocol.parameters[name].value)
        except ValidationError:
            text = f"{where} takes its clock from “{name}”, which is no length of time such as PT48H"
            yield Fault(("parameters", name), text)
    if not isinstance(protocol.parameters[wanted[2]].value, bool):
        yield Fault(("parameters", wanted[2]), f"{where} asks “{wanted[2]}” for true or false")


def _gap(protocol: Protocol) -> Iterator[Fault]:
    said = protocol.parameters.get("contact_gap")
    if said is None:
        return
    try:
        _DURATION.validate_python(said.value)
    except ValidationError:
        text = "“contact_gap” is how long until the family is tried again: a length of time such as PT15M"
        yield Fault(("parameters", "contact_gap"), text)


def _circles(protocol: Protocol) -> Iterator[Fault]:
    """Steps that wait for themselves in a circle would never open."""
    waits = {step.id: set(step.after) for step in protocol.steps}
    free: set[StepId] = set()
    while opened := {step for step, others in waits.items() if step not in free and others & set(waits) <= free}:
        free |= opened
    stuck = sorted(set(waits) - free)
    if stuck:
        yield Fault(("steps",), f"these steps wait for each other in a circle, or for one: {', '.join(stuck)}")


def all_conditions(protocol: Protocol) -> Iterator[tuple[StepId, Condition]]:
    """Every condition with the step it belongs to, the nested ones too."""
    return ((step, condition) for _place, step, condition in _placed_conditions(protocol))


def _placed_conditions(protocol: Protocol) -> Iterator[tuple[Place, StepId, Condition]]:
    if protocol.guardians_when is not None:
        for at, part in _parts(("guardians_when",), protocol.guardians_when):
            yield at, StepId("guardians_when"), part
    for n, step in enumerate(protocol.steps):
        place: Place = ("steps", n)
        found = [((*place, "when"), step.when), ((*place, "ready_when"), step.ready_when)]
        found += [((*place, "deadlines", d, "when"), each.when) for d, each in enumerate(step.deadlines)]
        needed = ((n, each.needs) for n, each in enumerate(step.choices))
        found += [((*place, "choices", n, "needs", "condition"), each.condition) for n, each in needed if each]
        said = enumerate(() if step.statement is None else step.statement.paragraphs)
        found += [((*place, "statement", "paragraphs", p, "when"), each.when) for p, each in said]
        if step.sign is not None:
            found.append(((*place, "sign", "second_when"), step.sign.second_when))
        for where, condition in found:
            if condition is not None:
                yield from ((at, step.id, part) for at, part in _parts(where, condition))


def _parts(place: Place, condition: Condition) -> Iterator[tuple[Place, Condition]]:
    yield place, condition
    nested = {"all": condition.all, "any": condition.any, "none": condition.none}
    for name, parts in nested.items():
        for n, part in enumerate(parts or ()):
            yield from _parts((*place, name, n), part)


def _conditions(protocol: Protocol) -> Iterator[Fault]:
    steps = {step.id: step for step in protocol.steps}
    for place, owner, condition in _placed_conditions(protocol):
        where = f"a condition of “{owner}”"
        (key,) = condition.model_fields_set
        if getattr(condition, key) in ((), {}):
            yield Fault(place, f"{where} names nothing under `{key}`, so it can never be decided")
        for name in (*([condition.done] if condition.done else []), *(condition.answer or {})):
            if name not in steps:
                yield Fault(place, f"{where} names the step “{name}”, which does not exist")
        yield from _values(place, where, condition, protocol)


def _values(place: Place, where: str, condition: Condition, protocol: Protocol) -> Iterator[Fault]:
    """Answers, facts and exceptions that the condition asks about."""
    for name, choices in (condition.answer or {}).items():
        asked = protocol.step(name)
        foreign = set() if asked is None else set(choices) - {choice.id for choice in asked.choices}
        for choice in sorted(foreign):
            yield Fault(place, f"{where} asks for the answer “{choice}”, which “{name}” does not offer")
    facts = {fact.id: fact.values for fact in protocol.facts}
    for fact, value in (condition.fact or {}).items():
        if value not in facts.get(fact, {}):
            yield Fault(place, f"{where} asks for the fact “{fact}” = “{value}”, which does not exist")
    rules = {each.id for step in protocol.steps for each in step.exceptions}
    for rule in condition.exception or ():
        if rule not in rules:
            yield Fault(place, f"{where} names the exception “{rule}”, which does not exist")
