"""What the log says of how often wishes were met, in a district, since a day; drills and errors are left out."""

from datetime import datetime

from sqlalchemy import Connection, select

from crisis.access_words import IncidentMark
from crisis.page_events import PreferencesWeighed
from crisis.policy.preferences import OF_A_PERSON, SKILLS
from crisis.policy.unmet import Met, Weighed, rates
from crisis.store import codec, marks
from crisis.store.tables import EVENT
from crisis.vocabulary import DistrictId, Mode

WISHES = ("language", *(each.value for each in SKILLS | OF_A_PERSON))


def report(tx: Connection, district: DistrictId, since: datetime) -> list[Met]:
    return rates(weighed(tx, district), since, WISHES)


def weighed(tx: Connection, district: DistrictId) -> list[Weighed]:
    """All that count, in the order of the log: a report that began later would cut its blocks anew (PR-67)."""
    wrong = marks.standing(EVENT.c.incident, {IncidentMark.IN_ERROR})
    query = select(EVENT.c.name, EVENT.c.body).where(
        EVENT.c.name == PreferencesWeighed.__name__, EVENT.c.district == district
    )
    rows = tx.execute(query.where(EVENT.c.mode == Mode.LIVE, ~wrong).order_by(EVENT.c.position))
    found = [codec.event_from_text(row.name, row.body) for row in rows]
    return [Weighed(each.at, each.met, each.unmet) for each in found if isinstance(each, PreferencesWeighed)]
