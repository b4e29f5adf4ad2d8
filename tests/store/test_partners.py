"""Agreements as they are kept, and who is shut out with one: sessions, tokens and sockets, from that very minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crisis.errors import NotFound, Refused
from crisis.policy.directory import Entry
from crisis.referral_words import AgencyId, AgencyKind
from crisis.store import accounts, audit, directory, partners, roster, sessions
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.policy.test_agreements import TERMS, ZONE
from tests.web.district import COUNSELOR, ELSEWHERE, OFFICER, PASSPHRASE, STRANGER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)  # after the last day of TERMS, by the clock of the district
MOMENT = timedelta(microseconds=1)
CLINICIAN = PersonId("p-clinician")


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, CLINICIAN, ("Given", "Clinician"), staff=True)
        roster.give_post(tx, DISTRICT, CLINICIAN, StaffRole.CLINICIAN)
        accounts.create_account(tx, CLINICIAN, "clinician", PASSPHRASE, at=AT, hashing=HASHING)
    return store


def an_agency(store: Store, name: str = "Mill Street") -> AgencyId:
    with store.write() as tx:
        entry = Entry(name=name, kind=AgencyKind.HEALTH_CENTER)
        return directory.add(tx, DISTRICT, entry, by=OFFICER, at=AT)


def signed(store: Store, agency: AgencyId) -> str:
    with store.write() as tx:
        return partners.record(tx, DISTRICT, replace(TERMS, agency=agency), ZONE, by=OFFICER, at=AT)


def works_for(store: Store, agency: AgencyId) -> None:
    with store.write() as tx:
        partners.put_in(tx, DISTRICT, CLINICIAN, agency, by=OFFICER, at=AT)


def signs_in(store: Store, at: datetime) -> str:
    token = accounts.sign_in(store, "clinician", PASSPHRASE, at, hashing=HASHING)
    assert token is not None
    return token


def test_what_was_signed_is_read_again(place: Store) -> None:
    agency = an_agency(place)
    one = signed(place, agency)
    with place.read() as tx:
        (found,) = partners.of_district(tx, DISTRICT)
        elsewhere = partners.of_district(tx, ELSEWHERE)

    assert (found.id, found.terms) == (one, replace(TERMS, agency=agency))
    assert (found.counts_from, found.counts_until) == (datetime(2026, 1, 1, 5, 0, tzinfo=UTC), MIDNIGHT)
    assert elsewhere == []


def test_its_people_are_out_the_minute_it_ends_and_not_before_pr_37(place: Store) -> None:
    agency = an_agency(place)
    signed(place, agency)
    works_for(place, agency)
    session = signs_in(place, MIDNIGHT - timedelta(minutes=5))
    with place.write() as tx:
        token = accounts.create_token(tx, CLINICIAN, "a program", AT)

    with place.write() as tx:
        last = MIDNIGHT - MOMENT
        assert sessions.holder(tx, session, last) == accounts.token_holder(tx, token, last) == CLINICIAN
        assert set(accounts.holders(tx, [session, token], last)) == {session, token}
        assert sessions.holder(tx, session, MIDNIGHT) is None
        assert accounts.token_holder(tx, token, MIDNIGHT) is None
        assert accounts.holders(tx, [session, token], MIDNIGHT) == {}
    with pytest.raises(Refused, match="not in force"):
        signs_in(place, MIDNIGHT)
    assert accounts.sign_in(place, "clinician", "not this one", MIDNIGHT, hashing=HASHING) is None


def test_they_are_out_without_any_agreement_and_when_it_is_ended_or_the_agency_taken_out_pr_37(place: Store) -> None:
    agency, other = an_agency(place), an_agency(place, "Somebody else")
    signed(place, other)
    works_for(place, agency)
    with pytest.raises(Refused):
        signs_in(place, AT)
    one = signed(place, agency)
    session = signs_in(place, AT)

    with place.write() as tx:
        partners.end(tx, DISTRICT, one, by=OFFICER, at=AT)
        assert sessions.holder(tx, session, AT) is None
    signed(place, agency)
    with place.write() as tx:
        assert sessions.holder(tx, session, AT) == CLINICIAN
        directory.end(tx, DISTRICT, agency, by=OFFICER, at=AT)
        assert sessions.holder(tx, session, AT) is None
        partners.take_out(tx, DISTRICT, CLINICIAN, by=OFFICER, at=AT)
        assert sessions.holder(tx, session, AT) == CLINICIAN
        assert audit.verify(tx).ok


def test_what_is_not_whole_or_not_ours_is_refused(place: Store) -> None:
    agency = an_agency(place)
    terms = replace(TERMS, agency=agency)
    with place.write() as tx:
        for wrong in (
            replace(terms, direct_control=False),
            replace(terms, last_day=date(2025, 1, 1)),
            replace(terms, sha256="short"),
            replace(terms, paper="x" * 121),
        ):
            with pytest.raises(Refused):
                partners.record(tx, DISTRICT, wrong, ZONE, by=OFFICER, at=AT)
        with pytest.raises(NotFound):
            partners.record(tx, ELSEWHERE, terms, ZONE, by=OFFICER, at=AT)
        with pytest.raises(NotFound):
            partners.put_in(tx, DISTRICT, STRANGER, agency, by=OFFICER, at=AT)
        with pytest.raises(Refused):
            partners.put_in(tx, DISTRICT, COUNSELOR, agency, by=COUNSELOR, at=AT)
    one = signed(place, agency)
    with place.write() as tx, pytest.raises(NotFound):
        partners.end(tx, ELSEWHERE, one, by=OFFICER, at=AT)
