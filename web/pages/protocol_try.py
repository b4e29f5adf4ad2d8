"""A protocol tried out: what is next, by when, who is told of a miss; chosen by hand, or played by the machine.

Nothing is stored and nobody is called: what was chosen stands in the address.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import Field

from crisis.draft_words import Story
from crisis.protocols.explain import span_in_words
from crisis.protocols.schema import Protocol
from crisis.simulating.protocol_stories import story as played
from crisis.simulating.protocols import MOST, Asked, Play
from web import draft_orders
from web.deps import Desk, SignedIn
from web.pages.frame import console
from web.pages.protocol_picture import HASH
from web.pages.protocols import DRAFTS, HERE, DraftPath, framed
from web.pages.reasons import in_words
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

STORIES: dict[Story, str] = {
    Story.CALM: N_("It turns out calm"),
    Story.POSITIVE: N_("The screening is positive"),
    Story.IMMINENT: N_("The danger is immediate"),
    Story.UNREACHABLE: N_("The family cannot be reached"),
}
KEY = r"^[a-z0-9_.]{1,120}$"
Key = Annotated[str, Field(pattern=KEY)]
Then = Annotated[str | None, Query(pattern=KEY)]
Keys = Annotated[tuple[Key, ...], Query(max_length=MOST)]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def shown(desk: Desk, known: Protocol, address: str, chosen: tuple[Sequence[str], Story | None]) -> dict[str, object]:
    """What the page shows of the story so far, and what may happen next."""
    keys, of = chosen
    translate = translations(desk.language).gettext
    play = Play(known, desk.language).through(keys) if of is None else played(known, of, desk.language)
    choices = play.choices()
    asked = play.asked(choices)
    return {
        "try_at": address,
        "now_told": span(play.now, desk.language),
        "closed": play.closed,
        "done": play.keys,
        "undo": f"{address}?{urlencode([('done', key) for key in play.keys[:-1]])}" if play.keys else "",
        "asked": [_asked(each, play, desk) for each in asked],
        "beside": [(each.key, each.text) for each in choices if each.step is None],
        "times": [(key, span(until, desk.language)) for key, until in play.times()],
        "lines": [(span(each.since, desk.language), each.text, each.late) for each in reversed(play.lines)],
        "stories": [(each.value, translate(STORIES[each])) for each in Story],
        "against": [in_words(each, desk.language) for each in play.against_closing()] if len(asked) == 1 else [],
    }


def _asked(asked: Asked, play: Play, desk: Desk) -> dict[str, object]:
    left = None if asked.due is None else asked.due - play.now
    return {
        "id": asked.step.id,
        "told": asked.told,
        "left": None if left is None else span(abs(left), desk.language),
        "late": left is not None and left < timedelta(0),
        "choices": [(each.key, each.text) for each in asked.choices],
    }


def span(length: timedelta, language: str) -> str:
    """In whole minutes; over a day in days and hours."""
    if length < DAY:
        return span_in_words(max(length, timedelta(0)) // MINUTE * MINUTE, language)
    hours = (length % DAY) // timedelta(hours=1)
    rest = f" {hours} h" if hours else ""
    unit = ("día" if length < 2 * DAY else "días") if language == "es" else ("day" if length < 2 * DAY else "days")
    return f"{length // DAY} {unit}{rest}"


@router.get(DRAFTS + "/{draft}/try")
def of_draft(
    desk: SignedIn,
    draft: DraftPath,
    done: Keys = (),
    then: Then = None,
    story: Story | None = None,
) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    where, known = f"{DRAFTS}/{draft}/try", one.read.protocol
    keys = [*done, *([then] if then else [])]
    more = {} if known is None else shown(desk, known, where, (keys, story))
    return console(desk, "pages/protocol_try.html", {**framed(desk, one), **more}, path=where)


@router.get(HERE + "/versions/{protocol_hash}/try")
def of_version(
    desk: SignedIn,
    protocol_hash: Annotated[str, Path(pattern=HASH)],
    done: Keys = (),
    then: Then = None,
    story: Story | None = None,
) -> HTMLResponse:
    """For every member of staff: to get to know what would be asked of them."""
    known = draft_orders.version(draft_orders.versions(desk), protocol_hash)
    where = f"{HERE}/versions/{protocol_hash}/try"
    keys = [*done, *([then] if then else [])]
    values = {
        "here": "protocols",
        "title": known.title.in_language(desk.language),
        "version": known.version,
        "back": f"{HERE}/versions/{protocol_hash}",
        "faults": (),
        **shown(desk, known, where, (keys, story)),
    }
    return console(desk, "pages/protocol_try.html", values, path=where)
