"""A parent asks to see the record: the deadline of the law, two people, no other student in it, and a row for it."""

from datetime import time, timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.authorities import Granted
from crisis.policy.directives import Directive
from crisis.policy.hours import AvoidedTime
from crisis.policy.naming import NameToUse
from crisis.privacy_words import Authority, AuthorityPaper, ContactWay, InstructionSource, RestrictionKind
from crisis.record_words import InfoAction, InfoAudience, NameContext, Preference
from crisis.referral_words import DataPoint
from crisis.store import (
    authorities,
    directives,
    disclosures,
    family_plan,
    hours,
    interpreting,
    names,
    people,
    preferences,
    records_requests,
    restrictions,
    roster,
    statements,
)
from crisis.store.engine import Store
from crisis.store.interpreting import InterpreterWish
from crisis.store.restrictions import Entry
from crisis.vocabulary import Guardian, PersonId, Relation, StaffRole, StudentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import COUNSELOR, OFFICER, STRANGER, District, a_district, acting
from tests.web.test_pages import Browser, at_console, words

pytestmark = pytest.mark.page

NEW = f"/students/{STUDENT}/requests"
MOTHER, FATHER, LEAD = PersonId("p-mother"), PersonId("p-father"), PersonId("p-lead")
OTHER = StudentId("st-other")
TOLD = "Benedict Underhill pushed her. Later Benedict laughed."
FEDERAL = timedelta(days=45)
TODAY = (clock.now() - timedelta(days=1)).date()  # over everywhere


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, relation in ((MOTHER, Relation.PARENT), (FATHER, Relation.PARENT)):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=False, language="en")
            roster.tie(tx, STUDENT, person, relation, guardian=Guardian.YES, priority=1)
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        roster.add_student(tx, (DISTRICT, SCHOOL), OTHER, ("Benedict", "Underhill"))
        barred = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, barred, by=COUNSELOR, at=clock.now())
        tx.exec_driver_sql("UPDATE student SET birth_date = '2012-03-01'")
    return made


def told(site: TestClient, district: District) -> str:
    """An incident in which somebody wrote about another student."""
    api = acting(site, district.token(COUNSELOR))
    incident, seen = api.opened(student=STUDENT)
    api.order(incident, "add-note", seen, words=TOLD)
    api.get(f"/incidents/{incident}")
    return incident


def asked(officer: Browser, who: str = MOTHER, status: int = 303) -> str:
    return officer.send(NEW, f"{NEW}/record", status, who=who, asked_on=str(TODAY))


def everything(incident: str, **changes: str) -> dict[str, str]:
    chosen = {f"incident:{incident}": "give", "restrictions": "court_paper+quiet", "ledger": "give", **changes}
    return {f"parts.{key}": value for key, value in chosen.items()}


def test_it_is_due_as_the_law_says_and_the_copy_has_no_other_student_pr_38_pr_39(
    site: TestClient, district: District
) -> None:
    incident, officer = told(site, district), at_console(site, district, OFFICER)
    page = asked(officer)
    due = words(officer.get("/records-requests"))

    officer.post(f"{page}/prepare", {**officer.form(page, f"{page}/prepare"), **everything(incident)})
    copy = officer.send(page, f"{page}/release", 200)

    shown = words(copy)
    assert f"until {TODAY + FEDERAL}" in due
    assert "[…] pushed her. Later […] laughed." in shown
    assert "Benedict" not in copy
    assert "Underhill" not in copy
    assert "34 CFR 99.33" in shown
    assert "What was kept back" not in shown  # the officer decided that it is not said
    assert "Who must not be contacted" not in shown
    with district.store.read() as tx:
        row = disclosures.of_student(tx, district.store.keys, STUDENT)[0]
    assert (row.fields, row.persons, row.notice, row.released_by) == (("events", "ledger"), (MOTHER,), True, OFFICER)
    assert "Nobody waits for a record." in words(officer.get("/records-requests"))


def test_each_part_is_decided_and_what_is_kept_back_has_its_reason_pr_39(site: TestClient, district: District) -> None:
    incident, officer = told(site, district), at_console(site, district, OFFICER)
    written = acting(site, district.token(COUNSELOR)).get(f"/incidents/{incident}/events").body["events"]
    seq = next(each["seq"] for each in written if each["event"] == "NoteAdded")
    page = asked(officer)
    begun = officer.form(page, f"{page}/prepare")
    undecided = officer.post(f"{page}/prepare", {**begun, f"parts.incident:{incident}": "give"}, 422)

    kept = everything(incident, restrictions="court_paper", **{f"line:{incident}:{seq}": "other_student"})
    officer.post(f"{page}/prepare", {**officer.form(page, f"{page}/prepare"), **kept})
    shown = words(officer.send(page, f"{page}/release", 200))

    assert "Decide for each part" in words(undecided)
    assert "pushed her" not in shown
    assert "Who must not be contacted: a court paper forbids it" in shown
    assert "A line: it is about another student (34 CFR 99.12)" in shown


