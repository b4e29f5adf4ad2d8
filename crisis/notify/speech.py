"""What may be said on a telephone: a closed catalog like that of texts, and as silent about the student.

The one exception is what follows the PIN: the school and where somebody is needed (`privacy-and-culture.md` 1.12).
"""

from collections.abc import Mapping
from enum import StrEnum

from crisis.call_words import CallWhy
from crisis.notify.details import Details
from crisis.notify.wording import Filling, Subject, filled
from crisis.store.phones import for_people
from crisis.vocabulary import Mode, Role

Texts = Mapping[str, str]


class Saying(StrEnum):
    """Everything that a call can say by itself, besides what an answer comes to."""

    PAGE = "page"
    HERE_YET = "here_yet"
    MINUTES = "minutes"
    MINUTES_NOTED = "minutes_noted"
    REASON = "reason"
    REASON_NOTED = "reason_noted"
    PIN = "pin"
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    PIN_CALLER = "pin_caller"
    GOODBYE = "goodbye"
    TEXTS_STOPPED = "texts_stopped"
    ONE_MOMENT = "one_moment"
    NOT_RECORDED = "not_recorded"
    HANG_UP = "hang_up"
    NO_CALL_BACK = "no_call_back"
    NOTHING_OPEN = "nothing_open"
    OFFICE = "office"
    VOICEMAIL = "voicemail"


