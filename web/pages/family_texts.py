"""Beside each number and address of the family: the very words that would go out, in two languages, or why not.

And what became of each text so far. None of it informs anybody: the call stands above it, one press away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crisis.access_words import Matter
from crisis.events import Event
from crisis.family_events import GuardianWrote
from crisis.message_words import Encoding, GuardianTextId, MessageWay, PhoneId, Rung, SendState
from crisis.policy.family_texts import MEETINGS, NO_MAIL, TEXTS
from crisis.privacy_words import ContactWay
from crisis.protocols.languages import SOURCE, right_to_left
from crisis.statemachine.incident import GuardianText
from crisis.statemachine.texting import APOLOGY
from crisis.store import telephones, texting
from crisis.store.queries import IncidentView
from crisis.store.texting import Ground, Offer
from crisis.vocabulary import Mode, PersonId
from web.deps import Desk
from web.forms import FormState, Said
from web.pages import family_meetings
from web.pages.family_meetings import MeetingForm
from web.pages.reasons import in_words
from web.pages.shown import known
from web.rendering import Language, babel_language, translations
from web.words import N_
from web.words_of_texts import STATES, about, title, why

FIRST, AGAIN = "f1", "f2"
USUAL = frozenset({*TEXTS, APOLOGY})
ALPHABETS: dict[Encoding, str] = {
    Encoding.GSM_7: N_("letters of the small alphabet"),
    Encoding.UCS_2: N_("letters that make a text longer"),
}
CALL_NOW = frozenset({SendState.STOPPED, SendState.UNKNOWN, SendState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`english` is None where `body` is English. `against` empty: the button sends it. `subject`: of an e-mail."""

    message: str
    subject: str
    title: str
    body: str
    tag: str  # of `body`
    reader: str  # whose language it is for: where a line of theirs goes with English, theirs
    direction: str
    language: str
    english: str | None
    segments: int
    alphabet: str
    rung: Rung
    shown: str
    names_time: bool
    against: tuple[Said, ...]
    passed: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Textable:
    """One number or address. Where nothing may be written to it at all, `against` says why and `previews` is empty."""

    person: PersonId
    phone: PhoneId
    number: str
    way: MessageWay
    against: tuple[Said, ...]
    previews: tuple[Preview, ...]
    meeting: MeetingForm | None = None
    chosen: Preview | None = None  # of the text about a meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One text so far. `call` is the number to dial now, None where nobody has to, or may."""

    id: GuardianTextId
    mail: bool
    name: str
    title: str
    at: datetime
    standing: str
    tone: str
    why: str
    outrun: bool
    refused: bool
    wrong_number: bool
    may_be_wrong: bool
    replies: tuple[str, ...]
    call: str | None


def text_values(desk: Desk, view: IncidentView, problem: FormState) -> tuple[dict[str, object], FormState]:
    """For the step that reaches the family. In a drill the only number is one's own.

    And the state of the form about a meeting, with what stands against what was chosen.
    """
    incident = view.incident
    drill = incident.mode is Mode.DRILL
    wanted = [desk.person] if drill else [each.contact.person for each in view.family if not each.refused]
    with desk.store.read() as tx:
        ground = texting.ground(tx, incident, desk.person, desk.at)
        telephone_of = {
            each: telephones.of_person(tx, each) for each in {text.contact for text in incident.texts.values()}
        }
    first = _first_message(view)
    reached = {person: (*ground.phones.get(person, {}), *ground.letters.get(person, {})) for person in wanted}
    owners = {phone: person for person, phones in reached.items() for phone in phones}
    asked = family_meetings.judged(ground, owners, family_meetings.of_meeting(problem), desk)
    offers = {person: _textables(_Asked(ground, desk, first, asked), person) for person in wanted}
    callable_now = {number for card in view.family for number, decision in card.numbers if not decision.reasons}
    values: dict[str, object] = {
        "texts": {} if drill else offers,
        "own_texts": offers.get(desk.person, []) if drill else [],
        "sent_texts": [
            _sent(view, each, _to_call(each, telephone_of[each.contact], callable_now), desk.language)
            for each in sorted(incident.texts.values(), key=lambda each: each.ordered_at, reverse=True)
            if Matter.FAMILY in view.matters
        ],
    }
    return values, asked


def _first_message(view: IncidentView) -> str:
    """Which of them is most likely wanted: it stands first."""
    tried = view.incident.contact_attempts or any(each.state.has_left for each in view.incident.texts.values())
    return AGAIN if tried else FIRST


@dataclass(frozen=True, slots=True)
class _Asked:
    ground: Ground
    desk: Desk
    first: str
    problem: FormState


