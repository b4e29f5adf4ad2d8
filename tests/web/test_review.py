"""The look back at an incident, as the team reads it."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.watch import Watch
from tests.web.district import COUNSELOR, TEACHER, District
from tests.web.test_pages import STUDENT_NAMES, at_console, words

pytestmark = pytest.mark.page


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_says_what_was_kept_and_names_nobody(
    watch: Watch, site: TestClient, district: District, language: str
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)
    address = counselor.opens(beside="nobody")
    watch.ahead += timedelta(minutes=3)
    counselor.send(f"{address}/custody", f"{address}/take")

    page = counselor.get(f"{address}/review")
    said = words(page)

    name = "Given P-Counselor"
    assert not any(each in said.split("Español")[-1].split("Board")[0] for each in STUDENT_NAMES)
    assert name not in page.partition("<main")[2].partition("</main>")[0]
    assert "3:00" in said  # how long nobody was there
    assert ("2:00 late" in said) if language == "en" else ("2:00 tarde" in said)
    assert f'href="{address}/review"' in counselor.get(address)


def test_who_raised_it_and_sees_only_that_it_is_handled_finds_no_review(site: TestClient, district: District) -> None:
    teacher = at_console(site, district, TEACHER)
    address = teacher.opens()

    teacher.get(f"{address}/review", 404)
    at_console(site, district, COUNSELOR).get(f"{address}/review")


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_gone_through_entry_by_entry_as_it_was(
    watch: Watch, site: TestClient, district: District, language: str
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)
    address = counselor.opens(beside="nobody")
    watch.ahead += timedelta(minutes=3)
    counselor.send(f"{address}/custody", f"{address}/take")

    first, second, end = (counselor.get(f"{address}/replay?seq={seq}") for seq in (1, 2, 1_000_000))

    alone, here = (
        ("No adult is with the student", "Adult with student")
        if language == "en"
        else ("Ningún adulto", "Adulto con el estudiante")
    )
    assert alone in words(first)
    assert "0:00" in words(first)
    assert here not in words(second)
    assert here in words(end)
    assert "3:00" in words(end)
    assert "<form" in end  # to go to another entry
    assert 'method="post"' not in end.partition("<main")[2].partition("</main>")[0]
    assert "data-frozen" in end
    assert f'href="{address}/replay"' in counselor.get(f"{address}/review")
