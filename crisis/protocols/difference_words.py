"""How parts of a protocol are called when they differ, and which way is the looser one. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from crisis.protocols.explain import condition_in_words, deadline_in_words, span_in_words
from crisis.protocols.schema import Condition, Deadline, Duration, Parameter, Protocol, Step, Text
from crisis.protocols.terms import Pair, choose, term
from crisis.vocabulary import Role, SafetyClass, StepId

FIELDS: Mapping[str, Pair] = {
    "after": ("waits for", "espera a"),
    "answer_within": ("time to answer", "tiempo para responder"),
    "authorisers": ("who may declare it", "quién puede declararlo"),
    "checklist": ("what to do in danger", "qué hacer en peligro"),
    "choices": ("answers", "respuestas"),
    "citations": ("sources", "fuentes"),
    "crisis_types": ("kinds of crisis", "tipos de crisis"),
    "dangers": ("dangers", "peligros"),
    "deadlines": ("deadlines", "plazos"),
    "disclosure_items": ("what may be told to a receiver", "qué se puede decir a quien recibe"),
    "evidence": ("what is written down", "qué se anota"),
    "exceptions": ("exceptions", "excepciones"),
    "facts": ("facts", "hechos"),
    "instruments": ("instruments", "instrumentos"),
    "label": ("words", "texto"),
    "lane": ("in danger", "en peligro"),
    "contact_gap": ("until the family is tried again", "hasta intentar de nuevo con la familia"),
    "mandated_report_agency": ("who gets a report of abuse", "quién recibe el informe de maltrato"),
    "mandated_report_delegation": ("somebody else may report abuse", "otra persona puede informar del maltrato"),
    "mandated_report_form": ("form of the written report of abuse", "formulario del informe escrito de maltrato"),
    "mandated_report_oral": ("report of abuse by phone", "informe de maltrato por teléfono"),
    "mandated_report_oral_words": (
        "report of abuse by phone, in words",
        "informe de maltrato por teléfono, en palabras",
    ),
    "mandated_report_written": ("written report of abuse", "informe escrito de maltrato"),
    "min_attempts": ("attempts before it", "intentos previos"),
    "on_miss": ("who is told when it is missed", "a quién se avisa si no se cumple"),
    "options": ("options", "opciones"),
    "pages": ("who is paged", "a quién se llama"),
    "parameters": ("values", "valores"),
    "people": ("how many must come", "cuántos deben venir"),
    "phase": ("phase", "fase"),
    "police_reasons": ("reasons for police", "motivos para la policía"),
    "ready_when": ("begins once", "empieza cuando"),
    "roles": ("who does it", "quién lo hace"),
    "safety": ("may be left out", "se puede omitir"),
    "series": ("series", "serie"),
    "sign": ("second signature", "segunda firma"),
    "source": ("source", "fuente"),
    "title": ("title", "título"),
    "urgency": ("urgency", "urgencia"),
    "when": ("needed if", "hace falta si"),
    "why": ("why", "por qué"),
    "withhold_reasons": ("reasons to hold back", "motivos para no decir"),
}
SAFETY: Mapping[SafetyClass, Pair] = {
    SafetyClass.HARD: ("never", "nunca"),
    SafetyClass.REASON: ("with a reason", "con un motivo"),
}
_NOBODY: Mapping[str, Pair] = {
    "roles": ("anybody on the team", "cualquiera del equipo"),
    "after": ("nothing", "nada"),
}
_DURATION: TypeAdapter[timedelta] = TypeAdapter(Duration)
_NOTHING: Pair = ("nothing", "nada")
_YES, _NO = ("yes", "sí"), ("no", "no")


@dataclass(frozen=True, slots=True)
class Said:
    """Both versions, and in which language to tell."""

    old: Protocol
    new: Protocol
    language: str

    def of(self, step: Step | None, text: Pair) -> str:
        """A sentence about a step, or about the whole; `text` begins in lower case."""
        words = choose(text, self.language)
        return words[:1].upper() + words[1:] if step is None else f"“{step.title.in_language(self.language)}”: {words}"

    def step(self, step_id: StepId) -> str:
        known = self.new.step(step_id) or self.old.step(step_id)
        return step_id if known is None else f"“{known.title.in_language(self.language)}”"


def field_in_words(path: Sequence[str], language: str) -> str:
    """The known names in words; ids of parts and keys that came later stand as they are written."""
    return " · ".join(choose(FIELDS[name], language) if name in FIELDS else name.replace("_", " ") for name in path)


def value_in_words(value: Any, told: Said, name: str) -> str:
    """Short, for a sentence; what has no words of its own stands as in the file."""
    language = told.language
    if value is None or value in ((), {}, ""):
        return choose(_NOBODY.get(name, _NOTHING), language)
    if isinstance(value, bool):
        return choose(_YES if value else _NO, language)
    if isinstance(value, tuple | list):
        return ", ".join(value_in_words(each, told, name) for each in value)
    if name == "after":
        return told.step(value)
    if isinstance(value, timedelta):
        return span_in_words(value, language)
    if isinstance(value, StrEnum):
        return _word(value, language)
    return _model(value, told) if isinstance(value, BaseModel) else str(value)


def _word(value: StrEnum, language: str) -> str:
    if isinstance(value, SafetyClass):
        return choose(SAFETY[value], language)
    return term(value, language) if isinstance(value, Role) else value.value


def _model(value: BaseModel, told: Said) -> str:
    if isinstance(value, Text):
        return f"“{value.in_language(told.language)}”"
    if isinstance(value, Condition):
        return _condition(value, told)
    if isinstance(value, Deadline):
        return deadline_in_words(value, told.new, told.language)
    if isinstance(value, Parameter):
        return _parameter(value, told)
    label = getattr(value, "label", None) or getattr(value, "title", None)
    if isinstance(label, Text):
        return f"“{label.in_language(told.language)}”"
    return str(label) if label else json.dumps(value.model_dump(mode="json", exclude_unset=True), ensure_ascii=False)


def _parameter(value: Parameter, told: Said) -> str:
    length = length_of(value)
    return value_in_words(value.value if length is None else length, told, "value")


def length_of(parameter: Parameter) -> timedelta | None:
    """Where its value is a length of time."""
    try:
        return _DURATION.validate_python(parameter.value) if isinstance(parameter.value, str) else None
    except ValidationError:
        return None


def _condition(value: Condition, told: Said) -> str:
    """By whichever of the two has the step that it asks about."""
    for whose in (told.new, told.old):
        try:
            return condition_in_words(value, whose, told.language)
        except (AssertionError, KeyError):  # it names what only the other version has
            continue
    return json.dumps(value.model_dump(mode="json", exclude_unset=True))


def _fewer(old: Any, new: Any) -> bool | None:
    """Who is asked or needed: some taken away is looser; only more is safer."""
    before, now = set(old), set(new)
    return None if before - now and now - before else bool(before - now)


def _less(old: int, new: int) -> bool:
    return new < old


_ORDER = [SafetyClass.HARD, SafetyClass.REASON]
LOOSE: Mapping[str, Callable[[Any, Any], bool | None]] = {  # whether the new value is looser; None: nobody can tell
    "checklist": lambda _old, _new: None,
    "min_attempts": _less,
    "on_miss": _fewer,
    "people": _less,
    "required": _less,
    "roles": lambda _old, _new: None,
    "safety": lambda old, new: _ORDER.index(new) > _ORDER.index(old),
    "two_to_lift": _less,
    "instruments": lambda _old, _new: None,
    "after": lambda _old, _new: None,
}
