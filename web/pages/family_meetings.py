"""Beside each number and address: a text that names a time, and beside a number what else needs leave to text.

What it says is chosen, and read before it is sent.

Choosing sends nothing: it loads the page again with the very words, in both languages, and the button below them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from crisis.message_words import Blank, MeetingPlace, MessageWay, PhoneId
from crisis.policy.family_texts import BY_LEAVE, MEETINGS, NOT_GIVEN
from crisis.policy.meetings import OF_THE_FORM, Meeting
from crisis.store.texting import Chosen, Ground, Offer
from crisis.vocabulary import PersonId
from web.deps import Desk
from web.forms import FRESH, FormState, Posted, Sent, in_zone
from web.pages.reasons import in_words
from web.rendering import Language, translations
from web.words import N_
from web.words_of_texts import title

ACTION = "meeting"
ORDER = "text"  # the action that sends what was read
PLACES: dict[MeetingPlace, str] = {
    MeetingPlace.ADDRESS: N_("Where families come to: %(place)s"),
    MeetingPlace.OFFICE: N_("At the school office"),
    MeetingPlace.TELEPHONE: N_("By phone: you call them"),
}
Tick = Literal["yes", "no"]


class MeetingAsked(Sent):
    """All of it is chosen; there is no field for words."""

    phone: str
    message: Literal["f6", "f10", "f9", "f15"] = Field(title=N_("Which text?"))
    meets_at: datetime | None = Field(default=None, title=N_("Day and time, at the school"))
    place: MeetingPlace | None = Field(default=None, title=N_("Where?"))
    number_given: Tick = "no"

    def chosen(self, zone: str) -> Chosen:
        meeting = Meeting(at=in_zone(self.meets_at, zone), place=self.place)
        names_time = self.message in MEETINGS
        return Chosen(meeting=meeting if names_time else Meeting(), number_given=self.number_given == "yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingForm:
    """For one number. `found` is what would be sent by what was chosen, None before that, or where it will not do."""

    messages: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    found: Offer | None


def asked(desk: Desk, query: Sequence[tuple[str, str]]) -> FormState:
    """What was chosen, as it stands in the address of the page."""
    fields = {name: (value.strip(),) for name, value in query if name in MeetingAsked.model_fields and value.strip()}
    if "message" not in fields:
        return FRESH
    posted = Posted(desk, fields)
    try:
        posted.read(MeetingAsked)
    except RequestValidationError as error:
        translate = translations(desk.language).gettext
        wrong = [(str(each["loc"][-1]), str(each["msg"])) for each in error.errors()]
        named = [(at, posted.title_of(at), said) for at, said in wrong]
        errors = tuple((at, translate(name) if name else "", translate(said)) for at, name, said in named)
        return FormState(fields=fields, action=ACTION, errors=errors)
    return FormState(fields=fields, action=ACTION)


def of_meeting(problem: FormState) -> FormState:
    """A refusal of the order is one of the form by which its time was chosen."""
    of_form = MEETINGS if problem.typed("way") == MessageWay.EMAIL.value else BY_LEAVE
    about_one = problem.action == ORDER and problem.typed("message") in of_form
    return replace(problem, action=ACTION) if about_one else problem


def judged(ground: Ground, persons: Mapping[PhoneId, PersonId], problem: FormState, desk: Desk) -> FormState:
    """With what stands against it; after a refusal that is said already."""
    chosen = _read(problem)
    if chosen is None or problem.reasons or problem.errors or PhoneId(chosen.phone) not in persons:
        return problem
    found = _offer(ground, persons[PhoneId(chosen.phone)], chosen, desk.at)
    return replace(problem, reasons=tuple(in_words(each, desk.language) for each in found.against))


def form_of(ground: Ground, person: PersonId, phone: PhoneId, problem: FormState, desk: Desk) -> MeetingForm | None:
    """None where nothing that could be chosen would make it go. What needs no time has its own button in an e-mail."""
    messages = MEETINGS if phone in ground.letters.get(person, {}) else BY_LEAVE
    free = [each for each in messages if not _in_the_way(ground.offer(person, phone, each, desk.at))]
    if not free:
        return None
    chosen = _read(problem)
    mine = chosen is not None and chosen.phone == phone
    found = _offer(ground, person, chosen, desk.at) if mine and chosen is not None else None
    return MeetingForm(
        messages=tuple((each, title(each, desk.language)) for each in free),
        places=tuple(_places(ground.values.get(Blank.PLACE_PUBLIC), desk.language)),
        found=None if found is None or found.against else found,
    )


def _in_the_way(offer: Offer) -> bool:
    return not set(offer.against) <= {*OF_THE_FORM, NOT_GIVEN}


def _offer(ground: Ground, person: PersonId, asked_for: MeetingAsked, at: datetime) -> Offer:
    return ground.offer(person, PhoneId(asked_for.phone), asked_for.message, at, asked_for.chosen(ground.zone.key))


def _read(problem: FormState) -> MeetingAsked | None:
    if problem.action != ACTION:
        return None
    try:
        return MeetingAsked.model_validate(
            {name: values[-1] for name, values in problem.fields.items() if name in MeetingAsked.model_fields}
        )
    except ValidationError:
        return None  # said at its field already


def _places(address: str | None, language: Language) -> list[tuple[str, str]]:
    translate = translations(language).gettext
    return [
        (place.value, translate(words) % {"place": address} if place is MeetingPlace.ADDRESS else translate(words))
        for place, words in PLACES.items()
        if address or place is not MeetingPlace.ADDRESS
    ]
