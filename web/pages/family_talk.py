"""Beside each number of the family: what to say first, in the language of whoever answers, and who interprets."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from crisis import events as ev
from crisis.events import ContactAttempted
from crisis.message_words import STAND_INS, Blank, Rung
from crisis.policy.family_plan import next_to_try
from crisis.policy.messages import Reached, Reader, Ready, language_ladder, rendered
from crisis.privacy_words import ContactEffect, Obligation
from crisis.protocols import loader
from crisis.protocols.languages import right_to_left
from crisis.statemachine.next_attempt import family_to_reach, next_attempt_at
from crisis.store import contact_record, family_plan, interpreting, message_texts, people
from crisis.store.contact_record import Wish
from crisis.store.contacting import WAYS, Card
from crisis.store.interpreting import InterpreterWish
from crisis.store.queries import IncidentView
from crisis.vocabulary import ContactMethod, ContactOutcome, PersonId, StepId, StepState
from web.deps import Desk
from web.forms import Said
from web.pages import first_words
from web.pages.reasons import in_words
from web.rendering import Language, babel_language, translations
from web.words import N_
from web.words_of_interpreters import said

FIRST_TRY, AGAIN = "f1", "f2"  # of the catalog of messages
Wished = Mapping[PersonId, InterpreterWish]
NOT_KNOWN = "und"  # BCP 47: undetermined

RUNGS: dict[Rung, str] = {
    Rung.EXACT: N_("Read this aloud, in %(language)s:"),
    Rung.ACCEPTED: N_("Read this aloud, in %(language)s:"),
    Rung.RECORDING: N_("There is a recording in %(language)s: play it to them, then stay on the line."),
    Rung.LIVE_CALL: N_("Speak with them yourself; with an interpreter where you do not share a language."),
    Rung.ENGLISH_AND_LINE: N_("Speak English slowly, and read this one line in %(language)s:"),
    Rung.PERSON: N_("Nothing is ready in their language. Find somebody who interprets before you call."),
}
ONLY_IF_TRUE = N_("Say it only if it is true now.")
ALOUD = frozenset({Rung.EXACT, Rung.ACCEPTED, Rung.RECORDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What to say first to one adult, and why not in a better way. `tag` is the language of `lines`."""

    advice: str
    caution: str
    lines: tuple[str, ...]
    tag: str | None
    direction: str
    recording: str | None
    why: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An interpreter for one language: who it is for, and who has been arranged, if anybody."""

    tag: str
    language: str
    adults: tuple[str, ...]
    wishes: tuple[str, ...]  # as they want it
    arranged_at: datetime | None
    arranged_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """That the family still has to be reached: by which step, when to try again, and who is to interpret."""

    step: StepId
    again_at: datetime | None
    wanted: tuple[str, ...]  # languages for which nobody is arranged yet


def reaching(view: IncidentView, language: Language) -> Reaching | None:
    """For everybody on the incident's page: whoever does not call can look for the interpreter."""
    step = family_to_reach(view.incident, view.protocol)
    if step is None or view.state(step) is not StepState.OPEN:
        return None
    wanted = tuple(each.language for each in interpreters(view, language) if each.arranged_at is None)
    return Reaching(step=step.id, again_at=next_attempt_at(view.incident, view.protocol), wanted=wanted)


def talk_values(desk: Desk, view: IncidentView) -> dict[str, object]:
    """For the step that reaches the family."""
    student = view.incident.student
    with desk.store.read() as tx:
        message = AGAIN if view.incident.contact_attempts else FIRST_TRY
        ready = message_texts.ready(tx, view.incident.district, message)
        wishes = contact_record.wishes(tx, student) if student is not None else {}
        line = message_texts.interpreter_line(tx, view.incident.district)
        wished = interpreting.wishes(tx, desk.store.keys, student) if student is not None else {}
    guardians = [card for card in view.family if not card.refused and card.contact.guardian]
    return _first(desk, view) | {
        "scripts": {
            card.contact.person: _script(view, message, _reader(card, wishes), ready, desk.language)
            for card in guardians
        },
        "interpreters": interpreters(view, desk.language, wished),
        "interpreter_line": line,
        "next_attempt": next_attempt_at(view.incident, view.protocol),
        "not_informed": not_informed(view, desk.language),
        **first_words.values(view, desk.language),
    }


def not_informed(view: IncidentView, language: Language) -> str | None:
    """Why a family that was reached does not count as informed (I-9, PR-74): the step stays open, and says so."""
    attempts = [each.event for each in view.events if isinstance(each.event, ContactAttempted)]
    reached = [each for each in attempts if each.guardian and each.outcome is ContactOutcome.REACHED]
    if not reached or view.incident.guardian_reached_at is not None:
        return None
    retold = N_("What a child or a relative passes on does not count. Call again with a qualified interpreter.")
    unsaid = N_(
        "Nobody said that they said it back. If they did, record the talk again and tick it; if not, call again."
    )
    return translations(language).gettext(retold if reached[-1].interpreted_by in STAND_INS else unsaid)