_SAYINGS: Mapping[Saying, Texts] = {
    Saying.PAGE: {
        "en": "Crisis page {code}, {urgency}, for site {site}. "
        "Press 1 to accept. Press 2 if you cannot come. Press 9 to repeat.",
        "es": "Aviso de crisis {code}, {urgency}, sitio {site}. Marque 1 para aceptar, 2 si no puede, 9 para repetir.",
    },
    Saying.HERE_YET: {
        "en": "Crisis page {code}, site {site}. Are you here? Press 1 if you are here. "
        "Press 2 if you need ten more minutes. Press 9 to repeat. If you do not answer, others are paged.",
        "es": "Aviso de crisis {code}, sitio {site}. ¿Ya está ahí? Marque 1 si ya está, "
        "2 si necesita diez minutos más, 9 para repetir. Sin respuesta se avisa a otras personas.",
    },
    Saying.MINUTES: {
        "en": "You have accepted. In how many minutes will you be here? "
        "Press one or two digits, then pound; or just wait.",
        "es": "Ha aceptado. ¿En cuántos minutos llega? Marque una o dos cifras y la tecla de número; o espere.",
    },
    Saying.MINUTES_NOTED: {"en": "Noted: {minutes} minutes.", "es": "Anotado: {minutes} minutos."},
    Saying.REASON: {
        "en": "Noted. The next person is paged. If you like, say why: 1 in session, 2 too far, 3 off duty or ill, "
        "4 conflict of interest, 9 another reason.",
        "es": "Anotado. Se avisa a la siguiente persona. Si quiere, diga por qué: 1 en sesión, 2 demasiado lejos, "
        "3 fuera de servicio o enfermo, 4 conflicto de interés, 9 otro motivo.",
    },
    Saying.REASON_NOTED: {"en": "Thank you. Goodbye.", "es": "Gracias. Adiós."},
    Saying.PIN: {
        "en": "For where and what, enter your PIN, then pound.",
        "es": "Para saber dónde y qué, marque su PIN y la tecla de número.",
    },
    Saying.PIN_WRONG: {
        "en": "That is not your PIN. Enter it again, then pound.",
        "es": "Ese no es su PIN. Márquelo otra vez y la tecla de número.",
    },
    Saying.PIN_LOCKED: {
        "en": "Too many wrong tries. Answer by text, or sign in to the console. Goodbye.",
        "es": "Demasiados intentos. Responda por mensaje o entre en la consola. Adiós.",
    },
    Saying.PIN_CALLER: {
        "en": "Crisis. A page is open for this number. Enter your PIN, then pound.",
        "es": "Crisis. Hay un aviso abierto para este número. Marque su PIN y la tecla de número.",
    },
    Saying.GOODBYE: {
        "en": "Sign in to the console for details. Goodbye.",
        "es": "Entre en la consola para ver detalles. Adiós.",
    },
    Saying.TEXTS_STOPPED: {
        "en": "You have switched off our texts, so you are called. "
        "To get texts again, text the word START to the number that texted you.",
        "es": "Usted ha desactivado nuestros mensajes, así que le llamamos. "
        "Para recibirlos otra vez, envíe la palabra START al número que le escribió.",
    },
    Saying.ONE_MOMENT: {"en": "One moment, please.", "es": "Un momento, por favor."},
    Saying.NOT_RECORDED: {
        "en": "Your answer was not recorded. Press it again.",
        "es": "Su respuesta no se ha registrado. Márquela otra vez.",
    },
    Saying.HANG_UP: {
        "en": "Crisis. Hang up, please. We call you back at once with the page. You can also answer the text message, "
        "or sign in to the console.",
        "es": "Crisis. Cuelgue, por favor. Le llamamos enseguida con el aviso. También puede responder al mensaje, "
        "o entrar en la consola.",
    },
    Saying.NO_CALL_BACK: {
        "en": "Crisis. A page is open for this number. Answer the text message, or sign in to the console. Goodbye.",
        "es": "Crisis. Hay un aviso abierto para este número. Responda al mensaje o entre en la consola. Adiós.",
    },
    Saying.NOTHING_OPEN: {
        "en": "No page is open for this number. If somebody is in danger, call 911. In a crisis, call or text 988.",
        "es": "No hay avisos abiertos para este número. En peligro, llame al 911. "
        "En una crisis, llame o escriba al 988.",
    },
    Saying.OFFICE: {"en": "The office has this number: ", "es": "La oficina tiene este número: "},
    Saying.VOICEMAIL: {
        "en": "A crisis team page for you. Call this number back now, or answer the text message.",
        "es": "Un aviso del equipo de crisis para usted. Llame a este número ahora, o responda el mensaje de texto.",
    },
}
_BACK: Mapping[Subject, Texts] = {
    Subject.YOU_HAVE_IT: {
        "en": "You have accepted. Sign in to the console for details. Goodbye.",
        "es": "Ha aceptado. Entre en la consola para ver detalles. Adiós.",
    },
    Subject.SOMEONE_ELSE: {
        "en": "Somebody else has taken this page. Thank you. Goodbye.",
        "es": "Otra persona ha tomado este aviso. Gracias. Adiós.",
    },
    Subject.DECLINED: {
        "en": "Noted. The next person is paged. Goodbye.",
        "es": "Anotado. Se avisa a la siguiente persona. Adiós.",
    },
    Subject.STILL_OPEN: {
        "en": "This page is still open. Sign in to the console, or answer the text. Goodbye.",
        "es": "Este aviso sigue abierto. Entre en la consola o responda al mensaje. Adiós.",
    },
    Subject.ENDED: {
        "en": "This page is no longer needed. Goodbye.",
        "es": "Este aviso ya no hace falta. Adiós.",
    },
    Subject.HERE: {
        "en": "Noted that you are here. Thank you. Goodbye.",
        "es": "Anotado que ha llegado. Gracias. Adiós.",
    },
    Subject.DELAYED: {
        "en": "Noted: ten more minutes. The team is told. Goodbye.",
        "es": "Anotado: diez minutos más. El equipo ya lo sabe. Adiós.",
    },
    Subject.NOT_UNDERSTOOD: {
        "en": "That was not recorded. Sign in to the console. Goodbye.",
        "es": "No se ha registrado. Entre en la consola. Adiós.",
    },
}
_WHY: Mapping[CallWhy, Saying] = {CallWhy.TEXTS_STOPPED: Saying.TEXTS_STOPPED}
_ROLES: Mapping[Role, Texts] = {
    Role.ONCALL_CLINICIAN: {"en": "a clinician", "es": "un clínico"},
    Role.NURSE: {"en": "a nurse", "es": "una enfermera"},
    Role.INCIDENT_LEAD: {"en": "somebody to lead", "es": "alguien que dirija"},
    Role.ASSESSOR: {"en": "an assessor", "es": "un evaluador"},
    Role.ADMIN: {"en": "an administrator", "es": "un administrador"},
    Role.SRO: {"en": "a school resource officer", "es": "un oficial escolar"},
}
_SOMEBODY: Texts = {"en": "somebody", "es": "alguien"}
_DETAILS: Texts = {"en": "{school} needs {role}. ", "es": "{school} necesita {role}. "}
_PLACE: Texts = {"en": "Where: {place}. ", "es": "Dónde: {place}. "}
_PLACE_ON_CONSOLE: Texts = {"en": "The console says where. ", "es": "La consola dice dónde. "}
_PLACE_UNKNOWN: Texts = {"en": "Ask at the office where. ", "es": "Pregunte en la oficina dónde. "}
_ADULT: Mapping[bool | None, Texts] = {
    True: {"en": "An adult is there.", "es": "Hay un adulto allí."},
    False: {"en": "No adult is there.", "es": "No hay un adulto allí."},
    None: {"en": "It is not known whether an adult is there.", "es": "No se sabe si hay un adulto allí."},
}
_NOTHING = Filling(mode=Mode.LIVE)


def said(saying: Saying, language: str, filling: Filling = _NOTHING) -> str:
    return filled(_SAYINGS[saying], filling, language)


def said_back(subject: Subject, language: str, mode: Mode = Mode.LIVE) -> str:
    """What an answer came to, and the end of the call."""
    return filled(_BACK.get(subject, _BACK[Subject.NOT_UNDERSTOOD]), Filling(mode=mode), language)


def said_first(why: CallWhy, language: str) -> str:
    """What a call out of turn begins with; empty where its menu says it."""
    return f"{said(_WHY[why], language)} " if why in _WHY else ""


def said_of_place(details: Details, language: str) -> str:
    """For whoever has given their PIN."""
    lang = language if language in _DETAILS else "en"
    role = _ROLES.get(details.role, _SOMEBODY)[lang]
    place = _PLACE if details.place else _PLACE_ON_CONSOLE if details.place_known else _PLACE_UNKNOWN
    return (
        _DETAILS[lang].format(school=details.school, role=role)
        + place[lang].format(place=details.place)
        + _ADULT[details.with_adult][lang]
    )


def said_of_office(number: str, language: str) -> str:
    """Digit by digit, as people say a number."""
    digits = " ".join(each if each.isdigit() else "," for each in for_people(number) if each.isdigit() or each in " -")
    return said(Saying.OFFICE, language) + digits
