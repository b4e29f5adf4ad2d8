"""Whom a level asks: the rota, everybody who could come, those who lead; who speaks the language is asked sooner."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import page_commands as pcmd
from crisis.access_words import ConflictKind, IncidentMark
from crisis.delivery import AttemptState
from crisis.ladders import Asks, Ladder
from crisis.notify import paging
from crisis.page_events import PreferencesWeighed
from crisis.privacy_words import InstructionSource
from crisis.record_words import Preference
from crisis.store import (
    calendars,
    conflicts,
    incidents,
    marks,
    oncall,
    outgoing,
    overrides,
    preferences,
    roster,
    skills,
    unmet_report,
)
from crisis.store.engine import Store
from crisis.store.overrides import Away
from crisis.store.preferences import Asked
from crisis.submit import open_incident
from crisis.vocabulary import Channel, IncidentId, Mode, PageId, PersonId, Role, StaffRole, StudentId, Urgency
from tests.factories import DISTRICT, SCHOOL, opening
from tests.notify.village import ANA, BEN, COUNSELOR, LEVEL, PHONES, PRINCIPAL, Village, a_served_village, a_shift

CARA, DAN = PersonId("p-cara"), PersonId("p-dan")  # clinicians who are on no rota
SPEAKER = StudentId("st-speaker")


@pytest.fixture
def village(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Village]:
    with a_served_village(store, tmp_path) as made:
        with store.write() as tx:
            for number, person in enumerate((CARA, DAN)):
                roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True, language="en")
                roster.give_post(tx, DISTRICT, person, StaffRole.CLINICIAN, None)
                monkeypatch.setitem(PHONES, person, f"+1617555012{number}")
                roster.add_phone(tx, person, PHONES[person])
        yield made


def paged(
    village: Village, *asks: Asks, prefers: tuple[str, ...] = (), student: StudentId | None = None
) -> tuple[IncidentId, PageId]:
    with village.store.write() as tx:
        ladder = Ladder(answer_within=(LEVEL,) * len(asks), asks=asks, repeat_alarm=LEVEL)
        calendars.set_ladder(tx, DISTRICT, Role.ONCALL_CLINICIAN, Urgency.U1, ladder)
    order = opening(
        by=village.actor(COUNSELOR), protocol_hash=village.protocol_hash, mode=Mode.LIVE, place=None, student=student
    )
    incident = open_incident(village.store, order, at=village.watch()).incident.id
    village.worker.until_quiet()
    ask = pcmd.RequestPage(by=village.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1, prefers=prefers)
    page = list(village.gives(incident, ask).pages)[-1]
    village.worker.until_quiet()
    return incident, page


def called(village: Village, *people: PersonId) -> list[bool]:
    return [any(each.kind == "call" for each in village.on(person)) for person in people]


def test_the_pool_is_everybody_who_could_come_but_those_who_are_away(village: Village) -> None:
    now = village.watch()
    away = Away(id="a", person=DAN, starts_at=now, ends_at=now + timedelta(days=1), told_by=DAN)
    with village.store.write() as tx:
        overrides.add_absence(tx, DISTRICT, away, at=now)
    paged(village, Asks.ROTA, Asks.POOL)
    assert called(village, ANA, BEN, CARA, DAN, PRINCIPAL) == [True, False, False, False, False]

    village.later(LEVEL)

    assert called(village, ANA, BEN, CARA, DAN, PRINCIPAL) == [True, True, True, False, False]


def test_who_is_concerned_by_the_incident_is_not_called_and_the_next_are_at_once(village: Village) -> None:
    """F58: related to the student, or named in the report; nobody is told who is left out."""
    with village.store.write() as tx:
        ladder = Ladder(answer_within=(LEVEL,) * 2, repeat_alarm=LEVEL)
        calendars.set_ladder(tx, DISTRICT, Role.ONCALL_CLINICIAN, Urgency.U1, ladder)
    incident = village.opened()
    with village.store.write() as tx:
        conflicts.enter(tx, incident, ANA, ConflictKind.NAMED, by=PRINCIPAL, at=village.watch())

    ask = pcmd.RequestPage(by=village.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1)
    page = list(village.gives(incident.id, ask).pages)[-1]
    village.worker.until_quiet()

    assert called(village, ANA, BEN) == [False, True]
    assert village.page(incident.id, page).level == 1


@pytest.mark.page
def test_whom_an_incident_is_about_hears_nothing_of_it_from_its_opening_on_pr_54(village: Village) -> None:
    order = opening(by=village.actor(COUNSELOR), protocol_hash=village.protocol_hash, place=None, student=None)
    open_incident(village.store, replace(order, kept_out=(PRINCIPAL,)), at=village.watch())
    village.later(LEVEL * 3)
    assert village.on(PRINCIPAL) == []

    open_incident(village.store, order, at=village.watch())
    village.worker.until_quiet()
    assert village.kinds(PRINCIPAL) == ["text"]  # of any other one the principal is told


def test_those_who_lead_are_asked_at_last_and_may_take_it(village: Village) -> None:
    with village.store.write() as tx:
        oncall.add_shifts(tx, [a_shift(DAN, 0, village.watch(), role=Role.DISTRICT_ONCALL)])
    incident, page = paged(village, Asks.ROTA, Asks.SUPERVISORS)

    village.later(LEVEL)
    village.gives(incident, pcmd.AcceptPage(by=village.actor(PRINCIPAL), page=page, eta_minutes=5))

    assert called(village, BEN, CARA, DAN, PRINCIPAL) == [True, False, True, True]  # he has the rota's second place
    assert village.page(incident, page).accepted_by == PRINCIPAL


@pytest.mark.parametrize(
    ("can", "prefers", "asked"),
    [
        ((), (), [True, False]),
        (("sign_language",), ("sign_language",), [True, True]),
        (("language:es-MX",), (), [True, True]),  # the student's language
        (("language:pt",), (), [True, False]),
    ],
)
def test_who_has_what_is_preferred_is_asked_at_once_beside_who_is_on_call_first(
    village: Village, can: tuple[str, ...], prefers: tuple[str, ...], asked: list[bool]
) -> None:
    """`paging.md` 6.1: nobody is left out and nobody is waited for."""
    with village.store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), SPEAKER, ("Student", "Two"), language="es")
        skills.set_skills(tx, DISTRICT, BEN, can, at=village.watch(), by=None)

    paged(village, Asks.ROTA, Asks.ROTA, prefers=prefers, student=SPEAKER)

    assert called(village, ANA, BEN) == asked


@pytest.mark.parametrize(
    ("wishes", "can", "asked"),
    [
        ((), {}, [True, False]),
        ((Preference.WOMAN,), {}, [True, False]),  # nobody is: the page goes on as it would have
        ((Preference.WOMAN,), {BEN: ("woman",)}, [True, True]),
        ((Preference.WOMAN,), {ANA: ("woman",), BEN: ("woman",)}, [True, False]),
        ((Preference.WOMAN, Preference.SIGN_LANGUAGE), {ANA: ("woman",), BEN: ("sign_language",)}, [True, True]),
    ],
)
def test_whom_the_family_asked_for_is_asked_at_once_and_a_page_never_waits_for_it_pr_16(
    village: Village, wishes: tuple[Preference, ...], can: dict[PersonId, tuple[str, ...]], asked: list[bool]
) -> None:
    with village.store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), SPEAKER, ("Student", "Two"), language="en")
        for person, codes in can.items():
            skills.set_skills(tx, DISTRICT, person, codes, at=village.watch(), by=None)
        for each in wishes:
            told = Asked(preference=each, source=InstructionSource.FAMILY)
            preferences.add(tx, (DISTRICT, SPEAKER), told, by=COUNSELOR, at=village.watch())

    incident, page = paged(village, Asks.ROTA, Asks.ROTA, student=SPEAKER)
    at_once = called(village, ANA, BEN)
    village.gives(incident, pcmd.AcceptPage(by=village.actor(ANA), page=page, eta_minutes=5))

    assert at_once == asked
    assert village.page(incident, page).accepted_by == ANA
    with village.store.read() as tx:
        log = [stored.event for stored in incidents.events_of(tx, incident)]
        report = unmet_report.report(tx, DISTRICT, village.watch() - timedelta(days=1))
        assert len(unmet_report.weighed(tx, DISTRICT)) == bool(wishes)
    weighed = [each for each in log if isinstance(each, PreferencesWeighed)]
    missing = tuple(sorted({each.value for each in wishes} - set(can.get(ANA, ()))))
    assert [each.unmet for each in weighed] == ([missing] if wishes else [])
    assert {each.wish for each in report} >= {each.value for each in wishes}
    assert [each for each in report if each.met is not None] == []  # so few name somebody
    with village.store.write() as tx:
        over = replace(incidents.load(tx, incident), closed_at=village.watch())
        marks.make(tx, village.store.keys, over, IncidentMark.IN_ERROR, "wrong student", by=BEN, at=village.watch())
        assert unmet_report.weighed(tx, DISTRICT) == []


@pytest.mark.parametrize("answer", [pcmd.AcceptPage, pcmd.DeclinePage])
def test_a_call_that_waited_for_the_one_before_is_looked_at_once_more(
    village: Village, monkeypatch: pytest.MonkeyPatch, answer: type[pcmd.AcceptPage | pcmd.DeclinePage]
) -> None:
    """A large level waits for a slow provider; meanwhile somebody has taken the page, or said no to it."""
    incident, page = village.paged()

    def one_after_the_other(do: Callable[[object], None], over: Sequence[object], _at_most: int) -> None:
        do(over[0])
        village.gives(incident, answer(by=village.actor(ANA), page=page))
        village.watch.ahead += paging.SOON
        do(over[1])

    monkeypatch.setattr(paging, "side_by_side", one_after_the_other)
    village.worker.perform(village.worker._claim(1)[0])

    assert [each.kind for each in village.on(ANA)] == ["text"]
    with village.store.read() as tx:
        states = {each.channel: each.state for each in outgoing.recent(tx, village.watch() - timedelta(hours=1))}
    assert states == {Channel.TEXT: AttemptState.SUBMITTED, Channel.VOICE: AttemptState.FAILED}


@pytest.mark.page
def test_whom_a_later_level_took_over_is_called_on_when_only_one_before_still_names_them(village: Village) -> None:
    """Ana is on both levels, and her turn on the second ends while it calls her: the first left her to it."""
    turn = replace(a_shift(ANA, 1, village.watch()), ends_at=village.watch() + LEVEL + timedelta(seconds=50))
    with village.store.write() as tx:
        oncall.add_shifts(tx, [turn])
    paged(village, Asks.ROTA, Asks.ROTA)
    village.later(LEVEL)  # from now on the second level calls her
    village.later(timedelta(seconds=55))
    before = len(village.on(ANA))

    for _ in range(6):
        village.later(timedelta(seconds=30))

    assert len(village.on(ANA)) > before