def _textables(asked: _Asked, person: PersonId) -> list[Textable]:
    """By e-mail first where they asked for that before a text, or nothing of theirs can be dialled."""
    ground, desk = asked.ground, asked.desk
    phones, letters = list(ground.phones.get(person, {})), list(ground.letters.get(person, {}))
    order = [way for way in ground.record.ways.get(person, ()) if way in (ContactWay.TEXT, ContactWay.EMAIL)]
    mail_first = order[:1] == [ContactWay.EMAIL]
    found = [_textable(asked, person, each) for each in ([*letters, *phones] if mail_first else [*phones, *letters])]
    return found if desk.settings.smtp_host else [_without_mail(each, desk.language) for each in found]


def _without_mail(found: Textable, language: Language) -> Textable:
    """What would be stopped on its way out anyway is not offered."""
    if found.way is not MessageWay.EMAIL:
        return found
    return replace(found, against=(in_words(NO_MAIL, language),), previews=(), meeting=None, chosen=None)


def _textable(asked: _Asked, person: PersonId, phone: PhoneId) -> Textable:
    """A reason against each of them is said once; what is seldom wanted stands there only where it can be sent."""
    ground, desk = asked.ground, asked.desk
    found = [each for each in ground.offers(person, phone, desk.at) if each.written.message not in MEETINGS]
    known = [each for each in found if each.written.message in USUAL or not each.against]
    offers = sorted(known, key=lambda each: each.written.message != asked.first)
    shared = [each for each in offers[0].against if all(each in one.against for one in offers)]
    stranger = offers[0].written.message == APOLOGY
    meeting = None if stranger else family_meetings.form_of(ground, person, phone, asked.problem, desk)
    chosen = None if meeting is None else meeting.found
    return Textable(
        person=person,
        phone=phone,
        number=offers[0].number,
        way=offers[0].way,
        against=tuple(in_words(each, desk.language) for each in shared),
        previews=() if shared else tuple(_preview(each, desk.language) for each in offers),
        meeting=meeting,
        chosen=None if chosen is None else _preview(chosen, desk.language),
    )


def _preview(offer: Offer, language: Language) -> Preview:
    found, translate = offer.written, translations(language).gettext
    tag = found.tag or SOURCE
    return Preview(
        message=found.message,
        subject=found.subject,
        title=title(found.message, language),
        body=found.body,
        tag=SOURCE if found.rung is Rung.ENGLISH_AND_LINE else tag,
        reader=tag,
        direction="rtl" if right_to_left(tag) and found.rung is not Rung.ENGLISH_AND_LINE else "ltr",
        language=babel_language(tag, language),
        english=None if tag == SOURCE else found.english,
        segments=found.length.segments,
        alphabet=translate(ALPHABETS[found.length.encoding]),
        rung=found.rung,
        shown=found.shown,
        names_time=found.message in MEETINGS,
        against=tuple(in_words(each, language) for each in offer.against),
        passed=tuple(in_words(each, language) for each in found.passed),
    )


def _to_call(text: GuardianText, phones: Mapping[PhoneId, str], callable_now: set[str]) -> str | None:
    """The number that the text went to; of whoever got an e-mail the first that may be called."""
    mail = text.way is MessageWay.EMAIL
    tried = [number for phone, number in phones.items() if mail or phone == text.phone]
    return next((number for number in tried if number in callable_now), None)


def _sent(view: IncidentView, text: GuardianText, number: str | None, language: Language) -> Sent:
    translate = translations(language).gettext
    standing, tone = STATES[text.state]
    somebody = translate(N_("Somebody"))
    needs_call = text.state in CALL_NOW or text.refused
    return Sent(
        id=text.id,
        mail=text.way is MessageWay.EMAIL,
        name=view.names.get(text.contact, somebody),
        title=about(text, known(view, language)),
        at=text.state_at,
        standing=translate(standing),
        tone=tone,
        why=why(text.rules, known(view, language)) if text.rules else "",
        outrun=text.outrun,
        refused=text.refused,
        wrong_number=text.wrong_number,
        may_be_wrong=view.incident.mode is Mode.LIVE and _may_be_wrong(text),
        replies=_replies(view, text),
        call=number if needs_call else None,
    )


def _may_be_wrong(text: GuardianText) -> bool:
    return text.state.has_left and not text.wrong_number and text.message != APOLOGY


def _replies(view: IncidentView, text: GuardianText) -> tuple[str, ...]:
    said: Sequence[Event] = [stored.event for stored in view.events]
    return tuple(
        view.words[event.words]
        for event in said
        if isinstance(event, GuardianWrote) and event.text == text.id and event.words in view.words
    )