def test_what_is_very_restricted_is_looked_at_by_two_people_pr_39_pr_64(site: TestClient, district: District) -> None:
    incident, officer = told(site, district), at_console(site, district, OFFICER)
    page = asked(officer)
    chosen = everything(incident, restrictions="give")
    officer.post(f"{page}/prepare", {**officer.form(page, f"{page}/prepare"), **chosen})
    csrf = officer.form(page, f"{page}/prepare")

    early = officer.post(f"{page}/release", csrf, 422)
    own = officer.post(f"{page}/check", csrf, 422)
    at_console(site, district, LEAD).send(page, f"{page}/check")
    shown = words(officer.send(page, f"{page}/release", 200))

    assert "a second person looks at it first" in words(early)
    assert "You went through it" in words(own)
    assert "A court order" in shown


def asked_for(district: District) -> str:
    """What the family and the student asked for, field by field. The id of one of the times."""
    at, keys = clock.now(), district.store.keys
    with district.store.write() as tx:
        known = people.student(tx, STUDENT)
        use = NameToUse(name="Xi", contexts=frozenset({NameContext.FACE_TO_FACE}), source=InstructionSource.STUDENT)
        names.add(tx, keys, known, use, by=COUNSELOR, at=at)
        wish = preferences.Asked(preference=Preference.NO_UNIFORM, source=InstructionSource.FAMILY)
        preferences.add(tx, (DISTRICT, STUDENT), wish, by=COUNSELOR, at=at)
        family_plan.set_order(tx, known, [FATHER, MOTHER], InstructionSource.FAMILY, by=COUNSELOR, at=at)
        told = Directive(audience=InfoAudience.CLINICIAN, category=DataPoint.MEANS, action=InfoAction.SHARE)
        directives.add(tx, known, told, InstructionSource.STUDENT, by=COUNSELOR, at=at)
        pickup = Granted(person=MOTHER, authority=Authority.PICKUP, paper=AuthorityPaper.SIGNED_STATEMENT)
        authorities.enter(tx, known, pickup, by=COUNSELOR, at=at)
        interpreted = InterpreterWish(not_these=("Benedict Underhill",))
        interpreting.set_wish(tx, keys, known, MOTHER, interpreted, by=COUNSELOR, at=at)
        hours.set_ways(tx, known, MOTHER, [ContactWay.TEXT], by=COUNSELOR, at=at)
        prayer = AvoidedTime(person=None, starts=time(12, 30), ends=time(14))
        return hours.add(tx, known, prayer, InstructionSource.FAMILY, by=COUNSELOR, at=at)


def test_what_they_asked_for_is_part_of_the_record_and_what_betrays_most_takes_two_people_pr_39_pr_64(
    site: TestClient, district: District
) -> None:
    night, incident, officer = asked_for(district), told(site, district), at_console(site, district, OFFICER)
    page = asked(officer)
    fields = ("names", "preferences", "call_order", "directives", "authorities", "interpreters", "times")
    csrf = officer.form(page, f"{page}/prepare")
    undecided = officer.post(f"{page}/prepare", {**csrf, **everything(incident)}, 422)
    chosen = everything(incident, **dict.fromkeys(fields, "give"), **{f"line:times:{night}": "not_a_record"})
    officer.post(f"{page}/prepare", {**csrf, **chosen})

    early = officer.post(f"{page}/release", csrf, 422)
    at_console(site, district, LEAD).send(page, f"{page}/check")
    copy = words(officer.send(page, f"{page}/release", 200))

    assert "Decide for each part" in words(undecided)
    assert "a second person looks at it first" in words(early)
    for shown in (
        "Xi: When staff talk",
        "without a uniform",
        "1. Given",
        "May take the student home",
        "Not these: […]",
    ):
        assert shown in copy
    assert ": Text" in copy
    assert "12:30" not in copy  # one line was kept back
    assert "Benedict" not in copy


def test_who_has_no_right_to_see_it_is_refused_and_that_is_in_the_ledger_pr_31(
    site: TestClient, district: District
) -> None:
    officer = at_console(site, district, OFFICER)

    refused = asked(officer, FATHER, 422)

    with district.store.read() as tx:
        (row,) = disclosures.of_student(tx, district.store.keys, STUDENT)
        assert records_requests.of_district(tx, DISTRICT) == []
    assert "nothing about the student goes to them" in words(refused)
    assert (row.went_out, row.persons, row.rules) == (False, (FATHER,), ("PR-1",))


