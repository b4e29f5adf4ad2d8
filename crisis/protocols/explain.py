"""Why a step is asked for: in words, with who does it, until when, and where it says so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from crisis.protocols.schema import Choice, Condition, Deadline, Protocol, Step
from crisis.protocols.terms import Pair, choose, either, term
from crisis.protocols.wellformed import DEFAULT
from crisis.vocabulary import Clockwork

_LENGTHS: tuple[tuple[timedelta, Pair, Pair], ...] = (
    (timedelta(hours=1), ("hour", "hours"), ("hora", "horas")),
    (timedelta(minutes=1), ("minute", "minutes"), ("minuto", "minutos")),
    (timedelta(seconds=1), ("second", "seconds"), ("segundo", "segundos")),
)
_ANYBODY: Pair = ("anybody on the team", "cualquiera del equipo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything but the title answers a question; `by_default` says that a part of it has no source but our design."""

    title: str
    why: str
    roles: tuple[str, ...]
    needed_when: str | None
    waits_for: tuple[str, ...]
    deadlines: tuple[str, ...]
    sources: tuple[Source, ...]
    by_default: bool
    reviewed: bool


def explain(protocol: Protocol, step: Step, language: str) -> Explanation:
    """`language` is en or es."""
    keys = _keys(step)
    before = [found for found in map(protocol.step, step.after) if found is not None]
    return Explanation(
        title=step.title.in_language(language),
        why=step.why.in_language(language),
        roles=tuple(term(role, language) for role in step.roles) or (choose(_ANYBODY, language),),
        needed_when=None if step.when is None else condition_in_words(step.when, protocol, language),
        waits_for=tuple(other.title.in_language(language) for other in before),
        deadlines=tuple(deadline_in_words(deadline, protocol, language) for deadline in step.deadlines),
        sources=tuple(Source(title=each.title, url=each.url) for each in protocol.citations if each.key in keys),
        by_default=DEFAULT in keys,
        reviewed=is_reviewed(protocol),
    )


def is_reviewed(protocol: Protocol) -> bool:
    """Whether a clinician and a counsel have both put their name to it; until then it says “not reviewed”."""
    review = protocol.review
    return review.clinical.name is not None and review.legal.name is not None


def _keys(step: Step) -> set[str]:
    named = [step.source, *(each.source for each in step.deadlines), *(each.source for each in step.exceptions)]
    return {key for source in named for key in source.split()}


def deadline_in_words(deadline: Deadline, protocol: Protocol, language: str) -> str:
    """“within 30 minutes of the opening (goal)”."""
    whole = f"{counted_in_words(deadline, language)} ({term(deadline.kind, language)})"
    if deadline.when is None:
        return whole
    condition = condition_in_words(deadline.when, protocol, language)
    return f"{whole}, {choose(('if', 'si'), language)} {condition}"


def counted_in_words(deadline: Deadline, language: str) -> str:
    """“within 30 minutes of the opening”."""
    length, anchor = length_in_words(deadline, language), term(deadline.anchor, language)
    return choose((f"{length} of {anchor}", f"{length} desde {anchor}"), language)


def length_in_words(deadline: Deadline, language: str) -> str:
    """“within 30 minutes”, without what it counts from."""
    days = deadline.days or 0
    match deadline.clock:
        case Clockwork.SCHOOL_DAY if not days:
            return choose(("by the end of the school day", "antes de que acabe el día de clases"), language)
        case Clockwork.CALENDAR_DAY if not days:
            return choose(("by the end of the day", "antes de que acabe el día"), language)
        case Clockwork.SCHOOL_START:
            return _before_school(days, language)
        case Clockwork.SCHOOL_DAY:
            en, es = ("school day", "día de clases") if days == 1 else ("school days", "días de clases")
            return choose((f"within {days} {en}", f"antes de {days} {es}"), language)
        case Clockwork.CALENDAR_DAY:
            en, es = ("day", "día") if days == 1 else ("days", "días")
            return choose((f"within {days} {en}", f"antes de {days} {es}"), language)
        case Clockwork.WALL:
            return _within(deadline.within or timedelta(0), ("", ""), language)
        case Clockwork.SCHOOL_HOURS:
            return _within(deadline.within or timedelta(0), (" of school", " de clases"), language)


def _before_school(days: int, language: str) -> str:
    if not days:
        return choose(("before the next school day begins", "antes de que empiece el próximo día de clases"), language)
    en, es = ("school day", "día de clases") if days == 1 else ("school days", "días de clases")
    later: Pair = (f"before school begins, {days} {en} later", f"antes de empezar las clases, {days} {es} después")
    return choose(later, language)


def _within(length: timedelta, of: Pair, language: str) -> str:
    if not length:
        return choose((f"at the moment{of[0]}", f"en el momento{of[1]}"), language)
    span = span_in_words(length, language)
    return choose((f"within {span}{of[0]}", f"antes de {span}{of[1]}"), language)


def span_in_words(length: timedelta, language: str) -> str:
    """“30 minutes”, in the largest unit that fits whole."""
    units = [(*divmod(length, unit), one, uno) for unit, one, uno in _LENGTHS]
    count, en, es = next(
        ((count, en, es) for count, rest, en, es in units if count and not rest), (0, *_LENGTHS[-1][1:])
    )
    number = 0 if count == 1 else 1
    return choose((f"{count} {en[number]}", f"{count} {es[number]}"), language)


