"""How paging stands, from the signs of life: what the console shows, and when everybody must use the call tree."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.delivery import ProviderFault
from crisis.store import signs
from crisis.store.provider_alarms import ProviderAlarm
from crisis.store.signs import Sign
from crisis.vocabulary import AttemptOutcome, Channel, Mode

STALE = timedelta(seconds=60)
FAILED = 5  # calls in a row that the provider did not take
CONFIGURATION = ProviderFault.CONFIGURATION
BEATS = timedelta(seconds=90)  # after which whoever listens outside alarms


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part that paging needs. `well` is None for what is not set up."""

    at: datetime | None
    well: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    audit: Part
    worker: Part
    console: Part
    heartbeat: Part
    canaries: Part
    found: Mapping[str, int]  # by invariant, at the last look
    lines: Mapping[Mode, tuple[AttemptOutcome, ...]]  # the latest calls, the newest last
    alarms: tuple[ProviderAlarm, ...]
    down: tuple[Channel, ...]  # on which every provider refuses us: nothing goes out there
    degraded: bool


def condition(
    left: Mapping[str, Sign],
    at: datetime,
    *,
    heartbeat_wanted: bool = False,
    alarms: Sequence[ProviderAlarm] = (),
    providers: Collection[str] = (),
) -> Condition:
    """An installation that nobody ever audited is not well: unknown is never taken for good.

    `alarms` are those that stand, `providers` those that are set up for what is real.
    """
    audit = left.get(signs.AUDIT)
    lines = {} if audit is None else _lines(audit)
    seen = _part(audit, at, STALE)
    beat, down = left.get(signs.HEARTBEAT), _down(alarms, providers)
    return Condition(
        audit=seen,
        worker=_part(left.get(signs.WORKER), at, STALE),
        console=_part(left.get(signs.WEB), at, STALE),
        heartbeat=_part(beat, at, BEATS) if heartbeat_wanted or beat is not None else Part(at=None, well=None),
        canaries=_canaries(left.get(signs.CANARY), at),
        found={} if audit is None else _counts(audit),
        lines=lines,
        alarms=tuple(alarms),
        down=down,
        degraded=not seen.well or _failing(lines.get(Mode.LIVE, ())) or bool(down),
    )


def _down(alarms: Sequence[ProviderAlarm], providers: Collection[str]) -> tuple[Channel, ...]:
    refusing = {
        channel: {each.provider for each in alarms if (each.channel, each.fault) == (channel, CONFIGURATION)}
        for channel in (Channel.TEXT, Channel.VOICE)
    }
    return tuple(channel for channel, names in refusing.items() if providers and names >= set(providers))


def _canaries(sign: Sign | None, at: datetime) -> Part:
    return Part(at=None, well=None) if sign is None or not sign.detail.get("providers") else _part(sign, at, STALE)


def _part(sign: Sign | None, at: datetime, within: timedelta) -> Part:
    good_at = None if sign is None else sign.good_at
    return Part(at=good_at, well=good_at is not None and at - good_at <= within)


def _failing(made: tuple[AttemptOutcome, ...]) -> bool:
    return len(made) >= FAILED and AttemptOutcome.ACCEPTED not in made[-FAILED:]


def _lines(audit: Sign) -> dict[Mode, tuple[AttemptOutcome, ...]]:
    said = audit.detail.get("lines")
    found = said if isinstance(said, dict) else {}
    return {Mode(mode): tuple(map(AttemptOutcome, made)) for mode, made in found.items() if isinstance(made, list)}


def _counts(audit: Sign) -> dict[str, int]:
    said = audit.detail.get("found")
    return {
        name: number for name, number in (said if isinstance(said, dict) else {}).items() if isinstance(number, int)
    }
