"""What errands say: the same closed grammar as texts about pages, and nothing of any incident, person or student.

A test says so in its first word, and a page never does: nobody takes the one for the other (F77).
"""

from crisis.errors import Reason, Refused
from crisis.notify.wording import PageCode
from crisis.store.errands import Subject

MOST = 999

_TEXTS: dict[Subject, dict[str, str]] = {
    Subject.TEST: {
        "en": "TEST. CRISIS test, no incident. Reply {code}A to say that it reached you. There is nothing else to do.",
        "es": "PRUEBA de CRISIS, no hay incidente. Responda {code}A para decir que ha llegado. No hay que hacer nada mas.",
    },
    Subject.CONFIRM_TURN: {
        "en": "CRISIS plan: your on-call turn begins in {amount} min. Reply {code}A if you can be reached, {code}D if you can't.",
        "es": "CRISIS plan: su turno de guardia empieza en {amount} min. Responda {code}A si se le puede avisar, {code}D si no.",
    },
    Subject.TURN_UNCONFIRMED: {
        "en": "CRISIS plan: a turn has begun that nobody confirmed. Pages go on as planned. See On call in the console.",
        "es": "CRISIS plan: ha empezado un turno que nadie ha confirmado. Los avisos siguen el plan. Vea De guardia en la consola.",
    },
    Subject.TURN_DECLINED: {
        "en": "CRISIS plan: somebody can't take the next on-call turn. Put somebody else in: On call in the console.",
        "es": "CRISIS plan: alguien no puede hacer su turno de guardia. Ponga a otra persona en De guardia.",
    },
    Subject.PLAN: {
        "en": "CRISIS plan: open points in the on-call plan: {amount}. See Who is ready in the console.",
        "es": "CRISIS plan: puntos por resolver en el plan de guardias: {amount}. Vea Quien esta listo en la consola.",
    },
    Subject.STOPPED: {
        "en": "CRISIS plan: numbers of staff that take no texts any more: {amount}. Calls go on. See Who is ready in the console.",
        "es": "CRISIS plan: numeros del personal que ya no reciben textos: {amount}. Las llamadas siguen. Vea Quien esta listo.",
    },
    Subject.BAD_NUMBER: {
        "en": "CRISIS plan: numbers of staff that do not work: {amount}. See Who is ready in the console.",
        "es": "CRISIS plan: numeros del personal que no funcionan: {amount}. Vea Quien esta listo en la consola.",
    },
    Subject.BREAK_GLASS: {
        "en": "CRISIS records: somebody uses emergency access to an incident. See Emergency access in the console.",
        "es": "CRISIS registros: alguien usa el acceso de emergencia a un incidente. Vea Acceso de emergencia en la consola.",
    },
    Subject.EMERGENCY_ACCOUNT: {
        "en": "CRISIS account: an emergency account is used now. See Emergency access in the console, and ask who it is.",
        "es": "CRISIS cuenta: se usa ahora una cuenta de emergencia. Vea Acceso de emergencia en la consola y pregunte quien es.",
    },
    Subject.GATHERING: {
        "en": "CRISIS records: somebody opened the records of many students in an hour, and is slowed. See the audit.",
        "es": "CRISIS registros: alguien ha abierto los registros de muchos alumnos en una hora; va mas lento. Vea la auditoria.",
    },
    Subject.SIGN_IN: {
        "en": "CRISIS account: a new way to sign in to your account was connected. Not you? Tell the district crisis lead now.",
        "es": "CRISIS cuenta: se ha conectado una nueva forma de entrar en su cuenta. No fue usted? Avise ya al distrito.",
    },
    Subject.RECORDS_DUE: {
        "en": "CRISIS records: records requests that press or are late: {amount}. See Records requests in the console.",
        "es": "CRISIS registros: solicitudes de expediente que urgen o han vencido: {amount}. Vea Solicitudes de expediente en la consola.",
    },
    Subject.IMPROVEMENT_DUE: {
        "en": "CRISIS plan: improvements that are yours and press or are late: {amount}. See Improvements in the console.",
        "es": "CRISIS plan: mejoras a su cargo que urgen o han vencido: {amount}. Vea Mejoras en la consola.",
    },
    Subject.DRILL_COMING: {
        "en": "CRISIS plan: drills in the next days that you run or take part in: {amount}. See Drills in the console.",
        "es": "CRISIS plan: simulacros en los proximos dias que dirige o en que participa: {amount}. Vea Simulacros.",
    },
    Subject.DRILL_PARENTS: {
        "en": "CRISIS plan: drills of which parents have to be told in writing now: {amount}. See Drills in the console.",
        "es": "CRISIS plan: simulacros de los que hay que avisar ya por escrito a los padres: {amount}. Vea Simulacros.",
    },
    Subject.DRILL_OWED: {
        "en": "CRISIS plan: schools that have to hold a drill, or are late: {amount}. See Drills in the console.",
        "es": "CRISIS plan: escuelas que deben hacer un simulacro o van tarde: {amount}. Vea Simulacros en la consola.",
    },
    Subject.REVIEW_OWED: {
        "en": "CRISIS plan: reviews that wait to be written, or are late: {amount}. See Reviews in the console.",
        "es": "CRISIS plan: revisiones por escribir o con retraso: {amount}. Vea Revisiones en la consola.",
    },
    Subject.REVIEW_TO_SIGN: {
        "en": "CRISIS plan: reviews that wait to be read and signed: {amount}. See Reviews in the console.",
        "es": "CRISIS plan: revisiones por leer y firmar: {amount}. Vea Revisiones en la consola.",
    },
    Subject.ANCHOR: {
        "en": "CRISIS records: for two days the audit chain was not anchored outside. Ask whoever runs the server to look.",
        "es": "CRISIS registros: hace dos dias que no se guarda fuera la cadena de auditoria. Avise a quien cuida el servidor.",
    },
    Subject.SECOND_LOOK: {
        "en": "CRISIS records: entries that wait for a second person: {amount}. See Second look in the console.",
        "es": "CRISIS registros: entradas que esperan a una segunda persona: {amount}. Vea Segunda mirada en la consola.",
    },
}
_THANKS: dict[Subject, dict[str, str]] = {
    Subject.TEST: {
        "en": "TEST. CRISIS: thank you, it reached you. Nothing more to do.",
        "es": "PRUEBA de CRISIS: gracias, ha llegado. No hay que hacer nada mas.",
    },
    Subject.CONFIRM_TURN: {
        "en": "CRISIS plan: thank you, your turn is confirmed.",
        "es": "CRISIS plan: gracias, su turno queda confirmado.",
    },
    Subject.TURN_DECLINED: {
        "en": "CRISIS plan: noted, those who plan are told. Until they change it you are still paged.",
        "es": "CRISIS plan: anotado, se lo decimos a quienes planifican. Hasta que lo cambien se le sigue avisando.",
    },
}
_TOO_LATE = {
    "en": "CRISIS: this was answered before, or is too old. Nothing more to do.",
    "es": "CRISIS: esto ya se respondio, o es demasiado antiguo. No hay que hacer nada mas.",
}
_STILL_ASKED = {
    Subject.TEST: {
        "en": "TEST. CRISIS: not understood. Reply {code}A to say that the test reached you.",
        "es": "PRUEBA de CRISIS: no se entiende. Responda {code}A para decir que la prueba ha llegado.",
    },
    Subject.CONFIRM_TURN: {
        "en": "CRISIS plan: not understood. Reply {code}A if you can be reached in your on-call turn, {code}D if you can't.",
        "es": "CRISIS plan: no se entiende. Responda {code}A si se le puede avisar en su turno, {code}D si no.",
    },
}
_SPOKEN = {
    "en": "This is a test. A test call of the crisis system. There is no incident, and nobody needs help. "
    "Press 1 to say that it reached you. The number for the console is {digits}.",
    "es": "Esto es una prueba. Una llamada de prueba del sistema de crisis. No hay incidente y nadie necesita ayuda. "
    "Marque 1 para decir que ha llegado. El número para la consola es {digits}.",
}
_SPOKEN_THANKS = {
    "en": "Thank you. The test reached you. Goodbye.",
    "es": "Gracias. La prueba ha llegado. Adiós.",
}


