"""What would be written to which number or address of whom, and why not: for page, order and sending alike (PR-5).

All three ask the same function. The last two ask it in their own transaction, and the sending holds the student's row
meanwhile, as does whoever enters a restriction: one of the two is first, and the other one sees it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crisis import commands as cmd
from crisis import family_commands as fcmd
from crisis import family_events as fev
from crisis.delivery import Purpose
from crisis.errors import Reason
from crisis.events import Event
from crisis.message_words import Blank, GuardianTextId, MessageWay, PhoneId
from crisis.policy.contact import Adult, Circumstances, Contact, ContactRecord, decide_contact
from crisis.policy.family_texts import (
    ANSWER,
    BY_LEAVE,
    LETTERS,
    MEETINGS,
    NOT_A_LETTER,
    NOT_A_TEXT,
    TEXTS,
    Form,
    Places,
    Written,
    written,
)
from crisis.policy.meetings import Meeting
from crisis.policy.messages import Reader, language_ladder
from crisis.privacy_words import ContactEffect, ContactWay, EmailOver
from crisis.protocols import loader
from crisis.protocols.languages import SOURCE
from crisis.statemachine.incident import GuardianText, Incident
from crisis.statemachine.texting import APOLOGY, against_another
from crisis.store import (
    contact_record,
    contacting,
    drills,
    family_mail,
    message_texts,
    methods,
    outgoing,
    people,
    school_lines,
    telephones,
)
from crisis.store.message_texts import LINE, Signed
from crisis.store.outgoing import Outgoing
from crisis.store.phones import for_people
from crisis.vocabulary import Channel, Mode, PersonId

WAYS: Mapping[MessageWay, ContactWay] = {MessageWay.TEXT: ContactWay.TEXT, MessageWay.EMAIL: ContactWay.EMAIL}
SENDABLE: defaultdict[MessageWay, frozenset[str]] = defaultdict(
    frozenset,
    {
        MessageWay.TEXT: frozenset({*TEXTS, *BY_LEAVE, APOLOGY}),
        MessageWay.EMAIL: frozenset({*LETTERS, *MEETINGS, APOLOGY}),
    },
)
OF_A_RESTRICTION = frozenset({"PR-1", "PR-2", "PR-3", "PR-4", "PR-7"})
CHANGED = Reason("PR-71", "The text has changed since you read it; read it again")
NO_NUMBER = Reason("PR-2", "This number is not on record for this person any more; load the page again")
NOT_STAFF = Reason("I-22", "This number is not on the drill's list; a drill reaches only those who practise")
NOBODY = Reason("PR-30", "Nobody knows yet which student it is; find that out first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One text to one number, or e-mail to one address. `against` empty: it may go out as it reads."""

    person: PersonId
    phone: PhoneId
    number: str
    way: MessageWay
    written: Written
    against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What whoever orders it chose and says: of a meeting, and that they gave this number themselves."""

    meeting: Meeting = field(default_factory=Meeting)
    number_given: bool = False


NOTHING_CHOSEN = Chosen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the texts of one incident are made from, read once."""

    incident: Incident
    record: ContactRecord
    given: Circumstances
    signed: Signed
    values: Mapping[Blank, str]
    zone: ZoneInfo  # the school's
    phones: Mapping[PersonId, Mapping[PhoneId, str]]
    letters: Mapping[PersonId, Mapping[PhoneId, str]]  # addresses of e-mail; none in a drill
    listed: frozenset[str]  # in a drill, the numbers that it may reach

    def offer(
        self, person: PersonId, phone: PhoneId, message: str, at: datetime, chosen: Chosen = NOTHING_CHOSEN
    ) -> Offer:
        way = MessageWay.EMAIL if phone in self.letters.get(person, {}) else MessageWay.TEXT
        number = {**self.phones.get(person, {}), **self.letters.get(person, {})}.get(phone, "")
        adult = next((each for each in self.record.adults if each.person == person), None)
        places = Places(recorded=self.values, at=at, zone=self.zone, meeting=chosen.meeting)
        short = adult is not None and adult.short_text
        form = Form(mode=self.incident.mode, way=way, short=short, number_given=chosen.number_given)
        found = self._written(adult, message, places, form)
        wanted = Contact(
            person=person, purpose=loader.messages()[message].purpose, way=WAYS[way], number=number or None
        )
        against = tuple(dict.fromkeys([*self._against(wanted, message, at), *found.against]))
        return Offer(person=person, phone=phone, number=number, way=way, written=found, against=against)

    def offers(self, person: PersonId, phone: PhoneId, at: datetime, chosen: Chosen = NOTHING_CHOSEN) -> list[Offer]:
        """What may be sent to this number, or why not; to a stranger nothing but the word that it was a mistake."""
        texts = self.incident.texts.values()
        wrong = any(each.wrong_number and each.phone == phone for each in texts)
        usual = (*(LETTERS if phone in self.letters.get(person, {}) else TEXTS), *MEETINGS)
        found = [self.offer(person, phone, message, at, chosen) for message in ((APOLOGY,) if wrong else usual)]
        again = [against_another(self.incident, phone, each.written.message) for each in found]
        return [
            each if reason is None else replace(each, against=tuple(dict.fromkeys((reason, *each.against))))
            for each, reason in zip(found, again, strict=True)
        ]

    def _written(self, adult: Adult | None, message: str, places: Places, form: Form) -> Written:
        reader = Reader() if adult is None else Reader(reads=adult.reads, speaks=adult.speaks)
        ready = message_texts.ready_by(self.signed, message, interpreter=Blank.INTERPRETER_LINE in self.values)
        catalog = loader.messages()
        return written(
            catalog[message],
            language_ladder(reader, ready),
            places,
            line=catalog[LINE],
            neutral=loader.neutral(),
            form=form,
        )

    def _against(self, wanted: Contact, message: str, at: datetime) -> Sequence[Reason]:
        """PR-1 to PR-4, PR-7, PR-15, PR-72: also what a person would have to decide is not written."""
        if wanted.number is None:
            return [NO_NUMBER]
        if self.incident.mode is Mode.DRILL:
            return [] if wanted.number in self.listed else [NOT_STAFF]
        ready = message_texts.ready_by(self.signed, message, interpreter=Blank.INTERPRETER_LINE in self.values)
        found = decide_contact(self.record, wanted, contacting.with_texts(self.given, ready), at)
        return found.reasons if found.effect in (ContactEffect.REFUSE, ContactEffect.HUMAN) else ()


