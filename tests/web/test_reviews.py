"""Reviews on the console: owed, written by one, signed by another, without a name, and for whom it concerns alone."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId, Mode
from tests.store.looked_back import LEAD, OTHER_PRINCIPAL, PRINCIPAL, a_closed_incident, a_school, looked_at
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, OFFICER, SETTINGS, STRANGER, TEACHER, District
from tests.web.filling import twice
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

SAID = {"kind": "area", "objective": "handoff", "text": "The call took long", "cause": "The list was old"}
ITEM = {
    "change": "A list beside each telephone",
    "capability": "reach",
    "element": "equipment",
    "owner": str(TEACHER),
    "starts_on": (clock.now() - timedelta(days=10)).date().isoformat(),
    "due_on": (clock.now() - timedelta(days=3)).date().isoformat(),
}
PHASES = ("identification", "safety_assessment", "family_contact", "handoff", "follow_up")


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """One database is enough for pages: `tests/store/test_reviews.py` asks both."""
    with closing(open_store(sqlite_url, key_file)) as opened:
        a_school(opened)
        yield opened


@pytest.fixture
def site(store: Store) -> Iterator[TestClient]:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture
def district(store: Store) -> District:
    return District(store, protocol_hash=None)  # type: ignore[arg-type]  # nothing is opened here


@pytest.fixture
def incident(store: Store) -> IncidentId:
    """Closed two days ago, and owed since."""
    found = a_closed_incident(store, at=clock.now() - timedelta(days=2))
    looked_at(store, found, clock.now())
    return found


def begins(counselor: Browser, incident: IncidentId) -> str:
    return counselor.send("/reviews", f"/incidents/{incident}/review/begin")


def rates(by: Browser, review: str, status: int = 303, **ratings: str) -> str:
    all_of = {f"ratings__{phase}": ratings.get(phase, "NR") for phase in PHASES}
    return by.send(review, f"{review}/rate", status, **all_of)


def agrees(by: Browser, review: str) -> str:
    """The page of an item about the one thing that should get better; it is the teacher's, who sees no incident."""
    choice = by.get(review).partition('id="area"')[2].partition("</select>")[0]
    by.send(review, f"{review}/item", area=choice.rpartition('value="')[2].partition('"')[0], **ITEM)
    return "/actions/" + by.get(review).partition('href="/actions/')[2].partition('"')[0]


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_owed_begun_written_read_signed_by_another_and_closed(
    site: TestClient, district: District, incident: IncidentId, language: str
) -> None:
    counselor, principal = (at_console(site, district, each, language) for each in (COUNSELOR, PRINCIPAL))
    assert 'href="/reviews"' in counselor.get("/actions")  # who led has no such line in the menu
    owed = counselor.get("/reviews")
    review = begins(counselor, incident)
    counselor.send(review, f"{review}/add", **SAID)
    early = counselor.send(review, f"{review}/hand-in", 422)
    wrong = rates(counselor, review, 422, handoff="P")
    rates(counselor, review, handoff="M")
    counselor.send(review, f"{review}/hand-in")
    own = counselor.post(f"{review}/sign", {**counselor.form(review, f"{review}/send-back")}, 422)
    principal.send(review, f"{review}/sign")
    principal.send(review, f"{review}/remark", remark="The list is new")
    agrees(principal, review)
    principal.send(review, f"{review}/close")

    whole, listed = words(principal.get(review)), words(counselor.get("/reviews"))
    says = {
        "en": ("Owed, and nobody has begun 1", "Rate each objective first", "then it is not P", "somebody else signs"),
        "es": ("Pendientes, y nadie ha empezado 1", "Valore primero", "no es P", "la firma otra persona"),
    }[language]
    found = [said in words(page) for said, page in zip(says, (owed, early, wrong, own), strict=True)]
    assert found == [True] * 4
    assert all(text in whole for text in ("The call took long", "The list was old", "The list is new"))
    assert f'href="{review}"' in counselor.get(f"/incidents/{incident}/review")
    assert f'href="{review}"' in counselor.get(f"/incidents/{incident}/close")
    assert not any(f'action="{review}/{form}"' in principal.get(review) for form in ("add", "rate", "hand-in", "sign"))
    assert ("None at the moment" if language == "en" else "Ninguna por ahora") in listed
    did = [each for each, _ in actions(district.store) if each.startswith("review ") and "viewed" not in each]
    assert did[-3:] == ["review signed", "review written: remark", "review closed"]


