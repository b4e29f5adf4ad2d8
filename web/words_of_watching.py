"""Days that a school watches after a death, in words; one sentence for each event of them."""

from crisis import watch_events as wev
from crisis.protocol_words import WatchWhy
from web.telling import Known, Told, line_of, told, with_
from web.words import N_

WHY: dict[WatchWhy, str] = {
    WatchWhy.BIRTHDAY: N_("Birthday"),
    WatchWhy.ANNIVERSARY: N_("Anniversary of the death"),
    WatchWhy.GRADUATION: N_("Graduation"),
    WatchWhy.HOLIDAY: N_("Holidays"),
    WatchWhy.OTHER: N_("Another hard day"),
}


@told.register
def _(event: wev.WatchDateAdded, known: Known) -> Told:
    why, day = known.translate(WHY[event.why]), event.day.isoformat()
    return line_of(known, N_("A day to watch: %(day)s, %(why)s"), "clock", "", day=day, why=why)


@told.register
def _(event: wev.WatchDateKept, known: Known) -> Told:
    why, day = known.translate(WHY[event.why]), event.day.isoformat()
    return with_(line_of(known, N_("The day is over: %(day)s, %(why)s"), "check", "ok", day=day, why=why), event.note)