def ground(tx: Connection, incident: Incident, by: PersonId | None, at: datetime) -> Ground:
    """`by` is whoever gives the order: in a drill the only one who is written to."""
    line = message_texts.interpreter_line(tx, incident.district)
    school, lines = people.school(tx, incident.school), school_lines.of_school(tx, incident.school)
    values = {
        Blank.SCHOOL_NAME: school.name,
        Blank.STAFF_CALLBACK: for_people(lines.callback) if lines.callback else None,
        Blank.INTERPRETER_LINE: for_people(line) if line else None,
        Blank.PLACE_PUBLIC: lines.place,
    }
    record = _record(tx, incident, by)
    phones = {each.person: telephones.of_person(tx, each.person) for each in record.adults}
    numbers = [number for theirs in phones.values() for number in theirs.values()]
    given = Circumstances()
    if incident.mode is Mode.LIVE:
        given = contacting.circumstances_of(tx, incident.district, record, incident, student=incident.student, at=at)
    return Ground(
        incident=incident,
        record=record,
        given=given,
        signed=message_texts.signed(tx, incident.district),
        values={blank: value for blank, value in values.items() if value},
        zone=ZoneInfo(school.zone),
        phones=phones,
        letters=_letters(tx, incident, record),
        listed=frozenset(drills.within(tx, incident.id, numbers)) if incident.mode is Mode.DRILL else frozenset(),
    )


def _record(tx: Connection, incident: Incident, by: PersonId | None) -> ContactRecord:
    """A drill has no student, so its only adult is whoever practises: the text goes to their own telephone."""
    if incident.mode is Mode.LIVE:
        return (
            contact_record.of_student(tx, incident.student)
            if incident.student is not None
            else ContactRecord(zone="UTC", birth_date=None, adults=())
        )
    if by is None:
        return ContactRecord(zone="UTC", birth_date=None, adults=())
    spoken = people.language(tx, by) or SOURCE
    return ContactRecord(zone="UTC", birth_date=None, adults=[Adult(person=by, guardian=True, reads=(spoken,))])


def _letters(tx: Connection, incident: Incident, record: ContactRecord) -> Mapping[PersonId, Mapping[PhoneId, str]]:
    if incident.mode is Mode.DRILL or incident.student is None:
        return {}
    theirs = {each.person: family_mail.of_student(tx, incident.student, each.person) for each in record.adults}
    return {person: addresses for person, addresses in theirs.items() if addresses}


def reasons_against(tx: Connection, command: cmd.Command, incident: Incident, at: datetime) -> Sequence[Reason]:
    """Why this may not be carried out, asked in its own transaction."""
    match command:
        case fcmd.TextGuardian():
            return _against_order(tx, command, incident, at)
        case fcmd.GiveText(text=text) if text in incident.texts:
            _hold(tx, incident)
            found = offer_of(tx, incident, incident.texts[text], at)
            return against_sending(found, incident.texts[text])
        case fcmd.RecordGuardianReply(text=text, answer=True) if text in incident.texts:
            _hold(tx, incident)
            return answer_to(tx, incident, incident.texts[text], at).against
        case _:
            return ()


