"""The equity and the community report on the console: the same for everybody who reads them, and no more in a file."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.small_cells import FEWEST
from crisis.store import published
from crisis.store.engine import Store, open_store
from tests.factories import DISTRICT
from tests.store.looked_back import LEAD, OTHER_PRINCIPAL, PRINCIPAL, a_school
from tests.store.test_published import SETTLED, fill
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, STRANGER, TEACHER, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

KINDS = ("equity", "community")


@pytest.fixture(scope="module")
def store(key_file: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("published") / "crisis.db"
    path.write_bytes(sqlite_template.read_bytes())
    with closing(open_store(f"sqlite:///{path}", key_file)) as opened:
        a_school(opened)
        yield opened


@pytest.fixture(scope="module")
def site(store: Store) -> Iterator[TestClient]:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture(scope="module")
def lead(site: TestClient, store: Store) -> Browser:
    return at_console(site, District(store, protocol_hash=None), LEAD)  # type: ignore[arg-type]  # nothing is opened


@pytest.fixture(scope="module")
def pages(lead: Browser, store: Store) -> dict[str, dict[str, str]]:
    """Before any was made, and afterwards in both languages."""
    before = {kind: lead.get(f"/figures/{kind}") for kind in KINDS}
    fill(store)
    with store.write() as tx:
        published.publish(tx, DISTRICT, SETTLED)
    found = {"before": before}
    for language in ("es", "en"):
        lead.client.cookies.set("language", language)
        found[language] = {kind: lead.get(f"/figures/{kind}") for kind in KINDS}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_says_what_it_shows_and_why_not_more(pages: dict[str, dict[str, str]], kind: str) -> None:
    for each in pages.values():
        must_keep_to_contract(each[kind])

    assert "No report has been made yet." in words(pages["before"][kind])
    assert "Jul 2025 – Jun 2026" in words(pages["en"][kind])
    assert f"No number below {FEWEST}" in words(pages["en"][kind])
    assert f"ningún número menor que {FEWEST}" in words(pages["es"][kind])
    assert pages["en"][kind].count("<table") == pages["en"][kind].count("<figure") // 2 > 0
    assert "Several others together" in words(pages["en"][kind])
    assert not {"Khmer", "Psychiatry"} & set(words(pages["en"][kind]).split())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("pages")
def test_files_hold_no_small_number_and_are_on_record(lead: Browser, store: Store, kind: str) -> None:
    before = len(actions(store))
    said = json.loads(lead.client.get(f"/figures/{kind}.json?since=2025-07").text)
    table = list(csv.DictReader(io.StringIO(lead.client.get(f"/figures/{kind}.csv").text)))

    numbers = [n for part in said["parts"] for row in part["rows"] for n in row.values() if isinstance(n, int)]
    assert min(numbers) >= FEWEST
    assert sorted(numbers) == sorted(int(row["value"]) for row in table if row["part"] != "about")
    for part in said["parts"]:
        *rows, whole = part["rows"]
        assert whole["all"] == sum(row["all"] for row in rows)
    assert [each for each, _ in actions(store)[before:]] == ["report taken"] * 2
    assert lead.client.get(f"/figures/{kind}?since=2024-07").status_code == 404


def test_everybody_who_may_reads_the_same_and_nobody_else_anything(
    site: TestClient, lead: Browser, store: Store, pages: dict[str, dict[str, str]]
) -> None:
    district = District(store, protocol_hash=None)  # type: ignore[arg-type]
    read = [at_console(site, district, each) for each in (PRINCIPAL, OTHER_PRINCIPAL)]

    for kind in KINDS:
        mine = json.loads(lead.client.get(f"/figures/{kind}.json").text)
        assert [json.loads(each.client.get(f"/figures/{kind}.json").text) for each in read] == [mine, mine]
    for person in (COUNSELOR, OFFICER, TEACHER, STRANGER):
        asked = at_console(site, district, person).client
        statuses = {asked.get(f"/figures/{kind}{end}").status_code for kind in KINDS for end in ("", ".csv", ".json")}
        assert statuses == {404}
    assert clock.now() > SETTLED
