"""A review is owed by itself, written by two, fixed once it is signed; on both databases where SQL differs."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.retention_words import RetentionClass
from crisis.review.written import objectives
from crisis.review_words import Capability, Element, EntryKind, Rating, ReviewCause, ReviewState
from crisis.store import audit, improvements, kept_records, people, remains, reviews, reviews_owed
from crisis.store.engine import Store
from crisis.store.improvements import Plan
from crisis.store.remains import Whose
from crisis.store.review_tables import ENTRY, RATING, REVIEW
from crisis.store.reviews import KeptReview, Written
from crisis.store.tables import OUTBOX, WORDS
from crisis.vocabulary import Mode, PersonId, Phase
from tests.factories import DISTRICT, suicide_risk
from tests.store.looked_back import (
    LEAD,
    MONDAY,
    OTHER_PRINCIPAL,
    PRINCIPAL,
    a_closed_incident,
    a_school,
    an_open_incident,
    looked_at,
)
from tests.web.district import COUNSELOR, NURSE, OFFICER, STRANGER, TEACHER

DUE = date(2026, 10, 30)
LATER = MONDAY + timedelta(hours=5)
PHASES = objectives(suicide_risk())
STRENGTH = Written(kind=EntryKind.STRENGTH, objective=Phase.HANDOFF, text="Somebody sat down at once")
AREA = Written(kind=EntryKind.AREA, objective=Phase.HANDOFF, text="The call took long", cause="The number was old")


@pytest.fixture
def place(store: Store) -> Store:
    a_school(store)
    return store


def listed(store: Store, *who: PersonId, at: datetime = LATER) -> dict[PersonId, list[str]]:
    with store.read() as tx:
        actors = people.actors(tx, who)
    with store.of(DISTRICT).read() as tx:
        return {each: [kept.incident for kept in reviews_owed.of_actor(tx, actors[each], at)] for each in who}


def begun(store: Store, *, by: PersonId = COUNSELOR) -> KeptReview:
    kept = looked_at(store, a_closed_incident(store), LATER)
    with store.of(DISTRICT).write() as tx:
        reviews.begin(tx, kept, by=by, at=LATER)
        return reviews.one(tx, DISTRICT, kept.id)


def rated(store: Store, kept: KeptReview, *, by: PersonId = COUNSELOR) -> None:
    with store.write() as tx:
        for phase in PHASES:
            reviews.rate(tx, kept, phase, Rating.NOT_RATED, by=by, at=LATER)


def planned(entry: str, owner: PersonId = TEACHER, due_on: date = DUE) -> Plan:
    return Plan(
        entry=entry,
        capability=Capability.REACH,
        element=Element.EQUIPMENT,
        text="A list of numbers beside each telephone",
        owner=owner,
        starts_on=MONDAY.date(),
        due_on=due_on,
    )


def now(store: Store, kept: KeptReview) -> KeptReview:
    with store.read() as tx:
        return reviews.one(tx, DISTRICT, kept.id)


@pytest.mark.page
def test_the_worker_finds_what_is_owed_once_and_nobody_asked(place: Store) -> None:
    drill = a_closed_incident(place, mode=Mode.DRILL)  # before what is real, beside which there is none
    hard, calm = a_closed_incident(place), a_closed_incident(place, high=False, at=MONDAY + timedelta(minutes=1))
    goes_on = an_open_incident(place)
    upkeep = Upkeep(place, Lines(None, None), lambda: LATER)
    with place.write() as tx:
        tx.execute(OUTBOX.update().values(done_at=LATER))  # the pages go first, and here nobody sends them

    assert (upkeep.reviews(), upkeep.reviews()) == (True, False)

    with place.read() as tx:
        found = {each: reviews.of_incident(tx, each) for each in (hard, calm, goes_on, drill)}
        assert {action.action for kept in found.values() if kept for action in audit.of(tx, kept.id)} == {"review owed"}
    assert found[goes_on] is None
    owed, quiet, practised = found[hard], found[calm], found[drill]
    assert owed is not None
    assert quiet is not None
    assert practised is not None
    assert (owed.state, quiet.state, practised.state) == (
        ReviewState.OWED,
        ReviewState.OWED if quiet.causes else ReviewState.NOT_ASKED,
        ReviewState.OWED,
    )
    assert ReviewCause.EMERGENCY in owed.causes
    assert ReviewCause.DRILL in practised.causes
    assert owed.due_at == datetime(2026, 10, 8, 19, 0, tzinfo=LATER.tzinfo)  # three school days, the closing bell
    assert not owed.late(owed.due_at)
    assert owed.late(owed.due_at + timedelta(seconds=1))


def test_it_is_listed_for_the_lead_the_principal_and_the_district_and_for_nobody_else(place: Store) -> None:
    incident = a_closed_incident(place)
    looked_at(place, incident, LATER)

    mine, theirs = [incident], (NURSE, OTHER_PRINCIPAL, OFFICER, STRANGER)

    assert listed(place, COUNSELOR, PRINCIPAL, LEAD) == {COUNSELOR: mine, PRINCIPAL: mine, LEAD: mine}
    assert listed(place, *theirs) == {each: [] for each in theirs}


@pytest.mark.page
def test_one_begun_before_the_close_learns_then_why_and_until_when(place: Store) -> None:
    incident = an_open_incident(place)
    early = looked_at(place, incident, LATER)
    with place.write() as tx:
        reviews.begin(tx, early, by=COUNSELOR, at=LATER)
        assert reviews_owed.unlooked(tx, DISTRICT, LATER) == []

    assert (early.state, early.due_at) == (ReviewState.NOT_ASKED, None)
    assert now(place, early).state is ReviewState.DRAFT


def test_two_people_write_and_sign_and_then_it_is_fixed(place: Store) -> None:
    kept = begun(place)
    with place.of(DISTRICT).write() as tx:
        for said in (STRENGTH, AREA):
            reviews.write(tx, place.keys, kept, said, by=COUNSELOR, at=LATER)
        first, second = reviews.entries(tx, place.keys, kept.id)
        new = Written(kind=EntryKind.AREA, text="The call took ten minutes", cause="An old list", was=second.version)
        reviews.change(tx, place.keys, kept, second.id, new, by=COUNSELOR, at=LATER)
    rated(place, kept)
    with place.of(DISTRICT).write() as tx:
        reviews.hand_in(tx, kept, PHASES, by=COUNSELOR, at=LATER)
    handed = now(place, kept)
    with pytest.raises(Refused, match="somebody else signs"), place.write() as tx:
        reviews.sign(tx, handed, PHASES, over=True, by=COUNSELOR, at=LATER)
    with place.of(DISTRICT).write() as tx:
        reviews.sign(tx, handed, PHASES, over=True, by=PRINCIPAL, at=LATER)

    fixed = now(place, kept)
    remark = Written(kind=EntryKind.REMARK, text="The list is new since Monday")
    for change in (
        lambda tx: reviews.write(tx, place.keys, fixed, STRENGTH, by=LEAD, at=LATER),
        lambda tx: reviews.change(tx, place.keys, fixed, first.id, STRENGTH, by=LEAD, at=LATER),
        lambda tx: reviews.remove(tx, fixed, first.id, by=LEAD, at=LATER),
        lambda tx: reviews.rate(tx, fixed, Phase.HANDOFF, Rating.UNABLE, by=LEAD, at=LATER),
        lambda tx: reviews.send_back(tx, fixed, by=LEAD, at=LATER),
    ):
        with pytest.raises(Refused), place.write() as tx:
            change(tx)
    with place.write() as tx:
        reviews.write(tx, place.keys, fixed, remark, by=COUNSELOR, at=LATER)
        improvements.make(tx, place.keys, fixed, planned(second.id), by=LEAD, at=LATER)
        reviews.close(tx, fixed, by=LEAD, at=LATER)
        texts = [(each.text, each.cause) for each in reviews.entries(tx, place.keys, kept.id)]
        assert (
            tx.execute(select(func.count()).select_from(WORDS)).scalar_one() == 6
        )  # place and item too, without the old
    closed = now(place, kept)
    assert texts == [
        ("Somebody sat down at once", None),
        ("The call took ten minutes", "An old list"),
        ("The list is new since Monday", None),
    ]
    assert (closed.state, closed.written_by, closed.signed_by, closed.closed_by) == (
        ReviewState.CLOSED,
        COUNSELOR,
        PRINCIPAL,
        LEAD,
    )


@pytest.mark.page
def test_what_does_not_fit_is_refused_with_what_to_do(place: Store) -> None:
    kept = begun(place)
    with place.write() as tx:
        entry = reviews.write(tx, place.keys, kept, AREA, by=COUNSELOR, at=LATER)
    for change, why in (
        (lambda tx: reviews.rate(tx, kept, Phase.HANDOFF, Rating.PERFORMED, by=LEAD, at=LATER), "not P"),
        (lambda tx: reviews.hand_in(tx, kept, PHASES, by=LEAD, at=LATER), "Rate each objective"),
        (lambda tx: reviews.sign(tx, kept, PHASES, over=True, by=LEAD, at=LATER), "taken this review further"),
        (lambda tx: reviews.begin(tx, kept, by=LEAD, at=LATER), "taken this review further"),
        (
            lambda tx: reviews.change(
                tx, place.keys, kept, entry, Written(kind=AREA.kind, text="x", cause="y", was="old"), by=LEAD, at=LATER
            ),
            "changed this meanwhile",
        ),
        (
            lambda tx: reviews.write(tx, place.keys, kept, Written(kind=EntryKind.REMARK, text="x"), by=LEAD, at=LATER),
            "remark is added once",
        ),
    ):
        with pytest.raises(Refused, match=why), place.write() as tx:
            change(tx)
    with pytest.raises(NotFound), place.write() as tx:
        reviews.remove(tx, kept, "x", by=LEAD, at=LATER)
    with pytest.raises(NotFound), place.write() as tx:
        reviews.one(tx, a_district_elsewhere(), kept.id)


def a_district_elsewhere() -> object:
    return "d-2"


@pytest.mark.page
def test_the_database_too_wants_another_person_to_sign(place: Store) -> None:
    kept = begun(place)
    values = {"state": "signed", "signed_by": COUNSELOR, "signed_at": LATER, "written_by": COUNSELOR}

    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(REVIEW.update().where(REVIEW.c.id == kept.id).values(**values))


@pytest.mark.page
def test_it_goes_with_its_incident_and_keeps_a_drill_three_years(place: Store) -> None:
    drill = a_closed_incident(place, mode=Mode.DRILL)
    before = looked_at(place, drill, LATER)
    with place.read() as tx:
        plain = kept_records.of_subject(tx, DISTRICT, drill, LATER).record.classes
    with place.write() as tx:
        reviews.begin(tx, before, by=PRINCIPAL, at=LATER)
        kept = reviews.one(tx, DISTRICT, before.id)
        reviews.write(tx, place.keys, kept, STRENGTH, by=PRINCIPAL, at=LATER)
        reviews.rate(tx, kept, Phase.HANDOFF, Rating.PERFORMED, by=PRINCIPAL, at=LATER)
        after = kept_records.of_subject(tx, DISTRICT, drill, LATER)
        remains.erase(tx, Whose(None, [drill]))
        left = [tx.execute(select(func.count()).select_from(each)).scalar_one() for each in (REVIEW, ENTRY, RATING)]

    assert (plain, after.record.classes) == (
        {RetentionClass.DRILL},
        {RetentionClass.DRILL, RetentionClass.DRILL_REVIEW},
    )
    assert after.due_on is not None
    assert after.due_on.year == MONDAY.year + 3
    assert left == [0, 0, 0]
