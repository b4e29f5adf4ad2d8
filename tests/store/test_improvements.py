"""Improvement items: made of what should get better, done with evidence, verified by another; their owner is told."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.notify.wording_errands import text
from crisis.review_words import EntryKind, ItemState, Rating
from crisis.store import improvements, improvements_due, people, remains, reviews, roster
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.store.improvements import Item
from crisis.store.readiness_tables import ERRAND
from crisis.store.remains import Whose
from crisis.store.review_tables import ITEM
from crisis.store.reviews import KeptReview, Written
from crisis.store.tables import OUTBOX
from crisis.vocabulary import PersonId, Phase
from tests.factories import DISTRICT
from tests.store.looked_back import LEAD, OTHER_PRINCIPAL, PRINCIPAL, a_closed_incident, a_school, looked_at
from tests.store.test_reviews import AREA, DUE, LATER, PHASES, STRENGTH, planned
from tests.web.district import COUNSELOR, NURSE, OFFICER, TEACHER


@pytest.fixture
def place(store: Store) -> Store:
    a_school(store)
    with store.write() as tx:
        roster.add_phone(tx, TEACHER, "+16175550171")
    return store


def a_review(store: Store) -> tuple[KeptReview, str]:
    """With one thing that should get better."""
    kept = looked_at(store, a_closed_incident(store), LATER)
    with store.write() as tx:
        reviews.begin(tx, kept, by=COUNSELOR, at=LATER)
        kept = reviews.one(tx, DISTRICT, kept.id)
        return kept, reviews.write(tx, store.keys, kept, AREA, by=COUNSELOR, at=LATER)


def an_item(store: Store) -> str:
    kept, entry = a_review(store)
    with store.of(DISTRICT).write() as tx:
        return improvements.make(tx, store.keys, kept, planned(entry), by=COUNSELOR, at=LATER)


def now(store: Store, item: str) -> Item:
    with store.of(DISTRICT).read() as tx:
        return improvements.one(tx, store.keys, DISTRICT, item)


def does(store: Store, item: str, order: Callable[[Connection, Item], None]) -> Item:
    with store.of(DISTRICT).write() as tx:
        order(tx, improvements.one(tx, store.keys, DISTRICT, item, lock=True))
    return now(store, item)


def test_it_is_begun_done_with_evidence_looked_at_by_another_and_over(place: Store) -> None:
    item, keys = an_item(place), place.keys
    does(place, item, lambda tx, it: improvements.start(tx, it, by=TEACHER, at=LATER))
    done = does(place, item, lambda tx, it: improvements.finish(tx, keys, it, "It hangs there", by=TEACHER, at=LATER))
    with pytest.raises(Refused, match="somebody else looks"):
        does(place, item, lambda tx, it: improvements.verify(tx, it, by=TEACHER, at=LATER))
    back = does(place, item, lambda tx, it: improvements.again(tx, it, by=PRINCIPAL, at=LATER))
    does(place, item, lambda tx, it: improvements.finish(tx, keys, it, "It hangs in all rooms", by=TEACHER, at=LATER))
    over = does(place, item, lambda tx, it: improvements.verify(tx, it, by=PRINCIPAL, at=LATER))

    assert (done.state, done.evidence, done.ended_by) == (ItemState.DONE, "It hangs there", TEACHER)
    assert (back.state, back.evidence, back.ended_by) == (ItemState.STARTED, None, None)
    assert (over.state, over.evidence, over.verified_by) == (ItemState.VERIFIED, "It hangs in all rooms", PRINCIPAL)
    with pytest.raises(Refused, match="taken this item further"):
        does(place, item, lambda tx, it: improvements.again(tx, it, by=LEAD, at=LATER))


def test_it_is_in_the_list_of_its_owner_and_of_who_answers_for_the_school(place: Store) -> None:
    item = an_item(place)
    with place.of(DISTRICT).read() as tx:
        actors = people.actors(tx, [COUNSELOR, PRINCIPAL, LEAD, NURSE, OTHER_PRINCIPAL, OFFICER, TEACHER])
        led = {who: improvements.of_leader(tx, place.keys, each, LATER) for who, each in actors.items()}
        own = {who: improvements.of_person(tx, place.keys, who) for who in actors}

    assert {who for who, found in led.items() if [each.id for each in found] == [item]} == {COUNSELOR, PRINCIPAL, LEAD}
    assert {who for who, found in own.items() if found} == {TEACHER}
    assert own[TEACHER][0].text == "A list of numbers beside each telephone"


@pytest.mark.page
def test_what_does_not_fit_is_refused(place: Store) -> None:
    kept, entry = a_review(place)
    keys = place.keys
    with place.write() as tx:
        good = reviews.write(tx, keys, kept, STRENGTH, by=COUNSELOR, at=LATER)
        item = improvements.make(tx, keys, kept, planned(entry), by=COUNSELOR, at=LATER)
    for plan, error in (
        (planned(good), NotFound),
        (planned("x"), NotFound),
        (planned(entry, due_on=date(2026, 10, 1)), Refused),
    ):
        with pytest.raises(error), place.write() as tx:
            improvements.make(tx, keys, kept, plan, by=COUNSELOR, at=LATER)
    with pytest.raises(Refused, match="it stays"), place.write() as tx:
        reviews.remove(tx, kept, entry, by=COUNSELOR, at=LATER)
    for order in (
        lambda tx, it: improvements.finish(tx, keys, it, " ", by=TEACHER, at=LATER),
        lambda tx, it: improvements.give(tx, it, NURSE, date(2026, 1, 1), by=LEAD, at=LATER),
        lambda tx, it: improvements.verify(tx, it, by=LEAD, at=LATER),
    ):
        with pytest.raises(Refused):
            does(place, item, order)
    with pytest.raises(NotFound), place.read() as tx:
        improvements.one(tx, keys, people.actor(tx, PersonId("p-stranger")).district, item)
    values = {"state": "verified", "evidence": now_words(place, item), "ended_by": LEAD, "ended_at": LATER}
    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(ITEM.update().where(ITEM.c.id == item).values(**values, verified_by=LEAD, verified_at=LATER))


def now_words(store: Store, item: str) -> str:
    with store.read() as tx:
        return str(tx.execute(ITEM.select().where(ITEM.c.id == item)).one().words)


@pytest.mark.page
def test_a_review_is_closed_once_something_is_agreed_about_all_that_should_get_better(place: Store) -> None:
    kept, entry = a_review(place)
    with place.write() as tx:
        for phase in PHASES:
            rating = Rating.MAJOR_CHALLENGES if phase is Phase.HANDOFF else Rating.NOT_RATED
            reviews.rate(tx, kept, phase, rating, by=COUNSELOR, at=LATER)
        reviews.hand_in(tx, kept, PHASES, by=COUNSELOR, at=LATER)
        handed = reviews.one(tx, DISTRICT, kept.id)
        reviews.sign(tx, handed, PHASES, over=True, by=LEAD, at=LATER)
        signed = reviews.one(tx, DISTRICT, kept.id)
    with pytest.raises(Refused, match="wants an improvement item"), place.write() as tx:
        reviews.close(tx, signed, by=LEAD, at=LATER)
    with place.write() as tx:
        item = improvements.make(tx, place.keys, signed, planned(entry), by=LEAD, at=LATER)
    does(place, item, lambda tx, it: improvements.drop(tx, place.keys, it, "It is there", by=LEAD, at=LATER))
    with place.write() as tx:
        reviews.close(tx, signed, by=LEAD, at=LATER)
        closed = reviews.one(tx, DISTRICT, kept.id)
    with pytest.raises(Refused, match="review is closed"), place.write() as tx:
        improvements.make(tx, place.keys, closed, planned(entry), by=LEAD, at=LATER)
    with place.write() as tx:
        reviews.write(tx, place.keys, closed, Written(kind=EntryKind.REMARK, text="All is well"), by=LEAD, at=LATER)
        remains.erase(tx, Whose(None, [closed.incident]))
        assert tx.execute(ITEM.select()).all() == []


@pytest.mark.page
def test_the_worker_tells_the_owner_by_a_text_that_says_how_many_and_nothing_else(place: Store) -> None:
    item = an_item(place)
    with place.write() as tx:
        tx.execute(OUTBOX.update().values(done_at=LATER))  # pages go first, and here nobody sends them
    week_before = LATER + timedelta(days=(DUE - LATER.date()).days - 7)
    for at in (LATER, week_before, week_before + timedelta(hours=1)):
        Upkeep(place, Lines(None, None), lambda at=at: at).reviews()
    does(place, item, lambda tx, it: improvements.give(tx, it, NURSE, DUE, by=LEAD, at=week_before))

    with place.read() as tx:
        told = tx.execute(ERRAND.select().where(ERRAND.c.subject == Subject.IMPROVEMENT_DUE)).all()
        assert improvements_due.owed(tx, DISTRICT, week_before) == {NURSE: 1}
    assert [(each.person, each.amount, each.made_at) for each in told] == [(TEACHER, 1, week_before)]
    assert all(len(text(Subject.IMPROVEMENT_DUE, language, amount=999)) <= 160 for language in ("en", "es"))
