"""What the answers of providers say about the providers themselves (`paging.md` 6.9)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.delivery import ProviderFault
from crisis.notify import telnyx, twilio
from crisis.notify.failures import Failure
from crisis.store import outgoing, provider_alarms
from crisis.store.outgoing import Asked, Outgoing
from crisis.vocabulary import Channel, Mode

BLOCKS, WITHIN = 2, timedelta(minutes=10)


def learn(tx: Connection, channel: Channel, mode: Mode, asked: Mapping[str, Asked], at: datetime) -> None:
    """From answers to what is real: a drill's accounts say nothing about it."""
    if mode is not Mode.LIVE:
        return
    for provider, said in asked.items():
        if said.failure == Failure.CONFIGURATION:
            provider_alarms.seen(tx, provider, channel, ProviderFault.CONFIGURATION, at)
        elif said.failure == Failure.BLOCKED:
            _blocked(tx, provider, channel, at)
        elif not said.failure:
            provider_alarms.gone(tx, provider, channel, ProviderFault.CONFIGURATION, at)


def late(tx: Connection, out: Outgoing, sid: str, code: str, at: datetime) -> None:
    """A receipt says that a text did not arrive, and why; the code says whose fault that is."""
    provider, failure = failure_of(sid, code)
    outgoing.adopt(tx, out.reference, provider, Asked(sid=sid, failure=failure, code=code))
    learn(tx, out.channel, out.mode, {provider: Asked(sid=sid, failure=failure, code=code)}, at)


def failure_of(sid: str, code: str) -> tuple[str, Failure]:
    """By the shape of its name for the text: the first provider's begin with two letters."""
    if sid[:2] in ("SM", "MM", "CA"):
        return "twilio", twilio.CODES.get(int(code), Failure.TEMPORARY)
    return "telnyx", telnyx.CODES.get(code, Failure.TEMPORARY)


def _blocked(tx: Connection, provider: str, channel: Channel, at: datetime) -> None:
    lately = outgoing.recent(tx, at - WITHIN)
    blocks = [each for each in lately if each.channel is channel and each.mode is Mode.LIVE]
    if sum(each.asked.get(provider, Asked()).failure == Failure.BLOCKED for each in blocks) >= BLOCKS:
        provider_alarms.seen(tx, provider, channel, ProviderFault.BLOCKED, at)
