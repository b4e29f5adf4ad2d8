"""What stands on every form for paper besides the protocol's own words, in English and Spanish."""

from enum import StrEnum

from crisis.protocols.terms import Pair
from crisis.vocabulary import ReleaseTo, ScreenResult, StepType, Tier


class Room(StrEnum):
    """What is left free beside a question."""

    BOXES = "boxes"
    LINE = "line"
    LINES = "lines"
    TIME = "time"


Asked = tuple[Pair, Room, int]  # the words, the room beside them, how often

ANYBODY: Pair = ("anybody on the team", "cualquiera del equipo")
ALWAYS: dict[StepType, tuple[Asked, ...]] = {
    StepType.ACT: (),
    StepType.DECISION: ((("Why", "Por qué"), Room.LINE, 1),),
    StepType.SCREEN: (
        (("Form used, language, interpreter", "Formulario, idioma, intérprete"), Room.LINE, 1),
        (("Result, as on the form", "Resultado, según el formulario"), Room.BOXES, 1),
    ),
    StepType.ASSESS: (
        (("Level of risk", "Nivel de riesgo"), Room.BOXES, 1),
        (("What it rests on", "En qué se basa"), Room.LINES, 1),
        (("Signed (name, post)", "Firma (nombre, puesto)"), Room.LINE, 1),
    ),
    StepType.CONTACT: (
        (
            (
                "Who was tried, which number, which language; the result",
                "A quién, qué número, qué idioma; el resultado",
            ),
            Room.LINE,
            3,
        ),
        (("Who was informed, and who interpreted", "Quién quedó informado, y quién interpretó"), Room.LINE, 1),
    ),
    StepType.NOTIFY: ((("Who was told", "A quién se avisó"), Room.LINE, 1),),
    StepType.PAGE: (
        (("Who was called; comes, cannot, no answer", "A quién se llamó; viene, no puede, no contesta"), Room.LINE, 3),
        (("Here at", "Llegó a las"), Room.TIME, 1),
    ),
    StepType.HANDOFF: (
        (("Offered to (name, organization)", "Se ofreció a (nombre, organización)"), Room.LINE, 1),
        (
            (
                "Accepted by (name); until then the student stays ours",
                "Aceptó (nombre); hasta entonces seguimos a cargo",
            ),
            Room.LINE,
            1,
        ),
        (("What they were told, and why that is allowed", "Qué se les dijo, y por qué se permite"), Room.LINES, 1),
    ),
    StepType.CUSTODY: (),
    StepType.DOCUMENT: (),
    StepType.FOLLOW_UP: (
        (("Day; how it went; a new worry?", "Día; cómo fue; ¿algo nuevo que preocupe?"), Room.LINE, 1),
    ),
    StepType.MEETING: ((("Who was there, and what was agreed", "Quién estuvo, y qué se acordó"), Room.LINES, 1),),
    StepType.REVIEW: ((("What is left, and who does it", "Qué queda, y quién lo hace"), Room.LINES, 1),),
}
OF_CUSTODY: dict[str, tuple[Asked, ...]] = {
    "taken": ((("Adult with the student (name), from", "Adulto con el estudiante (nombre), desde"), Room.LINE, 3),),
    "released": (
        (("To whom", "A quién"), Room.BOXES, 1),
        (("Name, and how you knew them", "Nombre, y cómo los reconoció"), Room.LINE, 1),
    ),
}
BOXES: dict[StepType, type[StrEnum]] = {
    StepType.SCREEN: ScreenResult,
    StepType.ASSESS: Tier,
    StepType.CUSTODY: ReleaseTo,
}
YES_NO: tuple[Pair, ...] = (("Yes", "Sí"), ("No", "No"))
CHOSEN: Pair = ("What was decided", "Qué se decidió")
SECOND: Pair = ("Second signature, needed if %s", "Segunda firma, necesaria si %s")

# What must not be done.
NO_WORDS: Pair = (
    "Do not ask or write down what happened: a notice holds no words.",
    "No pregunte ni anote qué pasó: un aviso no lleva palabras.",
)
NOT_ALONE: Pair = (
    "Never leave the student alone, not even for a moment, until they are handed to a safe adult.",
    "Nunca deje solo al estudiante, ni un momento, hasta entregarlo a un adulto seguro.",
)
NO_PROMISE: Pair = (
    "Do not ask for a promise not to hurt oneself. It protects nobody.",
    "No pida la promesa de no hacerse daño. No protege a nadie.",
)
NO_REASON: Pair = (
    "Leave no reason on a voicemail or in a text: name, school and number only.",
    "No deje el motivo en un buzón de voz ni en un mensaje: solo nombre, escuela y número.",
)
HOME_SHUT: Pair = (
    "Call nobody at home, and let nobody else do it, until child protection says so and two people lift it.",
    "No llame a nadie de la casa, ni deje que otro lo haga, hasta que protección de menores lo diga y dos personas lo levanten.",  # noqa: E501
)
HOME_IF: Pair = ("Do not call home where this is so: %s.", "No llame a la casa si es así: %s.")
HOME_UNTIL: Pair = ("Call nobody at home until %s.", "No llame a nadie de la casa hasta que %s.")
POLICE: Pair = ("Police only for one of these: %s.", "La policía solo por uno de estos motivos: %s.")
NOT_BEFORE: Pair = ("Not at once: %s.", "No de inmediato: %s.")
TWO: Pair = (
    "Nobody decides a high level of risk alone: a second person signs.",
    "Nadie decide a solas un riesgo alto: firma una segunda persona.",
)
NOT_LESS: Pair = (
    "What is not known is not safe: a question that was refused or not asked counts as a yes.",
    "Lo que no se sabe no es seguro: una pregunta sin respuesta o no hecha cuenta como sí.",
)
