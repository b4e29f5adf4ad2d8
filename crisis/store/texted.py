"""Whose text a telephone got long ago, from the record alone: a family that writes back late is no stranger.

What was given to providers is forgotten after a week (`outgoing.py`); the incident remembers to which number of the
roster it wrote. Only to that number, and only as long as the roster has it for that adult.
"""

from sqlalchemy import Connection, select

from crisis.delivery import AttemptState, Purpose
from crisis.store import incidents, sealed
from crisis.store.outgoing import Outgoing
from crisis.store.people_tables import PHONE, TIE
from crisis.store.tables import INCIDENT
from crisis.vocabulary import Channel, IncidentId, Mode, PersonId


def long_ago(tx: Connection, phone: str) -> list[Outgoing]:
    """Texts to guardians that went to this number, the newest first; nothing of drills, nor of what was destroyed."""
    theirs = (
        select(INCIDENT.c.id, PHONE.c.id.label("phone"), PHONE.c.person)
        .join_from(PHONE, TIE, TIE.c.person == PHONE.c.person)
        .join(INCIDENT, INCIDENT.c.student == TIE.c.student)
        .where(PHONE.c.number == phone, INCIDENT.c.mode == Mode.LIVE, ~sealed.destroyed(INCIDENT.c.id))
    )
    found = []
    for row in tx.execute(theirs):
        incident = incidents.load(tx, IncidentId(row.id))
        found += [
            Outgoing(
                reference=text.id,
                purpose=Purpose.FAMILY,
                channel=Channel.TEXT,
                mode=incident.mode,
                person=PersonId(row.person),
                phone=phone,
                at=text.ordered_at,
                incident=incident.id,
                state=AttemptState.SUBMITTED,
            )
            for text in incident.texts.values()
            if (text.contact, text.phone) == (row.person, row.phone) and text.state.has_left
        ]
    return sorted(found, key=lambda each: each.at, reverse=True)
