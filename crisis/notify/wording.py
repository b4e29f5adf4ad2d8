"""What may be written to a phone: a closed catalog whose places cannot hold a name.

Each text is one GSM-7 segment of at most 160 characters in both languages (`privacy-and-culture.md` 1.12).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from crisis.errors import Reason, Refused
from crisis.protocols.languages import DRILL
from crisis.vocabulary import Mode, Urgency

SiteCode = NewType("SiteCode", str)  # a school's short code, such as CHM
PageLink = NewType("PageLink", str)  # where one person answers one page in a browser
PageCode = NewType("PageCode", str)  # two or three digits, unique for each phone
LONGEST = 160

_SITE = re.compile(r"[A-Z0-9]{2,6}")
_CODE = re.compile(r"[1-9][0-9]{1,2}")
_LINK = re.compile(r"https?://[a-z0-9.:-]+/p/[A-Za-z0-9]{22}")


class Subject(StrEnum):
    """Everything that a text can be about."""

    PAGE = "page"
    YOU_HAVE_IT = "you_have_it"
    SOMEONE_ELSE = "someone_else"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    STILL_OPEN = "still_open"
    NOT_UNDERSTOOD = "not_understood"
    UNKNOWN_PHONE = "unknown_phone"
    NOTICE = "notice"
    NOBODY_ANSWERS = "nobody_answers"
    EMERGENCY = "emergency"
    STANDING_BY = "standing_by"
    DELAYED = "delayed"
    HERE = "here"
    HERE_YET = "here_yet"
    NOT_HERE = "not_here"
    OFFERED = "offered"
    STILL_YOURS = "still_yours"
    ENDED = "ended"
    CHOOSE = "choose"
    LOCKED = "locked"
    PROVIDER_FAULT = "provider_fault"
    ASKED_TO_COME = "asked_to_come"
    DRILL_OVER = "drill_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """The only things that can stand in a text; their shapes are checked."""

    mode: Mode
    site: SiteCode | None = None
    code: PageCode | None = None
    urgency: Urgency | None = None
    minutes: int | None = None
    link: PageLink | None = None

    def __post_init__(self) -> None:
        if self.site is not None and not _SITE.fullmatch(self.site):
            raise Refused(Reason("PR-12", "A site code has two to six capital letters and digits"))
        if self.code is not None and not _CODE.fullmatch(self.code):
            raise Refused(Reason("PR-12", "A page code has two or three digits"))
        if self.minutes is not None and not 0 <= self.minutes <= 999:
            raise Refused(Reason("PR-12", "Minutes go from 0 to 999"))
        if self.link is not None and not _LINK.fullmatch(self.link):
            raise Refused(Reason("PR-12", "A link is our address and a token"))


_TEXTS: dict[Subject, dict[str, str]] = {
    Subject.PAGE: {
        "en": "CRISIS page {code}, {urgency}, site {site}. Reply {code}A and minutes to accept, {code}D if you can't come. "
        "If you don't answer, the next person is paged.",
        "es": "CRISIS aviso {code}, {urgency}, sitio {site}. Responda {code}A y minutos para aceptar, {code}D si no puede. "
        "Sin respuesta se avisa a otra persona.",
    },
    Subject.YOU_HAVE_IT: {
        "en": "CRISIS page {code}: you have it. Site {site} is told. Sign in for details. Reply {code}H when you are here, "
        "{code}M and minutes if later, {code}D if you can't come.",
        "es": "CRISIS aviso {code}: es suyo. {site} ya lo sabe. Entre en la consola. Responda {code}H al llegar, {code}M y "
        "minutos si tarda, {code}D si no puede.",
    },
    Subject.SOMEONE_ELSE: {
        "en": "CRISIS page {code}: somebody else has taken it. Thank you, nothing more to do. Reply {code}B to stand by.",
        "es": "CRISIS aviso {code}: otra persona lo ha tomado. Gracias, no hay que hacer nada. {code}B para quedar de reserva.",
    },
    Subject.DECLINED: {
        "en": "CRISIS page {code}: noted that you can't come. The next person is paged.",
        "es": "CRISIS aviso {code}: anotado que no puede. Se avisa a la siguiente persona.",
    },
    Subject.CANCELLED: {
        "en": "CRISIS page {code}: no longer needed. Thank you.",
        "es": "CRISIS aviso {code}: ya no hace falta. Gracias.",
    },
    Subject.STILL_OPEN: {
        "en": "CRISIS page {code} is still open. Reply {code}A and minutes to accept, {code}D if you can't come.",
        "es": "CRISIS aviso {code} sigue abierto. Responda {code}A y minutos para aceptar, {code}D si no puede.",
    },
    Subject.NOT_UNDERSTOOD: {
        "en": "CRISIS: not understood. Reply with the page number and A to accept, such as 47A 12, or with D if you can't come.",
        "es": "CRISIS: no se entiende. Responda con el numero del aviso y A para aceptar, como 47A 12, o D si no puede.",
    },
    Subject.UNKNOWN_PHONE: {
        "en": "This number takes answers to pages only. If somebody is in danger, call 911. In a crisis call or text 988.",
        "es": "Este numero solo recibe respuestas. Si hay peligro, llame al 911. En una crisis llame o escriba al 988.",
    },
    Subject.NOTICE: {
        "en": "CRISIS notice, site {site}: something waits for you. Sign in to the console.",
        "es": "CRISIS nota, sitio {site}: algo espera por usted. Entre en la consola.",
    },
    Subject.NOBODY_ANSWERS: {
        "en": "CRISIS alarm, site {site}: nobody has answered a page. Call people now; in danger call 911, or 988.",
        "es": "CRISIS alarma, sitio {site}: nadie ha respondido. Llame a alguien ahora; en peligro al 911, o al 988.",
    },
    Subject.EMERGENCY: {
        "en": "CRISIS emergency, site {site}. Sign in to the console now.",
        "es": "CRISIS emergencia, sitio {site}. Entre en la consola ahora.",
    },
    Subject.STANDING_BY: {
        "en": "CRISIS page {code}: you stand by. You are asked if whoever has it can't come. Thank you.",
        "es": "CRISIS aviso {code}: queda de reserva. Se le avisa si quien lo tiene no puede. Gracias.",
    },
    Subject.DELAYED: {
        "en": "CRISIS page {code}: noted, the team at site {site} is told. Reply {code}H when you are here.",
        "es": "CRISIS aviso {code}: anotado, el equipo del sitio {site} ya lo sabe. Responda {code}H al llegar.",
    },
    Subject.HERE: {
        "en": "CRISIS page {code}: noted that you are here.",
        "es": "CRISIS aviso {code}: anotado que ha llegado.",
    },
    Subject.HERE_YET: {
        "en": "CRISIS page {code}, site {site}: are you here? Reply {code}H if so, {code}M and minutes if late, "
        "{code}D if you can't come. If you do not answer, others are paged.",
        "es": "CRISIS aviso {code}, {site}: esta ahi? Responda {code}H si es asi, {code}M y minutos si tarda, "
        "{code}D si no puede. Sin respuesta se avisa a otra persona.",
    },
    Subject.NOT_HERE: {
        "en": "CRISIS page {code}: nobody saw you come, so others are paged. Reply {code}H if you are here.",
        "es": "CRISIS aviso {code}: no consta su llegada y se avisa a otras personas. Responda {code}H si esta ahi.",
    },
    Subject.OFFERED: {
        "en": "CRISIS page {code}, site {site}: a colleague asks you to take over. Reply {code}A and minutes to accept, "
        "{code}D if you can't come.",
        "es": "CRISIS aviso {code}, {site}: se le pide el relevo. Responda {code}A y minutos para aceptar, "
        "{code}D si no puede.",
    },
    Subject.STILL_YOURS: {
        "en": "CRISIS page {code}: nobody took it over. It is still yours.",
        "es": "CRISIS aviso {code}: nadie ha tomado el relevo. Sigue siendo suyo.",
    },
    Subject.ENDED: {
        "en": "CRISIS page {code} has ended. Thank you, nothing more to do.",
        "es": "CRISIS aviso {code} ya termino. Gracias, no hay que hacer nada.",
    },
    Subject.CHOOSE: {
        "en": "CRISIS: more than one page is open on this phone. Put its number first, such as {code}A.",
        "es": "CRISIS: hay varios avisos abiertos en este telefono. Ponga el numero primero, como {code}A.",
    },
    Subject.LOCKED: {
        "en": "CRISIS: too many wrong page numbers from this phone. For an hour answer by the call, the link or the console.",
        "es": "CRISIS: demasiados numeros equivocados. Durante una hora responda por llamada, enlace o consola.",
    },
    Subject.PROVIDER_FAULT: {
        "en": "CRISIS technical: a telephone provider is at fault. Sign in and look at: How paging stands.",
        "es": "CRISIS aviso tecnico: falla un proveedor de telefonia. Entre y mire: Como funcionan los avisos.",
    },
    Subject.ASKED_TO_COME: {
        "en": "CRISIS notice, site {site}: you are asked to come. Sign in to the console now and say whether you can.",
        "es": "CRISIS nota, sitio {site}: se le pide que venga. Entre ahora en la consola y diga si puede.",
    },
    Subject.DRILL_OVER: {
        "en": "CRISIS: the drill at site {site} is over. Something real has come in. The practice ends; this text is no page.",
        "es": "CRISIS: el simulacro en {site} se acaba: hay algo real. Deje de practicar; este mensaje no es un aviso.",
    },
}
_LINKED: dict[str, str] = {
    "en": "CRISIS page {code}, {urgency}, site {site}. Reply {code}A and minutes to accept, {code}D if you can't come. {link}",
    "es": "CRISIS aviso {code}, {urgency}, sitio {site}. Responda {code}A y minutos para aceptar, {code}D si no puede. {link}",
}
HOW_SOON: dict[Urgency, dict[str, str]] = {
    Urgency.U1: {"en": "now", "es": "ahora"},
    Urgency.U2: {"en": "today", "es": "hoy"},
    Urgency.U3: {"en": "soon", "es": "pronto"},
}

_NOTICES: dict[str, Subject] = {
    "nobody_answers": Subject.NOBODY_ANSWERS,
    "emergency": Subject.EMERGENCY,
    "student_missing": Subject.EMERGENCY,
    "asked_to_come": Subject.ASKED_TO_COME,
    "drill_stood_down": Subject.DRILL_OVER,
}


def page_link(origin: str, token: str) -> PageLink | None:
    """None where our address has a shape that no text may hold: a page goes out without a link then."""
    link = f"{origin}/p/{token}"
    return PageLink(link) if _LINK.fullmatch(link) else None


def notice(subject: str) -> Subject:
    """The text for an effect's subject; whatever needs no words of its own only says that something waits."""
    return _NOTICES.get(subject, Subject.NOTICE)


