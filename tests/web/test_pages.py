"""The console as people use it, without script: sign in, raise an incident in three inputs, work through its steps."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from starlette.testclient import TestClient

from crisis.protocols.schema import Step
from crisis.statemachine.steps import open_steps
from crisis.store import incidents
from crisis.vocabulary import IncidentId, PersonId, StepType
from tests.factories import SCHOOL, STUDENT, suicide_risk
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, PASSPHRASE, SETTINGS, District
from tests.web.page_contract import must_keep_to_contract, parsed, text_of
from web.pages.incident import PARTS, SHEETS
from web.step_forms import STEP_FORMS

pytestmark = pytest.mark.page

STUDENT_NAMES = ("Ximena", "Quetzal")
FORM = r'<form[^>]*\saction="{}"[^>]*>(.*?)</form>'
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass(frozen=True, slots=True)
class Browser:
    """One person at the console; every page that comes back keeps to the contract."""

    client: TestClient

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text[:1000]
        must_keep_to_contract(answer.text, *STUDENT_NAMES)
        return answer.text

    def get_part(self, address: str) -> str:
        """What an open page pulls; no whole page, so the contract of pages does not fit it."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text[:1000]
        return answer.text

    def form(self, page: str, action: str) -> dict[str, str]:
        """The hidden fields of one form on a page."""
        found = re.search(FORM.format(re.escape(action)), self.get(page), re.DOTALL)
        assert found, f"no form to {action} on {page}"
        return dict(HIDDEN.findall(found[1]))

    def send(self, page: str, action: str, status: int = 303, **fields: str) -> str:
        """Fills in a form and sends it. Returns where it leads, or the page that says why not."""
        return self.post(action, {**self.form(page, action), **named(fields)}, status)

    def post(self, action: str, fields: dict[str, str], status: int = 303) -> str:
        answer = self.client.post(action, data=fields)
        assert answer.status_code == status, text_of(parsed(answer.text))[:1000]
        if status == 303:
            return answer.headers["location"]
        must_keep_to_contract(answer.text, *STUDENT_NAMES)
        return answer.text

    def identifies(self, incident: str, name: str, student: str) -> None:
        """Looks for a name and says which of those found it is."""
        found = self.send(f"{incident}/student", f"{incident}/student", 200, q=name)
        hidden = HIDDEN.findall(found[found.index(f'action="{incident}/identify"') :])
        self.post(f"{incident}/identify", {**dict(hidden), "student": student})

    def opens(self, **fields: str) -> str:
        asked = {"kind": "suicide_ideation", "place": "Room 112", "beside": "me", "school": SCHOOL, **fields}
        return self.send("/incidents/new", "/incidents", **asked)


def named(fields: dict[str, str]) -> dict[str, str]:
    return {name.replace("__", "."): value for name, value in fields.items()}


def words(html: str) -> str:
    return unescape(text_of(parsed(html)))


def at_console(site: TestClient, district: District, person: PersonId, language: str = "en") -> Browser:
    client = TestClient(
        site.app,
        base_url=SETTINGS.public_url,
        headers={"accept": "text/html"},
        cookies={"language": language, "session": district.session(person)},
        follow_redirects=False,
    )
    return Browser(client)


@pytest.fixture
def counselor(site: TestClient, district: District) -> Browser:
    return at_console(site, district, COUNSELOR)


@pytest.fixture
def nurse(site: TestClient, district: District) -> Browser:
    return at_console(site, district, NURSE)


def first(kind: StepType) -> Step:
    return next(step for step in suicide_risk().steps if step.type is kind)


def fields_for(step: Step) -> dict[str, str]:
    values = {"yes_no": "yes", "words": "Said in the hall", "person": "p-nurse", "when": "2026-10-06T10:00"}
    return {f"evidence.{f.name}": values.get(f.kind) or next(iter(f.options or {})) for f in step.evidence}


