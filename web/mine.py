"""Pages to oneself that wait for an answer: they stand at the top of every page of the console, and ring."""

from dataclasses import dataclass

from crisis.access_words import Sight
from crisis.store import incidents, partial, people, queries
from crisis.vocabulary import Mode, Role
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """`address`: where they answer it."""

    role: Role
    school: str
    drill: bool
    address: str


def mine(desk: Desk) -> list[Mine]:
    found = []
    with desk.store.read() as tx:
        for incident_id, page in partial.pages_waiting(tx, desk.actor, desk.at):
            incident = incidents.load(tx, incident_id)
            whole = queries.sight_of(tx, desk.actor, incident, desk.at) >= Sight.READ
            found.append(
                Mine(
                    role=page.role,
                    school=people.school(tx, incident.school).name,
                    drill=incident.mode is Mode.DRILL,
                    address=f"/incidents/{incident_id}" + ("/people" if whole else ""),
                )
            )
    return found
