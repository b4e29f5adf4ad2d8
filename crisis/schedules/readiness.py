"""Whether a page would reach somebody on call, and what is missing for that (`paging.md` 6.12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.readiness_words import Lack, Proof
from crisis.vocabulary import Channel, PersonId

PROVED_FOR = timedelta(days=90)  # F29: a number is given to somebody else one day
TESTED_WITHIN = timedelta(days=30)
LEAST_METHODS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One number of a person, by text or by voice. `bad_code` is the provider's word for why it does not work."""

    number: str  # E.164
    channel: Channel
    proved_at: datetime | None = None
    proved_by: Proof | None = None
    bad_since: datetime | None = None
    bad_code: str | None = None
    opted_out_since: datetime | None = None

    @property
    def usable(self) -> bool:
        return self.bad_since is None and self.opted_out_since is None

    def is_proved(self, at: datetime) -> bool:
        return self.usable and self.proved_at is not None and at <= self.proved_at + PROVED_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one person's telephones. `methods` are of the numbers on record now, first the one paged."""

    person: PersonId
    methods: tuple[Method, ...]
    pin_set: bool
    gone: bool = False

    @property
    def tested_at(self) -> datetime | None:
        return max((each.proved_at for each in self.methods if each.proved_at is not None), default=None)


def lacks(standing: Standing, at: datetime) -> tuple[Lack, ...]:
    """Everything that is missing, what stops a page before what only weakens it; empty for who is ready."""
    if standing.gone:
        return (Lack.GONE,)
    if not standing.methods:
        return (Lack.NO_NUMBER, *_when(not standing.pin_set, Lack.NO_PIN))
    proved = [each for each in standing.methods if each.is_proved(at)]
    tested = standing.tested_at
    return (
        *_when(_opted_out(standing), Lack.OPTED_OUT),
        *_when(not any(each.channel is Channel.VOICE for each in proved), Lack.NO_VOICE),
        *_when(len(proved) < LEAST_METHODS, Lack.FEW_METHODS),
        *_when(tested is None or at > tested + TESTED_WITHIN, Lack.NO_TEST),
        *_when(not standing.pin_set, Lack.NO_PIN),
    )


def _opted_out(standing: Standing) -> bool:
    """On the number that is paged; an old one that nobody texts does no harm."""
    paged = standing.methods[0].number
    return any(each.opted_out_since is not None for each in standing.methods if each.number == paged)


def _when(missing: bool, lack: Lack) -> tuple[Lack, ...]:
    return (lack,) if missing else ()
