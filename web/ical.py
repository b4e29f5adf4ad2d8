"""iCalendar: a person's turns out, absences in. The only importer of `icalendar`. Nothing of an incident is in it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from icalendar import Calendar, Event

from crisis.errors import Reason, Refused
from crisis.schedules.wall import begins, ends
from crisis.store.outlook import OwnTurn
from crisis.vocabulary import SchoolId
from web import words
from web.rendering import Language, translations
from web.words import N_

MOST_ENTRIES = 500
YEARS = range(2000, 2100)
MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A time of absence in a calendar that was brought in; what it is called is not read."""

    uid: str
    starts_at: datetime
    ends_at: datetime


def turns_out(
    turns: Iterable[OwnTurn], schools: Mapping[SchoolId, str], district: str, language: Language, at: datetime
) -> bytes:
    """Role, level and place of each turn; programs ask again every hour."""
    translate = translations(language).gettext
    calendar = Calendar()
    for name, value in (
        ("prodid", "-//Crisis//On call//EN"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("x-wr-calname", translate(N_("On call"))),
        ("x-published-ttl", "PT1H"),
    ):
        calendar.add(name, value)
    for turn in turns:
        place = district if turn.slot.school is None else schools.get(turn.slot.school, district)
        what = translate(N_("%(role)s, level %(level)s")) % {
            "role": translate(words.of(turn.slot.role)),
            "level": turn.slot.level + 1,
        }
        calendar.add_component(_event(turn, f"{translate(N_('On call'))}: {what} · {place}", at))
    written: bytes = calendar.to_ical()
    return written


def _event(turn: OwnTurn, summary: str, at: datetime) -> Event:
    event, slot = Event(), turn.slot
    named = "|".join((slot.school or "", slot.role, str(slot.level), turn.person, turn.starts_at.isoformat()))
    event.add("uid", f"{hashlib.sha256(named.encode()).hexdigest()[:32]}@crisis")
    event.add("summary", summary)
    event.add("dtstamp", at)
    event.add("dtstart", turn.starts_at)
    event.add("dtend", turn.ends_at)
    return event


def absences_in(text: str, zone: str) -> list[Entry]:
    """Whole days and times without a zone are of the wall in `zone`. What repeats is refused, not half read."""
    try:
        calendar = Calendar.from_ical(text)
        found = [_entry(event, zone) for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError) as error:
        unread = Reason("ICAL", "This is no calendar that can be read; export it again as an .ics file")
        raise Refused(unread) from error
    if len(found) > MOST_ENTRIES:
        raise Refused(Reason("ICAL", "This calendar has more than 500 entries; export your absences alone"))
    return [each for each in found if each.starts_at < each.ends_at]


def _entry(event: Event, zone: str) -> Entry:
    if "RRULE" in event or "RDATE" in event:
        raise Refused(Reason("ICAL", "An entry of this calendar repeats; export each absence by itself"))
    if event.start.year not in YEARS or event.end.year not in YEARS:
        raise ValueError("not in this century")
    uid = hashlib.sha256(str(event["UID"]).encode()).hexdigest()  # some programs put a name or an address into it
    return Entry(uid=uid, starts_at=_begins(event.start, zone), ends_at=_ends(event.end, zone))


def _begins(when: date | datetime, zone: str) -> datetime:
    if isinstance(when, datetime) and when.tzinfo is not None:
        return when
    return begins(_wall(when), zone)


def _ends(when: date | datetime, zone: str) -> datetime:
    if isinstance(when, datetime) and when.tzinfo is not None:
        return when
    return ends(_wall(when), zone)


def _wall(when: date | datetime) -> datetime:
    return when if isinstance(when, datetime) else datetime.combine(when, time())
