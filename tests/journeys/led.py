"""Somebody who never saw the program and does what its pages offer, until the incident is closed.

Nothing here knows a protocol. What is refused is mended as the page says: at the field or on the page to which the
reason leads, or by somebody whose work it is. Whatever else had to be tried until it was taken is a guess, and kept.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from crisis.store.sample import ZONE
from tests.journeys.browsing import STUDENT
from tests.journeys.guessing import Order, answer, calm, must_be_answered
from tests.journeys.page_as_read import Field, Form, Page, Refusal
from tests.journeys.visitor import Filled, Visitor
from tests.web.page_contract import text_of

HALF_A_DAY, A_DAY = timedelta(hours=12), timedelta(days=1)
FOLDED = 6  # what one has to unfold first is tried after that many times of the rest
TOO_OFTEN = 14  # on one day
CHANCES = 3  # so often on one day somebody answers a form as it comes; then they think
PATIENCE = 40  # days in a row on which nothing can be done
TURNS = 14  # refusals of one form until somebody gives it up
DEEP = 3


@dataclass(kw_only=True)
class Stranger(Visitor):
    kind: str
    order: Order = calm
    incident: str = ""
    done: Counter[str] = field(default_factory=Counter)
    today: Counter[str] = field(default_factory=Counter)
    thinking: bool = False
    guesses: list[str] = field(default_factory=list)
    waited: int = 0
    deep: int = 0

    def is_led(self, limit: int = 250) -> None:
        """To the close; raises `DeadEnd` with the trail."""
        self.opens()
        while len(self.trail) < limit:
            page = self.get(self.incident)
            part = page.needs("part-next")
            if any("closed" in text_of(each) for each in part.iter("h2")):
                return
            if not self.goes_on(page, part):
                self.waits(part)
            self.town.passes(minutes=1)
        raise self.dead_end(f"{self.kind}: more than {limit} steps")

    def opens(self) -> None:
        form = next(each for each in self.get("/incidents/new").forms() if each.action == "/incidents")
        self.incident, page = self.send(form, self.filled(form) | {"kind": [self.kind], "place": ["Room 112"]})
        if page.refusal():
            raise self.dead_end(f"{self.kind}: the opening is refused")
        search = f"{self.incident}/student"
        if any(address == search for address, _, _ in page.links(page.needs("part-student"))):
            self.says_which_student(search)

    def says_which_student(self, search: str) -> None:
        look = next(each for each in self.get(search).forms() if each.action == search)
        _, page = self.send(look, self.filled(look) | {"q": [STUDENT[1]]})
        found = next(each for each in page.forms() if each.action.endswith("/identify"))
        self.send(found, self.filled(found))

    # the incident's page

    def goes_on(self, page: Page, part: Element) -> bool:
        """The first thing that leads on."""
        self.waits_for_its_day(part)
        asked = [each for each in page.forms(part) if self.done[each.action] < DEEP]
        ways = [address for address, _, _ in page.links(part) if "#assign" not in address]
        return any(self.answers(each) for each in asked) or any(self.works_on(each) for each in self.inside(ways))

    def inside(self, addresses: list[str]) -> list[str]:
        """Pages of this incident, each once."""
        paths = [each.partition("#")[0] for each in addresses]
        return [each for each in dict.fromkeys(paths) if each.startswith(f"{self.incident}/")]

    def waits_for_its_day(self, part: Element) -> None:
        """The next step is due on another day, and the page says when."""
        step = next((each for each in part.iter("section") if "step" in each.get("class", "").split()), None)
        due = [] if step is None else [each.get("data-until", "") for each in step.iter("time")]
        ahead = [datetime.fromisoformat(each) - self.town.clock.at for each in due if each]
        if ahead and ahead[0] > HALF_A_DAY:
            self.passes(ahead[0] - timedelta(hours=1))

    def waits(self, part: Element) -> None:
        self.waited += 1
        if self.waited > PATIENCE:
            said = text_of(part)[:600]
            raise self.dead_end(f"{self.kind}: nothing on the page leads on, and time does not help: {said}")
        self.passes(A_DAY)

    def passes(self, length: timedelta) -> None:
        self.town.passes(seconds=int(length.total_seconds()))
        self.today.clear()
        self.trail.append(f"      … {length} go by")

    # a page with a task

    def works_on(self, path: str) -> bool:
        page = self.get(path)
        main = page.needs("main")
        if self.somebody_paged(main) or self.somebody_signs(main, path) or self.somebody_closes(main, path):
            return True
        in_the_way = [address for address, _, _ in page.links(page.section("What stands in the way"))]
        if any(self.works_on(each) for each in self.inside(in_the_way) if each != path):
            return True
        places = {each.partition("#")[2] for each in in_the_way}
        forms = [each for each in page.forms(main) if not in_the_way or places & {asked.id for asked in each.asks}]
        for form in sorted(forms, key=self.how_often):
            often = self.how_often(form)
            if self.today[form.action] > TOO_OFTEN:
                raise self.dead_end(f"{self.kind}: {path} is done again and again")
            if self.leads_on(form, often) and self.answers(form):
                return True
        return self.follows_a_link(page, main, path)

    def how_often(self, form: Form) -> int:
        return self.done[form.action] + (FOLDED if form.folded else 0)

    def leads_on(self, form: Form, often: int) -> bool:
        """Neither to give a step away, nor to add to a list for ever."""
        return not form.action.endswith("/assign") and (form.main or form.folded or often < DEEP)

    def follows_a_link(self, page: Page, main: Element, path: str) -> bool:
        """A button, or the name of what comes first; nothing to print."""
        links = [
            each for each, _, kinds in page.links(main) if "btn" in kinds.split() or (not kinds and "/steps/" in each)
        ]
        for each in self.inside([link for link in links if "/brief/" not in link]):
            if each != path and self.done[each] < 2:
                self.done[each] += 1
                if self.works_on(each):
                    return True
        return False

    def somebody_paged(self, main: Element) -> bool:
        """A page is out: one of those who were called opens it, and says that they take it."""
        notes = [each for each in main.iter("div") if {"note", "warn"} <= set(each.get("class", "").split())]
        called = [text_of(each) for note in notes for each in note.iter("bdi") if text_of(each) in self.staff]
        return any(self.does_as(name, "/accept-page", [self.incident, f"{self.incident}/people"]) for name in called)

    def somebody_signs(self, main: Element, path: str) -> bool:
        """What I decided waits for another person: one whose work it is opens the same page."""
        wanted = re.search(r"another person must sign: (.*?)\. ", text_of(main))
        if wanted is None:
            return False
        return self.does_as(self.other_than_me(frozenset(wanted[1].split(", "))), "/sign", [path])

    def somebody_closes(self, main: Element, path: str) -> bool:
        """I have signed, and the page says whose it is to close."""
        wanted = re.search(r"It is closed by: (.*?)\. ", text_of(main))
        if wanted is None or "Sign for closing" in text_of(main):
            return False
        return self.does_as(self.other_than_me(frozenset(wanted[1].split(", "))), "/close", [path])

    def other_than_me(self, roles: frozenset[str]) -> str:
        found = next((name for name, own in self.staff.items() if own & roles and name != self.name), None)
        if found is None:
            raise self.dead_end(f"{self.kind}: nobody here is {roles}")
        return found

    def does_as(self, name: str, action: str, pages: list[str]) -> bool:
        """Somebody else sits down and presses one button."""
        before, self.name = self.name, name
        forms = (each for path in pages for each in self.get(path).forms() if each.action.endswith(action))
        form = next(forms, None)
        done = form is not None and self.answers(form)
        self.name = before
        return done

    # a form

    def answers(self, form: Form) -> bool:
        """Fills it in and sends it; where it is refused, does what the page says."""
        self.thinking = self.today[form.action] >= CHANCES
        filled, me = self.filled(form), self.name
        tried: Counter[str] = Counter()
        for _turn in range(TURNS):
            _, page = self.send(form, filled)
            refused = page.refusal()
            if refused is None:
                self.done[form.action] += 1
                self.today[form.action] += 1
            shown = [each for each in page.forms() if each.action == form.action and each.button == form.button]
            if refused is None or not shown:
                break
            form = shown[0]
            mended = self.mended(form, refused, tried)
            if mended is None:
                break
            filled = mended
        self.name = me
        return refused is None

    def mended(self, form: Form, refused: Refusal, tried: Counter[str]) -> Filled | None:
        """What was typed is in the form again; only what the page complains of changes."""
        typed: Filled = {each.name: list(each.given) for each in form.fields if each.given}
        named = [each for each in form.asks if {each.id, each.name} & set(refused.fields)]
        for each in named:
            typed[each.name] = [self.answer(each, tried[each.name])]
            tried[each.name] += 1
        if named:
            return typed if max(tried[each.name] for each in named) < TURNS else None
        whose = next((found for each in refused.said if (found := re.search("This is for the (.*?) ROLE", each))), None)
        if whose is not None and not tried["somebody else"]:
            tried["somebody else"] += 1
            self.name = self.other_than_me(frozenset(whose[1].split(" or ")))
            return self.as_it_stands(form, typed)
        if self.is_mended_elsewhere(refused):
            return self.as_it_stands(form, typed)
        return self.guessed(form, refused, typed, tried)

    def is_mended_elsewhere(self, refused: Refusal) -> bool:
        if self.deep == DEEP:
            return False
        self.deep += 1
        led = any(self.works_on(each) for each in self.inside(list(refused.pages)))
        self.deep -= 1
        return led

    def guessed(self, form: Form, refused: Refusal, typed: Filled, tried: Counter[str]) -> Filled | None:
        """The page did not say what to do: everything that may be filled in, then one answer after the other."""
        tried["guess"] += 1
        self.guesses.append(f"{form.action}: {' '.join(refused.said)}")
        empty = [each for each in form.asks if not each.given]
        if tried["guess"] == 1 and empty:
            return typed | {each.name: [self.answer(each)] for each in empty}
        choices = [each for each in form.asks if len(each.options) > 1]
        if not choices:
            return None
        other = choices[tried["guess"] % len(choices)]
        tried[other.name] += 1
        return typed | {other.name: [self.answer(other, tried[other.name])]}

    def as_it_stands(self, form: Form, typed: Filled) -> Filled | None:
        """The same answers in the form as this person sees it now."""
        sheets = [
            form.action.rpartition("/")[0],
            *(f"{self.incident}/{each}" for each in ("close", "custody", "duties")),
        ]
        same = next((each for sheet in sheets for each in self.get(sheet).forms() if each.action == form.action), None)
        if same is None:
            return None
        return typed | {each.name: list(each.given) for each in same.fields if each.kind == "hidden"}

    def filled(self, form: Form) -> Filled:
        """What is there, and an answer to whatever must be answered."""
        found: Filled = {each.name: list(each.given) for each in form.fields if each.given}
        asked = [each for each in form.asks if not each.given and must_be_answered(each)]
        return found | {each.name: [self.answer(each)] for each in asked}

    def answer(self, asked: Field, turn: int = 0) -> str:
        order = calm if self.thinking else self.order
        return answer(asked, order, self.town.clock.at.astimezone(ZoneInfo(ZONE)), turn)
