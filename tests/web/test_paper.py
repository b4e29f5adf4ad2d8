"""On paper: forms for all staff, one page where it fits, the foot of each print, and what is entered afterwards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route
from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.protocols.paper import paper
from crisis.store import roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.browser import NEEDS_CHROMIUM
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NURSE, SETTINGS, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import at_console, words
from web.app import build_app
from web.rendering import LANGUAGES, STATIC, Language, Local, markup

LEAD, OPERATOR = PersonId("p-lead"), PersonId("p-operator")
FORM = "/protocols/suicide_risk/paper"
LINE = "+16175550142"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Paper asks nothing of the database that other pages do not."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, post in ((LEAD, StaffRole.DISTRICT_LEAD), (OPERATOR, StaffRole.OPERATOR)):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post)
        roster.add_phone(tx, LEAD, "(617) 555-0127")
    return made


@pytest.fixture
def site(district: District) -> Iterator[TestClient]:
    settings = SETTINGS.model_copy(update={"office_phone": LINE})
    with TestClient(build_app(district.store, settings), base_url=SETTINGS.public_url) as made:
        yield made


def test_a_day_without_power_leads_to_each_form_in_both_languages(site: TestClient, district: District) -> None:
    teacher, counselor = at_console(site, district, TEACHER), at_console(site, district, COUNSELOR)
    page = teacher.get("/paper")

    for name in ("suicide_risk", "missing_student"):
        for way in ("paper", "one-page"):
            for language in LANGUAGES:
                address = f"/protocols/{name}/{way}?language={language}"
                assert f'href="{address}"' in page
                assert loader.protocol(name).title.in_language(language) in words(teacher.get(address))
    assert 'href="/call-tree"' not in page  # names and numbers are not for teachers
    assert 'href="/call-tree"' in counselor.get("/paper")
    assert "Se hizo antes" in words(at_console(site, district, NURSE, "es").get("/paper"))


def test_the_form_names_whom_to_call_who_printed_it_and_no_student(site: TestClient, district: District) -> None:
    teacher, page = at_console(site, district, TEACHER), words(at_console(site, district, COUNSELOR).get(FORM))

    assert "(617) 555-0142" in page  # the district's line
    assert "Given P-Lead (617) 555-0127" in page
    assert "Printed by Given P-Counselor" in page
    assert "Never leave the student alone" in page
    assert "1 min (must)" in page
    assert "555-0127" not in teacher.get(FORM)  # numbers of staff only for those who may read the call tree
    together = words(teacher.get("/paper/all?language=es"))
    assert all(loader.protocol(name).title.es in together for name in ("suicide_risk", "missing_student"))


def test_whoever_has_no_part_in_incidents_has_no_forms_and_what_is_not_in_force_has_none(
    site: TestClient, district: District
) -> None:
    operator, counselor = at_console(site, district, OPERATOR), at_console(site, district, COUNSELOR)

    for address in ("/paper", "/paper/all", FORM, "/protocols/suicide_risk/one-page"):
        operator.get(address, 404)
    counselor.get("/protocols/nssi/paper", 404)  # not in force here
    assert at_console(site, district, STRANGER).get(FORM)


EARLIER = "It was done earlier"


def clock_at_school(minutes_ago: int) -> str:
    """As a browser's field has it."""
    there = clock.now().astimezone(ZoneInfo("America/New_York")) - timedelta(minutes=minutes_ago)
    return there.strftime("%Y-%m-%dT%H:%M")


