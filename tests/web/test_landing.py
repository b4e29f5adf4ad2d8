"""The link in the text of a page: it answers for one person, shows no student, and is no answer by being opened."""

import html
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis import page_commands as pcmd
from crisis.notify.details import plain_place
from crisis.notify.gateway import Lines, lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.wording import LONGEST
from crisis.store import page_links, pins
from crisis.store.engine import Store, open_store
from crisis.vocabulary import DeclineReason, IncidentId, PageId, PageState, PersonId, Urgency
from tests.notify.village import ANA, BEN, COUNSELOR, LEVEL, PUBLIC, Village, a_network, served, the_settings, village
from tests.watch import Watch
from tests.web.page_contract import must_keep_to_contract, parsed, text_of
from web.app import build_app
from web.security import LINKS

PIN = "2580"
ELSEWHERE: list[dict[str, str]] = [
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
]
HERE: list[dict[str, str]] = [
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    {"Origin": PUBLIC},
    {"Origin": "null"},  # a browser that does not tell; the form token is right
]
BOTS = [
    "Slackbot-LinkExpanding 1.0",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; SkypeUriPreview)",
    "curl/8.0",
]


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """Links themselves are tried on both databases, in tests/store."""
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        yield village(store, network, lines(the_settings(url)), watch)


@pytest.fixture
def site(town: Village) -> Iterator[TestClient]:
    settings = the_settings(None, office_phone="+16175550142")
    with TestClient(build_app(town.store, settings), base_url=PUBLIC, follow_redirects=False) as made:
        yield made


def paged(town: Village, urgency: Urgency = Urgency.U3) -> tuple[IncidentId, PageId]:
    found = town.paged(urgency)
    town.worker.until_quiet()
    return found


def link(town: Village, person: PersonId = ANA) -> str:
    """The path of the link in the latest page that this telephone received."""
    bodies = [each.body for each in town.on(person) if each.kind == "text" and LINKS in each.body]
    return bodies[-1].split()[-1].removeprefix(PUBLIC)


def read(site: TestClient, path: str) -> str:
    found = site.get(path)
    assert found.status_code == 200
    must_keep_to_contract(found.text, "Ximena", "Quetzal")
    assert parsed(found.text).findall(".//script") == []
    return text_of(parsed(found.text))


def token_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def answers(site: TestClient, path: str, answer: str, **fields: str) -> httpx2.Response:
    """As a browser sends the form: it was told to say of no page where it was."""
    form = {"csrf": token_of(site.get(path).text), "answer": answer, **fields}
    return site.post(path, data=form, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})


def with_address(out: Lines, public_url: str, links: bool) -> Lines:
    assert out.live is not None
    return replace(out, live=replace(out.live, callbacks=public_url, links=links))


def without_time(page: str) -> str:
    return re.sub(r'name="server-now" content="[^"]*"', "", page)


def test_a_page_carries_the_link_of_its_person_and_the_same_one_each_time(town: Village) -> None:
    incident, page = paged(town, Urgency.U1)
    town.later(timedelta(seconds=61))

    texts = [each.body for each in town.on(ANA) if each.kind == "text"]

    assert len(texts) == 2
    assert len({text.split()[-1] for text in texts}) == 1
    assert re.fullmatch(rf"{PUBLIC}/p/[A-Za-z0-9]{{22}}", texts[0].split()[-1])
    assert max(len(text) for text in texts) <= LONGEST
    assert town.page(incident, page).state is PageState.PAGING


def test_it_is_left_out_where_it_does_not_fit_or_is_not_wanted(town: Village) -> None:
    far = "https://crisis-response.student-services.larkfield-public-schools.example.org"
    for address, wanted in ((far, True), ("https://CRISIS.example.org", True), (PUBLIC, False)):
        town.worker.lines = with_address(town.worker.lines, address, wanted)
        paged(town)
        body = town.on(ANA)[-1].body
        assert (LINKS in body, "If you don't answer" in body, len(body) <= LONGEST) == (False, True, True)


