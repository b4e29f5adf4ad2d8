"""Simulated people text the list of their drill and nobody else, and what comes back is on the drill's record (N19)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from crisis import clock
from crisis import page_commands as pcmd
from crisis.drill_commands import EndDrill
from crisis.drill_words import Capability, DrillEnd, DrillId, DrillType
from crisis.errors import Refused
from crisis.notify.drill_lines import DrillLines
from crisis.policy.drilling import Line, Objective, Plan, Speaker
from crisis.store import drill_plans, drill_scripts, drill_texts, kept_drills, sealed
from crisis.store.drill_tables import TEXT
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident
from crisis.vocabulary import IncidentId, Mode, Role, Urgency
from tests.factories import DISTRICT, SCHOOL, opening
from tests.notify.village import ANA, BEN, COUNSELOR, DRILL, PHONES, PRINCIPAL, SECOND_DRILL, Village
from tests.notify.wired import a_wired_village

OWN = {DRILL.number, SECOND_DRILL.number}
CALLS, BY_HAND = "Where is my child?", "An ambulance comes in ten minutes"
SCRIPT = (
    Line(text=CALLS, minute=5, speaker=Speaker.PARENT),
    Line(text=BY_HAND, speaker=Speaker.DISPATCHER),
    Line(text="Read this aloud", minute=5),
)


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def town(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Village:
    return a_wired_village(store, tmp_path, monkeypatch)[0]


def a_drill(town: Village, kind: DrillType = DrillType.FUNCTIONAL) -> tuple[DrillId, IncidentId]:
    """With Ana; the principal runs it, the counselor is there."""
    plan = Plan(
        school=SCHOOL,
        type=kind,
        starts_at=town.watch(),
        crisis_type="suicide_ideation",
        objectives=(Objective(text="Somebody answers", capability=Capability.COMMUNICATIONS),),
        scenario="Made up",
        takes_part=frozenset({ANA}),
        announced=True,
        parents_told_on=town.watch().date() - timedelta(days=9),
        support=COUNSELOR,
    )
    with town.store.write() as tx:
        drill = drill_plans.plan(tx, town.store.keys, DISTRICT, plan, by=PRINCIPAL, at=town.watch())
        known = kept_drills.one(tx, DISTRICT, drill)
        drill_scripts.write(tx, town.store.keys, known, SCRIPT, by=PRINCIPAL, at=town.watch())
    order = opening(
        by=town.actor(PRINCIPAL),
        protocol_hash=town.protocol_hash,
        mode=Mode.DRILL,
        place=None,
        student=None,
        drill=drill,
    )
    incident = open_incident(town.store, order, at=town.watch()).incident.id
    town.later(timedelta(seconds=6))
    town.worker.until_quiet()
    return drill, incident


def turns(town: Village) -> bool:
    return DrillLines(town.store, town.worker.lines, town.watch).turn()


def by_hand(town: Village, drill: DrillId) -> None:
    with town.store.write() as tx:
        line = next(each for each in drill_scripts.of(tx, drill) if each.speaker is Speaker.DISPATCHER)
        drill_scripts.give(tx, kept_drills.one(tx, DISTRICT, drill), line.id, by=PRINCIPAL, at=town.watch())


def said(town: Village, drill: DrillId) -> list[str]:
    with town.store.read() as tx:
        texts = drill_texts.of(tx, drill)
        read = sealed.read(tx, town.store.keys, [each.words for each in texts])
    return [read[each.words] for each in texts if each.inject is None]


def spoken(town: Village) -> list[tuple[str, str, str]]:
    """To which telephone, from which number, and what."""
    came = [each for each in town.network.ledger.entries if each.kind == "text" and "imulated" in each.body]
    return [(each.phone, each.line, each.body) for each in came]


def test_a_line_comes_at_its_minute_or_by_hand_on_the_drills_own_line_to_its_list_alone(town: Village) -> None:
    drill, _incident = a_drill(town)
    early = turns(town)
    town.later(timedelta(minutes=5))
    on_time, again = turns(town), turns(town)
    by_hand(town, drill)
    turns(town)

    parent = f"DRILL. Simulated parent: {CALLS}"
    dispatcher = f"DRILL. Simulated dispatcher: {BY_HAND}"
    assert (early, on_time, again) == (False, True, False)
    assert [(phone, body) for phone, _, body in spoken(town)] == [(PHONES[ANA], parent), (PHONES[ANA], dispatcher)]
    assert {line for _, line, _ in spoken(town)} <= OWN


def test_what_somebody_writes_back_is_on_the_record_and_a_page_is_answered_as_ever(town: Village) -> None:
    drill, incident = a_drill(town)
    page = pcmd.RequestPage(by=town.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U2)
    paged = list(town.gives(incident, page).pages)[-1]
    town.worker.until_quiet()
    town.later(timedelta(minutes=5))
    town.worker.until_quiet()
    turns(town)

    town.network.reply(PHONES[ANA], "She is with the nurse")
    town.network.reply(PHONES[ANA], f"{town.code(ANA)}A 5")
    town.network.reply(PHONES[BEN], "Who is this?")

    assert said(town, drill) == ["She is with the nurse"]
    assert town.page(incident, paged).accepted_by == ANA


def test_while_a_real_page_waits_for_a_telephone_nothing_it_writes_is_the_drills(town: Village) -> None:
    drill, _incident = a_drill(town)
    town.later(timedelta(minutes=5))
    turns(town)
    real, page = town.paged(Urgency.U3, Mode.LIVE)
    town.worker.until_quiet()
    assert ANA in town.page(real, page).asked

    town.network.reply(PHONES[ANA], "Who is it about?")

    assert said(town, drill) == []


def test_nothing_is_sent_of_a_tabletop_or_once_the_drill_is_over(town: Village) -> None:
    around, _ = a_drill(town, DrillType.TABLETOP)
    by_hand(town, around)
    over, incident = a_drill(town)
    by_hand(town, over)
    town.gives(incident, EndDrill(by=town.actor(PRINCIPAL), why=DrillEnd.OVER))
    town.worker.until_quiet()
    town.later(timedelta(minutes=9))

    assert turns(town) is False
    assert spoken(town) == []


@pytest.mark.parametrize("change", [{"phone": "+16175550150"}, {"phone": PHONES[BEN]}, {"mode": Mode.LIVE}])
def test_the_database_itself_refuses_a_text_to_anybody_off_the_list_f75(
    town: Village, change: dict[str, object]
) -> None:
    drill, incident = a_drill(town)
    with town.store.read() as tx:
        line = drill_scripts.of(tx, drill)[0]
    row = {"id": clock.new_id(), "drill": drill, "district": DISTRICT, "incident": incident, "mode": Mode.DRILL}
    row |= {"inject": line.id, "person": ANA, "phone": PHONES[ANA], "words": line.words, "at": town.watch()}
    with town.store.write() as tx:
        tx.execute(insert(TEXT).values(**row))
        tx.execute(TEXT.delete())
    with pytest.raises(IntegrityError), town.store.write() as tx:
        tx.execute(insert(TEXT).values(**row | change))


def test_no_student_of_the_district_is_played(town: Village) -> None:
    with town.store.read() as tx:
        given, family = tx.exec_driver_sql("SELECT given, family FROM student").fetchone() or ("", "")
    plan = Plan(school=SCHOOL, type=DrillType.DRILL, starts_at=town.watch(), crisis_type="suicide_ideation")
    lines = [Line(text=f"It is about {given} {family}, come", speaker=Speaker.TEACHER)]
    keys, at = town.store.keys, town.watch()
    with town.store.write() as tx:
        drill = drill_plans.plan(tx, keys, DISTRICT, plan, by=PRINCIPAL, at=at)
        known = kept_drills.one(tx, DISTRICT, drill)
    with pytest.raises(Refused, match="make somebody up"), town.store.write() as tx:
        drill_scripts.write(tx, keys, known, lines, by=PRINCIPAL, at=at)
