"""A protocol as a picture (Mermaid) and as an outline to print: lanes by role, phases, deadlines. Pure."""

from collections.abc import Iterator

from crisis.protocols.explain import (
    choice_in_words,
    condition_in_words,
    deadline_in_words,
    explain,
    is_reviewed,
    length_in_words,
)
from crisis.protocols.schema import Condition, Protocol, Step
from crisis.protocols.terms import Pair, choose, term
from crisis.vocabulary import DeadlineKind, Phase, StepId, StepType

_SHAPES: dict[StepType, Pair] = {  # opening and closing brackets; every other step is a box
    StepType.DECISION: ("{{", "}}"),
    StepType.PAGE: (">", "]"),
    StepType.CUSTODY: ("([", "])"),
    StepType.HANDOFF: ("[/", "/]"),
    StepType.FOLLOW_UP: ("(", ")"),
    StepType.REVIEW: ("((", "))"),
}
_ENTITIES = str.maketrans({"#": "#35;", '"': "#quot;", "&": "#amp;", "<": "#lt;", ">": "#gt;"})
_ANYBODY: Pair = ("anybody", "cualquiera")
_NOT_REVIEWED: Pair = ("Not reviewed for your district.", "No revisado para su distrito.")


def mermaid(protocol: Protocol, language: str = "en") -> str:
    """A flowchart with a lane for the first role of each step; dotted arrows are conditions that look at a step."""
    names = {step.id: f"s{number}" for number, step in enumerate(protocol.steps)}  # an id may be a word of Mermaid's
    lanes: dict[str, list[Step]] = {}
    for step in protocol.steps:
        lanes.setdefault(_lane(step, language), []).append(step)
    lines = ["flowchart LR"]
    for number, (lane, steps) in enumerate(lanes.items()):
        lines.append(f'  subgraph lane{number}["{_quoted(lane)}"]')
        lines += [f"    {names[step.id]}{_node(step, language)}" for step in steps]
        lines.append("  end")
    for step in protocol.steps:
        lines += [f"  {names[before]} --> {names[step.id]}" for before in step.after]
        asked = [other for other in _looked_at(step) if other not in step.after]
        lines += [f"  {names[other]} -.-> {names[step.id]}" for other in asked]
    return "\n".join([*lines, ""])


def _lane(step: Step, language: str) -> str:
    return term(step.roles[0], language) if step.roles else choose(_ANYBODY, language)


def _node(step: Step, language: str) -> str:
    opens, closes = _SHAPES.get(step.type, ("[", "]"))
    hard = [deadline for deadline in step.deadlines if deadline.kind is DeadlineKind.HARD]
    clocks = dict.fromkeys(f"⏱ {length_in_words(deadline, language)}" for deadline in hard)
    lines = [step.title.in_language(language), term(step.phase, language), *clocks]
    return f'{opens}"{"<br>".join(_quoted(line) for line in lines)}"{closes}'


def _quoted(text: str) -> str:
    """Mermaid has entities of its own, and its labels are read as HTML."""
    return text.translate(_ENTITIES)


def _looked_at(step: Step) -> list[StepId]:
    """Steps that the conditions of this one ask about, each once."""
    conditions = [each for each in (step.when, step.ready_when) if each is not None]
    return list(dict.fromkeys(name for condition in conditions for name in _named(condition)))


def _named(condition: Condition) -> Iterator[StepId]:
    if condition.done is not None:
        yield condition.done
    yield from condition.answer or {}
    for part in (*(condition.all or ()), *(condition.any or ()), *(condition.none or ())):
        yield from _named(part)


def outline(protocol: Protocol, language: str = "en") -> str:
    """Phase by phase, for the printed plan that stands in when the system is down."""
    lines = [f"{protocol.title.in_language(language)} · {protocol.id} {protocol.version} · {protocol.jurisdiction}"]
    if not is_reviewed(protocol):
        lines.append(choose(_NOT_REVIEWED, language))
    lines += ["", *_lane_lines(protocol, language)]
    for phase in Phase:
        steps = [step for step in protocol.steps if step.phase is phase]
        if steps:
            lines += ["", term(phase, language).upper()]
        for step in steps:
            lines += [f"  {line}" for line in _step_lines(step, protocol, language)]
    return "\n".join([*lines, ""])


def _lane_lines(protocol: Protocol, language: str) -> Iterator[str]:
    yield choose(("IN DANGER, AT ANY MOMENT", "EN PELIGRO, EN CUALQUIER MOMENTO"), language)
    for number, line in enumerate(protocol.lane.checklist, start=1):
        yield f"  {number}. {line.in_language(language)}"


def _step_lines(step: Step, protocol: Protocol, language: str) -> Iterator[str]:
    told = explain(protocol, step, language)
    yield f"[ ] {told.title} · {', '.join(told.roles)}"
    yield f"      {told.why}"
    if told.needed_when is not None:
        yield f"      {choose(('Needed if', 'Hace falta si'), language)} {told.needed_when}"
    if told.waits_for:
        yield f"      {choose(('After', 'Después de'), language)}: {'; '.join(told.waits_for)}"
    if step.ready_when is not None:
        begins = condition_in_words(step.ready_when, protocol, language)
        yield f"      {choose(('Begins once', 'Empieza cuando'), language)} {begins}"
    for deadline in step.deadlines:
        yield f"      ⏱ {deadline_in_words(deadline, protocol, language)}"
    for rule in step.exceptions:
        yield f"      {choose(('Exception', 'Excepción'), language)}: {rule.label.in_language(language)}"
    for choice in step.choices:
        yield f"      ( ) {choice_in_words(choice, protocol, language)}"