def test_who_opens_it_sees_what_the_text_said_and_is_on_record(town: Village, site: TestClient) -> None:
    incident, page = paged(town)

    said = read(site, link(town))

    assert "Page for site LHS" in said
    assert "On-call clinician" in said
    assert "Larkfield" not in said
    seen = town.page(incident, page)
    assert (seen.seen, seen.state) == ((ANA,), PageState.PAGING)


def test_a_preview_accepts_nothing_f52(town: Village, site: TestClient) -> None:
    """F52: looking is no answer, whoever looks; and a robot that posts what it finds has no form token."""
    incident, page = paged(town)
    path = link(town)

    for agent in BOTS:
        for method in ("GET", "HEAD"):
            site.request(method, path, headers={"User-Agent": agent})
        blind = site.post(path, data={"answer": "accept"}, headers={"User-Agent": agent})
        assert blind.status_code == 403

    assert town.page(incident, page).state is PageState.PAGING
    town.later(LEVEL)
    assert "text" in town.kinds(BEN)  # seen stops nothing


def test_accept_with_a_time_then_here(town: Village, site: TestClient) -> None:
    incident, page = paged(town, Urgency.U1)
    path = link(town)

    accepted = answers(site, path, "accept", minutes="15")
    town.worker.until_quiet()
    after = town.page(incident, page)
    mine = read(site, path)
    late = answers(site, path, "delay", other_minutes="20")
    here = answers(site, path, "here")

    assert (accepted.status_code, accepted.headers["location"]) == (303, path)
    assert (after.accepted_by, after.eta_minutes) == (ANA, 15)
    assert any("you have it" in each.body for each in town.on(ANA))
    assert "You have accepted. Thank you." in mine
    assert (late.status_code, here.status_code) == (303, 303)
    assert (town.page(incident, page).delays, town.page(incident, page).arrived_at is not None) == (1, True)


def test_a_no_with_a_reason_and_a_change_of_mind(town: Village, site: TestClient) -> None:
    incident, page = paged(town)
    path = link(town)

    answers(site, path, "decline", reason=DeclineReason.TOO_FAR.value)
    town.worker.until_quiet()
    said = read(site, path)

    assert "Noted that you cannot come" in said
    assert (town.page(incident, page).declined, "text" in town.kinds(BEN)) == ((ANA,), True)
    answers(site, path, "accept")
    assert town.page(incident, page).accepted_by == ANA


def test_the_loser_of_a_race_is_told_and_may_stand_by_f41(town: Village, site: TestClient) -> None:
    incident, page = paged(town)
    town.later(LEVEL)
    answers(site, link(town, BEN), "accept")

    answers(site, link(town), "accept")

    assert "Somebody else has taken this page" in read(site, link(town))
    answers(site, link(town), "stand_by")
    assert "You stand by." in read(site, link(town))
    assert (town.page(incident, page).accepted_by, town.page(incident, page).standing_by) == (BEN, (ANA,))


def test_minutes_that_are_none_are_said_at_their_field(town: Village, site: TestClient) -> None:
    incident, page = paged(town)

    for minutes in ("0", "601", "-5", "ten", "1e2", "٣"):
        found = answers(site, link(town), "accept", other_minutes=minutes)
        assert found.status_code == 422
        must_keep_to_contract(found.text)
        assert "Give the minutes until you come, 1 to 600" in html.unescape(found.text)

    assert town.page(incident, page).state is PageState.PAGING


def test_every_link_that_leads_nowhere_gets_the_same_answer(town: Village, site: TestClient) -> None:
    """Mistyped, made up, twelve hours old, of a page that has ended: nobody learns which."""
    incident, page = paged(town)
    path = link(town)
    town.gives(incident, pcmd.CancelPage(by=town.actor(COUNSELOR), page=page))

    found = [site.get(each) for each in (path, path[:-1], f"{LINKS}{'a' * 22}", f"{LINKS}x")]

    assert {each.status_code for each in found} == {404}
    assert len({without_time(each.text) for each in found}) == 1
    assert "Call the office: (617) 555-0142" in found[0].text
    must_keep_to_contract(found[0].text)
    posted = site.post(path, data={"answer": "accept", "csrf": "0" * 64})
    assert (posted.status_code, without_time(posted.text)) == (404, without_time(found[0].text))


