"""What people answer to an errand: by text with its code, by key 1 in the call. A page always goes first."""

from datetime import datetime

from crisis.notify import wording_errands
from crisis.notify.calls import SILENCE, menu, said_once
from crisis.notify.grammar import Reply
from crisis.notify.wording import language_of
from crisis.store import errands, people, proving
from crisis.store.engine import Store
from crisis.store.errands import Errand, Subject
from crisis.vocabulary import Channel

YES = "1"


def by_text(store: Store, phone: str, reply: Reply, at: datetime) -> str | None:
    """What to write back, or None where this reply is no answer to an errand.

    A bare letter counts where one errand alone waits; the caller asks only if no page does (F43).
    """
    if reply.choice not in ("accept", "decline"):
        return None
    with store.read() as tx:
        errand = _meant(errands.with_codes(tx, phone), reply, at)
    if errand is None:
        return None
    with store.write() as tx:
        language = language_of(people.language(tx, errand.person))
        if reply.choice == "decline" and errand.subject is Subject.CONFIRM_TURN:
            done, thanks = proving.declined(tx, errand, at), Subject.TURN_DECLINED
        else:  # who declines a test was reached by it
            done, thanks = proving.answered(tx, errand, at), errand.subject
    return wording_errands.thanks(thanks, language) if done else wording_errands.too_late(language)


def _meant(coded: list[Errand], reply: Reply, at: datetime) -> Errand | None:
    texts = [each for each in coded if each.channel is Channel.TEXT]
    if reply.code is not None:
        return next((each for each in texts if each.code == reply.code), None)
    waiting = [each for each in texts if each.answered_at is None and each.expires_at > at]
    return waiting[0] if len(waiting) == 1 else None


def still_asked(store: Store, phone: str, at: datetime) -> str | None:
    """What to say to a text that is no answer, while an errand waits for one."""
    with store.read() as tx:
        waiting = [each for each in errands.asking(tx, at, number=phone) if each.channel is Channel.TEXT]
        if not waiting or waiting[0].code is None:
            return None
        language = language_of(people.language(tx, waiting[0].person))
    return wording_errands.still_asked(waiting[0].subject, waiting[0].code, language)


def keys_path(errand: str) -> str:
    return f"/webhooks/errands/{errand}/keys"


def status_path(errand: str) -> str:
    return f"/webhooks/errands/{errand}/status"


def test_call(code: str, action: str, language: str) -> str:
    """Twice over; a voicemail that answers hears that it was a test."""
    return menu(wording_errands.spoken(code, language), action, language)


def pressed(store: Store, errand_id: str, key: str, action: str, at: datetime) -> str:
    """Commits the answer and returns what the call says next; every other key repeats the question."""
    with store.write() as tx:
        errand = errands.find(tx, errand_id)
        if errand is None or errand.code is None:
            return SILENCE
        language = language_of(people.language(tx, errand.person))
        if key == YES:
            proving.answered(tx, errand, at)
    if key == YES:
        return said_once([wording_errands.spoken_thanks(language)], [language])
    return test_call(errand.code, action, language)
