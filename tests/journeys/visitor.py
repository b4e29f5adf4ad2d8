"""People of the town at the console without script: whoever sits down signs in, reads a page and sends its forms."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import httpx2

from crisis.store import people
from crisis.store.sample import DISTRICT, ZONE
from tests.journeys.browsing import PASSPHRASE, STUDENT, may_sign_in
from tests.journeys.page_as_read import Form, Page, Refusal
from tests.journeys.town import SCHOOL, Town
from tests.web.page_contract import must_keep_to_contract
from web import words

Filled = dict[str, list[str]]
UNTOLD = frozenset({"csrf", "seen", "key", "zone"})


class DeadEnd(AssertionError):
    """Nothing on the page leads on; the trail says how one came there."""


def seen_by_nobody(_path: str, _name: str, _html: str) -> None:
    """Whoever takes pictures looks at each page here, as it came."""


@dataclass(kw_only=True)
class Visitor:
    """One story; `name` is who sits at the console now, `trail` what was done and what was refused."""

    town: Town
    name: str = "Maya Okafor"
    trail: list[str] = field(default_factory=list)
    looks: Callable[[str, str, str], None] = seen_by_nobody
    clients: dict[str, httpx2.Client] = field(default_factory=dict)

    @cached_property
    def staff(self) -> dict[str, frozenset[str]]:
        """Who works here, and as what, in the words of the pages; those of the school first."""
        with self.town.store.read() as tx:
            found = people.staff(tx, DISTRICT)
            known = [each for each in found if SCHOOL in each.schools] + [each for each in found if not each.schools]
            return {each.name: frozenset(words.of(role) for role in people.actor(tx, each.id).roles) for each in known}

    @property
    def client(self) -> httpx2.Client:
        if self.name not in self.clients:
            may_sign_in(self.town, self.name)
            at = self.town.settings.public_url
            self.clients[self.name] = httpx2.Client(
                base_url=at, timeout=20, headers={"accept": "text/html"}, follow_redirects=True
            )
        return self.clients[self.name]

    def goes_home(self) -> None:
        for client in self.clients.values():
            client.close()

    def get(self, path: str) -> Page:
        answer = self.client.get(path)
        if answer.url.path == "/login":
            self.signs_in()
            answer = self.client.get(path)
        if answer.status_code != 200:
            raise self.dead_end(f"{path} answers {answer.status_code}")
        self.looks(path, self.name, answer.text)
        return Page(answer.text)

    def signs_in(self) -> None:
        given, _, family = self.name.partition(" ")
        self.client.post("/login", data={"username": f"{given[0]}.{family}".lower(), "password": PASSPHRASE})

    def send(self, form: Form, filled: Filled) -> tuple[str, Page]:
        """Where it led, and the page there; one that refuses keeps to the contract, so its links lead somewhere."""
        answer = self.client.post(form.action, data=filled)
        self.town.worker.until_quiet()
        page = Page(answer.text)
        refused = page.refusal()
        self.notes(form, filled, refused)
        if answer.status_code not in ((409, 422) if refused else (200,)):
            raise self.dead_end(f"{form.action} answers {answer.status_code}")
        if refused:
            self.looks(form.action, self.name, answer.text)
            must_keep_to_contract(answer.text, *STUDENT)
        return answer.url.path, page

    def notes(self, form: Form, filled: Filled, refused: Refusal | None) -> None:
        said = {name: " ".join(values) for name, values in filled.items() if name not in UNTOLD}
        at = self.town.clock.at.astimezone(ZoneInfo(ZONE))
        self.trail.append(f"{at:%m-%d %H:%M} {self.name}: {form.button!r} {form.action} {said}")
        self.trail += [f"      refused: {each}" for each in (refused.said if refused else ())]

    def dead_end(self, what: str) -> DeadEnd:
        return DeadEnd("\n".join([what, *self.trail]))
