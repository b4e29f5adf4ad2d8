"""Sealed, unfounded, in error: who sees a closed incident afterwards, in lists and single looks, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from crisis.access_words import IncidentMark, Sight
from crisis.errors import NotFound, Refused
from crisis.store import audit, break_glass, incidents, involved, marks, people, queries
from crisis.store.engine import Store
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId, PersonId
from tests.factories import DISTRICT, STUDENT
from tests.store.leavers import AT, LEAD, OVER, a_leaver
from tests.web.district import COUNSELOR, OFFICER

WHY = "Two girls of the same name: it was the other one"


@pytest.fixture
def incident(store: Store) -> IncidentId:
    return a_leaver(store, law=None)


def marked(store: Store, incident: IncidentId, kind: IncidentMark, by: PersonId = OFFICER) -> str:
    with store.of(DISTRICT).write() as tx:
        return marks.make(tx, store.keys, incidents.load(tx, incident), kind, WHY, by=by, at=AT)


def seen(store: Store, incident: IncidentId) -> dict[PersonId, Sight]:
    """By the single look; a list must say the same."""
    with store.of(DISTRICT).read() as tx:
        actors = {each: people.actor(tx, each) for each in (OFFICER, LEAD, COUNSELOR)}
        found = {who: queries.sight_of(tx, actor, incidents.load(tx, incident), OVER) for who, actor in actors.items()}
        for who, actor in actors.items():
            mine = involved.seen_by(actor, OVER) & (INCIDENT.c.id == incident)
            assert (tx.execute(select(INCIDENT.c.id).where(mine)).first() is not None) is (found[who] is Sight.WHOLE)
    return found


def test_who_sees_what_was_sealed_unfounded_or_in_error(store: Store, incident: IncidentId) -> None:
    everybody = seen(store, incident)
    marked(store, incident, IncidentMark.UNFOUNDED)
    marked(store, incident, IncidentMark.IN_ERROR)
    district = seen(store, incident)
    seal = marked(store, incident, IncidentMark.SEALED)
    officer = seen(store, incident)
    with store.write() as tx:
        marks.end(tx, incidents.load(tx, incident), seal, by=OFFICER, at=AT)

    assert everybody == {OFFICER: Sight.WHOLE, LEAD: Sight.WHOLE, COUNSELOR: Sight.WHOLE}
    assert district == {OFFICER: Sight.WHOLE, LEAD: Sight.WHOLE, COUNSELOR: Sight.NOTHING}
    assert officer == {OFFICER: Sight.WHOLE, LEAD: Sight.NOTHING, COUNSELOR: Sight.NOTHING}
    assert seen(store, incident) == district


@pytest.mark.page
def test_emergency_access_opens_no_sealed_incident_pr_55(store: Store, incident: IncidentId) -> None:
    marked(store, incident, IncidentMark.SEALED)
    with store.write() as tx:
        counselor = people.actor(tx, COUNSELOR)
        sealed_one = incidents.load(tx, incident)

        assert break_glass.target(tx, counselor, STUDENT, OVER) is None
        about = replace(involved.about_of(tx, sealed_one), broke_glass={COUNSELOR: OVER.replace(year=2099)})
        assert queries.sight(counselor, about, OVER) is Sight.NOTHING


@pytest.mark.page
def test_it_says_why_and_only_of_what_has_ended_and_once(store: Store, incident: IncidentId) -> None:
    marked(store, incident, IncidentMark.SEALED)

    with store.write() as tx:
        closed = incidents.load(tx, incident)
        for of, kind, why in (
            (closed, IncidentMark.SEALED, WHY),
            (closed, IncidentMark.UNFOUNDED, " "),
            (replace(closed, closed_at=None), IncidentMark.UNFOUNDED, WHY),
        ):
            with pytest.raises(Refused):
                marks.make(tx, store.keys, of, kind, why, by=OFFICER, at=AT)
        with pytest.raises(NotFound):
            marks.end(tx, closed, "x", by=OFFICER, at=AT)
        [found] = marks.of_incident(tx, store.keys, incident)
        assert (found.kind, found.text, found.made_by) == (IncidentMark.SEALED, WHY, OFFICER)
        assert "incident marked: sealed" in {each.action for each in audit.of(tx, incident)}