def test_a_name_is_refused_at_the_field_and_nothing_is_kept(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    review = begins(counselor, incident)

    answers = []
    for text, cause in (
        ("Somebody sat with Ximena", "It was quiet"),
        ("The call took long", "Given P-Counselor had no list"),
    ):
        fields = {**counselor.form(review, f"{review}/add"), **SAID, "text": text, "cause": cause}
        answers.append(counselor.client.post(f"{review}/add", data=fields))

    assert [each.status_code for each in answers] == [422, 422]
    assert ['id="text-err"' in each.text for each in answers] == [True, False]
    assert ['id="cause-err"' in each.text for each in answers] == [False, True]
    assert "The call took long" not in counselor.get(review)
    assert [
        counselor.send(review, f"{review}/add", 422, **fields).count('class="err"')
        for fields in (
            {**SAID, "cause": ""},
            {**SAID, "objective": ""},
        )
    ] == [1, 1]


def test_an_entry_is_changed_taken_out_and_never_over_what_somebody_else_wrote(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    counselor, lead = at_console(site, district, COUNSELOR), at_console(site, district, LEAD)
    review = begins(counselor, incident)
    counselor.send(review, f"{review}/add", kind="strength", objective="handoff", text="Somebody sat down")
    entry = counselor.get(review).partition(f'href="{review}/entries/')[2].partition('"')[0]
    page = f"{review}/entries/{entry}"
    old = counselor.form(page, f"{page}/change")

    lead.send(page, f"{page}/change", text="Somebody sat down at once")
    slower = counselor.post(f"{page}/change", {**old, "text": "Nobody did"}, 422)
    whole = lead.get(review)
    lead.send(page, f"{page}/remove")

    assert "changed this meanwhile" in words(slower)
    assert "Nobody did" in slower
    assert "Somebody sat down at once" in whole
    assert "Somebody sat down" not in lead.get(review)


def test_who_neither_led_nor_answers_for_it_finds_nothing_until_it_is_signed(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    review = begins(counselor, incident)
    others = {each: at_console(site, district, each) for each in (NURSE, OTHER_PRINCIPAL, OFFICER, STRANGER)}

    for who, browser in others.items():
        assert browser.client.get(review).status_code == 404, who
        sent = {"csrf": browser.form("/board", "/logout")["csrf"]}
        for action in ("add", "rate", "hand-in", "sign", "close", "remark"):
            fields = {**sent, **(SAID if action == "add" else {"remark": "x"} if action == "remark" else {})}
            assert browser.client.post(f"{review}/{action}", data=fields).status_code == 404, (who, action)
        assert browser.client.post(f"/incidents/{incident}/review/begin", data=sent).status_code == 404, who
        listed = browser.client.get("/reviews")
        assert listed.status_code == (200 if who == OTHER_PRINCIPAL else 404), who
        assert incident[-6:-3].upper() not in listed.text


def test_signing_asks_who_it_is_and_a_drill_says_that_it_is_one_pr_61(
    watch: Watch, site: TestClient, district: District, store: Store
) -> None:
    drill = a_closed_incident(store, mode=Mode.DRILL, at=clock.now() - timedelta(days=1))
    looked_at(store, drill, clock.now())
    counselor, principal = at_console(site, district, COUNSELOR), at_console(site, district, PRINCIPAL)
    review = begins(counselor, drill)
    rates(counselor, review)
    counselor.send(review, f"{review}/hand-in")
    form = principal.form(review, f"{review}/sign")
    watch.ahead += timedelta(minutes=6)

    asked = principal.client.post(f"{review}/sign", data=form)

    assert 'type="password"' in asked.text
    assert "DRILL" in words(principal.get(review))
    assert "signed" not in words(principal.get("/reviews")).partition("To read")[0]


def agreed(by: Browser, incident: IncidentId) -> str:
    review = begins(by, incident)
    by.send(review, f"{review}/add", **SAID)
    return agrees(by, review)


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_owner_who_sees_nothing_of_the_incident_does_it_and_another_verifies(
    site: TestClient, district: District, incident: IncidentId, language: str
) -> None:
    counselor, teacher = (at_console(site, district, each, language) for each in (COUNSELOR, TEACHER))
    item = agreed(counselor, incident)
    mine, page = teacher.get("/actions"), teacher.get(item)
    teacher.send(item, f"{item}/start")
    teacher.send(item, f"{item}/finish", evidence="It hangs in all rooms since Monday")
    forged = teacher.client.post(f"{item}/verify", data=token(teacher))
    to_look, before = counselor.get("/actions"), counselor.get("/reviews")
    counselor.send(item, f"{item}/verify")

    over = words(counselor.get(item))
    assert "A list beside each telephone" in words(mine)
    assert "A list beside each telephone" in words(page)
    assert incident[-3:].upper() not in words(mine) + words(page)
    assert "/reviews/" not in page
    assert forged.status_code == 404
    assert f'href="{item}"' in to_look
    assert 'href="/actions"' in before
    assert ("done and verified" if language == "en" else "hecha y comprobada") in over
    assert "It hangs in all rooms since Monday" in over


def token(browser: Browser) -> dict[str, str]:
    return {"csrf": browser.form("/board", "/logout")["csrf"]}


def test_a_review_goes_back_and_an_item_on_with_one_press_or_two(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    counselor, principal = at_console(site, district, COUNSELOR), at_console(site, district, PRINCIPAL)
    item = agreed(counselor, incident)
    review = "/reviews/" + counselor.get(item).partition('href="/reviews/')[2].partition('"')[0]
    rates(counselor, review, handoff="M")
    counselor.send(review, f"{review}/hand-in")

    def did() -> list[str]:
        return [each for each, _ in actions(district.store) if "viewed" not in each and "listed" not in each]

    twice(principal, review, f"{review}/send-back", did)
    twice(
        counselor, item, f"{item}/give", did, owner=NURSE, due_on=(clock.now() + timedelta(days=9)).date().isoformat()
    )
    twice(counselor, item, f"{item}/drop", did, why="There is one by now")
    twice(counselor, item, f"{item}/again", did)


def test_a_name_in_an_item_is_refused_or_sent_back_and_tells_its_owner_nothing(
    site: TestClient, district: District, incident: IncidentId
) -> None:
    counselor, teacher = at_console(site, district, COUNSELOR), at_console(site, district, TEACHER)
    item = agreed(counselor, incident)
    review = "/reviews/" + counselor.get(item).partition('href="/reviews/')[2].partition('"')[0]
    fields = {**ITEM, "area": "x", "change": "Ask Ximena"}
    named = counselor.client.post(f"{review}/item", data={**counselor.form(review, f"{review}/item"), **fields})

    answer = teacher.send(item, f"{item}/finish", evidence="Ximena sits elsewhere")
    found = counselor.client.post(f"{item}/verify", data=token(counselor))

    assert (named.status_code, 'id="change-err"' in named.text) == (422, True)
    assert answer == item
    assert found.status_code == 422
    assert "A name stands in what they wrote" in words(found.text)


def test_items_are_nobody_elses(site: TestClient, district: District, incident: IncidentId) -> None:
    item = agreed(at_console(site, district, COUNSELOR), incident)

    for who in (NURSE, OFFICER, OTHER_PRINCIPAL, STRANGER):
        browser = at_console(site, district, who)
        assert browser.client.get(item).status_code == 404, who
        assert "A list beside" not in browser.get("/actions")
        for action, fields in (("start", {}), ("verify", {}), ("again", {}), ("finish", {"evidence": "x"})):
            answer = browser.client.post(f"{item}/{action}", data=token(browser) | fields)
            assert answer.status_code == 404, (who, action)


def test_what_is_open_is_carried_over_to_the_next_review_of_the_school(
    site: TestClient, district: District, store: Store, incident: IncidentId
) -> None:
    principal = at_console(site, district, PRINCIPAL)
    item = agreed(principal, incident)
    drill = a_closed_incident(store, mode=Mode.DRILL, at=clock.now() - timedelta(days=1))
    looked_at(store, drill, clock.now())

    review = begins(principal, drill)

    assert f'href="{item}"' in principal.get(review)
    assert "1 late" in words(principal.get("/reviews"))
