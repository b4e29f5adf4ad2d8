"""What comes back from a telephone to which a text for a guardian went: their words, STOP, and one neutral answer.

The same telephone may be a clinician's. What has a page's number in it is always for the page; what has none is for
whatever came last, and a bare letter after a text to the family is asked back (F43).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis import clock
from crisis.errors import NotFound, Refused
from crisis.family_commands import RecordGuardianReply, RecordTextsRefused
from crisis.message_words import GuardianTextId
from crisis.notify.answers import readable
from crisis.notify.family_texts import say, system
from crisis.statemachine.incident import GuardianText, Incident
from crisis.store import allowances, incidents, outgoing, texted, texting
from crisis.store.engine import Store
from crisis.store.outgoing import KEPT, Outgoing
from crisis.submit import Submitted, submit
from crisis.vocabulary import IncidentId, Mode, WordsId

AN_HOUR = 30  # texts from one telephone that are shown; more is no message to us
TOGETHER = timedelta(days=1)  # two children of one family: the texts read the same, so the answer is to both


def texts_to(tx: Connection, phone: str, at: datetime) -> list[Outgoing]:
    """Of what is real; the newest first. After a week the record itself is asked."""
    lately = [each for each in outgoing.family_texts(tx, phone, at - KEPT) if each.mode is Mode.LIVE]
    return lately or texted.long_ago(tx, phone)


def stopped(store: Store, phone: str, at: datetime) -> None:
    """PR-15: on every step from which they were written to, so that somebody calls."""
    with store.read() as tx:
        texts = texts_to(tx, phone, at)
    for incident, text in _latest(store, texts):
        say(store, incident, RecordTextsRefused(by=system(incident), text=text.id), at)


def wrote(
    store: Store, phone: str, body: str, at: datetime, *, key: str | None = None, answering: bool = True
) -> str | None:
    """Their words, to whoever is responsible; what goes back, or None. Nobody counts as informed by it (PR-75)."""
    with store.write() as tx:
        texts = texts_to(tx, phone, at)
        if not allowances.take(tx, "family", phone, AN_HOUR, since=allowances.this_hour(at)):
            return None
    written_to = _latest(store, [each for each in texts if each.at > texts[0].at - TOGETHER])
    said = [
        _recorded(store, _Reply(incident, text, body, at, key), answering=answering and turn == 0)
        for turn, (incident, text) in enumerate(written_to)
    ]
    return next((each for each in said if each is not None), None)


def _latest(store: Store, texts: Sequence[Outgoing]) -> list[tuple[Incident, GuardianText]]:
    """The last text of each incident, the newest first."""
    newest: dict[IncidentId, Outgoing] = {}
    for each in texts:
        if each.incident is not None:
            newest.setdefault(each.incident, each)
    found = []
    with store.read() as tx:
        for incident_id, out in newest.items():
            incident = incidents.load(tx, incident_id)
            text = incident.texts.get(GuardianTextId(out.reference))
            if text is not None:
                found.append((incident, text))
    return found


@dataclass(frozen=True, slots=True)
class _Reply:
    """`key` names what came in: dealt with again after a crash, it counts once in each incident."""

    incident: Incident
    text: GuardianText
    body: str
    at: datetime
    key: str | None


def _recorded(store: Store, reply: _Reply, *, answering: bool) -> str | None:
    """Somebody may be barred just now, or another text be faster: then without an answer; their words always count."""
    back = _answer(store, reply) if answering else None
    done = None if back is None else _submitted(store, reply, answer=True)
    if done is not None:
        return back if done.changed else None
    _submitted(store, reply, answer=False)
    return None


def _submitted(store: Store, reply: _Reply, *, answer: bool) -> Submitted | None:
    """None where the rules did not take it. The same key for both: dealt with twice, it is on record once."""
    words, incident = WordsId(clock.new_id()), reply.incident
    order = RecordGuardianReply(by=system(incident), text=reply.text.id, words=words, answer=answer)
    key = None if reply.key is None else f"{reply.key}|{incident.id}"
    with suppress(Refused, NotFound):
        return submit(store, incident.id, order, at=reply.at, words={words: readable(reply.body)}, key=key)
    return None


def _answer(store: Store, reply: _Reply) -> str | None:
    """Once for each text, and never to a stranger."""
    text = reply.text
    if text.answered or text.wrong_number or text.refused or reply.incident.closed_at is not None:
        return None
    with store.read() as tx:
        offer = texting.answer_to(tx, reply.incident, text, reply.at)
    return None if offer.against else offer.written.body
