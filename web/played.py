"""A page that was played through, as the picture and the table of `components/played.html` show it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from crisis.simulating.marks import Mark, Played, What
from crisis.vocabulary import AttemptOutcome, PersonId
from web import words
from web import words_of_simulation as said
from web.rendering import Language, translations
from web.simulation_picture import picture


def shown(played: Played, names: Mapping[PersonId, str], language: Language) -> dict[str, object]:
    """What `components/played.html` shows; `first` and `alarm` count from the page on, None where they never come."""
    translate = translations(language).gettext

    def name(person: PersonId | None) -> str:
        return names.get(person or PersonId("")) or translate(words.N_("Somebody"))

    def told(mark: Mark) -> str:
        if mark.what is What.LEVEL:
            who = translate(said.ASKED[played.ladder.asked_at(mark.level or 0)])
            return translate(words.N_("Level %(n)s: %(who)s")) % {"n": (mark.level or 0) + 1, "who": who}
        what = translate(said.HAPPENS[mark.what])
        return f"{what}: {translate(why)}" if (why := _why(mark)) else what

    def first(what: What) -> timedelta | None:
        return next((mark.at - played.asked_at for mark in played.marks if mark.what is what), None)

    drawn = picture(played)
    return {
        "picture": drawn,
        "rows": [(name(person), y) for person, y in drawn.rows],
        "points": [
            (each, name(each.mark.person), told(each.mark), _on_it(each.mark, translate)) for each in drawn.points
        ],
        "lines": _lines(played, name, told),
        "first": first(What.ACCEPTED),
        "alarm": first(What.ALARM),
        "followed": played.ends_at - played.asked_at,
    }


Line = tuple[timedelta, str, str, bool]


def _lines(played: Played, name: Callable[[PersonId], str], told: Callable[[Mark], str]) -> list[Line]:
    """For the table: what happens to several people at once stands on one line."""
    found: dict[tuple[timedelta, str], list[str]] = {}
    strong: set[tuple[timedelta, str]] = set()
    for mark in played.marks:
        key = (mark.at - played.asked_at, told(mark))
        found.setdefault(key, [])
        if mark.person is not None:
            found[key].append(name(mark.person))
        if mark.what in (What.LEVEL, What.ALARM, What.ACCEPTED):
            strong.add(key)
    return [(since, what, ", ".join(people), (since, what) in strong) for (since, what), people in found.items()]


def _on_it(mark: Mark, translate: Callable[[str], str]) -> str:
    """A letter for a text or a call, a word or two for the rest."""
    return translate(said.LETTERS.get(mark.what) or said.BRIEFLY[mark.what])


def _why(mark: Mark) -> str:
    if mark.outcome is AttemptOutcome.REFUSED:
        return said.REFUSED
    if mark.outcome is AttemptOutcome.UNKNOWN:
        return said.UNKNOWN
    return said.LOST if not mark.arrives else ""
