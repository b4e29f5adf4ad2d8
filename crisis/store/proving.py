"""Test pages, and what their answers prove."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from crisis.errors import NotFound, Reason, Refused
from crisis.readiness_words import ErrandKind, Proof
from crisis.store import asked_turns, audit, errands, methods
from crisis.store.errands import Errand, Subject, Wanted
from crisis.store.people_tables import PERSON
from crisis.vocabulary import Channel, DistrictId, PersonId

MOST_AN_HOUR = 6  # test pages to one person: nobody is to be rung without end
MOST_WRONG = 5  # codes typed on the console


def send_test(
    tx: Connection,
    district: DistrictId,
    person: PersonId,
    *,
    at: datetime,
    by: PersonId | None,
    number: str | None = None,
    wait: timedelta = timedelta(0),
) -> list[Errand]:
    """A text and a call to the number that is paged first, or to `number` of the same person; after `wait`.

    A number that is known to be bad is tried all the same, since an answer is what says that it works again; only
    where somebody wrote STOP no text goes out. Raises `NotFound` for a person or number that is not theirs, `Refused`
    where there is no number, or too many tests were sent.
    """
    known = select(PERSON.c.id).where(PERSON.c.id == person, PERSON.c.district == district, PERSON.c.active)
    if tx.execute(known).first() is None:
        raise NotFound
    found = methods.of(tx, [person])[person]
    if not found:
        raise Refused(Reason("ON-CALL", "This person has no telephone number that can be called; add one first"))
    chosen = number or found[0].number
    if chosen not in {each.number for each in found}:
        raise NotFound
    lately = errands.lately(tx, person, ErrandKind.TEST, at - timedelta(hours=1))
    if len({each.made_at for each in lately}) >= MOST_AN_HOUR:
        raise Refused(Reason("TEST", "Six test pages went out in the last hour; wait before you send another"))
    ways = [each.channel for each in found if each.number == chosen and each.opted_out_since is None]
    audit.record(tx, at=at, actor=by, action="test page sent", subject=person)
    return [errands.put(tx, district, _test(person, chosen, way), at=at, by=by, wait=wait) for way in ways]


def _test(person: PersonId, number: str, channel: Channel) -> Wanted:
    return Wanted(kind=ErrandKind.TEST, subject=Subject.TEST, person=person, number=number, channel=channel, asks=True)


def answered(tx: Connection, errand: Errand, at: datetime, *, by: Proof = Proof.ANSWERED) -> bool:
    """On the telephone, or by its code on the console. False where it was answered before or is too old."""
    if not errands.mark_answered(tx, errand.id, at):
        return False
    methods.prove(tx, errand.person, errand.number, errand.channel, by, at=at)
    if errand.turn is not None:
        asked_turns.confirm(tx, errand.turn, errand.person, at=at)
    return True


def declined(tx: Connection, errand: Errand, at: datetime) -> bool:
    """They can be reached, and say that they cannot take their turn."""
    if errand.turn is None or not errands.mark_answered(tx, errand.id, at):
        return False
    methods.prove(tx, errand.person, errand.number, errand.channel, Proof.ANSWERED, at=at)
    asked_turns.decline(tx, errand.turn, errand.person, at=at)
    return True


def typed(tx: Connection, person: PersonId, code: str, *, at: datetime) -> bool:
    """The code of an errand, typed on the console. False, and counted, where it is none of theirs."""
    waiting = errands.asking(tx, at, person=person)
    digits = "".join(each for each in code if each.isdigit())
    fitting = next((each for each in waiting if each.code == digits), None)
    if fitting is None:
        errands.count_wrong(tx, [each.id for each in waiting], at, MOST_WRONG)
        return False
    return answered(tx, fitting, at, by=Proof.CODE)
