"""What may stand in an e-mail and in a push message: as little as in a text, and no code, which only texts take."""

from dataclasses import dataclass

from crisis.notify.wording import Filling, Subject, language_of, text
from crisis.vocabulary import Urgency

_SUBJECTS = {
    Subject.PAGE: {"en": "Crisis page", "es": "Aviso de crisis"},
    Subject.NOTICE: {"en": "Crisis notice", "es": "Nota de Crisis"},
    Subject.PROVIDER_FAULT: {"en": "Crisis technical notice", "es": "Nota técnica de Crisis"},
}
_ALARM = {"en": "Crisis alarm", "es": "Alarma de Crisis"}
_PAGE = {
    "en": "CRISIS page, {urgency}, site {site}.\n\n"
    "Answer the text or the call on your telephone, or sign in to the console:\n{url}\n\n"
    "If you do not answer, the next person is paged. Nobody reads replies to this e-mail.\n",
    "es": "CRISIS aviso, {urgency}, sitio {site}.\n\n"
    "Responda al mensaje o a la llamada en su teléfono, o entre en la consola:\n{url}\n\n"
    "Sin respuesta se avisa a otra persona. Nadie lee las respuestas a este correo.\n",
}
_END = {
    "en": "\n\n{url}\n\nNobody reads replies to this e-mail.\n",
    "es": "\n\n{url}\n\nNadie lee las respuestas a este correo.\n",
}
_URGENCY = {
    Urgency.U1: {"en": "now", "es": "ahora"},
    Urgency.U2: {"en": "today", "es": "hoy"},
    Urgency.U3: {"en": "soon", "es": "pronto"},
}
_CODE = {
    "en": "Your code is {code}. Type it on the page “My paging” within half an hour.\n\n"
    "If you did not ask for it, somebody has mistyped an address: do nothing.\n",
    "es": "Su código es {code}. Escríbalo en la página «Mis avisos» antes de media hora.\n\n"
    "Si no lo ha pedido, alguien escribió mal una dirección: no haga nada.\n",
}
_CODE_SUBJECT = {"en": "Code for Crisis", "es": "Código para Crisis"}
_PUSHED = {
    Subject.PAGE: {"en": "Crisis page, open the console", "es": "Aviso de crisis, abra la consola"},
    Subject.NOTICE: {"en": "Crisis notice, open the console", "es": "Nota de Crisis, abra la consola"},
}
_PUSHED_ALARM = {"en": "Crisis alarm, open the console", "es": "Alarma de Crisis, abra la consola"}


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    body: str


def mailed(subject: Subject, filling: Filling, language: str, url: str) -> Mail:
    """The subject line says what kind of thing it is and nothing else."""
    lang = language_of(language)
    title = _SUBJECTS.get(subject, _ALARM)[lang]
    if subject is Subject.PAGE:
        urgency = "" if filling.urgency is None else _URGENCY[filling.urgency][lang]
        return Mail(title, _PAGE[lang].format(urgency=urgency, site=filling.site, url=url))
    return Mail(title, text(subject, filling, lang) + _END[lang].format(url=url))


def mailed_code(code: str, language: str) -> Mail:
    lang = language_of(language)
    return Mail(_CODE_SUBJECT[lang], _CODE[lang].format(code=code))


def pushed(subject: Subject, language: str) -> str:
    """The same few words for everybody."""
    return _PUSHED.get(subject, _PUSHED_ALARM)[language_of(language)]
