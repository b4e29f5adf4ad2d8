"""A need of several people: one page for each of them, the next one asked for when the one before is taken.

Each place has its own clock, owner and watch; the search for the second goes on where the first one stood.
"""

from crisis import page_events as pev
from crisis.commands import Command
from crisis.statemachine.case import Case, stamp
from crisis.statemachine.incident import Incident, Page
from crisis.vocabulary import PageId, PageState, PersonId

LOOKING = frozenset({PageState.PAGING, PageState.EXHAUSTED})
TAKEN = frozenset({PageState.ACCEPTED})


def _need(page: Page) -> PageId:
    return page.beside or page.id


def places(incident: Incident, page: Page) -> list[Page]:
    """Of the same need, this one included."""
    return [each for each in incident.pages.values() if _need(each) == _need(page)]


def spared(incident: Incident, page: Page) -> frozenset[PersonId]:
    """Who said no to it, and who has another place of the same need already."""
    holders = {each.accepted_by for each in places(incident, page) if each.state in TAKEN and each.id != page.id}
    return frozenset({*page.declined, *(each for each in holders if each is not None)})


def meant(incident: Incident, page: Page, by: PersonId) -> Page:
    """The place that an answer from a telephone is about: their own, else the one still looked for, else the named one.

    A code names the page that somebody was called for first; a second place of the same need has no other for them.
    """
    all_of_it = places(incident, page)
    own = [each for each in all_of_it if each.state in TAKEN and by in (each.accepted_by, each.offered_to)]
    looking = [each for each in all_of_it if each.state in LOOKING] if page.state in TAKEN else []
    return next(iter((*own, *looking)), page)


def one_more(command: Command, case: Case, page: Page) -> list[pev.PageRequested]:
    """Once this page is taken, and more people were needed than this one."""
    if page.people <= 1 or page.accepted_at is not None:
        return []
    key = PageId(f"{case.incident.id}-{case.incident.seq + 2}")
    more = pev.PageRequested(
        **stamp(command, case.at),
        page=key,
        role=page.role,
        urgency=page.urgency,
        step=page.step,
        ladder=page.ladder,
        people=page.people - 1,
        prefers=page.prefers,
        beside=_need(page),
        level=page.level,
    )
    return [more]