def test_what_the_family_says_about_it_goes_with_every_copy_and_cannot_be_kept_back(
    site: TestClient, district: District
) -> None:
    """34 CFR 99.21: also in an export; other students are hidden in it too."""
    incident, officer = told(site, district), at_console(site, district, OFFICER)
    page, said = asked(officer), f"/students/{STUDENT}/statements"
    empty = officer.send(said, f"{said}/add", 422, who=MOTHER, text="  ")
    officer.send(said, f"{said}/add", who=MOTHER, text="It was Benedict Underhill who began.")
    wrong = officer.send(said, f"{said}/add", 422, who=COUNSELOR, text="Not mine to say")

    officer.post(f"{page}/prepare", {**officer.form(page, f"{page}/prepare"), **everything(incident)})
    copy = words(officer.send(page, f"{page}/release", 200))

    assert "Fill this in." in words(empty)
    assert "a parent's right" in words(wrong)
    assert "What the family says about it" in copy
    assert "It was […] who began." in copy
    with district.store.read() as tx:
        assert "family_statement" in disclosures.of_student(tx, district.store.keys, STUDENT)[0].fields
        assert [each.text for each in statements.of_student(tx, district.store.keys, STUDENT)] == [
            "It was Benedict Underhill who began."
        ]
        stored = str([tx.exec_driver_sql(f"SELECT * FROM {name}").all() for name in ("record_statement", "words")])
    assert "Underhill" not in stored


def test_nobody_else_answers_a_request(site: TestClient, district: District) -> None:
    page = asked(at_console(site, district, OFFICER))

    for person in (COUNSELOR, STRANGER):
        other = at_console(site, district, person)
        for path in (NEW, page, "/records-requests", f"/students/{STUDENT}/statements"):
            other.get(path, 404)
        assert other.client.post(f"{page}/withdraw", data={"csrf": ""}).status_code in (403, 404)


def test_in_spanish_and_taken_back(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER, "es")
    page = asked(officer)

    assert "Solicitud de expediente" in words(officer.get(page))
    officer.send(page, f"{page}/withdraw")
    assert "Nadie espera un expediente." in words(officer.get("/records-requests"))


def test_a_program_takes_a_request_and_hands_nothing_out_pr_39(site: TestClient, district: District) -> None:
    officer, nobody = acting(site, district.token(OFFICER)), acting(site, district.token(COUNSELOR))
    said = {"person": MOTHER, "asked_on": str(TODAY)}

    made = officer.post(f"/students/{STUDENT}/records-requests", said)
    (one,) = made.body
    hidden = nobody.post(f"/students/{STUDENT}/records-requests", said)
    barred = officer.post(f"/students/{STUDENT}/records-requests", {**said, "person": FATHER})
    stated = officer.post(f"/students/{STUDENT}/statements", {"person": MOTHER, "text": "It was the other way round."})
    left = officer.post(f"/records-requests/{one['id']}/withdraw", {})

    assert (made.status, one["person"], one["due_on"], one["stage"]) == (201, MOTHER, f"{TODAY + FEDERAL}", "begun")
    assert (hidden.status, nobody.get("/records-requests").status) == (404, 404)
    assert (barred.status, barred.body["reasons"][0]["rule"]) == (422, "PR-1")
    assert [each["text"] for each in stated.body] == ["It was the other way round."]
    assert left.body == []


def test_whoever_is_related_to_the_student_answers_no_request_pr_54(site: TestClient, district: District) -> None:
    page = asked(at_console(site, district, OFFICER))
    with district.store.write() as tx:
        roster.tie(tx, STUDENT, LEAD, Relation.RELATIVE, guardian=Guardian.NO, priority=3)

    lead = at_console(site, district, LEAD)

    assert "Nobody waits for a record." in words(lead.get("/records-requests"))
    assert lead.get(page, 404)
    assert lead.get(NEW, 404)


def test_a_parent_whose_family_is_blocked_gets_no_copy_at_a_press_the_officer_decides_and_says_so_pr_4(
    site: TestClient, district: District
) -> None:
    """I-10: also because an incident left the block to the record. The request is taken down; its days run on."""
    incident, officer = told(site, district), at_console(site, district, OFFICER)
    with district.store.write() as tx:
        restrictions.family_stays_blocked(tx, STUDENT, DISTRICT, by=COUNSELOR, at=clock.now())
    page = asked(officer)
    officer.post(f"{page}/prepare", {**officer.form(page, f"{page}/prepare"), **everything(incident)})
    why = "The family must not be contacted, because abuse is suspected: the privacy officer decides, and says so"
    lead = at_console(site, district, LEAD)

    assert "a copy in the wrong hands can hurt the student" in words(officer.get(page))
    assert why in words(officer.send(page, f"{page}/release", 422))
    assert why in words(lead.send(page, f"{page}/release", 422, although_blocked="yes"))
    officer.send(page, f"{page}/release", 200, although_blocked="yes")

    with district.store.read() as tx:
        rows = disclosures.of_student(tx, district.store.keys, STUDENT)
    assert [(row.went_out, row.released_by, "PR-4" in row.rules) for row in rows if MOTHER in row.persons] == [
        (True, OFFICER, True),
        (False, LEAD, True),
        (False, OFFICER, True),
    ]
    shown = words(at_console(site, district, COUNSELOR).get(f"/students/{STUDENT}/contacts"))
    assert "The family: every guardian · Abuse is suspected" in shown
