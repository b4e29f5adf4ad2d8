"""What went wrong, as a page: why, who can help, the way on, and always 911 and the district's line."""

from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from tests.web.district import COUNSELOR, SETTINGS, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_pages import at_console, words
from web.app import build_app
from web.pages import errors
from web.problems import Problem, of_status

LINE = "+16175550142"
STATUSES = (403, 404, 405, 409, 410, 413, 422, 429, 500, 503)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """An error page asks nothing of the database: it is what is shown when there is none."""
    return sqlite_url


@pytest.fixture
def site(district: District) -> Iterator[TestClient]:
    settings = SETTINGS.model_copy(update={"office_phone": LINE})
    with TestClient(build_app(district.store, settings), base_url=SETTINGS.public_url) as made:
        yield made


def asked(site: TestClient, language: str, method: str = "GET", path: str = "/board") -> Request:
    headers = [(b"cookie", f"language={language}".encode()), (b"accept", b"text/html")]
    return Request({"type": "http", "method": method, "path": path, "headers": headers, "app": site.app})


def test_each_error_says_why_and_has_a_way_on_911_and_the_districts_line(site: TestClient) -> None:
    shown = {
        (status, language): errors.alone(asked(site, language), of_status(status, None), None)
        for status in STATUSES
        for language in ("en", "es")
    }

    for (status, _), answer in shown.items():
        html = bytes(answer.body).decode()
        assert answer.status_code == status
        must_keep_to_contract(html)
        for address in ("tel:911", "tel:988", f"tel:{LINE}", "/board", "/incidents/new"):
            assert f'href="{address}"' in html, (status, address)
    titles = {
        language: {words(bytes(shown[each, language].body).decode())[:40] for each in STATUSES}
        for language in ("en", "es")
    }
    assert [len(found) for found in titles.values()] == [len(STATUSES), len(STATUSES)]
    assert titles["en"].isdisjoint(titles["es"])


def test_what_may_work_a_moment_later_can_be_loaded_again(site: TestClient) -> None:
    again = 'href="/followups"'

    def page(status: int, method: str) -> str:
        answer = errors.alone(asked(site, "en", method, "/followups"), Problem(status=status, title=""), None)
        return bytes(answer.body).decode()

    assert [again in page(status, "GET") for status in (429, 500, 503, 404, 422)] == [True, True, True, False, False]
    assert again not in page(503, "POST")  # it would be sent twice


def test_a_form_that_is_too_old_says_so_in_the_readers_language(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")

    page = counselor.post("/incidents/new", {"csrf": "x" * 64, "q": "xi"}, 403)

    assert "Este formulario es demasiado viejo o no viene de este sitio." in words(page)
    assert "responsable de crisis del distrito" in words(page)
