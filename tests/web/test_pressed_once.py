"""The same form of the same person is done once; `tests/pressed.py` presses every form twice that any test sends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlencode

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import StaffRole
from tests import pressed as pressing
from tests.factories import DISTRICT
from tests.web.district import SETTINGS, a_district
from tests.web.test_directory import LEAD
from tests.web.test_pages import at_console
from web import pressed_once
from web.app import build_app
from web.pressed_once import FORM, PressedOnce

FIELDS = {"csrf": "token", "key": "01kaa", "name": "Night Line"}


class Desk:
    """Counts what it does, and takes its time."""

    def __init__(self, refuses: int = 0) -> None:
        self.done, self.refuses = list[str](), refuses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        form = await Request(scope, receive).form()
        await asyncio.sleep(0.01)
        answer: Response
        if self.refuses:
            self.refuses -= 1
            answer = PlainTextResponse("Fill this in.", 422)
        else:
            self.done.append(str(form["name"]))
            answer = RedirectResponse(f"/agencies/{len(self.done)}", 303)
        await answer(scope, receive, send)


async def pressed(app: PressedOnce, times: int = 1, session: str | None = "maya", **fields: str) -> list[str]:
    """At once. Where each press led, or what it was told."""
    transport = httpx2.ASGITransport(app=app)
    cookies = {"session": session} if session else {}
    async with httpx2.AsyncClient(transport=transport, base_url=SETTINGS.public_url, cookies=cookies) as client:
        body, headers = urlencode(FIELDS | fields), {"content-type": f"{FORM};charset=UTF-8"}
        presses = [client.post("/agencies", content=body, headers=headers) for _ in range(times)]
        answers = await asyncio.gather(*presses)
    return [each.headers.get("location", each.text) for each in answers]


def test_presses_at_the_same_time_and_afterwards_get_the_answer_of_the_first() -> None:
    desk = Desk()
    app = PressedOnce(desk, SETTINGS)

    led = asyncio.run(pressed(app, 3)) + asyncio.run(pressed(app))

    assert led == ["/agencies/1"] * 4
    assert desk.done == ["Night Line"]


def test_of_two_processes_one_does_the_work_and_the_other_gives_its_answer(store: Store) -> None:
    """At once and afterwards, on both databases; on SQLite the other process is the one after a restart."""
    district = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    with ExitStack() as running:
        consoles = [TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) for _ in range(3)]
        one, other, later = (running.enter_context(each) for each in consoles)
        lead = at_console(one, district, LEAD)
        form = lead.form("/directory/new", "/directory") | {"name": "Open Door", "kind": "community_provider"}
        form |= {"phone": "617-555-0183", "hours": "mon-sun 0:00-24:00", "languages": "es"}
        for each in (one, other, later):
            each.cookies.update(lead.client.cookies)

        with ThreadPoolExecutor() as threads:
            answers = [
                threads.submit(each.post, "/directory", data=form, follow_redirects=False) for each in (one, other)
            ]
        led = {each.result().headers["location"] for each in answers}
        led.add(later.post("/directory", data=form, follow_redirects=False).headers["location"])

    assert len(led) == 1
    with store.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM agency").scalar_one() == 1


def test_other_words_another_person_and_another_form_are_another_press() -> None:
    desk = Desk()
    app = PressedOnce(desk, SETTINGS)

    for changes in ({}, {"name": "Open Door"}, {"session": "ines"}, {"key": "01kab"}):
        asyncio.run(pressed(app, **changes))

    assert desk.done == ["Night Line", "Open Door", "Night Line", "Night Line"]


def test_what_was_refused_may_be_sent_again() -> None:
    desk = Desk(refuses=1)
    app = PressedOnce(desk, SETTINGS)

    assert asyncio.run(pressed(app)) == ["Fill this in."]
    assert asyncio.run(pressed(app)) == ["/agencies/1"]


@pytest.mark.parametrize("changes", [{"key": ""}, {"session": None}])
def test_a_form_without_a_key_and_one_of_nobody_pass(changes: dict[str, str]) -> None:
    desk = Desk()

    asyncio.run(pressed(PressedOnce(desk, SETTINGS), 2, **changes))

    assert len(desk.done) == 2


def test_it_remembers_so_many_and_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressed_once, "MOST", 2)
    app = PressedOnce(Desk(), SETTINGS)
    for key in ("01kaa", "01kab", "01kac"):
        asyncio.run(pressed(app, key=key))
    assert len(app.known) == 2

    monkeypatch.setattr(pressed_once, "KEPT_FOR", 0.0)
    asyncio.run(pressed(app, key="01kad"))

    assert len(app.known) <= 1


def test_a_form_that_no_test_sends_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    excused = next(iter(pressing.WORK_EACH_TIME)), next(iter(pressing.NEVER_STALE))
    seen = {"form": {excused[0], "/known", "/new"}, "twice": {"/known"}, "versioned": {excused[1], "/known", "/new"}}
    monkeypatch.setattr(pressing, "tried", lambda how: (seen | {"stale": {"/known"}}).get(how, set()))

    named = pressing.never_tried()

    assert [each.rpartition(" ")[2] for each in named] == ["/new", "/new"]
