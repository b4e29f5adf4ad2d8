"""What a review left open is practised in the next drill, and the review of that drill shows and rates it."""

import re

from starlette.testclient import TestClient

from crisis import clock
from crisis.drill_words import DrillId
from crisis.store import kept_drills
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId
from tests.factories import DISTRICT, SCHOOL
from tests.store.looked_back import PRINCIPAL
from tests.web.district import NURSE, District
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_reviews import agreed, district, incident, site, store

__all__ = ["district", "incident", "site", "store"]

RATED = re.compile(r'name="ratings\.([^"]+)"')


def plans(by: Browser, **more: str) -> str:
    form = {
        "type": "tabletop",
        "school": SCHOOL,
        "starts_at": clock.now().strftime("%Y-%m-%dT%H:%M"),
        "kind": "suicide_ideation",
        "scenario": "Somebody made up cries in room 12",
        "objectives__1": "The nurse comes within 5 minutes",
        "capabilities__1": "operational_communications",
        "takes_part": str(NURSE),
    }
    return by.send("/drills/new", "/drills", **form | more)


def held(by: Browser, drill: str, store: Store) -> str:
    """Begun and ended; the page of its written review."""
    control = by.send(drill, f"{drill}/start")
    by.send(control, f"{drill}/end")
    with store.of(DISTRICT).read() as tx:
        ran = kept_drills.one(tx, DISTRICT, DrillId(drill.rpartition("/")[2])).incident
    return by.send("/reviews", f"/incidents/{ran}/review/begin") if _owed(by, ran) else begun(by, ran)


def _owed(by: Browser, ran: IncidentId | None) -> bool:
    return f"/incidents/{ran}/review/begin" in by.get("/reviews")


def begun(by: Browser, ran: IncidentId | None) -> str:
    return by.send(f"/incidents/{ran}/review", f"/incidents/{ran}/review/begin")


def test_what_was_left_open_is_practised_rated_and_called_done_with_evidence(
    site: TestClient, district: District, store: Store, incident: IncidentId
) -> None:
    principal, nurse = at_console(site, district, PRINCIPAL), at_console(site, district, NURSE)
    item = agreed(principal, incident)
    number = item.rpartition("/")[2]
    assert "A list beside each telephone" in words(principal.get("/drills/new"))

    drill = plans(principal, carry=number)
    again = principal.get(f"{drill}/change")
    seen, theirs = principal.get(drill), nurse.get(drill)
    review = held(principal, drill, store)
    page = principal.get(review)
    keys = dict.fromkeys(RATED.findall(page))
    rated = {f"ratings__{key}": "NR" for key in keys}
    early = principal.send(review, f"{review}/hand-in", 422)
    principal.send(review, f"{review}/rate", **rated | {f"ratings__{next(iter(keys))}": "P"})
    own = list(keys)[1]
    principal.send(review, f"{review}/add", kind="strength", objective=own, text="The lists hung there")
    principal.send(review, f"{item}/finish", evidence="Seen in the drill, in all rooms")
    principal.send(review, f"{review}/hand-in")

    done = words(principal.get(review))
    assert f'value="{number}"' in again
    assert f'name="items.2" value="{number}"' in again
    assert ("from an earlier review" in words(seen), f'href="{item}"' in seen) == (True, True)
    assert ("from an earlier review" in words(theirs), f'href="{item}"' in theirs) == (True, False)
    assert len(keys) == 2 + 5  # its own two, then the phases of its protocol
    assert "It practices what an earlier review left open" in words(page)
    assert "Rate each objective first" in words(early)
    assert "The nurse comes within 5 minutesP" in done
    assert "done, a second person looks" in done
    assert "The lists hung there" in done
    taken = principal.client.post(
        f"{review}/report", data={**principal.form(review, f"{review}/report"), "file": "json"}
    )
    assert [each.get("text") for each in taken.json()["objectives"]][:2] == [
        "The nurse comes within 5 minutes",
        "A list beside each telephone",
    ]


def test_an_item_is_practised_at_its_own_school_alone_and_an_objective_is_one_of_this_drill(
    site: TestClient, district: District, store: Store, incident: IncidentId
) -> None:
    principal = at_console(site, district, PRINCIPAL)
    agreed(principal, incident)
    form = principal.form("/drills/new", "/drills")
    wanted = {**form, "school": SCHOOL, "type": "tabletop", "starts_at": "2027-01-05T10:00", "kind": "suicide_ideation"}

    foreign = principal.post("/drills", {**wanted, "carry": "no-such-item"}, 422)
    review = held(principal, plans(principal), store)
    lost = principal.client.post(
        f"{review}/add",
        data={**principal.form(review, f"{review}/add"), "kind": "strength", "objective": "another", "text": "Well"},
    )

    assert "practiced at its own school" in words(foreign)
    assert lost.status_code == 404
