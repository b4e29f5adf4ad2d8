"""When a text may go, and from which number: waves of a large level, the pace of one telephone. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.delivery import Purpose
from crisis.ladders import Cadence
from crisis.notify import escalation
from crisis.notify.escalation import Try
from crisis.notify.people_to_tell import Reachable
from crisis.store.outgoing import Outgoing
from crisis.vocabulary import Channel, IncidentId, PageId, PersonId

WAVE, WAVES_APART = 10, timedelta(seconds=10)  # persons, and the time to the next so many (`paging.md` 6.5)
APART = timedelta(seconds=15)  # of two texts to one telephone (6.10)
NOTICES_APART = timedelta(minutes=3)
LONGEST = max(APART, NOTICES_APART)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One person of a level: since when they are to be called, and from when on they may be texted."""

    who: Reachable
    began: datetime
    text_from: datetime
    spread: bool  # from the second number, where there is one

    def next_due(self, cadence: Cadence, tries: Sequence[Try], *, calls: bool = True) -> datetime | None:
        """`calls` False is for whom this page has called often enough."""
        text, voice = (
            escalation.next_due(cadence, self.began, tries, (channel,), texts=self.who.texts, calls=calls)
            for channel in (Channel.TEXT, Channel.VOICE)
        )
        times = [None if text is None else max(text, self.text_from), voice]
        return min((when for when in times if when is not None), default=None)

    def due(self, cadence: Cadence, tries: Sequence[Try], at: datetime, *, calls: bool = True) -> list[Channel]:
        return escalation.due(cadence, self.began, tries, at, texts=self.who.texts, calls=calls)


def turns(
    on_call: Sequence[Reachable], began: datetime, page: PageId, texted: Mapping[PersonId, Sequence[Outgoing]]
) -> list[Turn]:
    """In the order of the rota: ten at once, ten more after ten seconds; every other one from the second number.

    The order stays when somebody says no, so that nobody's number changes between two calls.
    """
    return [
        Turn(
            who=who,
            began=began + (place // WAVE) * WAVES_APART,
            text_from=page_from(page, texted.get(who.person, ()), began),
            spread=len(on_call) > WAVE and place % 2 == 1,
        )
        for place, who in enumerate(on_call)
    ]


def page_from(page: PageId, texted: Sequence[Outgoing], began: datetime) -> datetime:
    """A page waits for another page to the same telephone, and for nothing else."""
    others = [each.at for each in texted if each.purpose is Purpose.PAGE and each.page != page]
    return max([began, *(at + APART for at in others)])


def notice_from(out: Outgoing, texted: Sequence[Outgoing], alike: Collection[IncidentId] = ()) -> datetime:
    """Answers to what a person did never wait; alarms for alarms alone; notices for everything.

    They are minutes apart where they are about the same incident: that another one is open is told at once. `alike` are
    incidents that grew out of the same one as this: two hundred of them are one thing to whoever is told.
    """
    match out.purpose:
        case Purpose.ANSWER:
            return out.at
        case Purpose.ALARM:
            return max([out.at, *(each.at + APART for each in texted if each.purpose is Purpose.ALARM)])
        case _:
            same = (
                each for each in texted if each.purpose is Purpose.NOTICE and each.incident in (out.incident, *alike)
            )
            return max([out.at, *(each.at + APART for each in texted), *(each.at + NOTICES_APART for each in same)])
