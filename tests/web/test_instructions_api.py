"""What to know and do for a student, by the API: for the same people as on the page."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, SETTINGS, STRANGER, TEACHER, District, acting
from web.app import build_app

pytestmark = pytest.mark.page

PATH = f"/students/{STUDENT}/instructions"
HELPS = {"kind": "helps", "source": "student", "text": "A walk outside"}


@pytest.fixture
def client(district: District) -> Iterator[TestClient]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


def test_it_is_added_confirmed_and_ended(client: TestClient, district: District) -> None:
    counselor, nurse = (acting(client, district.token(person)) for person in (COUNSELOR, NURSE))

    made = counselor.post(PATH, HELPS)
    (one,) = made.body
    confirmed = nurse.post(f"{PATH}/{one['id']}/confirm", {})
    ended = nurse.post(f"{PATH}/{one['id']}/end", {})

    assert (made.status, one["text"], one["stale"]) == (201, "A walk outside", False)
    assert confirmed.body[0]["recorded_by"] == COUNSELOR
    assert confirmed.body[0]["confirmed_at"] >= one["confirmed_at"]
    assert (ended.status, ended.body) == (200, [])
    assert nurse.post(f"{PATH}/{one['id']}/end", {}).status == 404


def test_what_nobody_would_read_is_refused_with_its_reason(client: TestClient, district: District) -> None:
    answer = acting(client, district.token(COUNSELOR)).post(PATH, {**HELPS, "text": "a walk " * 60})

    assert answer.status == 422
    assert "Keep it to 300 letters" in str(answer.body)


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_adds_any(client: TestClient, district: District, person: PersonId) -> None:
    other = acting(client, district.token(person))

    assert (other.get(PATH).status, other.post(PATH, HELPS).status) == (404, 404)
    assert acting(client, district.token(COUNSELOR)).get(PATH).body == []
