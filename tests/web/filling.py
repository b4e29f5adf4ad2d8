"""People who fill in a form as its page renders it, and press its button twice; and somebody else who was slower."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from xml.etree.ElementTree import Element

from starlette.testclient import TestClient

from crisis import events as ev
from crisis.commands import TimerDue
from crisis.protocols import loader
from crisis.store import incidents, roster
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL, SYSTEM
from tests.journeys.page_as_read import Field, Page
from tests.journeys.playing import Story
from tests.watch import Watch
from tests.web.district import SETTINGS, District
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

COLLEAGUE, PRINCIPAL = PersonId("p-colleague"), PersonId("p-principal")
Filled = dict[str, list[str]]
Typed = str | list[str]
DRAFT = "What I had typed so far"


def filled(html: str, action: str, /, **typed: Typed) -> Filled:
    """What a browser would send of the form with this action. `__` in a name is a dot.

    Of several, the first in which what nobody can type stands as it is named here. A script may fill in what is empty.
    """
    page = Page(html)
    said = {name.replace("__", "."): [value] if isinstance(value, str) else value for name, value in typed.items()}
    found = [each for each in page.tree.iter("form") if re.split("[?#]", each.get("action", ""))[0] == action]
    assert found, f"no form to {action}"
    fits = [each for each in found if _hidden(page, each).items() >= _of(said, _hidden(page, each)).items()]
    fields, buttons = page.fields(fits[0]), {each.get("name", "") for each in fits[0].iter("button")}
    for name, values in said.items():
        asked = next((each for each in fields if each.name == name), None)
        assert asked is not None or name in buttons, f"{action} does not ask for {name}"
        offered = [value for value, _ in asked.options] if asked is not None else values
        assert not offered or set(values) <= set(offered), f"{name} of {action} offers {offered}"
    return {each.name: _given(each) for each in fields if _given(each)} | said


def _hidden(page: Page, form: Element) -> Filled:
    return {each.name: list(each.given) for each in page.fields(form) if each.kind == "hidden"}


def _of(said: Filled, hidden: Filled) -> Filled:
    return {name: values for name, values in said.items() if hidden.get(name)}


def _given(field: Field) -> list[str]:
    empty = [] if field.kind in ("radio", "checkbox", "file") else [""]
    return list(field.given) or empty


def sent(by: Browser, action: str, form: Filled, status: int = 303) -> str:
    """Where it leads, or the page that came instead."""
    answer = by.client.post(action, data=form)
    assert answer.status_code == status, words(answer.text)[:1500]
    return answer.headers["location"] if status == 303 else answer.text


def shown_once(by: Browser, page: str, action: str, count: Callable[[], object], /, **typed: Typed) -> str:
    """As `twice`, for what is in the answer itself and nowhere else: the second press shows the very same."""
    form, before = filled(by.get(page), action, **typed), count()
    shown, once = sent(by, action, form, 200), count()
    again = sent(by, action, form, 200)
    assert once != before, f"{action} did nothing"
    assert (again, count()) == (shown, once)
    return shown


def twice(by: Browser, page: str, action: str, count: Callable[[], object], /, **typed: Typed) -> str:
    """Fills it in and presses its button twice; after the second press nothing more is counted. Where it led."""
    form, before = filled(by.get(page), action, **typed), count()
    led, once = sent(by, action, form), count()
    again = sent(by, action, form)
    assert once != before, f"{action} did nothing"
    assert (again, count()) == (led, once)
    return led


@dataclass(frozen=True, slots=True)
class Together:
    """Two people at one incident, who have both opened the page before the quicker one presses its button."""

    store: Store
    quick: Browser
    slow: Browser
    incident: IncidentId

    @property
    def here(self) -> str:
        return f"/incidents/{self.incident}"

    def page(self, sheet: str) -> str:
        return self.quick.get(self.here + sheet)

    def events(self, kind: type[ev.Event]) -> int:
        with self.store.read() as tx:
            return sum(isinstance(each.event, kind) for each in incidents.events_of(tx, self.incident))

    def alone(self, sheet: str, action: str, kind: type[ev.Event], /, **typed: Typed) -> None:
        """Nobody else has this form."""
        twice(self.quick, self.here + sheet, f"{self.here}/{action}", lambda: self.events(kind), **typed)

    def both(self, sheet: str, action: str, kind: type[ev.Event], says: str, /, **typed: Typed) -> None:
        """`says`: what the slower one reads of the change; what they typed is on the page that they get."""
        form = filled(self.slow.get(self.here + sheet), f"{self.here}/{action}", **typed)
        drafts = {name: [DRAFT] if " " in values[0] else values for name, values in form.items()}
        self.alone(sheet, action, kind, **typed)

        once = self.events(kind)
        page = sent(self.slow, f"{self.here}/{action}", drafts, 409)
        conflict = unescape(words(page)).partition("Somebody was faster")[2]
        assert says in conflict, conflict[:600]
        assert all(DRAFT in conflict for values in drafts.values() if values == [DRAFT])
        assert self.events(kind) == once


@dataclass(slots=True)
class Scene:
    """One school with an incident of this protocol, and everybody of it who may sit down at the console."""

    site: TestClient
    watch: Watch
    story: Story
    browsers: dict[PersonId, Browser] = field(default_factory=dict)

    def by(self, person: PersonId) -> Browser:
        if person not in self.browsers:
            district = District(self.store, self.story.incident.protocol_hash)
            self.browsers[person] = at_console(self.site, district, person)
        return self.browsers[person]

    @property
    def store(self) -> Store:
        assert self.story.store is not None
        return self.story.store

    def later(self, time: timedelta = timedelta(0)) -> None:
        """The console's clock is the story's from now on."""
        self.story.now += time
        self.watch.ahead = self.story.now - self.watch.began

    def together(self, quick: PersonId, slow: PersonId) -> Together:
        self.later()
        return Together(self.store, self.by(quick), self.by(slow), self.story.incident.id)

    def timer(self, name: str, key: str) -> None:
        submit(self.store, self.story.incident.id, TimerDue(by=SYSTEM, name=name, key=key), at=self.story.now)


@contextmanager
def a_scene(store: Store, watch: Watch, protocol: str = "suicide_risk", pack: str | None = None) -> Iterator[Scene]:
    """`pack`: of the state whose law counts there."""
    story = Story(loader.protocol(protocol, pack), store, watch()).begins()
    with store.write() as tx:
        for person, post in ((COLLEAGUE, StaffRole.COUNSELOR), (PRINCIPAL, StaffRole.PRINCIPAL)):
            roster.give_post(tx, DISTRICT, person, post, SCHOOL)
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as site:
        yield Scene(site, watch, story)
