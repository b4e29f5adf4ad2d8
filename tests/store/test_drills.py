"""The database itself lets a drill page nobody off its list, and lets no page be of another mode (F75, I-22)."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from crisis.commands import LinkIncident
from crisis.errors import Refused
from crisis.store import drills, incidents, page_codes, roster
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.store.tables import PAGE_CODE
from crisis.submit import open_incident, submit
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId
from tests.factories import COUNSELOR, DISTRICT, MORNING, opening
from tests.notify.village import ANA, PHONES, a_village

MOTHER, HER_PHONE, LATER = PersonId("p-mother"), "+16175550150", "+16175550151"


@pytest.fixture
def drill(store: Store) -> IncidentId:
    hashed = a_village(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, MOTHER, ("Given", "Family"), staff=False)
        roster.add_phone(tx, MOTHER, HER_PHONE)
    return _opened(store, hashed, Mode.DRILL)


def _opened(store: Store, hashed: str, mode: Mode) -> IncidentId:
    order = opening(protocol_hash=hashed, mode=mode, place=None, student=None)
    return open_incident(store, order, at=MORNING).incident.id


@pytest.mark.parametrize("mode", list(Mode))
def test_nothing_real_is_linked_to_a_drill_and_no_drill_to_what_is_real_pr_57(
    store: Store, drill: IncidentId, mode: Mode
) -> None:
    """I-22: by an order, or as what came after another incident; the database shows that nothing was written."""
    with store.read() as tx:
        hashed = incidents.load(tx, drill).protocol_hash
    real, own = _opened(store, hashed, Mode.LIVE), _opened(store, hashed, mode)
    other = drill if mode is Mode.LIVE else real
    after = opening(protocol_hash=hashed, mode=mode, place=None, student=None, linked_to=other)

    with pytest.raises(Refused, match="not linked"):
        submit(store, own, LinkIncident(by=COUNSELOR, other=other), at=MORNING)
    with pytest.raises(Refused, match="not linked"):
        open_incident(store, after, at=MORNING)
    with pytest.raises(DBAPIError, match="the mode of an incident is fixed"), store.write() as tx:
        tx.execute(text("UPDATE incident SET mode = 'live' WHERE mode = 'drill'"))

    with store.read() as tx:
        assert incidents.load(tx, own).links == ()
        assert tx.execute(text("SELECT count(*) FROM incident")).scalar_one() == 3


def code(incident: IncidentId, phone: str, **changes: object) -> dict[str, object]:
    known = {
        "phone": phone,
        "code": "47",
        "incident": incident,
        "page": f"{incident}-2",
        "person": "p-x",
        "site": "LHS",
    }
    return {**known, "mode": Mode.DRILL, "drill": incident, "given_at": MORNING, **changes}


def test_the_list_of_a_drill_is_the_staff_at_its_opening(store: Store, drill: IncidentId) -> None:
    with store.write() as tx:
        roster.add_phone(tx, ANA, LATER)

    with store.read() as tx:
        listed = set(tx.execute(text("SELECT phone FROM drill_phone")).scalars())
        assert listed == set(PHONES.values())
        assert drills.within(tx, drill, [PHONES[ANA], HER_PHONE, LATER]) == {PHONES[ANA]}


def test_who_is_on_the_list_can_be_given_a_code(store: Store, drill: IncidentId) -> None:
    coded = Coded(
        phone=PHONES[ANA],
        code="",
        incident=drill,
        page=PageId(f"{drill}-2"),
        person=ANA,
        site="LHS",
        mode=Mode.DRILL,
        given_at=MORNING,
    )

    with store.write() as tx:
        given = page_codes.give(tx, coded)

    with store.read() as tx:
        assert page_codes.of_phone(tx, PHONES[ANA], MORNING) == [given]


@pytest.mark.parametrize(
    ("phone", "changes"),
    [
        (HER_PHONE, {}),
        (LATER, {}),
        (HER_PHONE, {"drill": None}),  # no list, no drill
        (HER_PHONE, {"mode": Mode.LIVE, "drill": None}),  # called real, and it is a drill
        (PHONES[ANA], {"mode": Mode.LIVE}),
        (PHONES[ANA], {"mode": Mode.LIVE, "drill": None}),
    ],
)
def test_a_code_of_a_drill_for_anybody_else_is_refused(
    store: Store, drill: IncidentId, phone: str, changes: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), store.write() as tx:
        tx.execute(insert(PAGE_CODE).values(**code(drill, phone, **changes)))


def test_neither_another_drills_list_nor_a_real_incident_helps(store: Store, drill: IncidentId) -> None:
    with store.read() as tx:
        hashed = tx.execute(text("SELECT hash FROM protocol")).scalar_one()
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, PersonId("p-new"), ("Given", "New"), staff=True)
        roster.add_phone(tx, PersonId("p-new"), LATER)
    other, real = _opened(store, hashed, Mode.DRILL), _opened(store, hashed, Mode.LIVE)

    for values in (code(drill, LATER, drill=other), code(real, PHONES[ANA])):
        with pytest.raises(IntegrityError), store.write() as tx:
            tx.execute(insert(PAGE_CODE).values(**values))

    with store.read() as tx:
        assert drills.within(tx, other, [LATER]) == {LATER}
        assert drills.within(tx, real, [PHONES[ANA]]) == set()
        assert tx.execute(select(PAGE_CODE.c.phone)).all() == []
