"""From a template and values to a page: one Jinja environment for each language, strict about what is missing."""

import gettext
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import Locale as BabelLocale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from starlette.responses import HTMLResponse

from crisis import clock
from crisis.protocols.schema import Choice, Text
from web import words
from web.static_files import content_of
from web.words_of_audit import deed
from web.words_of_reports import OF_THE_LAW

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
_REGION = {"en": "en_US", "es": "es_US"}


@cache
def translations(language: Language) -> gettext.GNUTranslations:
    """The catalog of a language, compiled in memory from its .po file so that no binary is kept."""
    source = (HERE / "locale" / language / "LC_MESSAGES" / "messages.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def static(name: str, hashed: bool = True) -> str:
    """The address of a static file; it carries the hash of the content, so a browser may keep it for ever.

    Vendored files carry their version in their name, and the style sheet names the font without a hash.
    """
    content = content_of(STATIC / name)
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}" if hashed else f"/static/{name}"


@dataclass(frozen=True, slots=True)
class Local:
    """How times are written: in the school's zone, in the reader's language, without Babel's narrow space."""

    language: Language
    zone: str = "UTC"

    def clock(self, when: datetime) -> str:
        """The time of day; with the date when it is another day than today."""
        here, today = when.astimezone(ZoneInfo(self.zone)), clock.now().astimezone(ZoneInfo(self.zone)).date()
        time = format_time(here, "short", locale=_REGION[self.language]).replace("\u202f", "\u00a0")
        return time if here.date() == today else f"{self.day(when)}, {time}"

    def day(self, when: datetime) -> str:
        return format_date(when.astimezone(ZoneInfo(self.zone)), "MMM d", locale=_REGION[self.language])

    def whole_day(self, when: datetime) -> str:
        """With its weekday and year, as a letter says it."""
        return format_date(when.astimezone(ZoneInfo(self.zone)), "full", locale=_REGION[self.language])

    def stamp(self, when: datetime) -> str:
        """The whole of it, as it stands on paper: day, year, time of day and zone."""
        here = when.astimezone(ZoneInfo(self.zone))
        time = format_time(here, "short", locale=_REGION[self.language]).replace("\u202f", "\u00a0")
        return f"{format_date(here, 'MMM d, y', locale=_REGION[self.language])}, {time} {here.tzname()}"

    def span(self, length: timedelta) -> str:
        """`4:05`, `1:04:05`, `2 d 3 h`, whatever the sign; the same shapes as clocks.js."""
        seconds = abs(round(length.total_seconds()))
        hours, minutes = seconds // 3600, seconds % 3600 // 60
        if hours >= 24:
            return f"{hours // 24} d {hours % 24} h"
        return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"

    def length(self, seconds: int) -> str:
        return self.span(timedelta(seconds=seconds))


def initials(name: str) -> str:
    parts = [part for part in name.replace(".", " ").split() if part[0].isalpha()]
    return "".join(part[0] for part in [*parts[:1], *parts[1:][-1:]]).upper()


def short_code(incident_id: str) -> str:
    """What people say aloud of an incident's id: its last six characters, the random ones."""
    return f"{incident_id[-6:-3]}-{incident_id[-3:]}".upper()


def filters(language: Language) -> dict[str, Callable[..., object]]:
    """How values become words; `cards` are (value, words, small print) for the choices of a form."""
    translate = translations(language).gettext

    def word(value: Enum) -> str:
        return translate(words.of(value))

    def text(value: Text) -> str:
        return value.in_language(language)

    def decisions(found: Iterable[Choice]) -> list[tuple[str, str, str]]:
        needed = translate(words.N_("Needs a reason"))
        return [(each.id, text(each.label), needed if each.reason_needed or each.police else "") for each in found]

    return {
        "initials": initials,
        "code": short_code,
        "instant": lambda when: when.isoformat(timespec="seconds"),  # no clock of ours shows less than a second
        "deed": lambda action: translate(deed(action)),
        "word": word,
        "law": lambda said: translate(said) if said in OF_THE_LAW else said,
        "text": text,
        "language": lambda tag: babel_language(tag, language),
        "person_name": lambda person, names: names.get(person) or translate(words.N_("Somebody")),
        "choice_card": lambda value: (value.value, word(value)),
        "texts": lambda found: [(key, text(value)) for key, value in found.items()],
        "labels": lambda found: [(each.id, text(each.label)) for each in found],
        "choices": decisions,
        "numbered": lambda found: [(str(n), said) for n, said in enumerate(found)],
        "dispositions": lambda found: [(each.id, text(each.label), text(each.urgency)) for each in found],
    }


def babel_language(tag: str, language: Language) -> str:
    """The name of a language by its BCP 47 tag, or the tag where Babel has no name for it."""
    try:
        named = BabelLocale.parse(tag, sep="-").get_display_name(language)
    except (UnknownLocaleError, ValueError):
        named = BabelLocale(language).languages.get(tag)
    return named or tag


def babel_day(day: date, language: Language) -> str:
    return format_date(day, "MMM d, y", locale=_REGION[language])


def babel_month(month: str, language: Language) -> str:
    """Of a month as in 2026-11."""
    return format_date(date(int(month[:4]), int(month[5:]), 1), "MMM y", locale=_REGION[language])


def babel_weekday(day: int, language: Language) -> str:
    """From 0, Monday."""
    return str(get_day_names("wide", locale=_REGION[language])[day])


class FlushLeft(Extension):
    """How far a line of a template is moved in is for whoever writes it; on a bad line it would only weigh.

    One space stays: after a block, whose end takes its line's end along, nothing else parts two words.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\n[ \t]+", "\n ", source)


@cache
def environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", FlushLeft],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalog = translations(language)
    made.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
    made.globals |= {"static": static, "lang": language, "new_key": clock.new_id}
    made.filters |= filters(language)
    return made


def markup(template: str, language: Language, **values: object) -> str:
    """A page or a part of one, as text."""
    always: dict[str, object] = {"now": clock.now().astimezone(UTC), "local": Local(language), "theme": "auto"}
    return environment(language).get_template(template).render(always | values)


def page(template: str, language: Language, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(markup(template, language, **values), status)