def test_signing_in_leads_to_the_board_and_a_wrong_password_says_no_more(site: TestClient, district: District) -> None:
    district.session(COUNSELOR)  # makes the account
    client = TestClient(site.app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False)
    browser = Browser(client)
    browser.get("/login")

    wrong = client.post("/login", data={"username": COUNSELOR, "password": "something else"})
    right = client.post("/login", data={"username": COUNSELOR, "password": PASSPHRASE})

    assert (wrong.status_code, right.status_code, right.headers["location"]) == (401, 303, "/board")
    must_keep_to_contract(wrong.text)
    assert "do not fit" in wrong.text
    assert "Incident board" in browser.get("/board")


def test_a_page_that_needs_sign_in_leads_there(site: TestClient) -> None:
    answer = site.get("/board", headers={"accept": "text/html"}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_three_inputs_raise_an_incident_and_the_board_shows_it_without_a_name(counselor: Browser) -> None:
    address = counselor.opens(student=STUDENT)

    board = counselor.get("/board")

    assert address in board
    assert not any(name in board for name in STUDENT_NAMES)
    assert "Room 112" in counselor.get(address)


def test_an_incident_that_lacks_an_answer_is_asked_again_with_the_rest_kept(counselor: Browser) -> None:
    typed = {"kind": "suicide_ideation", "place": "The old gym", "school": SCHOOL}

    page = counselor.send("/incidents/new", "/incidents", 422, **typed)

    assert 'value="The old gym"' in page
    assert 'href="#beside"' in page
    assert "Is an adult with the student? Fill this in." in words(page)


def test_a_student_is_found_and_chosen_without_script(counselor: Browser) -> None:
    page = counselor.send("/incidents/new", "/incidents/new", 200, school=SCHOOL, q="xim")

    assert f'value="{STUDENT}"' in page
    assert "st-9" not in page  # of another district


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_of_an_incident_keeps_to_the_contract(site: TestClient, district: District, language: str) -> None:
    browser = at_console(site, district, COUNSELOR, language)
    address = browser.opens(student=STUDENT)

    pages = [address, *(f"{address}/{sheet}" for sheet in SHEETS)]
    pages += [f"{address}/steps/{step.id}" for step in suicide_risk().steps]

    assert [f'lang="{language}"' in browser.get(page) for page in pages] == [True] * len(pages)


def test_parts_are_what_the_page_holds_and_cost_nothing_when_unchanged(counselor: Browser) -> None:
    address = counselor.opens(student=STUDENT)
    page = counselor.get(address)

    answers = [counselor.client.get(f"{address}/parts/{name}") for name in PARTS]
    again = [
        counselor.client.get(f"{address}/parts/{name}", headers={"if-none-match": answer.headers["etag"]}).status_code
        for name, answer in zip(PARTS, answers, strict=True)
    ]

    assert [f'data-src="{address}/parts/{name}"' in page for name in PARTS] == [True] * len(PARTS)
    assert [answer.status_code for answer in answers] == [200] * len(PARTS)
    assert again == [304] * len(PARTS)


def test_a_note_of_somebody_else_changes_only_the_timeline(counselor: Browser, nurse: Browser) -> None:
    address = counselor.opens()
    before = {name: counselor.client.get(f"{address}/parts/{name}").headers["etag"] for name in PARTS}

    nurse.send(address, f"{address}/note", note="Calm and talking")

    after = {name: counselor.client.get(f"{address}/parts/{name}") for name in PARTS}
    assert "Calm and talking" in after["timeline"].text
    unchanged = {name for name in PARTS if after[name].headers["etag"] == before[name]}
    assert unchanged >= {"header", "people", "student", "steps"}


def test_a_refusal_shows_every_reason_at_the_form_and_keeps_what_was_typed(counselor: Browser) -> None:
    address = counselor.opens()

    page = counselor.send(
        f"{address}/custody", f"{address}/release", 422, release_to="guardian", receiver="Her aunt, I think"
    )

    assert {"I-2", "I-3"} <= set(re.findall(r'<span class="rule">([^<]+)</span>', page))
    assert 'value="Her aunt, I think"' in page


def test_a_refusal_is_said_in_spanish(site: TestClient, district: District) -> None:
    browser = at_console(site, district, COUNSELOR, "es")
    address = browser.opens()

    page = browser.send(f"{address}/custody", f"{address}/release", 422, release_to="guardian")

    assert "Elija al adulto que consta y compruebe antes quién es" in words(page)


def test_who_was_slower_sees_who_was_faster_and_loses_no_word(counselor: Browser, nurse: Browser) -> None:
    address = counselor.opens()
    page, action = f"{address}/custody", f"{address}/offer-student"
    slow = nurse.form(page.replace("custody", "people"), f"{address}/lead")
    counselor.send(f"{address}/people", f"{address}/lead", lead="p-teacher")

    answer = nurse.post(f"{address}/lead", {**slow, "lead": "p-nurse"}, 409)

    assert "Somebody was faster" in words(answer)
    assert "Given P-Counselor named a lead" in words(answer)
    assert action in counselor.get(page)


def test_a_stale_version_says_what_changed_and_offers_three_ways_on(counselor: Browser, nurse: Browser) -> None:
    address = counselor.opens()
    page = f"{address}/steps/tell_admin"
    slow = {**nurse.form(page, f"{page}/complete"), "occurred_at": "2026-10-06 10:00", "evidence.x": "He knows of it"}
    counselor.send(page, f"{page}/complete")

    answer = nurse.post(f"{page}/complete", slow, 409)
    mine = dict(HIDDEN.findall(answer[answer.index('id="conflict"') : answer.index('id="conflict"') + 4000]))
    nurse.post(f"{address}/note", {each: mine[each] for each in ("csrf", "key", "note")})

    assert "Given P-Counselor finished this step" in words(answer)
    assert "Compare: what stands there now" in words(answer)
    assert "We kept what you typed:" in words(answer)
    assert "He knows of it" in mine["note"]
    assert f'href="{address}" data-discard' in answer
    assert "He knows of it" in nurse.get(address)


def test_sending_a_form_twice_is_sending_it_once(counselor: Browser) -> None:
    address = counselor.opens()
    filled = {**counselor.form(address, f"{address}/note"), "note": "Only once please"}

    first_time, second_time = (counselor.post(f"{address}/note", filled) for _ in range(2))

    assert first_time == second_time == address
    assert counselor.get(address).count("Only once please") == 1


def test_a_screening_is_recorded_word_for_word_and_an_empty_answer_is_no_no(counselor: Browser) -> None:
    address, step = counselor.opens(), first(StepType.SCREEN)
    page = counselor.get(f"{address}/steps/{step.id}")

    assert "In the past few weeks, have you wished you were dead?" in words(page)
    assert "Would not answer" in page


def test_an_instrument_without_an_introduction_shows_no_empty_frame(counselor: Browser) -> None:
    page = counselor.get(f"{counselor.opens()}/steps/{first(StepType.SCREEN).id}")

    assert [text_of(frame) for frame in parsed(page).iter("blockquote")] == []


def test_the_emergency_lane_is_one_step_away_and_shows_everywhere(counselor: Browser) -> None:
    address = counselor.opens()
    danger = suicide_risk().lane.dangers[0].id

    counselor.send(f"{address}/emergency", f"{address}/emergency", dangers=danger, called_911="yes")

    assert "Emergency: stay with the student." in words(counselor.get(address))
    assert "Emergency." in words(counselor.get("/board"))
    counselor.send(f"{address}/emergency", f"{address}/emergency-over", outcome="The ambulance took over")
    assert "Emergency: stay with the student." not in words(counselor.get(address))


def test_a_drill_says_so_on_every_page_and_has_no_student(counselor: Browser) -> None:
    address = counselor.opens(drill="yes")

    assert [
        "DRILL · not a real incident" in words(counselor.get(page)) for page in (address, f"{address}/custody")
    ] == [True, True]
    assert "There is no student." in words(counselor.get(address))


def test_somebody_without_need_to_know_gets_the_answer_for_what_is_not_there_pr_52(
    site: TestClient, district: District, counselor: Browser
) -> None:
    address = counselor.opens(student=STUDENT)
    neighbour = at_console(site, district, NEIGHBOUR)

    refused, missing = neighbour.get(address, 404), neighbour.get("/incidents/01aaaaaaaaaaaaaaaaaaaaaaaa", 404)

    assert words(refused) == words(missing)
    assert neighbour.client.get(f"{address}/parts/student").status_code == 404
    assert address not in neighbour.get("/board")


def test_a_form_without_its_token_changes_nothing(counselor: Browser) -> None:
    address = counselor.opens()
    fields = {**counselor.form(address, f"{address}/note"), "note": "From elsewhere", "csrf": "wrong"}

    page = counselor.post(f"{address}/note", fields, 403)

    assert "tel:911" in page
    assert "From elsewhere" not in counselor.get(address)


def test_blocked_contact_hides_the_numbers_and_says_so_first(counselor: Browser) -> None:
    """I-10: the prohibition stands where the call would be made."""
    address, step = counselor.opens(student=STUDENT), first(StepType.CONTACT)
    blocking = next(rule.id for rule in step.exceptions if rule.blocks_guardians)

    form = f"{address}/steps/{step.id}"

    counselor.send(form, f"{form}/exception", exception=blocking, reason="Afraid to go home")

    page = counselor.get(address)
    assert "Do not contact the family" in words(page)
    assert 'href="tel:+' not in counselor.get(f"{address}/student")
    assert "must file a report" in words(page)
    assert "Do not contact the family" in counselor.get_part(f"{address}/parts/next")  # an open page hears of it


def test_a_finished_act_step_names_who_did_it(counselor: Browser) -> None:
    address = counselor.opens()
    simple = {StepType.ACT, StepType.NOTIFY, StepType.DOCUMENT, StepType.MEETING}
    steps = [s for s in suicide_risk().steps if s.type in simple]
    action = {s.id: f"{address}/steps/{s.id}/complete" for s in steps}
    step = next(s for s in steps if action[s.id] in counselor.get(f"{address}/steps/{s.id}"))

    counselor.send(f"{address}/steps/{step.id}", action[step.id], **fields_for(step))

    assert f"Done: {step.title.en}" in words(counselor.get(address))


FORM_OF = {
    StepType.ACT: "complete",
    StepType.NOTIFY: "complete",
    StepType.DOCUMENT: "complete",
    StepType.MEETING: "complete",
    StepType.SCREEN: "screen",
    StepType.ASSESS: "tier",
    StepType.DECISION: "decide",
    StepType.CONTACT: "contact",
    StepType.PAGE: "page",
    StepType.HANDOFF: "offer",
    StepType.FOLLOW_UP: "follow-up",
}


def test_each_kind_of_step_has_its_form_or_a_page_of_its_own() -> None:
    assert set(FORM_OF) == set(StepType) - {StepType.CUSTODY, StepType.REVIEW}
    assert set(FORM_OF.values()) <= set(STEP_FORMS)


def test_an_open_step_shows_the_form_of_its_kind(counselor: Browser, district: District) -> None:
    address = counselor.opens(student=STUDENT)
    with district.store.read() as tx:
        incident = incidents.load(tx, IncidentId(address.rpartition("/")[2]))
    forms = {f"{address}/steps/{s.id}": FORM_OF.get(s.type) for s in open_steps(incident, suicide_risk())}

    lacking = [page for page, form in forms.items() if form and f'action="{page}/{form}"' not in counselor.get(page)]

    assert lacking == []
    assert any(forms.values())


def test_the_language_is_switched_with_a_button(counselor: Browser) -> None:
    answer = counselor.client.post("/language", data={"to": "es", "back": "/board"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    assert "Tablero de incidentes" in counselor.get("/board")


def test_the_language_button_leads_to_our_own_pages_only(counselor: Browser) -> None:
    leads = [
        counselor.client.post("/language", data={"to": "es", "back": back}).headers["location"]
        for back in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example")
    ]

    assert leads == ["/board"] * 3
