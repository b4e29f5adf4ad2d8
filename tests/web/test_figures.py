"""The page of figures: each plot's table adds up to what it draws, in both languages, for those who lead a school."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.review.spread import Spread
from crisis.review_words import Milestone
from crisis.store.engine import Store, open_store
from tests.factories import DISTRICT, SCHOOL
from tests.store.looked_back import LEAD, OTHER_PRINCIPAL, PRINCIPAL, a_school
from tests.store.many import put_many
from tests.web.district import COUNSELOR, OFFICER, OTHER_SCHOOL, SETTINGS, STRANGER, TEACHER, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_weights import KB, OURS
from web.app import build_app
from web.plots import FILLS, Bars, Line, Times, Took, bars, times

COUNT = 400
TOPICS = ("times", "pages", "kept", "work", "ready")


@pytest.fixture(scope="module")
def store(key_file: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("figures") / "crisis.db"
    path.write_bytes(sqlite_template.read_bytes())
    with closing(open_store(f"sqlite:///{path}", key_file)) as opened:
        a_school(opened)
        with opened.write() as tx:
            put_many(tx, DISTRICT, (SCHOOL, OTHER_SCHOOL), COUNT, until=clock.now(), months=10)
        yield opened


@pytest.fixture(scope="module")
def site(store: Store) -> Iterator[TestClient]:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture(scope="module")
def district(store: Store) -> District:
    return District(store, protocol_hash=None)  # type: ignore[arg-type]  # nothing is opened here


@pytest.fixture(scope="module")
def lead(site: TestClient, district: District) -> Browser:
    return at_console(site, district, LEAD)


def taken(by: Browser, query: str = "") -> dict[str, list[dict[str, int]]]:
    said = json.loads(by.client.get(f"/figures.json{query}").text)
    return {part["part"]: part["rows"] for part in said["parts"]}


def test_each_table_adds_up_to_its_figure_and_all_of_them_agree(lead: Browser) -> None:
    found = taken(lead)

    for part, rows in found.items():
        *each, whole = rows if part != "milestones" else [*rows, {}]
        for measure in whole.keys() - {"row", "name", "median_seconds", "ninetieth_seconds"}:
            assert whole[measure] == sum(row[measure] for row in each), (part, measure)
    opened = {part: rows[-1]["all"] for part, rows in found.items() if part.startswith(("opened", "alone"))}
    assert set(opened.values()) == {COUNT}
    pages = {found[f"pages_by_{how}"][-1]["all"] for how in ("urgency", "school")}
    assert pages == {found["nuisance_by_urgency"][-1]["all"]} == {found["pages_taken"][-1]["all"]}
    by_hand = {row["row"]: row for row in found["milestones"]}
    assert by_hand["supervised"] | {"row": "", "name": ""} == found["supervised_by_month"][-1] | {"row": "", "name": ""}
    assert all(row["reached"] + row["not_in_the_record"] + row["not_yet"] == row["all"] for row in found["milestones"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_plot_has_its_words_and_its_table_on_the_page(lead: Browser, language: str) -> None:
    lead.client.cookies.set("language", language)
    page = lead.get("/figures?topic=all")
    lead.client.cookies.set("language", "en")

    must_keep_to_contract(page)
    parts = page.count("<h2 id=")
    assert page.count("<table") - 1 == page.count("<figure") // 2 == page.count('role="img"') // 2
    assert page.count("Nothing to draw" if language == "en" else "Nada que dibujar") == 1  # nobody is on call here
    assert parts >= page.count("<table") >= 13
    said = ("Time to each milestone", "never reached: ") if language == "en" else ("Tiempo hasta cada hito", "nunca se")
    assert all(each in words(page) for each in said)


def test_each_topic_has_its_plots_and_together_they_are_everything(lead: Browser) -> None:
    def drawn(query: str) -> list[str]:
        return re.findall(r'<section class="card" aria-labelledby="h-([^"]+)"', lead.get(f"/figures{query}"))

    topics = [drawn(f"?topic={each}") for each in TOPICS]
    whole = drawn("?topic=all")

    assert [each for topic in topics for each in topic] == whole
    assert len(set(whole)) == 15
    assert min(map(len, topics)) > 0
    assert drawn("") == topics[0]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_over_ten_months_weighs_6_kb_as_every_page(lead: Browser, topic: str) -> None:
    pytest.importorskip("brotli")
    answer = lead.client.get(f"/figures?topic={topic}", headers=OURS)

    assert answer.headers["content-encoding"] == "br"
    assert int(answer.headers["content-length"]) <= 6 * KB


def test_csv_says_the_same_as_json_and_taking_it_is_on_record(lead: Browser, district: District) -> None:
    before = len(actions(district.store))
    answer = lead.client.get("/figures.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    found = {(row["part"], row["row"], row["measure"]): row["value"] for row in rows if row["part"] != "about"}
    said = {
        (part, str(row["row"]), measure): "" if value is None else str(value)
        for part, all_of in taken(lead).items()
        for row in all_of
        for measure, value in row.items()
        if measure not in ("row", "name")
    }
    assert found == said
    assert answer.headers["content-disposition"] == 'attachment; filename="figures.csv"'
    assert [each for each, _ in actions(district.store)[before:]] == ["figures taken"] * 2


def test_a_principal_has_those_of_their_school_and_nobody_else_any(
    site: TestClient, district: District, lead: Browser
) -> None:
    mine, other = at_console(site, district, PRINCIPAL), at_console(site, district, OTHER_PRINCIPAL)
    counts = [taken(each)["opened_by_month"][-1]["all"] for each in (mine, other)]

    assert sum(counts) == COUNT
    assert 0 not in counts
    assert taken(lead, f"?school={SCHOOL}")["opened_by_month"][-1]["all"] == counts[0]
    assert mine.client.get(f"/figures?school={OTHER_SCHOOL}").status_code == 404
    for person in (COUNSELOR, OFFICER, TEACHER, STRANGER):
        asked = at_console(site, district, person).client
        assert {asked.get(f"/figures{ending}").status_code for ending in ("", ".csv", ".json")} == {404}


def test_drills_are_shown_alone_and_say_so(lead: Browser) -> None:
    page, file = lead.get("/figures?mode=drill"), lead.client.get("/figures.csv?mode=drill")

    assert "Figures of drills" in words(page)
    assert taken(lead, "?mode=drill")["opened_by_month"][-1]["all"] == 0
    assert file.headers["content-disposition"] == 'attachment; filename="drill-figures.csv"'
    assert "about,mode,,,drill" in file.text


@pytest.mark.parametrize("query", ["since=2026-13", "until=2026", "milestone=x", "mode=both", "school=*", "topic=x"])
def test_what_cannot_be_asked_is_refused(lead: Browser, query: str) -> None:
    assert lead.client.get(f"/figures?{query}").status_code in (404, 422)


def test_bars_are_as_long_as_their_numbers_and_no_two_look_alike_without_color() -> None:
    rows = (Line(code="a", label="A", counts=(3, 1, 0)), Line(code="b", label="B", counts=(1, 0, 1)))
    part = Bars(id="x", title="", note="", head="", series=(("1", ""), ("2", ""), ("3", "")), rows=rows)
    for narrow in (False, True):
        found = bars(part, narrow=narrow)
        assert found is not None
        drawn = [[(each.fill, each.width) for each in row.pieces] for row in found.rows]
        whole = sum(width for _, width in drawn[0])
        assert [[(fill, round(width / whole * 4, 1)) for fill, width in row] for row in drawn] == [
            [(FILLS[0], 3), (FILLS[1], 1)],
            [(FILLS[0], 1), (FILLS[2], 1)],
        ]
        assert max(each.x + each.width for row in found.rows for each in row.pieces) < found.width


def test_times_are_drawn_in_order_and_what_has_no_length_has_no_dot() -> None:
    spreads = {"a": Spread(lengths=(60, 60)), "b": Spread(lengths=(), missing=3), "c": Spread(lengths=(600, 9**9))}
    rows = tuple(Took(code=code, label=code, note="", spread=spread) for code, spread in spreads.items())
    for narrow in (False, True):
        found = times(
            Times(id="x", title="", note="", head="", rows=rows), dict.fromkeys(spreads, "said"), narrow=narrow
        )
        assert found is not None
        first, none, last = found.rows
        assert (none.median, none.ninth) == (None, None)
        assert first.median == first.ninth < last.median < last.ninth <= found.width
        assert [where for where, _ in found.lines] == sorted(where for where, _ in found.lines)


def test_each_milestone_may_be_chosen(lead: Browser) -> None:
    for each in Milestone:
        assert {f"{each}_by_school", f"{each}_by_month"} <= taken(lead, f"?milestone={each}").keys()
