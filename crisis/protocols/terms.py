"""The words of a protocol for people, in English and Spanish: one for each closed choice that a file can name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from crisis.vocabulary import (
    Anchor,
    Custody,
    DeadlineKind,
    Emergency,
    Phase,
    ReleaseTo,
    Role,
    ScreenResult,
    StepType,
    Tier,
)

Pair = tuple[str, str]  # English, Spanish

PHASES: Mapping[Phase, Pair] = {
    Phase.IDENTIFICATION: ("Identification", "Identificación"),
    Phase.SAFETY_ASSESSMENT: ("Safety assessment", "Evaluación de seguridad"),
    Phase.FAMILY_CONTACT: ("Family contact", "Contacto con la familia"),
    Phase.HANDOFF: ("Handoff", "Traspaso"),
    Phase.FOLLOW_UP: ("Follow-up", "Seguimiento"),
    Phase.CLOSED: ("Closed", "Cerrado"),
}
ROLES: Mapping[Role, Pair] = {
    Role.REPORTER: ("reporter", "quien da el aviso"),
    Role.SUPERVISING_ADULT: ("adult with the student", "adulto con el estudiante"),
    Role.INCIDENT_LEAD: ("incident lead", "responsable"),
    Role.ASSESSOR: ("assessor", "evaluador"),
    Role.ADMIN: ("administrator", "dirección"),
    Role.NURSE: ("nurse", "enfermería"),
    Role.SRO: ("school resource officer", "oficial escolar"),
    Role.ONCALL_CLINICIAN: ("clinician on call", "clínico de guardia"),
    Role.CARE_COORDINATOR: ("care coordinator", "coordinador de atención"),
    Role.DISTRICT_ONCALL: ("district on call", "guardia del distrito"),
    Role.LIAISON: ("liaison", "enlace"),
    Role.SCRIBE: ("scribe", "quien anota"),
    Role.LOGISTICS: ("logistics", "logística"),
}
TYPES: Mapping[StepType, Pair] = {
    StepType.ACT: ("act", "acción"),
    StepType.SCREEN: ("screening", "detección"),
    StepType.ASSESS: ("assessment", "evaluación"),
    StepType.CONTACT: ("contact", "contacto"),
    StepType.NOTIFY: ("tell", "aviso"),
    StepType.PAGE: ("page", "llamada de guardia"),
    StepType.HANDOFF: ("handoff", "traspaso"),
    StepType.CUSTODY: ("custody", "custodia"),
    StepType.DECISION: ("decision", "decisión"),
    StepType.DOCUMENT: ("document", "documento"),
    StepType.FOLLOW_UP: ("follow-up", "seguimiento"),
    StepType.MEETING: ("meeting", "reunión"),
    StepType.REVIEW: ("review", "revisión"),
}
KINDS: Mapping[DeadlineKind, Pair] = {
    DeadlineKind.HARD: ("must", "obligatorio"),
    DeadlineKind.TARGET: ("goal", "meta"),
    DeadlineKind.ADVICE: ("advice", "consejo"),
}
ANCHORS: Mapping[Anchor, Pair] = {
    Anchor.OPENED: ("the opening", "la apertura"),
    Anchor.STEP_OPENED: ("the moment this step opens", "el momento en que se abre este paso"),
    Anchor.ACUTE: ("the first acute danger", "el primer peligro agudo"),
    Anchor.TIER: ("the decision on the level of risk", "la decisión sobre el nivel de riesgo"),
    Anchor.RELEASED: ("the release", "la entrega del estudiante"),
    Anchor.RETURNED: ("the return", "el regreso"),
    Anchor.PREVIOUS: ("the contact before", "el contacto anterior"),
}
TIERS: Mapping[Tier, Pair] = {
    Tier.NONE: ("none", "ninguno"),
    Tier.LOW: ("low", "bajo"),
    Tier.MODERATE: ("moderate", "moderado"),
    Tier.HIGH: ("high", "alto"),
    Tier.IMMINENT: ("imminent", "inminente"),
}
SCREENS: Mapping[ScreenResult, Pair] = {
    ScreenResult.NEGATIVE: ("negative", "negativo"),
    ScreenResult.NON_ACUTE_POSITIVE: ("positive", "positivo"),
    ScreenResult.ACUTE_POSITIVE: ("acute", "agudo"),
    ScreenResult.INCOMPLETE: ("incomplete", "incompleto"),
    ScreenResult.TOO_YOUNG: ("not done because of the age", "no hecho por la edad"),
}
CUSTODIES: Mapping[Custody, Pair] = {
    Custody.UNHELD: ("with nobody yet", "aún con nadie"),
    Custody.HELD: ("with an adult", "con un adulto"),
    Custody.OFFERED: ("between two adults", "entre dos adultos"),
    Custody.LOST: ("missing", "desaparecido"),
    Custody.RELEASED: ("released", "entregado"),
}
EMERGENCIES: Mapping[Emergency, Pair] = {
    Emergency.INACTIVE: ("not raised", "no declarada"),
    Emergency.ACTIVE: ("going on", "en curso"),
    Emergency.RESOLVED: ("over", "terminada"),
}
RECEIVERS: Mapping[ReleaseTo, Pair] = {
    ReleaseTo.GUARDIAN: ("a guardian", "la familia"),
    ReleaseTo.AUTHORISED_ADULT: ("an authorised adult", "un adulto autorizado"),
    ReleaseTo.EMS: ("an ambulance", "una ambulancia"),
    ReleaseTo.POLICE: ("the police", "la policía"),
    ReleaseTo.CLINICIAN: ("a clinician", "un clínico"),
    ReleaseTo.CHILD_PROTECTION: ("child protection", "protección de menores"),
    ReleaseTo.CLASS: ("class", "clase"),
}
Word = TypeVar("Word", bound=StrEnum)
Terms = dict[tuple[type[StrEnum], str], Pair]


def _keyed(table: Mapping[Word, Pair]) -> Terms:
    return {(type(word), word.value): pair for word, pair in table.items()}


_TERMS: Terms = {
    **_keyed(PHASES),
    **_keyed(ROLES),
    **_keyed(TYPES),
    **_keyed(KINDS),
    **_keyed(ANCHORS),
    **_keyed(TIERS),
    **_keyed(SCREENS),
    **_keyed(CUSTODIES),
    **_keyed(EMERGENCIES),
    **_keyed(RECEIVERS),
}


def term(word: StrEnum, language: str) -> str:
    """The word for people; `language` is en or es."""
    return choose(_TERMS[type(word), word.value], language)


def choose(pair: Pair, language: str) -> str:
    return pair[1] if language.startswith("es") else pair[0]


def either(words: list[str], language: str) -> str:
    """“a, b or c”."""
    joined = choose((" or ", " o "), language)
    return joined.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
