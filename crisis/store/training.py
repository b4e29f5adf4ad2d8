"""What staff have learned, as whoever plans wrote it down. Only pages about readiness read it: nothing waits for it."""

from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound, refuse_if
from crisis.schedules.training import Holder, Manning, Trained, Training, mannings, unfit
from crisis.store import audit, people
from crisis.store.people_tables import PERSON
from crisis.store.readiness_tables import TRAINED
from crisis.vocabulary import DistrictId, PersonId


def of_district(tx: Connection, district: DistrictId) -> list[Trained]:
    """Also of those who have left; by person and training."""
    query = select(TRAINED).where(TRAINED.c.district == district).order_by(TRAINED.c.person, TRAINED.c.training)
    return [
        Trained(person=PersonId(row.person), training=row.training, since=row.since, until=row.until)
        for row in tx.execute(query)
    ]


def manned(tx: Connection, district: DistrictId, today: date) -> list[Manning]:
    staff = [each for each in people.staff(tx, district) if not each.missing]
    holders = [Holder(person=each.id, roles=each.roles, schools=each.schools) for each in staff]
    schools = [each.id for each in people.schools(tx, district)]
    return mannings(holders, of_district(tx, district), schools, today)


def record(tx: Connection, district: DistrictId, said: Trained, *, today: date, by: PersonId, at: datetime) -> None:
    """In place of what was there of the same training. Raises `NotFound` for nobody of the staff."""
    refuse_if(*unfit(said.since, said.until, today))
    ours = select(PERSON.c.id).where(PERSON.c.id == said.person, PERSON.c.district == district, PERSON.c.staff)
    if tx.execute(ours).first() is None:
        raise NotFound
    _delete(tx, district, said.person, said.training)
    row = {"person": said.person, "training": said.training, "district": district}
    tx.execute(insert(TRAINED).values(**row, since=said.since, until=said.until, entered_by=by, entered_at=at))
    detail: audit.Detail = {"training": said.training.value}
    audit.record(tx, at=at, actor=by, action="training recorded", subject=said.person, detail=detail)


def take_off(
    tx: Connection, district: DistrictId, person: PersonId, training: Training, *, by: PersonId, at: datetime
) -> None:
    """What was entered by mistake. Raises `NotFound` where there is none."""
    if not _delete(tx, district, person, training):
        raise NotFound
    detail: audit.Detail = {"training": training.value}
    audit.record(tx, at=at, actor=by, action="training taken off", subject=person, detail=detail)


def _delete(tx: Connection, district: DistrictId, person: PersonId, training: Training) -> int:
    mine = (TRAINED.c.person == person, TRAINED.c.training == training, TRAINED.c.district == district)
    return tx.execute(delete(TRAINED).where(*mine)).rowcount