def text(subject: Subject, language: str = "en", *, code: str | None = None, amount: int | None = None) -> str:
    return _filled(_TEXTS[subject], language, code, amount)


def thanks(subject: Subject, language: str = "en") -> str:
    """After the answer was committed; what was answered no is `TURN_DECLINED`."""
    return _filled(_THANKS[subject], language, None, None)


def too_late(language: str = "en") -> str:
    return _filled(_TOO_LATE, language, None, None)


def still_asked(subject: Subject, code: str, language: str = "en") -> str:
    return _filled(_STILL_ASKED[subject], language, code, None)


def spoken(code: str, language: str = "en") -> str:
    """The digits one by one, so that they are heard as digits."""
    lang = language if language in _SPOKEN else "en"
    _must_be_code(code)
    return _SPOKEN[lang].format(digits=", ".join(code))


def spoken_thanks(language: str = "en") -> str:
    return _SPOKEN_THANKS[language if language in _SPOKEN_THANKS else "en"]


def _filled(texts: dict[str, str], language: str, code: str | None, amount: int | None) -> str:
    if code is not None:
        _must_be_code(code)
    if amount is not None and not 0 <= amount <= MOST:
        raise Refused(Reason("PR-12", "An amount goes from 0 to 999"))
    lang = language if language in texts else "en"
    return texts[lang].format(code=PageCode(code or ""), amount=amount)


def _must_be_code(code: str) -> None:
    if len(code) != 3 or not code.isascii() or not code.isdigit():
        raise Refused(Reason("PR-12", "The code of an errand has three digits"))
