"""A review taken along: printed, as a table and for programs; in the ledger, of a drill marked, and without figures
for whose view does not hold them.
"""

import csv
import io
import json
from datetime import timedelta
from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.disclosure_words import DisclosureWay
from crisis.store import disclosures
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId, Mode
from tests.factories import STUDENT
from tests.store.looked_back import PRINCIPAL, a_closed_incident, looked_at
from tests.watch import Watch
from tests.web.district import COUNSELOR, District
from tests.web.page_contract import parsed
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_reviews import SAID, agrees, begins, district, incident, site, store
from web.review_report import rows

__all__ = ["district", "incident", "site", "store"]  # fixtures


def a_review(by: Browser, of: IncidentId) -> str:
    review = begins(by, of)
    by.send(review, f"{review}/add", **{**SAID, "cause": "=2+5 lists were old"})
    agrees(by, review)
    return review


def taken(by: Browser, review: str, file: str) -> str:
    fields = {**by.form(review, f"{review}/report"), "file": file}
    answer = by.client.post(f"{review}/report", data=fields)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_print_table_and_json_say_the_same_and_each_is_in_the_ledger_pr_23(
    site: TestClient, district: District, incident: IncidentId, language: str
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)
    review = a_review(counselor, incident)

    page, table, body = (taken(counselor, review, each) for each in ("print", "csv", "json"))

    facts, said = json.loads(body), list(csv.DictReader(io.StringIO(table)))
    values = {(each["part"], each["number"], each["measure"]): each["value"] for each in said}
    whole = parsed(page)
    main = next(each for each in whole.iter() if each.tag.endswith("main"))
    headings = [each.tag[-2:] for each in main.iter() if each.tag[-2:] in ("h1", "h2", "h3", "h4")]
    assert facts["review"]["mode"] == "live"
    assert facts["objectives"][3]["areas"] == [{"text": "The call took long", "cause": "=2+5 lists were old"}]
    assert values["objectives", "4", "areas.1.cause"] == "'=2+5 lists were old"
    assert values["items", "1", "change"] == facts["items"][0]["change"] == "A list beside each telephone"
    assert {each["milestone"] for each in facts["milestones"]} >= {"supervised", "closed"}
    assert values["totals", "1", "seconds_without_an_adult"] == str(facts["totals"]["seconds_without_an_adult"])
    assert all(each in words(page) for each in ("The call took long", "A list beside each telephone"))
    assert whole.get("lang") == language
    assert (headings[0], "h3" in headings) == ("h1", True)
    assert all(int(after[1]) <= int(before[1]) + 1 for before, after in pairwise(headings))
    heads = [each for each in main.iter() if each.tag.rpartition("}")[2] == "th"]
    assert heads
    assert all(each.get("scope") in ("col", "row") for each in heads)
    with district.store.read() as tx:
        ways = [each.way for each in disclosures.of_student(tx, district.store.keys, STUDENT)]
    assert ways.count(DisclosureWay.PRINT) == 1
    assert ways.count(DisclosureWay.EXPORT) == 2
    assert not any(name in page + table + body for name in ("Quetzal", "Ximena"))


def test_a_principal_who_was_not_part_of_it_takes_it_without_the_figures(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    review = a_review(at_console(site, district, COUNSELOR), incident)
    principal = at_console(site, district, PRINCIPAL)

    facts = json.loads(taken(principal, review, "json"))

    assert "deadlines" not in facts
    assert "totals" not in facts
    assert facts["objectives"]
    assert "Without the figures" in words(principal.get(review))


def test_a_drill_is_marked_and_in_nobodys_ledger_and_taking_asks_who_it_is_pr_61(
    watch: Watch, site: TestClient, district: District, store: Store
) -> None:
    drill = a_closed_incident(store, mode=Mode.DRILL, at=clock.now() - timedelta(days=1))
    looked_at(store, drill, clock.now())
    counselor = at_console(site, district, COUNSELOR)
    review = begins(counselor, drill)
    form = {**counselor.form(review, f"{review}/report"), "file": "csv"}

    page, answer = taken(counselor, review, "print"), counselor.client.post(f"{review}/report", data=form)
    with store.read() as tx:
        assert disclosures.of_student(tx, store.keys, STUDENT) == []
    once_more = {**counselor.form(review, f"{review}/report"), "file": "csv"}
    watch.ahead += timedelta(minutes=6)
    asked = counselor.client.post(f"{review}/report", data=once_more)

    assert "DRILL" in words(page)
    assert "Drill" in page.partition("<title>")[2].partition("</title>")[0]
    assert "review,1,mode,drill" in answer.text
    assert 'filename="drill-review-' in answer.headers["content-disposition"]
    assert [each for each, _ in actions(store)].count("written review taken") == 2
    assert 'type="password"' in asked.text


def test_no_cell_is_a_formula_and_what_is_not_known_stays_empty() -> None:
    table = rows({"a": [{"x": "+1", "y": None, "z": ["-2", "three"]}], "b": {"c": True}})

    assert table.splitlines() == [
        "part,number,measure,value",
        "a,1,x,'+1",
        "a,1,y,",
        "a,1,z.1,'-2",
        "a,1,z.2,three",
        "b,1,c,True",
    ]
