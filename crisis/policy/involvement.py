"""What an incident makes of people, read from its state: who was called in, asked, or raised it, and until when."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from crisis.access_words import Involvement
from crisis.statemachine.incident import Incident
from crisis.vocabulary import Custody, PageState, PersonId

AFTERWARDS = timedelta(hours=24)  # `privacy-and-culture.md` 3.3: after the last open task, and after closing
Involvements = Mapping[tuple[PersonId, Involvement], datetime | None]


def involvements(incident: Incident) -> Involvements:
    """Until when each holds; None as long as nothing changes. Whoever hands something over loses it at once."""
    closing = None if incident.closed_at is None else incident.closed_at + AFTERWARDS
    found: dict[tuple[PersonId, Involvement], datetime | None] = {}
    for person, how, until in _given(incident):
        if person is not None:
            key, ends = (person, how), _earlier(until, closing)
            found[key] = _later(found[key], ends) if key in found else ends
    return found


def holds(until: datetime | None, at: datetime) -> bool:
    return until is None or at < until


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _given(incident: Incident) -> Iterator[tuple[PersonId | None, Involvement, datetime | None]]:
    yield incident.opened_by, Involvement.REPORTED, None
    for person in (incident.lead, incident.adult, incident.custody_offered_to):
        yield person, Involvement.CALLED_IN, None
    for person, asked in incident.company.items():
        if asked.coming is not False:
            yield person, Involvement.CALLED_IN, _sits_until(incident)
    for page in incident.pages.values():
        yield from ((person, Involvement.PAGED, None) for person in (*page.asked, page.offered_to))
        taken_by = page.accepted_by if page.state is PageState.ACCEPTED else None
        yield taken_by, Involvement.CALLED_IN, None
    for person, over in _tasks(incident):
        yield person, Involvement.CALLED_IN, None if over is None else over + AFTERWARDS


def _sits_until(incident: Incident) -> datetime | None:
    """Whom the student trusts is there as long as the student is with us."""
    released = incident.released_at if incident.custody is Custody.RELEASED else None
    return None if released is None else released + AFTERWARDS


def _tasks(incident: Incident) -> Iterator[tuple[PersonId | None, datetime | None]]:
    """Steps and reports, with whose each is and since when it is done."""
    for record in incident.steps.values():
        yield from ((person, record.done_at) for person in (record.assigned_to, record.by))
    for report in incident.obligations.values():
        yield from ((person, report.filed_at) for person in (report.owner, report.delegate))