def test_what_was_written_on_paper_is_entered_with_its_time_and_with_the_time_of_entering(
    site: TestClient, district: District
) -> None:
    """I-21"""
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    asked = {f"answers__q{n}": "no" for n in range(1, 6)}
    screen = {"instrument": "asq", "language": "en", "language_help": "shared", **asked}
    talk = {"instrument": "bssa", "disposition": "non_urgent_follow_up", "right_now": "no", "rationale": "It went well"}
    forms = {
        "clear_means/complete": {"evidence__means": "none_found"},
        "screen/screen": screen,
        "assess/interview": talk,
        "assess/tier": {"tier": "high", "rationale": "As on the paper"},
        "emergency_decision/decide": {"choice": "clinician"},
        "guardian_contact/contact": {"who": "other:", "method": "phone", "outcome": "no_answer"},
    }

    for number, (form, fields) in enumerate(forms.items()):
        page, action = f"{incident}/steps/{form.partition('/')[0]}", f"{incident}/steps/{form}"
        assert EARLIER in counselor.get(page), form
        nurse_or_not = nurse if form.startswith("guardian") else counselor
        nurse_or_not.send(page, action, 303, occurred_at=clock_at_school(90 - number), **fields)

    assert len(set(re.findall(r"· happened (.+?) ·", words(counselor.get(incident))))) == len(forms)


def test_a_time_that_has_not_come_is_refused_at_its_form_with_what_was_typed(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = counselor.opens()
    page = f"{incident}/steps/clear_means"
    later = clock_at_school(-90)

    refused = counselor.send(page, f"{page}/complete", 422, evidence__means="none_found", occurred_at=later)
    unread = counselor.send(page, f"{page}/complete", 422, evidence__means="none_found", occurred_at="half past")

    assert "The time you gave is in the future" in words(refused)
    assert f'value="{later}"' in refused
    assert 'href="#complete-occurred_at"' in unread


@dataclass
class Press:
    """Shows pages to a browser without a server, and counts the sheets of paper that come out."""

    page: Page
    html: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        path = route.request.url.partition("/static/")[2].partition("?")[0]
        if not path:
            return route.fulfill(body=self.html, content_type="text/html")
        kind = {"css": "text/css", "svg": "image/svg+xml"}.get(path.rpartition(".")[2], "font/woff2")
        return route.fulfill(body=(STATIC / path).read_bytes(), content_type=kind)

    def sheets(self, html: str) -> int:
        self.html = html
        self.page.goto("http://paper.test/")
        self.page.evaluate("document.fonts.ready.then(() => true)")  # as whoever prints has it before them
        return len(re.findall(rb"/Type\s*/Page\b", self.page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def press(chromium: Chromium) -> Iterator[Press]:
    page = chromium.new_page(color_scheme="dark")
    made = Press(page)
    page.route("**/*", made.answer)
    yield made
    page.close()


def a_print(name: str, language: Language, *, short: bool) -> str:
    known = loader.protocol(name, "US-MA")
    return markup(
        "pages/paper_forms.html",
        language,
        heading=known.title.in_language(language),
        plain=True,
        sheets=[paper(known, language)],
        short=short,
        here="/x",
        back="/paper",
        by="Given P-Counselor",
        local=Local(language, "America/New_York"),
        district=[("Given P-Lead", "(617) 555-0127")],
        district_line="(617) 555-0142",
    )


LONGEST = ("acute_distress", "sexual_assault")
NAMES = [pytest.param(name, marks=() if name in LONGEST else pytest.mark.full) for name in loader.names()]


@pytest.mark.browser
@NEEDS_CHROMIUM[1]
@pytest.mark.parametrize("name", NAMES)
def test_each_protocol_fits_on_one_page(press: Press, name: str) -> None:
    assert [press.sheets(a_print(name, language, short=True)) for language in LANGUAGES] == [1, 1]


@pytest.mark.browser
@NEEDS_CHROMIUM[1]
def test_a_short_protocol_is_filled_in_on_one_page_and_a_dark_screen_prints_black_on_white(press: Press) -> None:
    sheets = [press.sheets(a_print("handle_with_care", language, short=False)) for language in LANGUAGES]
    on_screen = press.page.evaluate("getComputedStyle(document.body).backgroundColor")
    press.page.emulate_media(media="print")
    colors = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"

    assert sheets == [1, 1]
    assert on_screen == "rgb(11, 17, 25)"
    assert press.page.evaluate(colors) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert press.page.locator(".printed").is_visible()
    assert not press.page.locator(".paperbar").is_visible()
