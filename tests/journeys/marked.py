"""A school in which every word about anybody is marked, and one whole incident of it: then every place is looked at."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

import httpx2
from sqlalchemy import text as sql
from starlette.testclient import TestClient

from crisis import clock
from crisis.notify.extras import Extras
from crisis.notify.push_crypto import PushKeys
from crisis.notify.smtp import Mailer, Server
from crisis.privacy_words import InstructionKind, InstructionSource, RestrictionKind
from crisis.record_words import FamilyStatus
from crisis.review_words import Capability, Element, EntryKind
from crisis.store import (
    accounts,
    contact_record,
    extra_ways,
    family_plan,
    improvements,
    incidents,
    instructions,
    interpreting,
    people,
    restrictions,
    reviews,
    reviews_owed,
    roster,
    school_lines,
)
from crisis.store.contact_record import Wish
from crisis.store.improvements import Plan
from crisis.store.instructions import Told
from crisis.store.interpreting import InterpreterWish
from crisis.store.restrictions import Entry
from crisis.store.reviews import Written
from crisis.store.school_lines import SchoolLine
from crisis.vocabulary import (
    DistrictId,
    Guardian,
    IncidentId,
    PersonId,
    Phase,
    Relation,
    SchoolId,
    StaffRole,
    StudentId,
)
from tests.cheap import HASHING
from tests.factories import DISTRICT, SCHOOL
from tests.journeys.hostile import payloads
from tests.journeys.town import evidence
from tests.notify.family import publish_texts
from tests.notify.pushing import Browser, a_maker, a_push
from tests.notify.test_smtp import FROM, Mailbox, a_mail_server
from tests.notify.village import ANA, BEN, COUNSELOR, LEVEL, PHONES, PRINCIPAL, PUBLIC, Village, wait_until
from web.serve import WhereOnly

PASSPHRASE = "a lamp under seven quiet stairs"
TEACHER, OPERATOR, NEIGHBOUR, STRANGER = (
    PersonId(f"p-{name}") for name in ("teacher", "operator", "neighbour", "stranger")
)
WITHOUT_NEED = {  # who must see nothing of the student: by post, by school, by district
    TEACHER: (DISTRICT, StaffRole.TEACHER, SCHOOL),
    OPERATOR: (DISTRICT, StaffRole.OPERATOR, None),
    NEIGHBOUR: (DISTRICT, StaffRole.COUNSELOR, SchoolId("s-2")),
    STRANGER: (DistrictId("d-2"), StaffRole.COUNSELOR, SchoolId("s-9")),
}
FROM_HER = "a text that the mother wrote"
CHILD, MOTHER, FATHER = StudentId("st-marked"), PersonId("p-mother"), PersonId("p-father")


@dataclass
class Marks:
    """One word or number for each field, which stands nowhere else in the world.

    Behind the mark stands what would do harm in a page that took it for more than words (F122).
    """

    dice: Random = field(default_factory=lambda: Random(60))
    harm: Iterator[str] = field(default_factory=payloads)
    words: dict[str, str] = field(default_factory=dict)  # sealed: what people wrote
    names: dict[str, str] = field(default_factory=dict)  # of students and families, and their numbers
    staff: dict[str, str] = field(default_factory=dict)  # names of those who work here

    def said(self, place: str) -> str:
        self.words[place] = self._fresh()
        return self.words[place] + next(self.harm)

    def name(self, place: str, harm: str | None = None) -> str:
        self.names[place] = self._fresh()
        return self.names[place] + (next(self.harm) if harm is None else harm)

    def of_staff(self, place: str) -> str:
        self.staff[place] = self._fresh()
        return self.staff[place] + next(self.harm)

    def username(self, person: str) -> str:
        place = f"username of {person}"
        self.staff[place] = self._fresh()
        return self.staff[place].lower()

    def number(self, place: str) -> str:
        """Found by the digits that any way of writing it has in common."""
        digits = f"55504{len(self.names):02}"
        self.names[place] = digits
        return f"+1617{digits}"

    def _fresh(self) -> str:
        return "Zq" + "".join(self.dice.choices(ascii_lowercase, k=9))

    @property
    def everything(self) -> dict[str, str]:
        return self.words | self.names | self.staff

    @property
    def of_student(self) -> dict[str, str]:
        return self.words | self.names


def found_in(text: str, marks: dict[str, str]) -> list[str]:
    """The fields whose mark stands in a text, in whatever letters."""
    folded = text.casefold()
    return [place for place, mark in marks.items() if mark.casefold() in folded]


def a_marked_school(village: Village, marks: Marks) -> None:
    at, keys = village.watch(), village.store.keys
    with village.store.write() as tx:
        roster.add_district(tx, DistrictId("d-2"), "Elsewhere")
        for district, school in ((DISTRICT, "s-2"), (DistrictId("d-2"), "s-9")):
            place = SchoolId(school)
            roster.add_school(tx, district, place, "Other", zone="America/New_York", opens=time(8), closes=time(15))
        for person, (district, post, place_of) in WITHOUT_NEED.items():
            roster.add_person(tx, district, person, ("Given", "Family"), staff=True, language="en")
            roster.give_post(tx, district, person, post, place_of)
        for person in PHONES:
            name = {"given": marks.of_staff(f"given name of {person}"), "family": marks.of_staff(f"family of {person}")}
            tx.execute(sql("UPDATE person SET given = :given, family = :family WHERE id = :id"), name | {"id": person})
        for person in (COUNSELOR, PRINCIPAL, *WITHOUT_NEED):
            username = marks.username(person)
            accounts.create_account(tx, person, username, PASSPHRASE, at=at, hashing=HASHING)
        names = (marks.name("student.given"), marks.name("student.family"))
        goes_by, born = marks.name("student.preferred_given"), date(2010, 2, 27)
        marks.names["student.birth_date"] = born.isoformat()
        roster.add_student(tx, (DISTRICT, SCHOOL), CHILD, names, goes_by=goes_by, birth_date=born, language="es")
        more = {"source": marks.name("student.source_id"), "family": marks.name("student.preferred_family")}
        changed = "UPDATE student SET source_id = :source, preferred_family = :family WHERE id = :id"
        tx.execute(sql(changed), more | {"id": CHILD})
        for person in (MOTHER, FATHER):
            called = (marks.name(f"given name of {person}"), marks.name(f"family name of {person}"))
            roster.add_person(tx, DISTRICT, person, called, staff=False, language="es")
            roster.add_phone(tx, person, marks.number(f"phone of {person}"))
            roster.tie(tx, CHILD, person, Relation.PARENT, guardian=Guardian.YES, priority=1)
        roster.add_phone(tx, MOTHER, marks.name("phone.raw"))
        order = Entry(student=CHILD, person=FATHER, kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, order, by=COUNSELOR, at=at)
        line = SchoolLine(callback="+16175550170")
        school_lines.set_line(tx, DISTRICT, SCHOOL, line, by=COUNSELOR, at=at)
        home, address = (
            marks.name("contact_wish.household", "<svg onload=alert(1)>"),
            marks.name("contact_wish.email", ""),
        )
        wish = Wish(household=home, reads=("es",), email=f"{address}@example.org")
        contact_record.set_wish(tx, CHILD, MOTHER, wish, by=COUNSELOR, at=at)
        known = people.student(tx, CHILD)
        family_plan.set_status(tx, known, FamilyStatus.UNACCOMPANIED, COUNSELOR, by=COUNSELOR, at=at)
        family_plan.set_status(tx, known, None, None, by=COUNSELOR, at=at)  # else the lead decides about each parent
        unwanted = InterpreterWish(not_these=(marks.said("interpreter not wanted"),))
        interpreting.set_wish(tx, keys, known, MOTHER, unwanted, by=COUNSELOR, at=at)
        for kind in InstructionKind:
            told = Told(kind=kind, source=InstructionSource.FAMILY, text=marks.said(f"instruction {kind}"))
            instructions.add(tx, keys, (DISTRICT, CHILD), told, by=COUNSELOR, at=at)
    publish_texts(village.store, at, ("f1", "f16"))


@dataclass
class Beside:
    """What came by e-mail, and what a browser's maker was given to carry, as it was and as the browser read it."""

    letters: list[str]
    pushed: list[str]


