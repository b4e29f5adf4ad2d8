"""A time and a place that a text to a family names: chosen, never written; said as people of that language say them.

Each word that can come out of here stands in this file, or is the district's recorded address: no name, no reason and
no word of health fits (PR-8, PR-20). A language that is not here cannot say a time, and a person calls.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crisis.errors import Reason
from crisis.message_words import Blank, MeetingPlace
from crisis.protocols.languages import primary

WITHIN = timedelta(days=60)  # the text says no year, and whoever types a wrong month hears of it
FIRST, LAST = time(6), time(21)  # of a day, by the school's clock: half past two at night is a slip of the hand
NO_TIME = Reason("PR-8", "Choose the day and the time", at="meets_at")
NO_PLACE = Reason("PR-8", "Choose where, or that you call them", at="place")
NO_ADDRESS = Reason(
    "PR-20",
    "No address is on record where families of this school come to; it is kept under Messages to families",
    at="place",
)
OVER = Reason("PR-14", "This time is over; choose one that is still to come", at="meets_at")
TOO_FAR = Reason("PR-14", "This day is more than 60 days away; choose one before that", at="meets_at")
AT_NIGHT = Reason("PR-14", "Choose a time between 6 in the morning and 9 in the evening, at the school", at="meets_at")
NOT_SAID = Reason("PR-73", "No text says a time in a language that they read; call them, with an interpreter")
OF_THE_FORM = frozenset({NO_TIME, NO_PLACE, NO_ADDRESS, OVER, TOO_FAR, AT_NIGHT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What somebody chose so far. `at` is an instant; it is said by the school's clock."""

    at: datetime | None = None
    place: MeetingPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How one language says a day and an hour: `{weekday}`, `{day}`, `{month}`, `{clock}` and `{zone}`.

    `no_weekday` is for a day whose short name the small alphabet of texts does not have, as “sáb”.
    """

    weekdays: tuple[str, ...]
    short_weekdays: tuple[str | None, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    long: str
    short: str
    no_weekday: str
    halves: tuple[str, str]
    zones: Mapping[str, str]
    office: str
    telephone: str


SPEECH: Mapping[str, Speech] = {
    "en": Speech(
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        short_weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        months=(
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
        short_months=("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"),
        long="{weekday}, {month} {day}, {clock} {zone}",
        short="{weekday} {month} {day}, {clock} {zone}",
        no_weekday="{month} {day}, {clock} {zone}",
        halves=("a.m.", "p.m."),
        zones={
            "ET": "Eastern Time",
            "CT": "Central Time",
            "MT": "Mountain Time",
            "PT": "Pacific Time",
            "AKT": "Alaska Time",
        },
        office="the school office",
        telephone="by phone, we call you",
    ),
    "es": Speech(
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        short_weekdays=("lun", "mar", "mié", "jue", "vie", None, "dom"),
        months=(
            *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
            *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
        ),
        short_months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
        long="{weekday} {day} de {month}, {clock} ({zone})",
        short="{weekday} {day} {month}, {clock} {zone}",
        no_weekday="{day} {month}, {clock} {zone}",
        halves=("a. m.", "p. m."),
        zones={
            "ET": "hora del Este",
            "CT": "hora del Centro",
            "MT": "hora de la Montaña",
            "PT": "hora del Pacífico",
            "AKT": "hora de Alaska",
        },
        office="la oficina de la escuela",
        telephone="por teléfono, le llamamos",
    ),
}
_GENERIC = {"E": "ET", "C": "CT", "M": "MT", "P": "PT", "AK": "AKT"}


def against(meeting: Meeting, zone: ZoneInfo, at: datetime) -> Iterator[Reason]:
    """Asked for the preview, for the order and once more as it leaves."""
    if meeting.at is None:
        yield NO_TIME
    elif meeting.at <= at:
        yield OVER
    elif meeting.at > at + WITHIN:
        yield TOO_FAR
    elif not FIRST <= meeting.at.astimezone(zone).time() <= LAST:
        yield AT_NIGHT
    if meeting.place is None:
        yield NO_PLACE


def said(
    meeting: Meeting, zone: ZoneInfo, tag: str, recorded: Mapping[Blank, str], *, short: bool
) -> dict[Blank, str] | None:
    """The two places of a text, or None where this language cannot say a time, or one of them is missing."""
    speech = SPEECH.get(primary(tag))
    if speech is None or meeting.at is None or meeting.place is None:
        return None
    place = {
        MeetingPlace.ADDRESS: recorded.get(Blank.PLACE_PUBLIC),
        MeetingPlace.OFFICE: speech.office,
        MeetingPlace.TELEPHONE: speech.telephone,
    }[meeting.place]
    if place is None:
        return None
    return {Blank.TIME: time_in(speech, meeting.at, zone, short=short), Blank.PLACE_PUBLIC: place}


def time_in(speech: Speech, at: datetime, zone: ZoneInfo, *, short: bool = False) -> str:
    """Twelve hours, as both languages have them in the United States; without a year, since it is near."""
    there = at.astimezone(zone)
    weekday = (speech.short_weekdays if short else speech.weekdays)[there.weekday()]
    known = _zone(there, zone)
    pattern = (speech.short if weekday is not None else speech.no_weekday) if short else speech.long
    return pattern.format(
        weekday=weekday,
        day=there.day,
        month=(speech.short_months if short else speech.months)[there.month - 1],
        clock=f"{there.hour % 12 or 12}:{there.minute:02} {speech.halves[there.hour >= 12]}",
        zone=known if short else speech.zones.get(known, known),
    )


def _zone(there: datetime, zone: ZoneInfo) -> str:
    """As people of the United States say it: “ET” in winter and in summer, where the clocks change at all."""
    name = there.tzname() or ""
    changes = there.replace(month=1, day=1).utcoffset() != there.replace(month=7, day=1).utcoffset()
    generic = _GENERIC.get(name[:-2]) if changes and zone.key.startswith(("America/", "US/")) else None
    return generic or (name if name.isalpha() else f"UTC{name}")
