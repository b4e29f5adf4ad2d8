"""A wired village with a student's family, its published texts, and an incident at the step that reaches them."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crisis import commands as cmd
from crisis import family_commands as fcmd
from crisis.message_words import GuardianTextId, PhoneId
from crisis.notify.ledger import Entry
from crisis.policy.messages import Signature, stages
from crisis.privacy_words import RestrictionKind
from crisis.protocols import loader
from crisis.protocols.message_schema import digest
from crisis.statemachine.incident import GuardianText, Incident
from crisis.store import (
    codec,
    disclosures,
    incidents,
    message_texts,
    restrictions,
    roster,
    school_lines,
    telephones,
    texting,
)
from crisis.store.contact_record import Wish, set_wish
from crisis.store.disclosures import Line
from crisis.store.engine import Store
from crisis.store.message_texts import OneText
from crisis.store.restrictions import Entry as Restriction
from crisis.store.school_lines import SchoolLine
from crisis.store.tables import OUTBOX
from crisis.store.texting import Offer
from crisis.vocabulary import Guardian, IncidentId, Mode, PersonId, Relation, StepId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.notify.village import COUNSELOR, PRINCIPAL, Village
from tests.notify.wired import a_wired_village
from tests.policy.test_messages import NAMES

MOTHER, FATHER = PersonId("p-mother"), PersonId("p-father")
HERS, HIS, CALLBACK = "+16175550161", "+16175550162", "+16175550170"
STEP = StepId("guardian_contact")
TEXTS = ("f1", "f2", "f3", "f4", "f14", "f16")


def publish_texts(store: Store, at: datetime, messages: tuple[str, ...] = TEXTS) -> None:
    catalog = loader.messages()
    with store.write() as tx:
        for message in (catalog[each] for each in messages):
            for tag in ("en", "es"):
                for stage in stages(tag):
                    by = PRINCIPAL if stage == "published" else COUNSELOR
                    read = {"source": digest(message.source), "text": digest(message.asset(tag))}
                    new = Signature(stage=stage, who=NAMES[stage], by=by, at=at, **read)
                    message_texts.sign(tx, DISTRICT, OneText(message=message.id, language=tag), new)


def a_family(store: Store, at: datetime) -> None:
    """The mother reads Spanish, the father English; each has a telephone."""
    with store.write() as tx:
        for person, number, language in ((MOTHER, HERS, "es"), (FATHER, HIS, "en")):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=False, language=language)
            roster.tie(tx, STUDENT, person, Relation.PARENT, guardian=Guardian.YES, priority=1)
            roster.add_phone(tx, person, number)
        for person in (MOTHER, FATHER):
            home = Wish(household=person)
            set_wish(tx, STUDENT, person, home, by=COUNSELOR, at=at)
        line = SchoolLine(callback=CALLBACK, place="40 Elm St")
        school_lines.set_line(tx, DISTRICT, SCHOOL, line, by=COUNSELOR, at=at)
    publish_texts(store, at)


@dataclass(slots=True)
class Home:
    """`incident` waits for a guardian to be reached."""

    village: Village
    wire: list[str]
    incident: IncidentId

    @property
    def store(self) -> Store:
        return self.village.store

    @property
    def at(self) -> datetime:
        return self.village.watch()

    def state(self) -> Incident:
        with self.store.read() as tx:
            return incidents.load(tx, self.incident)

    def text(self) -> GuardianText:
        return list(self.state().texts.values())[-1]

    def phone(self, person: PersonId) -> PhoneId:
        with self.store.read() as tx:
            return next(iter(telephones.of_person(tx, person)))

    def offer(self, person: PersonId = MOTHER, message: str = "f1", by: PersonId = COUNSELOR) -> Offer:
        with self.store.read() as tx:
            incident = incidents.load(tx, self.incident)
            ground = texting.ground(tx, incident, by, self.at)
            return ground.offer(person, self.phone(person), message, self.at)

    def order(self, person: PersonId = MOTHER, message: str = "f1", by: PersonId = COUNSELOR) -> fcmd.TextGuardian:
        offer = self.offer(person, message, by)
        return fcmd.TextGuardian(
            by=self.village.actor(by),
            step=STEP,
            person=person,
            phone=offer.phone,
            message=message,
            language=offer.written.tag or "en",
            rung=offer.written.rung,
            shown=offer.written.shown,
        )

    def ordered(self, person: PersonId = MOTHER, message: str = "f1") -> GuardianTextId:
        return list(self.village.gives(self.incident, self.order(person, message)).texts)[-1]

    def sent(self, person: PersonId = MOTHER, message: str = "f1") -> GuardianTextId:
        text = self.ordered(person, message)
        self.work()
        return text

    def work(self) -> None:
        self.village.worker.until_quiet()

    def time_passes(self, seconds: float = 5) -> None:
        """On the network: callbacks come, people answer."""
        self.village.network.timeline.advance(seconds)

    def bars(self, person: PersonId = MOTHER) -> None:
        entry = Restriction(student=STUDENT, person=person, kind=RestrictionKind.COURT_ORDER)
        with self.store.write() as tx:
            restrictions.enter(tx, entry, by=COUNSELOR, at=self.at)

    def got(self, number: str = HERS) -> list[Entry]:
        return [each for each in self.village.network.ledger.of_phone(number) if each.kind == "text"]

    def bodies(self, number: str = HERS) -> list[str]:
        return [each.body for each in self.got(number)]

    def ledger(self) -> list[Line]:
        with self.store.read() as tx:
            return [each for each in disclosures.of_student(tx, self.store.keys, STUDENT) if each.went_out]

    def told(self, subject: str) -> list[str]:
        """Who is told of it, as roles or people: their texts and their console follow from these rows."""
        with self.store.read() as tx:
            rows = tx.execute(select(OUTBOX.c.body).where(OUTBOX.c.incident == self.incident)).scalars()
            bodies = [codec.loads(body) for body in rows]
        return [each.get("role") or each["person"] for each in bodies if each.get("subject") == subject]

    def events(self) -> list[str]:
        log = (type(stored.event).__name__ for stored in self.village.log(self.incident))
        return [each for each in log if each.startswith("Guardian")]


def a_home(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode = Mode.LIVE) -> Home:
    village, wire = a_wired_village(store, folder, monkeypatch)
    a_family(store, village.watch())
    incident = village.opened(mode).id
    by = village.actor(COUNSELOR)
    village.gives(incident, cmd.TakeCustody(by=by))
    if mode is Mode.LIVE:
        village.gives(incident, cmd.IdentifyStudent(by=by, student=STUDENT))
    village.gives(incident, cmd.RaiseEmergency(by=by, dangers=frozenset({"weapon"}), called_911=False))
    home = Home(village, wire, incident)
    home.work()
    return home


def changed(order: fcmd.TextGuardian, **values: object) -> fcmd.TextGuardian:
    return replace(order, **values)  # type: ignore[arg-type]  # of one order, by name