@contextmanager
def by_mail_and_push(village: Village, folder: Path) -> Iterator[Beside]:
    box, browser, heard = Mailbox(), Browser(), Beside([], [])
    with a_mail_server(box) as port, a_maker(folder) as (maker, certificate):
        push = a_push(maker, certificate, PushKeys.new())
        mail = Mailer(Server(host="127.0.0.1", port=port, tls=False), FROM, within=2.0)
        extras = village.worker.extras = Extras(village.store, mail, push, PUBLIC, village.watch)
        with village.store.write() as tx:
            for person in (ANA, BEN, COUNSELOR, PRINCIPAL):
                code = extra_ways.give_email(tx, person, f"{person}@example.org", village.watch())
                extra_ways.confirm_email(tx, person, code, village.watch())
            extra_ways.subscribe(tx, browser.subscription(f"{maker.url}/push/a", ANA))
        yield heard
        wait_until(lambda: len(box.mails) > 1 and bool(maker.received))
        extras.close()
        push.client.close()
        heard.letters += [mail.as_string() for mail in box.mails]
        heard.pushed += [f"{each.headers} {each.claims} {browser.read(each.body)}" for each in maker.received]


def signed_in(app: object, username: str) -> TestClient:
    """A browser with the session's cookie, by the form."""
    client = TestClient(app, base_url=PUBLIC, headers={"accept": "text/html"}, follow_redirects=False)  # type: ignore[arg-type]
    answer = client.post("/login", data={"username": username, "password": PASSPHRASE})
    assert answer.status_code == 303, answer.text
    return client