def _first(desk: Desk, view: IncidentView) -> dict[str, object]:
    """Who comes before the adults of the list, and whom of those to try next."""
    if view.incident.student is None:
        return {"call_first": None, "nobody_first": False, "try_next": None, "ContactMethod": methods_of(view, None)}
    with desk.store.read() as tx:
        plan = family_plan.of_student(tx, view.incident.student)
        staff = family_plan.first_of_staff(tx, people.student(tx, view.incident.student))
    names = {card.contact.person: card.contact.name for card in view.family}
    tried = [each.event.contact for each in view.events if isinstance(each.event, ev.ContactAttempted)]
    callable_now = [card for card in view.family if at_once(card)]
    first_hand = [card for card in callable_now if card.now] or callable_now  # whose hour suits comes first
    following = next_to_try([card.contact.person for card in first_hand], tried)
    return {
        "call_first": None if staff is None else {"name": staff[1], "numbers": staff[2]},
        "nobody_first": plan.names_nobody(card.contact.relation for card in view.family),
        "try_next": None if following is None else names[following],
        "ContactMethod": methods_of(view, following),
    }


def methods_of(view: IncidentView, person: PersonId | None) -> tuple[ContactMethod, ...]:
    """The ways of the form, those first that whoever is tried next asked for (field 8)."""
    asked = next((card.ways for card in view.family if card.contact.person == person), ())
    order = [way for way, _ in asked]
    return tuple(sorted(ContactMethod, key=lambda each: order.index(WAYS[each]) if WAYS[each] in order else len(order)))


def at_once(card: Card) -> bool:
    """Whether one of their numbers may be called without asking anybody."""
    may = (ContactEffect.ALLOW, ContactEffect.ALLOW_WITH)
    return any(decision.effect in may for _, decision in card.numbers)


def _reader(card: Card, wishes: dict[PersonId, Wish]) -> Reader:
    known = card.contact.language
    reads = wishes.get(card.contact.person, Wish()).reads
    return Reader(reads=reads or ((known,) if known else ()), speaks=known)


def _script(view: IncidentView, message: str, reader: Reader, ready: Ready, language: Language) -> Script:
    found, translate = language_ladder(reader, ready), translations(language).gettext
    if found.rung in ALOUD and not first_words.with_an_adult(view):  # they say that an adult is with the student
        found = Reached(Rung.LIVE_CALL, None, ())
    advice = translate(RUNGS[found.rung])
    return Script(
        advice=advice % {"language": babel_language(found.tag, language)} if found.tag else advice,
        caution=translate(ONLY_IF_TRUE) if first_words.in_danger(view.incident) else "",
        lines=_lines(view, message, found),
        tag=found.tag,
        recording=_recorded(message, found, ready),
        direction="rtl" if found.tag and right_to_left(found.tag) else "ltr",
        why=tuple(in_words(reason, language) for reason in found.passed),
    )


def _recorded(message: str, found: Reached, ready: Ready) -> str | None:
    """Beside the text as well: a caller may not be able to read it aloud."""
    has = found.tag in ready.recorded and found.rung in ALOUD
    return f"/messages/{message}/{found.tag}/recording" if has else None


def _lines(view: IncidentView, message: str, found: Reached) -> tuple[str, ...]:
    if found.tag is None:
        return ()
    match found.rung:
        case Rung.EXACT | Rung.ACCEPTED:
            text = loader.messages()[message].asset(found.tag).spoken
        case Rung.ENGLISH_AND_LINE:
            text = loader.messages()[message_texts.LINE].asset(found.tag).written
        case _:
            return ()
    return (rendered(text, found.tag, {Blank.SCHOOL_NAME: view.school.name}),) if text else ()


def interpreters(view: IncidentView, language: Language, wished: Wished = MappingProxyType({})) -> list[Wanted]:
    """One for each language that an adult needs who may be contacted; wanted until somebody qualified is arranged."""
    wanted: dict[str, dict[PersonId, str]] = defaultdict(dict)
    for card in view.family:
        decisions = [card.decision, *(decision for _, decision in card.numbers)]
        if not card.refused and any(Obligation.INTERPRETER_FIRST in each.obligations for each in decisions):
            wanted[card.contact.language or NOT_KNOWN][card.contact.person] = card.contact.name
    return [_wanted(view, tag, names, wished, language=language) for tag, names in sorted(wanted.items())]


def _wanted(
    view: IncidentView, tag: str, names: Mapping[PersonId, str], wished: Wished, *, language: Language
) -> Wanted:
    arranged = view.incident.interpreters.get(tag)
    translate = translations(language).gettext
    by = None if arranged is None or arranged.by is None else view.names.get(arranged.by)
    return Wanted(
        tag=tag,
        language=translate(N_("language not known")) if tag == NOT_KNOWN else babel_language(tag, language),
        adults=tuple(names.values()),
        wishes=tuple(dict.fromkeys(line for each in names if each in wished for line in said(wished[each], language))),
        arranged_at=None if arranged is None else arranged.at,
        arranged_by=by,
    )
