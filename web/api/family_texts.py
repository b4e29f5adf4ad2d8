"""`/api/v1/incidents/{incident_id}/texts`: what may be written to whom, word for word, and what became of each text.

Sent by the order `text-guardian`, with what is listed here; the answers are those of the console.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from pydantic import AwareDatetime

from crisis.access_words import Matter
from crisis.message_words import GuardianTextId, MeetingPlace, MessageWay, PhoneId, Rung, SendState
from crisis.policy.family_texts import NO_MAIL
from crisis.policy.meetings import Meeting
from crisis.store import texting
from crisis.store.texting import Chosen, Offer
from crisis.vocabulary import PersonId
from web.api.contacts import Why
from web.api.reading import sent_of
from web.deps import IncidentPath, TokenHolder

router = APIRouter(prefix="/api/v1/incidents", tags=["texts to guardians"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOffer:
    """`body` goes out letter by letter; `english` says the same. `why` empty: it may be sent as it reads.

    By e-mail `number` is the address, and `subject` says no more than which school it is. `segments`: parts that the
    carrier counts. `shown` is the digest of what goes out, which the order repeats.
    """

    person: PersonId
    phone: PhoneId
    number: str
    way: MessageWay
    message: str
    subject: str
    language: str | None
    rung: Rung
    body: str
    english: str
    segments: int
    shown: str
    why: list[Why]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """One text so far. No `state` of it says that anybody was informed."""

    id: GuardianTextId
    person: PersonId
    phone: PhoneId
    message: str
    way: MessageWay
    language: str
    meets_at: datetime | None
    place: MeetingPlace | None
    state: SendState
    at: datetime
    rules: list[str]
    left_before_restriction: bool
    refused: bool
    wrong_number: bool
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTexts:
    offers: list[TextOffer]
    texts: list[TextView]


@router.get("/{incident_id}/texts")
def guardian_texts(
    desk: TokenHolder,
    incident_id: IncidentPath,
    meets_at: AwareDatetime | None = None,
    place: MeetingPlace | None = None,
    number_given: bool = False,
) -> GuardianTexts:
    """For whoever may read the incident; every look is on record. In a drill the only number is one's own.

    What names a time is offered with `meets_at` and `place`, which the order repeats; as a text only where
    `number_given` says that they gave this number to the school themselves.
    """
    chosen = Chosen(meeting=Meeting(at=meets_at, place=place), number_given=number_given)
    view = sent_of(desk, incident_id, "texts viewed", "contacts", frozenset({Matter.FAMILY}))
    incident, barred = view.incident, {each.contact.person for each in view.family if each.refused}
    with desk.store.read() as tx:
        ground = texting.ground(tx, incident, desk.person, desk.at)
    offers = [
        _offer(each, mail=bool(desk.settings.smtp_host))
        for person, phones in ground.phones.items()
        if person not in barred
        for phone in (*phones, *ground.letters.get(person, {}))
        for each in ground.offers(person, phone, desk.at, chosen)
    ]
    texts = [
        TextView(
            id=each.id,
            person=each.contact,
            phone=each.phone,
            message=each.message,
            way=each.way,
            language=each.language,
            meets_at=each.meets_at,
            place=each.place,
            state=each.state,
            at=each.state_at,
            rules=sorted(each.rules),
            left_before_restriction=each.outrun,
            refused=each.refused,
            wrong_number=each.wrong_number,
            replies=each.replies,
        )
        for each in incident.texts.values()
    ]
    return GuardianTexts(offers=offers, texts=texts)


def _offer(offer: Offer, *, mail: bool) -> TextOffer:
    """What would be stopped on its way out anyway is not offered, as on the page."""
    against = offer.against if mail or offer.way is not MessageWay.EMAIL else (*offer.against, NO_MAIL)
    return TextOffer(
        person=offer.person,
        phone=offer.phone,
        number=offer.number,
        way=offer.way,
        message=offer.written.message,
        subject=offer.written.subject,
        language=offer.written.tag,
        rung=offer.written.rung,
        body=offer.written.body,
        english=offer.written.english,
        segments=offer.written.length.segments,
        shown=offer.written.shown,
        why=[Why(rule=each.rule, text=each.text) for each in against],
    )