def choice_in_words(choice: Choice, protocol: Protocol, language: str) -> str:
    """The answer, with what it demands by itself and what must come before it."""
    said = [choice.label.in_language(language)]
    if choice.floor is not None:
        level = term(choice.floor, language)
        least: Pair = (f"the level of risk is then {level} at least", f"el riesgo es entonces al menos {level}")
        said.append(choose(least, language))
    first = [step.title.in_language(language) for step in protocol.steps if step.id in choice.only_after]
    wanted = protocol.parameters.get(choice.only_after_if or "")
    if first and (wanted is None or wanted.value is True):
        before = ", ".join(f"“{title}”" for title in first)
        late: Pair = (f"only after {before}, but in an emergency", f"solo después de {before}, salvo en una emergencia")
        said.append(choose(late, language))
    return " · ".join(said)


def condition_in_words(condition: Condition, protocol: Protocol, language: str) -> str:
    (key,) = condition.model_fields_set
    nested = {"all": condition.all, "any": condition.any, "none": condition.none}.get(key)
    if nested is None:
        return _SIMPLE[key](condition, protocol, language)
    parts = [_in_brackets(part, protocol, language) for part in nested]
    joined = choose((" and ", " y ") if key == "all" else (" or ", " o "), language).join(parts)
    return choose(("not: ", "no: "), language) + joined if key == "none" else joined


def _in_brackets(part: Condition, protocol: Protocol, language: str) -> str:
    """So that “and” within “or” is read as it is meant."""
    words = condition_in_words(part, protocol, language)
    several = any(len(nested or ()) > 1 for nested in (part.all, part.any, part.none))
    return f"({words})" if several else words


def _tier(condition: Condition, protocol: Protocol, language: str) -> str:
    levels = either([term(tier, language) for tier in condition.tier or ()], language)
    return choose((f"the level of risk is {levels}", f"el nivel de riesgo es {levels}"), language)


def _tier_at_least(condition: Condition, protocol: Protocol, language: str) -> str:
    assert condition.tier_at_least is not None
    least = term(condition.tier_at_least, language)
    return choose((f"the level of risk is {least} or above", f"el nivel de riesgo es {least} o mayor"), language)


def _fact(condition: Condition, protocol: Protocol, language: str) -> str:
    facts = {fact.id: fact for fact in protocol.facts}
    asked = (condition.fact or {}).items()
    said = [
        f"{facts[name].label.in_language(language)}: {facts[name].values[value].in_language(language)}"
        for name, value in asked
    ]
    return choose((" and ", " y "), language).join(said)


def _screen(condition: Condition, protocol: Protocol, language: str) -> str:
    results = either([term(result, language) for result in condition.screen or ()], language)
    return choose((f"the screening is {results}", f"el resultado de la detección es {results}"), language)


def _custody(condition: Condition, protocol: Protocol, language: str) -> str:
    states = either([term(state, language) for state in condition.custody or ()], language)
    return choose((f"the student is {states}", f"el estudiante está {states}"), language)


def _emergency(condition: Condition, protocol: Protocol, language: str) -> str:
    states = either([term(state, language) for state in condition.emergency or ()], language)
    return choose((f"the emergency is {states}", f"la emergencia está {states}"), language)


def _done(condition: Condition, protocol: Protocol, language: str) -> str:
    step = None if condition.done is None else protocol.step(condition.done)
    assert step is not None  # a well-formed protocol names only its own steps
    title = step.title.in_language(language)
    return choose((f"“{title}” is done", f"“{title}” está hecho"), language)


def _answer(condition: Condition, protocol: Protocol, language: str) -> str:
    said = []
    for name, chosen in (condition.answer or {}).items():
        step = protocol.step(name)
        assert step is not None
        labels = [f"“{each.label.in_language(language)}”" for each in step.choices if each.id in chosen]
        title = step.title.in_language(language)
        answers = either(labels, language)
        said.append(
            choose((f"“{title}” is answered with {answers}", f"la respuesta a “{title}” es {answers}"), language)
        )
    return choose((" and ", " y "), language).join(said)


def _exception(condition: Condition, protocol: Protocol, language: str) -> str:
    found = [protocol.exception(name) for name in condition.exception or ()]
    labels = [f"“{each[1].label.in_language(language)}”" for each in found if each is not None]
    return choose(("it is declared that ", "se declaró que "), language) + either(labels, language)


def _released_to(condition: Condition, protocol: Protocol, language: str) -> str:
    receivers = either([term(to, language) for to in condition.released_to or ()], language)
    return choose((f"the student went to {receivers}", f"el estudiante se fue con: {receivers}"), language)


def _ever_acute(condition: Condition, protocol: Protocol, language: str) -> str:
    if condition.ever_acute:
        return choose(("there was acute danger", "hubo peligro agudo"), language)
    return choose(("there was no acute danger", "no hubo peligro agudo"), language)


def _ever_positive(condition: Condition, protocol: Protocol, language: str) -> str:
    if condition.ever_positive:
        return choose(("a screening or an interview was positive", "una detección o entrevista fue positiva"), language)
    return choose(("no screening was positive", "ninguna detección fue positiva"), language)


_SIMPLE: dict[str, Callable[[Condition, Protocol, str], str]] = {
    "tier": _tier,
    "tier_at_least": _tier_at_least,
    "fact": _fact,
    "screen": _screen,
    "custody": _custody,
    "emergency": _emergency,
    "done": _done,
    "answer": _answer,
    "exception": _exception,
    "released_to": _released_to,
    "ever_acute": _ever_acute,
    "ever_positive": _ever_positive,
}
