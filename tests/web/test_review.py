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
