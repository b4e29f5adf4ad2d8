"""A student's record in words: for whoever goes through it, and as it is handed out, without other students."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection

from crisis import events as ev
from crisis.policy import inspection
from crisis.policy.inspection import Choice, Part
from crisis.store import (
    audit,
    consents,
    disclosures,
    instructions,
    people,
    queries,
    records_requests,
    restrictions,
    statements,
)
from crisis.store.disclosures import DisclosureRefused
from crisis.store.export import NOTICE
from crisis.store.people import StudentView
from crisis.store.queries import IncidentView
from crisis.store.records_requests import LINE, Kept
from crisis.store.restrictions import Entry
from crisis.vocabulary import IncidentId, PersonId
from web import records_orders, words
from web.deps import Desk
from web.pages import record_fields_shown
from web.pages.family import EVERYBODY, KINDS
from web.pages.record_fields_shown import Fields
from web.pages.shown import entries
from web.rendering import translations
from web.words import N_
from web.words_of_disclosures import PARTS, PURPOSES, WAYS, WITHHELD
from web.words_of_record import INSTRUCTIONS

OF_THE_REPORT = (  # who suspected and reported what: never handed out but to a court (PR-41)
    ev.ObligationCreated,
    ev.ObligationDelegated,
    ev.ReportFiled,
    ev.ExceptionDeclared,
    ev.ExceptionRenewed,
    ev.ExceptionExpired,
    ev.ExceptionLiftAsked,
    ev.ExceptionLifted,
)
GIVEN, QUIET = "give", "+quiet"
TITLES = {
    "incident": N_("Incident"),
    "report": N_("Who reported, and what"),
    "instructions": N_("What to know and do"),
    "consents": N_("Consents"),
    "ledger": N_("What has left the school"),
    "restrictions": N_("Who must not be contacted"),
    **record_fields_shown.TITLES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`key` by which it can be kept back; empty where only the whole part can."""

    key: str
    at: datetime | None
    text: str
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`chosen` is what was decided, as the form says it."""

    key: str
    title: str
    lines: tuple[Line, ...]
    never: bool = False
    very_restricted: bool = False
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    kept: Kept
    student: StudentView
    zone: str
    today: date
    names: dict[str, str]
    parts: tuple[Section, ...]
    needs_second: bool
    family_blocked: bool
    chosen: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What is handed out. `withheld` is what its reader is told was kept back, each with why."""

    student: str
    zone: str
    made_at: datetime
    sections: tuple[Section, ...]
    withheld: tuple[tuple[str, str], ...]
    notice: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the record of one student in one transaction; every text goes through `hide`."""

    tx: Connection
    desk: Desk
    student: StudentView
    hide: Callable[[str], str]

    def section(self, part: Part, kept: Kept) -> Section:
        name, _, incident = part.key.partition(":")
        translate = translations(self.desk.language).gettext
        lines = self._of_incident(IncidentId(incident)) if name == "incident" else self._others().get(name, list)()
        choice = kept.choices.get(part.key)
        return Section(
            key=part.key,
            title=translate(TITLES[name]),
            lines=tuple(
                replace(each, text=self.hide(each.text), quotes=tuple(map(self.hide, each.quotes))) for each in lines
            ),
            never=part.never,
            very_restricted=part.very_restricted,
            chosen="" if choice is None else _said(choice),
        )

    def statements(self) -> Section:
        """What the family says about it: with every copy, and nobody can keep it back (34 CFR 99.21(c))."""
        found = statements.of_student(self.tx, self.desk.store.keys, self.student.id)
        names = people.names(self.tx, {each.person for each in found if each.person is not None})
        translate = translations(self.desk.language).gettext
        lines = tuple(
            Line(
                key="",
                at=each.recorded_at,
                text=translate(N_("The student")) if each.person is None else names.get(each.person, ""),
                quotes=(self.hide(each.text or ""),),
            )
            for each in found
        )
        return Section(key="family_statement", title=translate(N_("What the family says about it")), lines=lines)

    def _others(self) -> dict[str, Callable[[], list[Line]]]:
        return {
            **{name: partial(self._field, name) for name in record_fields_shown.TITLES},
            "instructions": self._instructions,
            "consents": self._consents,
            "ledger": self._ledger,
            "restrictions": self._restrictions,
        }

    def _field(self, part: str) -> list[Line]:
        fields = Fields(tx=self.tx, keys=self.desk.store.keys, student=self.student, language=self.desk.language)
        return [Line(key=f"{LINE}{part}:{key}", at=None, text=text) for key, text in fields.of(part)]

    def _of_incident(self, incident: IncidentId) -> list[Line]:
        view: IncidentView = queries.incident_view(
            self.tx, self.desk.store.keys, self.desk.actor, incident, self.desk.at
        )
        kept = tuple(each for each in view.events if not isinstance(each.event, OF_THE_REPORT))
        found = entries(replace(view, events=kept), self.desk.language)
        wrong = f" ({translations(self.desk.language).gettext(N_('entered in error'))})"
        return [
            Line(
                key=f"{LINE}{incident}:{each.seq}",
                at=each.at,
                text=f"{each.told.text}{_by(each.by)}{wrong if each.in_error else ''}",
                quotes=each.quotes,
            )
            for each in reversed(found)
        ]

    def _instructions(self) -> list[Line]:
        translate = translations(self.desk.language).gettext
        found = instructions.of_student(self.tx, self.desk.store.keys, self.student.id)
        return [
            Line(key="", at=None, text=translate(INSTRUCTIONS[each.kind]), quotes=(each.text or "",)) for each in found
        ]

    def _consents(self) -> list[Line]:
        translate = translations(self.desk.language).gettext
        found = [each.consent for each in consents.of_student(self.tx, self.desk.store.keys, self.student.id)]
        return [
            Line(
                key="",
                at=None,
                text=f"{each.party} · {translate(PURPOSES[each.purpose]) if each.purpose else ''} · {each.signed_on}",
                quotes=("; ".join(translate(PARTS.get(code, code)) for code in sorted(each.records)),),
            )
            for each in found
        ]

    def _ledger(self) -> list[Line]:
        translate = translations(self.desk.language).gettext
        found = disclosures.of_student(self.tx, self.desk.store.keys, self.student.id)
        return [
            Line(
                key="",
                at=each.at,
                text=": ".join(filter(None, (translate(WAYS[each.way]), _names(each)))),
                quotes=("" if each.basis is None else translate(words.of(each.basis)),),
            )
            for each in found
        ]

    def _restrictions(self) -> list[Line]:
        translate = translations(self.desk.language).gettext
        found = restrictions.of_student(self.tx, self.student.id)
        names = people.names(self.tx, {each.entry.person for each in found if each.entry.person is not None})
        return [
            Line(
                key="",
                at=each.entered_at,
                text=f"{self._barred(each.entry, names)}: {translate(KINDS[each.entry.kind])}",
            )
            for each in found
        ]

    def _barred(self, entry: Entry, names: Mapping[PersonId, str]) -> str:
        if entry.person is None:
            return translations(self.desk.language).gettext(EVERYBODY)
        return names.get(entry.person, "")


def _names(line: disclosures.Line) -> str:
    return ", ".join(filter(None, (each.affiliation or each.name for each in line.recipients)))


def _by(name: str | None) -> str:
    return "" if name is None else f" · {name}"


def _said(choice: Choice) -> str:
    """As the form says it."""
    return GIVEN if choice.basis is None else f"{choice.basis.value}{QUIET if choice.quiet else ''}"


def reader(tx: Connection, desk: Desk, kept: Kept) -> _Reader:
    known = people.student(tx, kept.asked.student)
    own = " ".join(filter(None, (known.name, known.goes_by)))
    others = people.names_of_other_students(tx, kept.district, known.id)
    return _Reader(tx=tx, desk=desk, student=known, hide=inspection.hiding(others, own))


def preview(desk: Desk, request: str) -> Preview:
    """For whoever goes through it: other students are hidden here as well, so that it shows what will be handed out."""
    with desk.store.write() as tx:
        kept = records_orders.opened(tx, desk, request)
        reads, parts = reader(tx, desk, kept), records_requests.parts_of(tx, desk.store.keys, kept.asked.student)
        decided = {key: each for key, each in kept.choices.items() if not key.startswith(LINE)}
        audit.record(tx, at=desk.at, actor=desk.person, action="record gone through", subject=kept.id)
        return Preview(
            kept=kept,
            student=reads.student,
            zone=people.school(tx, reads.student.school).zone,
            today=records_orders.today_of(tx, desk, kept),
            names=records_orders.names_of(tx, [kept]),
            parts=tuple(reads.section(each, kept) for each in parts),
            needs_second=inspection.needs_second(parts, decided),
            family_blocked=records_requests.family_blocked(tx, kept),
            chosen={key: _said(each) for key, each in kept.choices.items()},
        )


def bundle(desk: Desk, request: str, *, although_blocked: bool = False) -> Bundle:
    """What is handed out, read in the transaction that puts it into the ledger."""
    translate = translations(desk.language).gettext
    try:
        with desk.store.write() as tx:
            kept = records_orders.opened(tx, desk, request)
            released = records_requests.release(
                tx, desk.store.keys, kept, by=desk.actor, at=desk.at, although_blocked=although_blocked
            )
            given = set(released)
            reads = reader(tx, desk, kept)
            sections = [reads.section(Part(key=each), kept) for each in sorted(given)]
            sections += [said] if given and (said := reads.statements()).lines else []
            held = {key for key, each in kept.choices.items() if each.basis is not None}
            told = [
                (translate(TITLES.get(key.partition(":")[0], N_("A line"))), translate(WITHHELD[each.basis]))
                for key, each in sorted(kept.choices.items())
                if each.basis is not None and not each.quiet
            ]
            return Bundle(
                student=reads.student.name,
                zone=people.school(tx, reads.student.school).zone,
                made_at=desk.at,
                sections=tuple(
                    replace(each, lines=tuple(line for line in each.lines if line.key not in held)) for each in sections
                ),
                withheld=tuple(told),
                notice=NOTICE,
            )
    except DisclosureRefused as refusal:
        disclosures.log_refused(desk.store, refusal, at=desk.at, by=desk.person)
        raise
