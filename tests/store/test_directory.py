"""The directory of a district: kept whole or refused, by its own people only, from a table or by hand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crisis.errors import NotFound, Refused
from crisis.policy.directory import Entry
from crisis.policy.opening_hours import read_hours
from crisis.referral_words import AgencyId, AgencyKind, Capacity, Care, Insurance
from crisis.store import audit, directory
from crisis.store.agency_file import COLUMNS, read_agencies
from crisis.store.engine import Store
from crisis.vocabulary import ReceiverKind
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, ELSEWHERE, NURSE, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
CENTER = Entry(
    name="Mill Street Health Center",
    kind=AgencyKind.HEALTH_CENTER,
    phone="617-555-0182",
    address="12 Mill Street",
    how="Ask for intake",
    hours=read_hours("mon-fri 8:00-17:00"),
    languages=frozenset({"es", "en"}),
    interpreters=True,
    youngest=5,
    oldest=21,
    care=frozenset({Care.COUNSELING, Care.PSYCHIATRY}),
    insurance=frozenset({Insurance.MEDICAID}),
)
BARE = Entry(name="Somebody", kind=AgencyKind.ADVOCACY)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def added(store: Store, entry: Entry = CENTER) -> AgencyId:
    with store.write() as tx:
        return directory.add(tx, DISTRICT, entry, by=COUNSELOR, at=AT)


def test_what_was_written_is_read_again_and_its_number_can_be_dialled(place: Store) -> None:
    one, bare = added(place), added(place, BARE)
    with place.write() as tx:
        directory.confirm_places(tx, DISTRICT, one, (Capacity.WAITLIST, 21), by=NURSE, at=AT)
    with place.read() as tx:
        found = {each.id: each for each in directory.of_district(tx, DISTRICT)}

    assert {each.entry for each in found.values()} == {CENTER, BARE}
    assert (found[one].number, found[bare].number, found[bare].places) == ("+16175550182", None, None)
    places = found[one].places
    assert places is not None
    assert (places.capacity, places.days, places.at, places.by) == (Capacity.WAITLIST, 21, AT, NURSE)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (replace(BARE, name=" "), "has a name"),
        (replace(BARE, how="x" * 301), "300 letters"),
        (replace(BARE, youngest=12, oldest=4), "youngest first"),
        (replace(BARE, oldest=121), "from 0 to 120"),
        (replace(BARE, kind=AgencyKind.HOUSING, address="9 Quiet Lane"), "shelter"),
    ],
)
def test_what_is_wrong_is_refused_and_no_address_of_a_shelter_is_kept_pr_20(
    place: Store, entry: Entry, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        added(place, entry)


def test_a_change_keeps_what_is_known_of_its_places_and_who_is_taken_out_stays_out(place: Store) -> None:
    one = added(place)
    with place.write() as tx:
        directory.confirm_places(tx, DISTRICT, one, (Capacity.NO_CAPACITY, None), by=NURSE, at=AT)
        directory.change(tx, DISTRICT, one, BARE, by=COUNSELOR, at=AT)
        changed = directory.one(tx, DISTRICT, one)
        directory.end(tx, DISTRICT, one, by=COUNSELOR, at=AT)

    assert changed.entry == BARE
    assert changed.places is not None
    with place.write() as tx:
        assert directory.of_district(tx, DISTRICT) == []
        with pytest.raises(NotFound):
            directory.change(tx, DISTRICT, one, CENTER, by=COUNSELOR, at=AT)
        assert audit.verify(tx).ok


def test_another_district_neither_sees_nor_changes_it(place: Store) -> None:
    one = added(place)

    with place.write() as tx:
        assert directory.of_district(tx, ELSEWHERE) == []
        with pytest.raises(NotFound):
            directory.one(tx, ELSEWHERE, one)
        with pytest.raises(NotFound):
            directory.confirm_places(tx, ELSEWHERE, one, (Capacity.NO_CAPACITY, None), by=NURSE, at=AT)


def test_a_table_changes_who_is_known_and_adds_the_rest(place: Store) -> None:
    one = added(place, replace(CENTER, phone=None))
    table = (
        f"{','.join(COLUMNS)}\n"
        'Mill Street Health Center,health_center,617-555-0182,12 Mill Street,Ask for intake,"mon-fri 8:00-17:00",'
        "en es,yes,5,21,counseling psychiatry,medicaid\n"
        "Somebody,advocacy,,,,,,,,,,\n"
    )
    with place.write() as tx:
        counted = directory.bring_in(tx, DISTRICT, read_agencies(table), by=None, at=AT)
        found = {each.id: each.entry for each in directory.of_district(tx, DISTRICT)}

    assert counted == (1, 1)
    assert found[one] == CENTER
    assert BARE in found.values()


def test_a_table_names_every_line_that_is_wrong() -> None:
    table = "name,kind,hours,youngest\nA,clinic,,\n,advocacy,,\nB,advocacy,weekdays,\nC,advocacy,,ten\nD,advocacy,,7\n"

    with pytest.raises(Refused) as refused:
        read_agencies(table)

    told = [reason.text.partition(":")[0] for reason in refused.value.reasons]
    assert told == ["Line 2", "Line 3", "Line 4", "Line 5"]
    with pytest.raises(Refused, match="diagnosis"):
        read_agencies("name,kind,diagnosis\n")


def test_who_takes_a_handoff_says_its_kind() -> None:
    assert {each.receiver for each in AgencyKind} == {None, *ReceiverKind}
