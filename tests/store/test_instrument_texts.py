"""What a district brings and permits: kept whole, shown only while its permission holds, and nobody else's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from crisis.errors import NotFound, Refused
from crisis.instrument_words import PermissionBasis
from crisis.store import instrument_texts
from crisis.store.engine import Store
from crisis.store.instrument_texts import Kept, Terms
from crisis.vocabulary import DistrictId
from tests.factories import DISTRICT, STUDENT
from tests.store.packs import body_of
from tests.web.district import ELSEWHERE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
ZONE = "America/New_York"
LAST = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)  # the end of its last day in New York
MOMENT = timedelta(microseconds=1)
TERMS = Terms(
    instrument="cssrs",
    basis=PermissionBasis.LETTER,
    given_by="R. Owner, rights",
    paper="Office, folder 9",
    notice="Shown with permission.",
    last_day=date(2026, 10, 6),
)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def permits(store: Store, terms: Terms = TERMS) -> None:
    with store.write() as tx:
        instrument_texts.permit(tx, DISTRICT, terms, ZONE, by=OFFICER, at=AT)


def brings(store: Store, instrument: str, body: str | None, at: datetime = AT) -> None:
    with store.write() as tx:
        instrument_texts.take_into_use(tx, DISTRICT, instrument, body, by=OFFICER, at=at)


def kept(store: Store, district: DistrictId = DISTRICT) -> Kept:
    with store.read() as tx:
        return instrument_texts.of_district(tx, district)


def test_words_are_shown_to_the_last_second_of_the_permission_and_not_after_it(place: Store) -> None:
    permits(place)
    brings(place, "cssrs", body_of("cssrs"))
    found = kept(place)

    assert found.readable("cssrs", LAST - MOMENT).forms[0].items[0].text == "made up words of q1"
    over = found.readable("cssrs", LAST)
    assert over.reason is not None
    assert not any(form.has_words for form in over.forms)
    assert kept(place, ELSEWHERE) == Kept(permissions=(), uses=())


def test_ending_a_permission_counts_at_once(place: Store) -> None:
    permits(place, replace(TERMS, last_day=None))
    brings(place, "cssrs", body_of("cssrs"))
    (permission,) = kept(place).permissions

    with place.write() as tx:
        instrument_texts.end_permission(tx, DISTRICT, permission.id, by=OFFICER, at=AT)

    assert permission.counts_until is None
    assert kept(place).readable("cssrs", AT).reason is not None
    with place.write() as tx, pytest.raises(NotFound):
        instrument_texts.end_permission(tx, DISTRICT, permission.id, by=OFFICER, at=AT)


@pytest.mark.parametrize("instrument", ["cssrs", "psc_17"])
def test_protected_words_are_not_even_kept_without_a_permission(place: Store, instrument: str) -> None:
    with pytest.raises(Refused) as refused:
        brings(place, instrument, body_of(instrument))

    assert "without it these words are not kept here" in str(refused.value)
    with place.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM instrument_use")).scalar_one() == 0


def test_a_permission_says_who_gave_it_and_is_not_over_already(place: Store) -> None:
    wrong = replace(TERMS, given_by=" ", notice="", last_day=date(2026, 10, 5))

    with pytest.raises(Refused) as refused:
        permits(place, wrong)
    with pytest.raises(Refused) as free:
        permits(place, replace(TERMS, instrument="gad_7"))

    assert len(refused.value.reasons) == 3
    assert "need no permission" in str(free.value)


def test_a_pack_takes_the_place_of_the_one_before_in_its_language_alone(place: Store) -> None:
    brings(place, "gad_7", body_of("gad_7"))
    brings(place, "gad_7", body_of("gad_7", language="es"))
    brings(place, "gad_7", body_of("gad_7", version="2"), at=AT + MOMENT)

    assert [(use.language, use.version) for use in kept(place).uses] == [("es", "1"), ("en", "2")]


def test_the_kit_of_an_incident_holds_what_is_in_use_its_languages_and_the_age(place: Store) -> None:
    brings(place, "gad_7", body_of("gad_7", language="es"))
    brings(place, "cssrs", None)
    with place.write() as tx:
        tx.execute(text("UPDATE student SET birth_date = '2018-10-07'"))

    with place.read() as tx:
        kit = instrument_texts.kit(tx, DISTRICT, STUDENT, AT)

    assert kit.in_use == {"cssrs", "gad_7"}
    assert kit.languages["gad_7"] == {"en", "es"}
    assert kit.age == 7


def test_items_that_only_their_words_tell_apart_are_not_taken_up_without(place: Store) -> None:
    with pytest.raises(Refused):
        brings(place, "psc_17", None)
