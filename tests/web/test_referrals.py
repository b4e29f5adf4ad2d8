"""Referrals at the console and by the API: from the directory, asked only where it is allowed, never forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from crisis import clock
from crisis.commands import Actor, ActorKind, TimerDue
from crisis.policy.directory import Entry
from crisis.referral_words import AgencyId, AgencyKind, AgreedUse, DataPoint
from crisis.store import directory, incidents, partners
from crisis.store.disclosure_tables import DISCLOSURE
from crisis.submit import submit
from crisis.vocabulary import IncidentId, LegalBasis
from tests.factories import DISTRICT
from tests.policy.test_agreements import TERMS, ZONE
from tests.web.district import COUNSELOR, ELSEWHERE, OFFICER, District, acting
from tests.web.test_pages import Browser, at_console, words


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def center(district: District) -> AgencyId:
    with district.store.write() as tx:
        entry = Entry(name="Mill Street Center", kind=AgencyKind.HEALTH_CENTER, phone="617-555-0182")
        return directory.add(tx, DISTRICT, entry, by=OFFICER, at=clock.now())


def signs(
    district: District,
    center: AgencyId,
    days: int = 9,
    uses: frozenset[AgreedUse] = frozenset(AgreedUse),
    points: frozenset[DataPoint] = frozenset(DataPoint),
) -> str:
    today = clock.now().date()
    signed = replace(
        TERMS,
        agency=center,
        first_day=today - timedelta(9),
        last_day=today + timedelta(days),
        uses=uses,
        data_points=points,
    )
    with district.store.write() as tx:
        return partners.record(tx, DISTRICT, signed, ZONE, by=OFFICER, at=clock.now())


def moves(browser: Browser, incident: str, to: str, status: int = 303, **fields: str) -> str:
    page = f"{incident}/referrals"
    return browser.send(page, f"{incident}/move-referral", status, to=to, **fields)


def begun(browser: Browser, center: AgencyId) -> str:
    incident = browser.opens()
    browser.send(f"{incident}/referrals", f"{incident}/draft-referral", agency=center, care="counseling")
    return incident


def test_a_referral_goes_from_the_draft_to_what_came_of_it(
    site: TestClient, district: District, center: AgencyId
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    signs(district, center)
    incident = begun(counselor, center)
    refused = moves(counselor, incident, "requested", 422)
    moves(counselor, incident, "requested", basis="partner_official")
    unnamed = moves(counselor, incident, "accepted", 422)
    moves(counselor, incident, "accepted", said_by="R. Alves, intake")
    accepted = words(counselor.get(f"{incident}/referrals"))
    moves(counselor, incident, "completed", note="First visit on Tuesday, kept.")
    completed, page = words(counselor.get(f"{incident}/referrals")), words(counselor.get(incident))

    assert "Say why this may be shared" in words(refused)
    assert "Write down who there said it" in words(unnamed)
    assert "Accepted by them" in accepted
    assert "R. Alves, intake" in accepted
    assert "First visit on Tuesday, kept." in completed
    assert "Record how it stands" not in completed
    assert "Referral, Mill Street Center: Completed" in page


def test_nothing_is_asked_without_an_agreement_that_lists_it_or_a_consent_pr_23_pr_37(
    site: TestClient, district: District, center: AgencyId
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = begun(counselor, center)
    risky = frozenset({DataPoint.RISK})

    refused = [moves(counselor, incident, "requested", 422, basis="partner_official")]
    for terms in ((-2, frozenset(AgreedUse), frozenset(DataPoint)), (9, frozenset({AgreedUse.FOLLOW_UP}), risky)):
        one = signs(district, center, *terms)
        refused.append(moves(counselor, incident, "requested", 422, basis="partner_official"))
        with district.store.write() as tx:
            partners.end(tx, DISTRICT, one, by=OFFICER, at=clock.now())
    signs(district, center, points=risky)
    unlisted = moves(counselor, incident, "requested", 422, basis="partner_official")
    unsigned = moves(counselor, incident, "requested", 422, basis="consent_roi")

    assert all("There is no agreement in force with this partner" in words(each) for each in refused)
    assert "does not list everything" in words(unlisted)
    assert "No written consent for this is on record" in words(unsigned)
    signs(district, center)
    moves(counselor, incident, "requested", basis="partner_official")
    with district.store.read() as tx:
        rows = tx.execute(select(DISCLOSURE.c.basis, DISCLOSURE.c.went_out)).all()
    assert [tuple(row) for row in rows if row.went_out] == [(LegalBasis.PARTNER_OFFICIAL, True)]
    assert len(rows) == 6  # what was asked for and refused is in the ledger too


def test_when_nobody_hears_of_it_the_page_says_so_and_who_follows_it_is_told(
    site: TestClient, district: District, center: AgencyId
) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")
    incident = begun(counselor, center)
    known = IncidentId(incident.rpartition("/")[2])
    with district.store.read() as tx:
        (referral,) = incidents.load(tx, known).referrals.values()
    assert referral.check_at is not None
    system = Actor(kind=ActorKind.SYSTEM, id=None, district=DISTRICT)
    order = TimerDue(by=system, name="overdue", key=f"referral:{referral.id}:0#1")

    early = submit(district.store, known, order, at=clock.now()).changed
    told = submit(district.store, known, order, at=referral.check_at).changed

    assert (early, told) == (False, True)
    assert "una derivación de la que nadie sabe nada" in words(counselor.get(incident))


def test_one_who_is_slower_is_told_who_was_faster(site: TestClient, district: District, center: AgencyId) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    signs(district, center)
    incident = begun(counselor, center)
    form = officer.form(f"{incident}/referrals", f"{incident}/move-referral")
    moves(counselor, incident, "requested", basis="partner_official")

    slower = officer.post(f"{incident}/move-referral", {**form, "to": "cancelled", "reason": "no_consent"}, 409)

    assert "P-Counselor changed the same thing" in words(slower)


def test_an_agency_of_another_district_is_none(site: TestClient, district: District) -> None:
    with district.store.write() as tx:
        entry = Entry(name="Elsewhere", kind=AgencyKind.HEALTH_CENTER)
        foreign = directory.add(tx, ELSEWHERE, entry, by=OFFICER, at=clock.now())
    api = acting(site, district.token(COUNSELOR))
    incident, seq = api.opened()

    answer = api.order(incident, "draft-referral", seq, agency=foreign, care="counseling")

    assert answer.status == 422
    assert "not in the directory" in str(answer.body)


def test_the_same_orders_by_the_api(site: TestClient, district: District, center: AgencyId) -> None:
    signs(district, center)
    api = acting(site, district.token(COUNSELOR))
    incident, seq = api.opened()

    drafted = api.order(incident, "draft-referral", seq, agency=center, care="grief")
    referral = next(iter(api.get(f"/incidents/{incident}").body["referrals"]))
    asked = api.order(
        incident, "move-referral", drafted.body["seq"], referral=referral, to="requested", basis="partner_official"
    )

    assert (drafted.status, asked.status) == (200, 200)
    assert api.get(f"/incidents/{incident}").body["referrals"][referral]["state"] == "requested"
