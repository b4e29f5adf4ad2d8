"""What is known of the telephones of people, and who of them is put on the rota without being ready."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from crisis.readiness_words import Lack
from crisis.schedules.readiness import Standing, lacks
from crisis.store import audit, methods
from crisis.store.people_tables import PERSON, PIN
from crisis.vocabulary import PersonId


def of(tx: Connection, persons: Iterable[PersonId]) -> dict[PersonId, Standing]:
    named = list(persons)
    known = methods.of(tx, named)
    with_pin = set(tx.execute(select(PIN.c.person).where(PIN.c.person.in_(named))).scalars())
    here = select(PERSON.c.id).where(PERSON.c.id.in_(named), PERSON.c.active, PERSON.c.missing_since.is_(None))
    present = set(tx.execute(here).scalars())
    return {
        person: Standing(person=person, methods=known[person], pin_set=person in with_pin, gone=person not in present)
        for person in named
    }


def not_ready(tx: Connection, persons: Iterable[PersonId], at: datetime) -> dict[PersonId, tuple[Lack, ...]]:
    """What each of them lacks; who is ready is not in the answer."""
    found = {person: lacks(each, at) for person, each in of(tx, dict.fromkeys(persons)).items()}
    return {person: lacking for person, lacking in found.items() if lacking}


def put_on_rota(tx: Connection, persons: Iterable[PersonId], *, at: datetime, by: PersonId | None) -> None:
    """Puts on record that people were put on the rota who are not ready; they are shown where it was done."""
    for person, lacking in not_ready(tx, persons, at).items():
        audit.record(
            tx,
            at=at,
            actor=by,
            action="put on the rota, not ready",
            subject=person,
            detail={"lacks": ",".join(lacking)},
        )
