"""What the answers of providers say about the providers themselves (`paging.md` 6.9)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.call_words import Failure
from crisis.delivery import ProviderFault
from crisis.notify import telnyx, twilio
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
    provider = "twilio" if sid[:2] in ("SM", "MM", "CA") else "telnyx"
    said = Asked(sid=sid, failure=failure_of(code) or Failure.TEMPORARY, code=code)
    outgoing.adopt(tx, out.reference, provider, said)
    learn(tx, out.channel, out.mode, {provider: said}, at)


def failure_of(code: str) -> Failure | None:
    """The class of a code that came late, with a receipt; None for one that we do not know. No code is of both."""
    return telnyx.CODES.get(code) or (twilio.CODES.get(int(code)) if code.isdecimal() else None)


def _blocked(tx: Connection, provider: str, channel: Channel, at: datetime) -> None:
    lately = outgoing.recent(tx, at - WITHIN)
    blocks = [each for each in lately if each.channel is channel and each.mode is Mode.LIVE]
    if sum(each.asked.get(provider, Asked()).failure == Failure.BLOCKED for each in blocks) >= BLOCKS:
        provider_alarms.seen(tx, provider, channel, ProviderFault.BLOCKED, at)