def text(subject: Subject, filling: Filling, language: str = "en") -> str:
    """A page carries its link where that leaves it one segment; otherwise it goes without."""
    if subject is Subject.PAGE and filling.link is not None:
        linked = filled(_LINKED, filling, language)
        if len(linked) <= LONGEST:
            return linked
    return filled(_TEXTS[subject], filling, language)


def language_of(known: str | None) -> str:
    """The catalog's language for a person's BCP 47 tag; English for what it does not hold."""
    short = (known or "").split("-")[0].lower()
    return short if short in DRILL else "en"


def filled(texts: Mapping[str, str], filling: Filling, language: str) -> str:
    """English where the catalog does not have the language. A drill says so first (I-22)."""
    lang = language if language in texts else "en"
    urgency = "" if filling.urgency is None else HOW_SOON[filling.urgency][lang]
    drill = DRILL[lang] if filling.mode is Mode.DRILL else ""
    return drill + texts[lang].format(
        code=filling.code, site=filling.site, urgency=urgency, minutes=filling.minutes, link=filling.link
    )


def site_code(name: str) -> SiteCode:
    """A school's initials: enough for those on call there, nothing for anybody else."""
    letters = "".join(word[0] for word in re.findall(r"[A-Za-z0-9]+", name)).upper()[:4]
    return SiteCode(letters if len(letters) >= 2 else f"{letters or 'S'}X")
