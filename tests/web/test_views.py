"""One story told to everybody: the page and the API show each person the same, and what their view lists."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.access_words import Matter
from crisis.policy.directory import Entry
from crisis.policy.projection import LISTED, View, listed
from crisis.referral_words import AgencyKind, DataPoint
from crisis.store import directory, partners, roster
from crisis.store.engine import open_store
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.policy.test_agreements import TERMS, ZONE
from tests.web.district import (
    COUNSELOR,
    NURSE,
    OFFICER,
    SETTINGS,
    TEACHER,
    Api,
    District,
    a_district,
    acting,
)
from tests.web.test_matrix import nothing_on_record
from tests.web.test_pages import at_console, words
from web.app import build_app
from web.pages import errors
from web.pages.incident import PARTS, SHEETS

PSYCHOLOGIST, PRINCIPAL = PersonId("p-psychologist"), PersonId("p-principal")
LEAD, PARTNER = PersonId("p-district-lead"), PersonId("p-partner")
AGREED = frozenset({DataPoint.RISK, DataPoint.GUARDIANS})
VIEWS = {
    COUNSELOR: View.LEAD,
    LEAD: View.LEAD,
    OFFICER: View.RECORDS,
    PSYCHOLOGIST: View.CLINICIAN,
    NURSE: View.RESPONDER,
    PRINCIPAL: View.LOGISTICS,
    PARTNER: View.PARTNER,
}
# What was written, in words that stand nowhere else, and what it is about.
WRITTEN = {
    "Zebrawood stairs": Matter.SAFETY,
    "Quartz as she said it": Matter.NOTES,
    "Cobalt in the talk": Matter.CARE,
    "Ochre at home": Matter.PROTECTION,
    "Umber 4711": Matter.PROTECTION,
}
REPORTER = "Given P-Teacher"
OF_RECORD = (*errors.OF_RECORD, "disclosures")


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    at, today = clock.now(), clock.now().date()
    with store.write() as tx:
        for person, post, school in (
            (PSYCHOLOGIST, StaffRole.PSYCHOLOGIST, SCHOOL),
            (PRINCIPAL, StaffRole.PRINCIPAL, SCHOOL),
            (LEAD, StaffRole.DISTRICT_LEAD, None),
            (PARTNER, StaffRole.CLINICIAN, SCHOOL),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, school)
        agency = directory.add(tx, DISTRICT, Entry(name="Mill Street", kind=AgencyKind.HEALTH_CENTER), by=LEAD, at=at)
        terms = replace(TERMS, agency=agency, first_day=today - timedelta(9), last_day=today + timedelta(9))
        partners.record(tx, DISTRICT, replace(terms, data_points=AGREED), ZONE, by=OFFICER, at=at)
        partners.put_in(tx, DISTRICT, PARTNER, agency, by=OFFICER, at=at)
    yield made
    store.close()


def told(site: TestClient, district: District) -> str:
    """A teacher raises it, a counselor leads, screens, decides, and declares why the family is not called."""
    incident, seq = acting(site, district.token(TEACHER)).opened(beside="nobody", place="Zebrawood stairs")
    counselor = acting(site, district.token(COUNSELOR))
    answers = {f"q{n}": "yes" if n == 1 else "no" for n in range(1, 6)}
    contact, assess = {"step": "guardian_contact"}, {"step": "assess"}

    def ordered(name: str, **body: object) -> None:
        nonlocal seq
        answer = counselor.order(incident, name, seq, **body)
        assert answer.status == 200, (name, answer.body)
        seq = answer.body["seq"]

    ordered("identify-student", student=STUDENT)
    ordered("assign-lead", to=COUNSELOR)
    ordered("take-custody")
    ordered("offer-custody", to=PARTNER)
    ordered("add-note", words="Quartz as she said it")
    asked = {"instrument": "asq", "answers": answers, "language": "en", "language_help": "shared"}
    ordered("record-screen", step="screen", **asked)
    talk = {"instrument": "bssa", "disposition": "non_urgent_follow_up", "right_now": "no"}
    ordered("record-interview", **assess, **talk, rationale="Cobalt in the talk")
    ordered("set-tier", **assess, tier="moderate", rationale="Cobalt in the talk")
    ordered("declare-exception", **contact, exception="contraindicated", reason="Ochre at home")
    owed = counselor.get(f"/incidents/{incident}").body["obligations"]
    ordered("file-report", obligation=next(iter(owed)), agency="DCF", number="Umber 4711")
    return incident


def api(site: TestClient, district: District, person: PersonId) -> Api:
    return acting(site, district.token(person))


def test_page_and_api_show_each_what_their_view_lists_and_no_more_pr_41_pr_48(
    site: TestClient, district: District
) -> None:
    incident = told(site, district)

    for person, view in VIEWS.items():
        held = listed(view, AGREED if view is View.PARTNER else None)
        page = words(at_console(site, district, person).get(f"/incidents/{incident}"))
        other = api(site, district, person)
        body, events = other.get(f"/incidents/{incident}").body, other.get(f"/incidents/{incident}/events").body
        expected = {written for written, matter in WRITTEN.items() if matter in held}

        assert body["view"] == view
        assert {each for each in WRITTEN if each in page} == expected, person
        assert {each for each in WRITTEN if each in events["words"].values()} == expected, person
        assert ("Screened with ASQ" in page) == (Matter.CARE in held), person
        assert ("ScreenRecorded" in str(events)) == (Matter.CARE in held), person
        timeline = re.split("Add a note", page)[1]
        assert (REPORTER in timeline) == (Matter.REPORTER in held), person
        assert (TEACHER in str(body) + str(events)) == (Matter.REPORTER in held), person
        assert ("Quetzal" in page) == (Matter.STUDENT in held), person
        assert "Do not contact the family" in page, person  # the effect is for everybody


def test_a_partner_is_shown_what_the_agreement_lists_and_told_that_the_rest_is_not_known_to_them(
    site: TestClient, district: District
) -> None:
    incident = told(site, district)
    partner, client = at_console(site, district, PARTNER), api(site, district, PARTNER)

    page, body = words(partner.get(f"/incidents/{incident}")), client.get(f"/incidents/{incident}").body

    assert "Your agreement does not list who the student is" in page
    assert "We do not know yet which student this is" not in page
    assert (body["tier"], "student" in body, "handoffs" in body) == ("moderate", False, False)
    for sheet in ("student", "handoffs", "referrals"):
        assert partner.client.get(f"/incidents/{incident}/{sheet}").status_code == 404
    assert "Umber" not in words(partner.get(f"/incidents/{incident}/duties"))
    board = client.get("/incidents").body["open"]
    assert board[0]["tier"] == "moderate"


def test_a_partner_whose_agreement_does_not_list_the_risk_gets_a_board_and_a_page_without_it(
    site: TestClient, district: District
) -> None:
    incident, today = told(site, district), clock.now().date()
    with district.store.write() as tx:
        agency = partners.members(tx, DISTRICT)[0].agency
        terms = replace(TERMS, agency=agency, first_day=today - timedelta(1), last_day=today + timedelta(9))
        terms = replace(terms, data_points=frozenset({DataPoint.LANGUAGE}))
        partners.record(tx, DISTRICT, terms, ZONE, by=OFFICER, at=clock.now())
    partner, client = at_console(site, district, PARTNER), api(site, district, PARTNER)

    entry = client.get(f"/incidents/{incident}/events").body["events"][0]["seq"]
    sheets = ("", "/people", f"/entries/{entry}", "/conflicts")
    pages = ("/board", *(f"/incidents/{incident}{each}" for each in sheets))
    shown = [words(partner.get(path)) for path in pages]
    row = client.get("/incidents").body["open"][0]

    for each in shown:
        assert "uicid" not in each.partition("988")[0]
        assert "Moderate" not in each
    assert "Nothing is open right now" not in shown[1]
    assert not {"tier", "crisis_type", "next"} & set(row)
    assert client.get(f"/incidents/{incident}/next").body["next"] == []
    assert partner.client.get(f"/incidents/{incident}/steps/assess").status_code == 404


def test_a_second_signer_reads_why_before_they_sign(site: TestClient, district: District) -> None:
    """The principal signs a level below what the instruments ask for, and reads its reason as long as it waits."""
    incident, _ = api(site, district, COUNSELOR).opened()
    counselor, principal = at_console(site, district, COUNSELOR), at_console(site, district, PRINCIPAL)
    steps = f"/incidents/{incident}/steps"
    counselor.identifies(f"/incidents/{incident}", "quetzal", STUDENT)
    asked = {f"answers__q{n}": "yes" if n in (1, 5) else "no" for n in range(1, 6)}
    screen = {"instrument": "asq", "language": "en", "language_help": "shared", **asked}
    counselor.send(f"{steps}/screen", f"{steps}/screen/screen", **screen)
    talk = {"instrument": "bssa", "disposition": "non_urgent_follow_up", "right_now": "no", "rationale": "Cobalt talk"}
    counselor.send(f"{steps}/assess", f"{steps}/assess/interview", **talk)
    counselor.send(f"{steps}/assess", f"{steps}/assess/tier", tier="low", rationale="Sienna, as her mother saw it")

    waiting = words(principal.get(f"{steps}/assess"))
    principal.send(f"{steps}/assess", f"{steps}/assess/sign")
    after = words(principal.get(f"/incidents/{incident}"))

    assert "Sienna, as her mother saw it" in waiting
    assert "Cobalt talk" not in waiting
    assert "Sienna" not in after
    assert LISTED[View.LOGISTICS].isdisjoint({Matter.CARE})


def test_openapi_says_which_fields_each_view_has(district: District) -> None:
    schema = build_app(district.store, SETTINGS).openapi()

    answer = schema["paths"]["/api/v1/incidents/{incident_id}"]["get"]["responses"]["200"]["content"]
    mapping = answer["application/json"]["schema"]["discriminator"]["mapping"]
    models = {view: schema["components"]["schemas"][ref.rpartition("/")[2]] for view, ref in mapping.items()}
    assert set(mapping) == {each.value for each in View} - {"status", "page"}
    assert "opened_by" in models["lead"]["properties"]
    assert "opened_by" not in models["clinician"]["properties"]


def test_no_page_shows_what_cannot_be_put_on_record_pr_58(site: TestClient, district: District) -> None:
    """Each page of an incident and of a student, and each part that an open page pulls."""
    incident = told(site, district)
    counselor = at_console(site, district, COUNSELOR)
    parts, sheets = [f"parts/{each}" for each in PARTS], [*SHEETS, "conflicts", "brief/emergency", "steps/assess"]
    of_student = ("contacts", "instructions", "wishes", "names", "consents", "call-order")
    addresses = [f"/incidents/{incident}", *(f"/incidents/{incident}/{each}" for each in (*parts, *sheets))]
    addresses += [f"/students/{STUDENT}/{each}" for each in of_student]
    client = TestClient(site.app, base_url=SETTINGS.public_url, raise_server_exceptions=False)
    client.cookies.set("session", counselor.client.cookies["session"])

    with nothing_on_record():
        answers = {each: client.get(each, headers={"accept": "text/html"}) for each in addresses}
    shown = client.get(addresses[0], headers={"accept": "text/html"})

    assert shown.status_code == 200
    assert {each: answer.status_code for each, answer in answers.items()} == dict.fromkeys(addresses, 503)
    for answer in answers.values():
        assert "What cannot be put on record is not shown" in words(answer.text)
        assert not [each for each in (*WRITTEN, "Quetzal", "uicid") if each in answer.text]


def test_a_partner_with_a_school_post_does_not_come_into_a_record_by_the_schools_door(
    site: TestClient, district: District
) -> None:
    """The incident is cut by the agreement; the pages of the record are the school's own staff's (3.2)."""
    incident = told(site, district)
    with district.store.write() as tx:
        roster.give_post(tx, DISTRICT, PARTNER, StaffRole.COUNSELOR, SCHOOL)
        agency = partners.members(tx, DISTRICT)[0].agency
        today = clock.now().date()
        whole = replace(TERMS, agency=agency, first_day=today - timedelta(1), last_day=today + timedelta(9))
        partners.record(
            tx, DISTRICT, replace(whole, data_points=frozenset(DataPoint)), ZONE, by=OFFICER, at=clock.now()
        )
    partner, colleague = at_console(site, district, PARTNER), at_console(site, district, PSYCHOLOGIST)
    client = api(site, district, PARTNER)
    pages = [f"/students/{STUDENT}/{each}" for each in OF_RECORD]
    found = {"school": SCHOOL, "name": "quetzal"}

    sheet = partner.get(f"/incidents/{incident}/student")

    assert "Quetzal" in sheet
    assert "/students/" not in sheet
    assert f"/students/{STUDENT}/contacts" in colleague.get(f"/incidents/{incident}/student")
    assert {each: partner.client.get(each).status_code for each in pages} == dict.fromkeys(pages, 404)
    assert {colleague.client.get(each).status_code for each in pages} <= {200, 404}
    for each in ("contacts", "instructions", "preferences", "names", "consents", "call-order", "disclosures"):
        assert client.get(f"/students/{STUDENT}/{each}").status == 404, each
    assert client.post("/students/find", found).status == 404
    with district.store.write() as tx:
        partners.take_out(tx, DISTRICT, PARTNER, by=OFFICER, at=clock.now())
    opened = {each for each in pages if partner.client.get(each).status_code == 200}
    assert opened == {each for each in pages if colleague.client.get(each).status_code == 200} != set()


def test_who_was_slower_is_told_of_a_conflict_what_their_view_lists_pr_41_pr_48(
    site: TestClient, district: District
) -> None:
    """A teacher who raised it and a counselor both say that they are with the student."""
    teacher, counselor = api(site, district, TEACHER), api(site, district, COUNSELOR)
    incident, seen = teacher.opened(beside="nobody")
    counselor.order(incident, "assign-lead", seen, to=COUNSELOR)
    principal = at_console(site, district, PRINCIPAL)
    stale = principal.form(f"/incidents/{incident}/custody", f"/incidents/{incident}/take")
    counselor.order(incident, "take-custody", seen)

    hidden = teacher.order(incident, "take-custody", seen)
    told_of = api(site, district, NURSE).order(incident, "take-custody", seen)
    page = words(principal.post(f"/incidents/{incident}/take", stale, 409))

    assert (hidden.status, told_of.status) == (409, 409)
    assert [(each["event"], each["by"]) for each in told_of.body["changes"]] == [("CustodyTaken", COUNSELOR)]
    assert [(each["event"], each["by"]) for each in hidden.body["changes"]] == [(None, None)]
    assert "Given P-Counselor recorded who is with the student" in page


def test_a_partner_reads_of_corrections_and_marks_what_the_agreement_lists(
    site: TestClient, district: District
) -> None:
    incident = told(site, district)
    counselor, partner = at_console(site, district, COUNSELOR), at_console(site, district, PARTNER)
    events = api(site, district, COUNSELOR).get(f"/incidents/{incident}/events").body["events"]
    entries = {each["event"]: each["seq"] for each in events}
    note = f"/incidents/{incident}/entries/{entries['NoteAdded']}"
    counselor.send(note, f"/incidents/{incident}/correct", correction="Vermilion was right", in_error="yes")

    seen = [
        words(partner.get(f"/incidents/{incident}/{each}")) for each in ("marks", f"entries/{entries['CustodyTaken']}")
    ]

    for name in ("NoteAdded", "ScreenRecorded", "ReportFiled", "ExceptionDeclared", "EventCorrected"):
        there = [
            each["seq"]
            for each in api(site, district, COUNSELOR).get(f"/incidents/{incident}/events").body["events"]
            if each["event"] == name
        ]
        of_it = [f"/incidents/{incident}/entries/{seq}" for seq in there]
        assert [counselor.client.get(each).status_code for each in of_it] == [200] * len(of_it), name
        hidden = name in ("NoteAdded", "ScreenRecorded", "ReportFiled", "EventCorrected")
        assert {partner.client.get(each).status_code for each in of_it} == {404 if hidden else 200}, name
    for each in seen:
        assert not [word for word in (*WRITTEN, "Vermilion", "Quetzal") if word in each]
