"""A number that a provider, or its owner, says we cannot reach so: marked on the roster at once, and planners told."""

import logging
from datetime import datetime

from crisis.call_words import Failure
from crisis.notify import blame, telnyx
from crisis.notify.line import Line
from crisis.store import errands, methods, planners
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.vocabulary import Channel

WROTE_STOP = frozenset({"21610", telnyx.STOPPED})  # each provider's word for it, where it is about the number

log = logging.getLogger(__name__)


def is_about_number(code: str) -> bool:
    """Whether a code that comes late, with the report of a text or call, says that the number is at fault."""
    return blame.failure_of(code) is Failure.ADDRESS


def heard(store: Store, number: str, channel: Channel, code: str, at: datetime) -> None:
    """A provider said so."""
    if code in WROTE_STOP:
        stopped(store, number, at)
        return
    with store.write() as tx:
        for district, count in methods.by_district(methods.mark_bad(tx, number, channel, code, at=at)).items():
            log.warning("a number on the roster does not work by %s: %s", channel, code)
            planners.tell(tx, district, Subject.BAD_NUMBER, at=at, amount=count)


def stopped(store: Store, number: str, at: datetime) -> None:
    """They wrote STOP. Pages call from now on; whoever has a page open is for the caller to ring."""
    with store.write() as tx:
        for district, count in methods.by_district(methods.opt_out(tx, number, at=at)).items():
            log.warning("somebody on the roster wrote STOP")
            planners.tell(tx, district, Subject.STOPPED, at=at, amount=count)


def wanted_again(store: Store, number: str, at: datetime) -> bool:
    """They wrote START. False where nothing had been stopped."""
    with store.write() as tx:
        return bool(methods.opt_in(tx, number, at=at))


def of_errand(store: Store, errand_id: str, code: str, at: datetime) -> None:
    """What a provider reports late of a text or call outside of any incident."""
    if not is_about_number(code):
        return
    with store.read() as tx:
        errand = errands.find(tx, errand_id)
    if errand is not None:
        heard(store, errand.number, errand.channel, code, at)


def take_down(store: Store, line: Line | None, at: datetime) -> None:
    """What a line has heard since the last time. Lost in a crash it is heard again with the next text."""
    while line is not None and (bad := line.next_bad()) is not None:
        heard(store, bad.number, bad.channel, bad.code, at)