def _hold(tx: Connection, incident: Incident) -> None:
    if incident.student is not None:
        people.hold_student(tx, incident.student)


def _against_order(tx: Connection, command: fcmd.TextGuardian, incident: Incident, at: datetime) -> Sequence[Reason]:
    if command.message not in SENDABLE[command.way]:
        return [NOT_A_TEXT if command.way is MessageWay.TEXT else NOT_A_LETTER]
    if incident.mode is Mode.LIVE and incident.student is None:
        return [NOBODY]
    if incident.mode is Mode.DRILL and command.person != command.by.id:
        return ()  # the rules say it (I-22)
    by = PersonId(command.by.id) if command.by.id is not None else None
    found = ground(tx, incident, by, at).offer(command.person, command.phone, command.message, at, chosen_in(command))
    if found.against:
        return found.against
    read = (command.way, command.language, command.rung, command.shown)
    return [] if read == (found.way, found.written.tag, found.written.rung, found.written.shown) else [CHANGED]


def against_sending(offer: Offer, text: GuardianText) -> tuple[Reason, ...]:
    """Also where it reads otherwise now than when it was ordered."""
    return offer.against or (() if offer.written.shown == text.shown else (CHANGED,))


def offer_of(tx: Connection, incident: Incident, text: GuardianText, at: datetime) -> Offer:
    """What was ordered, as it would go out now."""
    return ground(tx, incident, text.ordered_by, at).offer(text.contact, text.phone, text.message, at, chosen_in(text))


def chosen_in(order: fcmd.TextGuardian | GuardianText) -> Chosen:
    """What an order, or what became of it, says of a meeting."""
    return Chosen(meeting=Meeting(at=order.meets_at, place=order.place), number_given=order.number_given)


def answer_to(tx: Connection, incident: Incident, text: GuardianText, at: datetime) -> Offer:
    """The one answer to whoever wrote back."""
    return ground(tx, incident, text.ordered_by, at).offer(text.contact, text.phone, ANSWER, at)


def barred(tx: Connection, incident: Incident, at: datetime) -> dict[GuardianTextId, frozenset[str]]:
    """Texts that have left, or may have, to somebody who must not be contacted any more: by which rules."""
    if incident.mode is not Mode.LIVE or incident.student is None:
        return {}
    left = [each for each in incident.texts.values() if each.state.has_left and not each.outrun]
    found = {each.id: _rules(offer_of(tx, incident, each, at).against) for each in left}
    return {text: rules for text, rules in found.items() if rules}


def _rules(reasons: Iterable[Reason]) -> frozenset[str]:
    return frozenset(each.rule for each in reasons) & OF_A_RESTRICTION


def of_change(tx: Connection, events: Iterable[Event], after: Incident, at: datetime) -> None:
    """What is written with these events, in their transaction: what is about to leave, and whose number is wrong."""
    for event in events:
        match event:
            case fev.GuardianTextGiven(way=MessageWay.TEXT):
                outgoing.begin(tx, _outgoing(tx, event, after, at))
            case fev.GuardianTextsRefused(way=MessageWay.EMAIL) | fev.GuardianNumberWrong(way=MessageWay.EMAIL):
                wrong = isinstance(event, fev.GuardianNumberWrong)
                why = EmailOver.NOT_THEIRS if wrong else EmailOver.STOPPED
                family_mail.over(tx, event.contact, after.texts[event.text].phone, why, at=at)
            case fev.GuardianTextsRefused() | fev.GuardianNumberWrong():
                _number_over(tx, event, after, at)
            case _:
                pass


def _number_over(
    tx: Connection, event: fev.GuardianTextsRefused | fev.GuardianNumberWrong, after: Incident, at: datetime
) -> None:
    number = telephones.of_person(tx, event.contact).get(after.texts[event.text].phone)
    if number is None:
        return  # taken off the record meanwhile
    if isinstance(event, fev.GuardianNumberWrong):
        methods.mark_wrong(tx, event.contact, number, at=at)
    else:
        methods.opt_out(tx, number, at=at)


def _outgoing(tx: Connection, event: fev.GuardianTextGiven, incident: Incident, at: datetime) -> Outgoing:
    return Outgoing(
        reference=event.text,
        purpose=Purpose.FAMILY,
        channel=Channel.TEXT,
        mode=incident.mode,
        incident=incident.id,
        person=event.contact,
        phone=telephones.of_person(tx, event.contact)[event.phone],
        at=at,
    )
