"""A protocol as a blank form on paper, for a day without power: what to do, by when, what to write down, what not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crisis.protocol_words import Subject
from crisis.protocols.explain import choice_in_words, condition_in_words, deadline_in_words, is_reviewed
from crisis.protocols.paper_words import (
    ALWAYS,
    ANYBODY,
    BOXES,
    CHOSEN,
    HOME_IF,
    HOME_SHUT,
    HOME_UNTIL,
    NO_PROMISE,
    NO_REASON,
    NO_WORDS,
    NOT_ALONE,
    NOT_BEFORE,
    NOT_LESS,
    OF_CUSTODY,
    POLICE,
    SECOND,
    TWO,
    YES_NO,
    Asked,
    Room,
)
from crisis.protocols.schema import Deadline, EvidenceField, Protocol, Step
from crisis.protocols.terms import choose, term
from crisis.vocabulary import Anchor, Clockwork, DeadlineKind, Phase, SafetyClass, StepId, StepType

MINUTE = timedelta(minutes=1)
MOST_ROWS = 4  # of a series: a month of weeks fits on the line, a year does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """`boxes` are there to be ticked; `times` is how often the whole of it is printed."""

    label: str
    room: Room
    boxes: tuple[str, ...] = ()
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperStep:
    """`minutes` count from the opening; `later` are the deadlines that count from something else, in words."""

    number: int
    title: str
    who: str
    minutes: int | None
    must: bool  # be done in that time
    later: tuple[str, ...]
    shortly: str | None  # the first of these, without what it depends on
    needed_when: str | None
    waits_for: tuple[int, ...]
    never_left_out: bool
    blanks: tuple[Blank, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    title: str
    kinds: tuple[str, ...]
    version: str
    jurisdiction: str
    reviewed: bool
    subject: Subject
    dangers: tuple[str, ...]
    checklist: tuple[str, ...]
    never: tuple[str, ...]
    phases: tuple[tuple[str, tuple[PaperStep, ...]], ...]
    at_once: tuple[PaperStep, ...]  # all before the follow-up
    afterwards: tuple[str, ...]  # what the follow-up asks for


def paper(protocol: Protocol, language: str) -> Paper:
    """`language` is en or es. The steps stand by phase, in each as the protocol has them."""
    ordered = [step for phase in Phase for step in protocol.steps if step.phase is phase]
    numbers = {step.id: number for number, step in enumerate(ordered, start=1)}
    lines = {step.id: _step(protocol, step, numbers, language) for step in ordered}
    phases = {step.phase: None for step in ordered}
    return Paper(
        title=protocol.title.in_language(language),
        kinds=tuple(kind.in_language(language) for kind in protocol.crisis_types.values()),
        version=protocol.version,
        jurisdiction=protocol.jurisdiction,
        reviewed=is_reviewed(protocol),
        subject=protocol.subject,
        dangers=tuple(danger.label.in_language(language) for danger in protocol.lane.dangers),
        checklist=tuple(line.in_language(language) for line in protocol.lane.checklist),
        never=tuple(dict.fromkeys(_never(protocol, language))),
        phases=tuple(
            (term(phase, language), tuple(lines[step.id] for step in ordered if step.phase is phase))
            for phase in phases
        ),
        at_once=tuple(lines[step.id] for step in ordered if step.phase is not Phase.FOLLOW_UP),
        afterwards=tuple(lines[step.id].title for step in ordered if step.phase is Phase.FOLLOW_UP),
    )


def _step(protocol: Protocol, step: Step, numbers: Mapping[StepId, int], language: str) -> PaperStep:
    always = [each for each in step.deadlines if each.when is None]
    of_opening = [each for each in always if each.anchor is Anchor.OPENED and each.clock is Clockwork.WALL]
    first = min(of_opening, key=lambda each: each.within or timedelta(0), default=None)
    rest = [each for each in step.deadlines if each is not first]
    return PaperStep(
        number=numbers[step.id],
        title=step.title.in_language(language),
        who=", ".join(term(role, language) for role in step.roles) or choose(ANYBODY, language),
        minutes=None if first is None else (first.within or timedelta(0)) // MINUTE,
        must=first is not None and first.kind is DeadlineKind.HARD,
        later=tuple(deadline_in_words(each, protocol, language) for each in rest),
        shortly=_shortly(rest, protocol, language),
        needed_when=None if step.when is None else condition_in_words(step.when, protocol, language),
        waits_for=tuple(sorted(numbers[each] for each in step.after if each in numbers)),
        never_left_out=step.safety is SafetyClass.HARD,
        blanks=tuple(_blanks(protocol, step, language)),
    )


def _shortly(deadlines: Sequence[Deadline], protocol: Protocol, language: str) -> str | None:
    first = next(iter(deadlines), None)
    if first is None:
        return None
    return deadline_in_words(first.model_copy(update={"when": None}), protocol, language)


def _blanks(protocol: Protocol, step: Step, language: str) -> Iterator[Blank]:
    """The answers that the console would ask for; then the room that a step of this kind always needs."""
    if step.choices:
        boxes = tuple(choice_in_words(each, protocol, language) for each in step.choices)
        yield Blank(label=choose(CHOSEN, language), room=Room.BOXES, boxes=boxes)
    yield from (_evidence(each, language) for each in step.evidence)
    for label, room, times in _always(protocol, step):
        boxes = tuple(term(each, language) for each in BOXES[step.type]) if room is Room.BOXES else ()
        often = min(step.series.count, MOST_ROWS) if step.series else times
        yield Blank(label=choose(label, language), room=room, boxes=boxes, times=often)
    if step.sign is not None:
        condition = condition_in_words(step.sign.second_when, protocol, language)
        yield Blank(label=choose(SECOND, language) % condition, room=Room.LINE)


def _always(protocol: Protocol, step: Step) -> tuple[Asked, ...]:
    if protocol.subject is Subject.NOTICE:
        return ()  # it holds no words, on paper either
    if step.evidence and step.type in (StepType.NOTIFY, StepType.MEETING, StepType.REVIEW):
        return ()  # what it asks says it already
    return OF_CUSTODY[step.custody] if step.custody else ALWAYS[step.type]


def _evidence(field: EvidenceField, language: str) -> Blank:
    label = field.label.in_language(language)
    match field.kind:
        case "choice":
            boxes = tuple(each.in_language(language) for each in (field.options or {}).values())
            return Blank(label=label, room=Room.BOXES, boxes=boxes)
        case "yes_no":
            return Blank(label=label, room=Room.BOXES, boxes=tuple(choose(each, language) for each in YES_NO))
        case "words":
            return Blank(label=label, room=Room.LINES)
        case "person":
            return Blank(label=label, room=Room.LINE)
        case "when":
            return Blank(label=label, room=Room.TIME)


def _never(protocol: Protocol, language: str) -> Iterator[str]:
    """What the console would refuse, said where nothing can refuse it. Each follows from the protocol."""
    kinds = {step.type for step in protocol.steps}
    if protocol.subject is Subject.NOTICE:
        yield choose(NO_WORDS, language)
    if any(step.custody == "taken" for step in protocol.steps):
        yield choose(NOT_ALONE, language)
    yield from _of_family(protocol, language)
    yield from _of_choices(protocol, language)
    if StepType.SCREEN in kinds:
        yield choose(NOT_LESS, language)
    if StepType.ASSESS in kinds:
        yield choose(NO_PROMISE, language)
    if any(step.sign is not None for step in protocol.steps):
        yield choose(TWO, language)
    if StepType.CONTACT in kinds:
        yield choose(NO_REASON, language)


def _of_family(protocol: Protocol, language: str) -> Iterator[str]:
    declared = () if protocol.at_opening is None else protocol.at_opening.declares
    for exception in (each for step in protocol.steps for each in step.exceptions if each.blocks_guardians):
        label = exception.label.in_language(language)
        shut = exception.id in declared
        yield choose(HOME_SHUT, language) if shut else choose(HOME_IF, language) % label
    if protocol.guardians_when is not None:
        yield choose(HOME_UNTIL, language) % condition_in_words(protocol.guardians_when, protocol, language)


def _of_choices(protocol: Protocol, language: str) -> Iterator[str]:
    choices = [choice for step in protocol.steps for choice in step.choices]
    if any(choice.police for choice in choices):
        reasons = "; ".join(reason.in_language(language) for reason in protocol.police_reasons.values())
        yield choose(POLICE, language) % reasons
    for choice in choices:
        if choice.only_after:
            yield choose(NOT_BEFORE, language) % choice_in_words(choice, protocol, language)
        if choice.needs is not None:
            yield choice.needs.otherwise.in_language(language)
