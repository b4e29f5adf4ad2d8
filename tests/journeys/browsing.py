"""People of the town at their browsers: they sign in, read a page, fill in its form and press its button."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

from crisis.store import accounts, incidents
from crisis.store.sample import SIGN_INS
from crisis.vocabulary import IncidentId
from tests.cheap import HASHING
from tests.journeys.town import Town
from tests.web.page_contract import must_keep_to_contract

PASSPHRASE = "a lamp under seven quiet stairs"
STUDENT = ("Mateo", "Fuentes")


def may_sign_in(town: Town, name: str) -> str:
    """Gives somebody of the sample district an account with a passphrase that is known here."""
    given, _, family = name.partition(" ")
    username, person, at = f"{given[0]}.{family}".lower(), town.person(name), town.clock.now()
    with town.store.write() as tx:
        if name in SIGN_INS:
            accounts.set_hash(tx, person, accounts.hashed(PASSPHRASE, HASHING), at=at, by=None)
        else:
            accounts.create_account(tx, person, username, PASSPHRASE, at=at, hashing=HASHING)
    return username


@dataclass
class Desk:
    """One person at one browser. Whatever page they come to keeps to the contract, and nothing complains."""

    town: Town
    username: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    def heard(self, said: ConsoleMessage) -> None:
        refused = "status of 422" in said.text or "status of 409" in said.text  # a refusal is an answer
        if said.type in ("error", "warning") and not refused:
            self.complaints.append(said.text)

    def goes_to(self, path: str) -> None:
        address = self.town.settings.public_url + path
        self.page.goto(address)
        if self.page.url.endswith("/login"):
            self.signs_in()
            self.page.goto(address)
        self.reads()

    def signs_in(self) -> None:
        self.reads()
        self.page.fill("#username", self.username)
        self.page.fill("#password", PASSPHRASE)
        self.presses("Sign in")

    def reads(self) -> None:
        must_keep_to_contract(self.page.content(), *STUDENT)

    def picks(self, name: str, value: str) -> None:
        """A card: what one touches is the label, not the circle."""
        self.page.locator(f'label:has(input[name="{name}"][value="{value}"])').click()

    def chooses(self, name: str, label: str) -> None:
        field = self.page.locator(f'main select[name="{name}"]')
        found = [words for words in field.locator("option").all_inner_texts() if label in words]
        field.select_option(label=found[0])

    def writes(self, name: str, words: str) -> None:
        self.fields(name).first.fill(words)

    def fields(self, name: str) -> Locator:
        return self.page.locator(f'main textarea[name="{name}"]:visible, main input[name="{name}"]:visible')

    def unfolds(self, words: str) -> None:
        self.page.locator("summary", has_text=words).click()

    def presses(self, words: str) -> None:
        """Sends the form; the answer is another page, and no refusal."""
        self.tries(words)
        refused = self.page.locator(".errs, #conflict")
        assert refused.count() == 0, refused.first.inner_text()

    def tries(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()
        self.reads()

    def is_refused(self, words: str) -> set[str]:
        """What the page says when the rules say no, by the names of the rules."""
        self.tries(words)
        return {rule.strip() for rule in self.page.locator(".errs .rule").all_inner_texts()}

    def next_step(self) -> str:
        return self.page.locator("#part-next h2[data-heading]").inner_text()

    def open_steps(self, incident: str) -> list[str]:
        """What the incident's page offers to do now."""
        self.goes_to(f"/incidents/{incident}")
        links = self.page.locator("#part-next a[href*='/steps/']").evaluate_all("all => all.map(a => a.pathname)")
        found = [str(link).rpartition("/")[2] for link in links]
        return list(dict.fromkeys(found))

    def timeline(self) -> list[str]:
        shown: list[str] = self.page.locator("#tl > li").evaluate_all("all => all.map(li => li.id)")
        return shown


@dataclass
class Watcher:
    """A console that nobody touches: it must follow by itself."""

    desk: Desk
    incident: str

    def sits_down(self) -> None:
        self.desk.goes_to(f"/incidents/{self.incident}")
        self.desk.page.evaluate("window.untouched = true")

    def saw_everything(self) -> None:
        """Each event once, the newest first, on the page that was opened at the beginning."""
        for _turn in range(20):  # what providers report may come while we look
            with self.desk.town.store.read() as tx:
                happened = [f"e-{each.seq}" for each in incidents.events_of(tx, IncidentId(self.incident))]
            self.desk.page.wait_for_selector(f"#{happened[-1]}", state="attached", timeout=20_000)
            if self.desk.timeline() == happened[::-1]:
                break
            self.desk.page.wait_for_timeout(250)
        assert self.desk.timeline() == happened[::-1]
        assert self.desk.page.evaluate("window.untouched") is True, "the page was loaded again"

    def sees_next(self, title: str) -> None:
        heading = self.desk.page.locator("#part-next h2[data-heading]", has_text=title)
        heading.wait_for(timeout=20_000)
        assert self.desk.page.evaluate("window.untouched") is True, "the page was loaded again"


@dataclass
class Office:
    """Opens a browser of their own for each person."""

    town: Town
    chromium: Browser
    script: bool
    desks: dict[str, Desk] = field(default_factory=dict)

    def desk(self, name: str) -> Desk:
        if name not in self.desks:
            page = self.chromium.new_context(java_script_enabled=self.script, locale="en-US").new_page()
            made = self.desks[name] = Desk(self.town, may_sign_in(self.town, name), page)
            page.on("console", made.heard)
            page.on("pageerror", lambda error: made.complaints.append(str(error)))
        return self.desks[name]

    def goes_home_for(self, *, days: int = 0, minutes: int = 0) -> None:
        """Nobody leaves a page open that long; their sessions end meanwhile."""
        for desk in self.desks.values():
            desk.page.goto("about:blank")
        self.town.passes(days=days, minutes=minutes)


@contextmanager
def an_office(town: Town, chromium: Browser, *, script: bool) -> Iterator[Office]:
    office = Office(town, chromium, script)
    try:
        yield office
    finally:
        for desk in office.desks.values():
            desk.page.context.close()
    complaints = [f"{name}: {each}" for name, desk in office.desks.items() for each in desk.complaints]
    assert complaints == [], complaints
