"""What a page refuses, or does not offer, says what to do: at the field, on the page where it is mended, or by whom."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis import commands as cmd
from crisis.protocols import loader
from crisis.store import protocols
from crisis.store.engine import open_store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, Role, Tier
from tests.factories import STUDENT, WORDS, a_person, contact, interview, screen, tier
from tests.web.district import COUNSELOR, SETTINGS, District, a_district
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

CARE = a_person(COUNSELOR, *Role)


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages."""
    store = open_store(sqlite_url, key_file)
    yield a_district(store)
    store.close()


@pytest.fixture
def counselor(district: District) -> Iterator[Browser]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as site:
        yield at_console(site, district, COUNSELOR)


def does(district: District, address: str, *orders: cmd.Command) -> None:
    for order in orders:
        submit(district.store, IncidentId(address.rpartition("/")[2]), order, at=clock.now() + timedelta(seconds=1))


def test_what_stands_in_the_way_of_the_close_is_a_list_of_links(counselor: Browser) -> None:
    address = counselor.opens(student=STUDENT)

    page = counselor.get(f"{address}/close")
    refused = counselor.send(f"{address}/close", f"{address}/sign-close", 422)

    for there in ("custody", "steps/assess", "steps/guardian_contact", "steps/screen"):
        assert f'href="{address}/{there}">' in page
    assert f'<a href="{address}/custody">The student is still in the school&#39;s care' in refused


def test_who_decided_the_level_is_told_who_signs_and_is_offered_no_signature(
    counselor: Browser, district: District
) -> None:
    address = counselor.opens(student=STUDENT)
    does(district, address, screen("ynnny", CARE), interview("further_evaluation", by=CARE), tier(Tier.LOW, CARE))

    page, step = counselor.get(address), counselor.get(f"{address}/steps/assess")

    for said in (words(page), words(step)):
        assert "You decided it, so another person must sign:" in said
    assert f"{address}/steps/assess/sign" not in step
    assert "Read and sign" not in page


def test_a_talk_that_informs_nobody_says_why_the_step_stays_open(counselor: Browser, district: District) -> None:
    address = counselor.opens(student=STUDENT)
    does(
        district,
        address,
        screen("nnnn-", CARE),
        tier(Tier.LOW, CARE),
        contact(by=CARE, understood=False, contact=None, alone=WORDS),
    )
    counselor.client.cookies.set("language", "es")

    step = words(counselor.get(f"{address}/steps/guardian_contact"))

    assert "todavía no cuenta como informada. Nadie anotó que lo repitieran con sus palabras" in step


def test_an_answer_without_its_reason_leads_to_the_field(counselor: Browser) -> None:
    address = counselor.opens(student=STUDENT)

    page = counselor.send(f"{address}/close", f"{address}/review", 422, hold="no")

    assert '<a href="#reason">Say why no review is held</a>' in page
    assert 'id="reason-err"' in page


def test_nobody_is_offered_to_release_a_student_whom_nobody_is_with(counselor: Browser) -> None:
    address = counselor.opens(student=STUDENT, beside="nobody")

    page = counselor.get(f"{address}/custody")

    assert "say first who that is" in words(page)
    assert f"{address}/release" not in page
    assert f"{address}/lost" not in page


def test_a_fact_without_an_answer_is_told_at_its_place(counselor: Browser, district: District) -> None:
    with district.store.write() as tx:
        protocols.publish(tx, loader.protocol("postvention_death"), clock.now())
    address = counselor.opens(kind="death_staff")
    fact = counselor.form(f"{address}/facts", f"{address}/fact")["fact"]

    page = counselor.send(f"{address}/facts", f"{address}/fact", 422)

    assert f'href="#fact-value-{fact}"' in page
    assert f'id="fact-value-{fact}"' in page