def test_it_lasts_twelve_hours_and_is_kept_as_a_digest(town: Village) -> None:
    paged(town)
    token, at = link(town).removeprefix(LINKS), clock.now()

    with town.store.read() as tx:
        kept = tx.exec_driver_sql("SELECT * FROM page_link").one()
        found = [page_links.of_token(tx, token, at + timedelta(hours=hours)) for hours in (11, 13)]

    assert token not in str(tuple(kept))
    assert token.encode() not in bytes(kept[1])
    assert [each is not None for each in found] == [True, False]


def test_details_are_for_the_pin_and_name_no_student(town: Village, site: TestClient) -> None:
    paged(town)
    path = link(town)
    with town.store.write() as tx:
        pins.set_pin(tx, ANA, PIN, clock.now())
    csrf = token_of(site.get(path).text)

    wrong = [site.post(f"{path}/details", data={"csrf": csrf, "pin": each}) for each in ("1111", "2222", "3333", PIN)]
    with town.store.write() as tx:
        pins.set_pin(tx, ANA, PIN, clock.now())
    right = site.post(f"{path}/details", data={"csrf": csrf, "pin": PIN})

    assert [each.status_code for each in wrong] == [422] * 4
    assert "Too many wrong tries" in wrong[3].text
    assert not any("Larkfield" in each.text for each in wrong)
    must_keep_to_contract(right.text, "Ximena", "Quetzal")
    assert "Larkfield High School" in right.text


def test_another_site_answers_for_nobody_f116(town: Village, site: TestClient) -> None:
    paged(town)
    path = link(town)
    form = {"csrf": token_of(site.get(path).text), "answer": "accept"}

    found = {site.post(path, data=form, headers=headers).status_code for headers in ELSEWHERE}
    ours = {site.post(path, data=form, headers=headers).status_code for headers in HERE}

    assert (found, ours) == ({403}, {303})


def test_the_address_goes_nowhere(town: Village, site: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Not into logs, caches, indexes, or the next page's idea of where its reader came from."""
    paged(town)
    path = link(town)
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    answered = [site.get(path), answers(site, path, "accept"), site.get(LINKS + "a" * 22)]
    ours = [each for each in caplog.records if not each.name.startswith("httpx")]

    assert not any(path.removeprefix(LINKS) in each.getMessage() for each in ours)
    assert {each.headers["referrer-policy"] for each in answered} == {"no-referrer"}
    assert {each.headers["cache-control"] for each in answered} == {"no-store"}


def test_it_speaks_the_language_of_its_reader(town: Village, site: TestClient) -> None:
    paged(town)

    said = read(site, link(town) + "?lang=es")

    assert "Aceptar" in said
    assert answers(site, link(town) + "?lang=es", "accept").headers["location"].endswith("?lang=es")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Room 112", True),
        ("Gym, door 6", True),
        ("Nurse's office, 2nd floor", False),
        ("Building C room B12", True),
        ("salón 4", True),
        ("Room 112 with Mateo", False),
        ("M F room 4", False),
        ("Ms. Okafor's office", False),
        ("", False),
        ("room 1 " * 20, False),
        ("room\u202e1", False),
    ],
)
def test_a_place_is_told_where_it_can_be_nothing_but_a_place_pr_12(said: str, told: bool) -> None:
    assert plain_place(said) == (said if told else None)


def test_the_answer_to_a_page_comes_light_in_two_round_trips_and_runs_no_script(
    town: Village, site: TestClient
) -> None:
    """`user-interface.md` 8.2: all that is fetched for it the first time is 14 KB at most, with the letters at hand."""
    paged(town)
    page = site.get(link(town), headers={"accept-encoding": "br"})
    files = {each.partition("#")[0] for each in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)}
    sizes = [int(site.get(each, headers={"accept-encoding": "br"}).headers["content-length"]) for each in files]

    assert page.headers["content-encoding"] == "br"
    assert not any("woff2" in each or ".js" in each for each in files)
    assert int(page.headers["content-length"]) + sum(sizes) <= 14 * 1024