@dataclass
class Story:
    """One incident from the first concern to the handoff, with a mark wherever somebody can write."""

    village: Village
    marks: Marks
    client: TestClient  # of programs
    tokens: dict[PersonId, str] = field(default_factory=dict)
    incident: str = ""

    def opens(self) -> None:
        place = self.marks.said("place")
        body = {"mode": "live", "school": SCHOOL, "crisis_type": "suicide_ideation", "beside": "me", "student": CHILD}
        answer = self._post(
            COUNSELOR, "/api/v1/incidents", {**body, "place": place}, **{"Idempotency-Key": "key-marked"}
        )
        assert answer.status_code == 201, answer.text
        self.incident = answer.json()["incident"]
        self.village.worker.until_quiet()

    def does(self, order: str, by: PersonId = COUNSELOR, **fields: object) -> None:
        """The order by the API; what is `...` becomes a mark of its own."""
        said = {name: self.marks.said(f"{order}.{name}") if each is ... else each for name, each in fields.items()}
        with self.village.store.read() as tx:
            seen = incidents.load(tx, IncidentId(self.incident)).seq
        answer = self._post(by, f"/api/v1/incidents/{self.incident}/commands/{order}", {"seen": seen, **said})
        assert answer.status_code == 200, f"{order}: {answer.text}"
        self.village.worker.until_quiet()
        self.village.network.timeline.advance(0)

    def _post(self, by: PersonId, path: str, body: object, **headers: str) -> httpx2.Response:
        if by not in self.tokens:
            with self.village.store.write() as tx:
                self.tokens[by] = accounts.create_token(tx, by, "a story", clock.now())
        named = {"Authorization": f"Bearer {self.tokens[by]}", **headers}
        answer: httpx2.Response = self.client.post(path, json=body, headers=named)
        return answer

    def completes(self, step: str) -> None:
        """With each word that the step's evidence takes."""
        told = {
            name: self.marks.said(f"{step}.{name}") if value == "said in their own words" else value
            for name, value in evidence(step).items()
        }
        self.does("complete-step", step=step, evidence=told)

    def assessed(self) -> None:
        for step in ("clear_means", "tell_admin"):
            self.completes(step)
        answers = {f"q{number}": "yes" if number in (1, 4) else "no" for number in range(1, 6)}
        spoken: dict[str, Any] = {"language": "es", "language_help": "interpreter"}
        self.does("record-screen", step="screen", instrument="asq", answers=answers, **spoken)
        found: dict[str, Any] = {"disposition": "further_evaluation", "right_now": "no"}
        self.does("record-interview", step="assess", instrument="bssa", rationale=..., **found)
        self.does("set-tier", step="assess", tier="high", rationale=...)
        self.does("sign-tier", by=PRINCIPAL, step="assess")
        self.does("answer-decision", by=PRINCIPAL, step="emergency_decision", choice="clinician", reason=...)

    def paged(self) -> None:
        """The first is silent, writes what nobody should, and rings; the second comes."""
        village = self.village
        village.network.reply(PHONES[ANA], self.marks.said("a text that came in"))
        village.network.ring(PHONES[ANA], village.network.accounts[0].number)
        village.later(LEVEL)
        village.later(timedelta(seconds=70))
        village.network.reply(PHONES[BEN], f"{village.code(BEN)}A 5")
        village.later(timedelta(minutes=1))

    def texted(self) -> None:
        """To the mother, who writes back what nobody else should read, and gets the one neutral answer."""
        headers = {"Authorization": f"Bearer {self.tokens[COUNSELOR]}"}
        listed = self.client.get(f"/api/v1/incidents/{self.incident}/texts", headers=headers).json()
        one = next(each for each in listed["offers"] if not each["why"])
        order = {name: one[name] for name in ("person", "phone", "message", "language", "rung", "shown")}
        self.does("text-guardian", step="guardian_contact", **order)
        self.village.network.reply(one["number"], self.marks.said(FROM_HER))
        self.village.network.timeline.advance(5)

    def family_and_handoff(self) -> None:
        told: dict[str, Any] = {"method": "phone", "outcome": "reached", "note": ..., "alone": ...}
        told |= {"language": "es", "language_help": "interpreter", "interpreted_by": "service", "interpreter": ...}
        told |= {"guardian": True, "understood": True}
        self.does("record-contact", step="guardian_contact", contact=MOTHER, **told)
        plan: dict[str, Any] = {"coping": ..., "people": ..., "safer_place": ..., "stays_safe": "no_answer"}
        self.does("write-safety-plan", step="safety_plan", language="es", **plan)
        self.does("give-safety-plan", step="safety_plan", given=False, reason=...)
        self.completes("means_counseling")
        with self.village.store.read() as tx:
            protocol_hash = incidents.load(tx, IncidentId(self.incident)).protocol_hash
        headers = {"Authorization": f"Bearer {self.tokens[COUNSELOR]}"}
        protocol = self.client.get(f"/api/v1/protocols/{protocol_hash}", headers=headers).json()
        self.does(
            "offer-handoff",
            step="referral",
            receiver="mobile_crisis",
            organisation=...,
            basis="ferpa_99_36_emergency",
            threat=...,
            disclosed=list(protocol["disclosure_items"]),
            withheld={},
        )
        with self.village.store.read() as tx:
            handoff = next(iter(incidents.load(tx, IncidentId(self.incident)).handoffs))
        self.does("accept-handoff", handoff=handoff, recipient=...)

    def lost_and_found(self) -> None:
        self.does("add-note", words=...)
        self.does("correct-event", seq=2, words=...)
        self.does("raise-emergency", dangers=[], called_911=True)
        self.does("resolve-emergency", outcome=...)
        self.does("report-custody-lost", last_seen=...)
        self.does("report-student-found")
        self.does("reopen-assessment", reason=...)

    def looked_back(self) -> None:
        """What people write about it afterwards: a name is refused there, and a mark is none."""
        store, at = self.village.store, clock.now()
        with store.write() as tx:
            kept = reviews_owed.look(tx, IncidentId(self.incident), at)
            reviews.begin(tx, kept, by=COUNSELOR, at=at)
            kept = reviews.one(tx, kept.district, kept.id)
            for kind in (EntryKind.SUMMARY, EntryKind.STUDENT_VOICE, EntryKind.STRENGTH, EntryKind.AREA):
                about = Phase.HANDOFF if kind in (EntryKind.STRENGTH, EntryKind.AREA) else None
                cause = self.marks.said("why it was so") if kind is EntryKind.AREA else None
                said = Written(kind=kind, objective=about, text=self.marks.said(f"review {kind}"), cause=cause)
                area = reviews.write(tx, store.keys, kept, said, by=COUNSELOR, at=at)
            plan = Plan(
                entry=area,
                capability=Capability.REACH,
                element=Element.PLANNING,
                text=self.marks.said("improvement item"),
                owner=COUNSELOR,
                starts_on=at.date(),
                due_on=at.date(),
            )
            item = improvements.make(tx, store.keys, kept, plan, by=COUNSELOR, at=at)
            found = improvements.one(tx, store.keys, kept.district, item)
            improvements.finish(tx, store.keys, found, self.marks.said("improvement done"), by=COUNSELOR, at=at)

    def told(self) -> None:
        self.opens()
        self.assessed()
        self.paged()
        self.texted()
        self.family_and_handoff()
        self.lost_and_found()
        self.looked_back()

    def heard_live(self) -> list[str]:
        """Everything that a console is told which listened from the beginning."""
        headers = {"Authorization": f"Bearer {self.tokens[COUNSELOR]}"}
        with self.village.store.read() as tx:
            last = incidents.head(tx)
        frames: list[str] = []
        with self.client.websocket_connect("/live?after=0", headers=headers) as line:
            while not any(f'"position":{last}' in each.replace(" ", "") for each in frames):
                frames.append(line.receive_text())
        return frames


class Everything(logging.Handler):
    """What any part writes at any level, as it would stand in the log."""

    def __init__(self) -> None:
        super().__init__(level=1)
        self.lines: list[str] = []
        self.setFormatter(WhereOnly("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    kept, root = Everything(), logging.getLogger()
    before = root.level
    root.addHandler(kept)
    root.setLevel(1)
    try:
        yield kept.lines
    finally:
        root.removeHandler(kept)
        root.setLevel(before)
