"""What is kept of each incident is what its log says, on both databases; it adds up, and real and drill stay apart."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer import Exit

from crisis import cli_figures
from crisis.access_words import IncidentMark
from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.review.spread import Month, Spread, together
from crisis.review_words import Milestone
from crisis.store import figure_sums, figures, incidents, marks, remains, sealed
from crisis.store.engine import Store, open_store
from crisis.store.figure_sums import Asked
from crisis.store.figure_tables import INCIDENT_FIGURE, PAGE_FIGURE
from crisis.store.remains import Whose
from crisis.store.tables import OUTBOX
from crisis.vocabulary import IncidentId, Mode
from tests.factories import DISTRICT, SCHOOL
from tests.store.looked_back import MONDAY, a_closed_incident, a_school, an_open_incident
from tests.web.district import COUNSELOR, OTHER_SCHOOL

ALL = Asked(district=DISTRICT, schools=[SCHOOL, OTHER_SCHOOL], mode=Mode.LIVE, since="2026-01", until="2026-12")


@pytest.fixture
def place(store: Store) -> Store:
    a_school(store)
    return store


def months(store: Store, asked: Asked = ALL) -> list[Month]:
    with store.of(DISTRICT).read() as tx:
        return figure_sums.months(tx, asked)


def opened(store: Store, asked: Asked = ALL) -> int:
    return sum(each.opened for each in months(store, asked))


def kept(store: Store) -> list[object]:
    with store.read() as tx:
        tables = (INCIDENT_FIGURE, PAGE_FIGURE)
        return [tuple(row) for each in tables for row in tx.execute(select(each).order_by(*each.primary_key.columns))]


def test_each_log_is_read_when_it_has_grown_and_the_rebuild_equals_what_was_kept(place: Store) -> None:
    a_closed_incident(place, mode=Mode.DRILL)
    first = figures.catch_up(place)
    an_open_incident(place)
    a_closed_incident(place, at=MONDAY + timedelta(days=40))

    second, third = figures.catch_up(place), figures.catch_up(place)

    before = kept(place)
    assert (first, second, third) == (1, 2, 0)
    assert figures.rebuild(place) == 3
    assert kept(place) == before != []
    with place.read() as tx:
        assert figures.differing(tx) == []


def test_what_somebody_changed_by_hand_is_found(place: Store) -> None:
    a_closed_incident(place)
    figures.catch_up(place)
    with place.write() as tx:
        tx.execute(INCIDENT_FIGURE.update().values(police=True))

    with place.read() as tx:
        assert len(figures.differing(tx)) == 1


def test_the_worker_keeps_them_and_a_drill_stands_apart(place: Store) -> None:
    a_closed_incident(place, mode=Mode.DRILL)
    a_closed_incident(place)
    upkeep = Upkeep(place, Lines(None, None), lambda: MONDAY + timedelta(days=1))
    while_a_page_is_due = upkeep.figures()
    with place.write() as tx:
        tx.execute(OUTBOX.update().values(done_at=MONDAY))

    upkeep.figures()

    assert not while_a_page_is_due
    assert (opened(place), opened(place, replace(ALL, mode=Mode.DRILL))) == (1, 1)


def test_they_are_told_apart_by_school_and_by_the_month_at_the_school(place: Store) -> None:
    a_closed_incident(place, at=MONDAY.replace(month=11, day=1, hour=3))  # 31 October there, an hour before midnight
    a_closed_incident(place)
    an_open_incident(place, at=MONDAY + timedelta(days=60))
    figures.catch_up(place)

    found = months(place)

    assert [(each.month, each.opened, each.still_open) for each in found] == [("2026-10", 2, 0), ("2026-12", 1, 1)]
    assert opened(place, replace(ALL, schools=[OTHER_SCHOOL])) == opened(place, replace(ALL, until="2026-09")) == 0


def test_what_was_never_reached_is_no_length_and_is_not_lost(place: Store) -> None:
    a_closed_incident(place)
    an_open_incident(place)
    figures.catch_up(place)

    lengths = together([each.lengths[Milestone.GUARDIAN] for each in months(place)])
    closed = together([each.lengths[Milestone.CLOSED] for each in months(place)])
    handed = together([each.lengths[Milestone.HANDED_OFF] for each in months(place)])

    assert lengths == Spread(lengths=(), missing=1, waiting=1)
    assert closed == Spread(lengths=(4 * 3600,), missing=0, waiting=1)
    assert handed.all == 0  # nothing was offered: nobody waited


def test_what_was_entered_in_error_does_not_count_and_what_was_unfounded_is_told(place: Store) -> None:
    wrong, unfounded = a_closed_incident(place), a_closed_incident(place, at=MONDAY + timedelta(days=1))
    figures.catch_up(place)
    mark(place, wrong, IncidentMark.IN_ERROR)
    mark(place, unfounded, IncidentMark.UNFOUNDED)

    found = months(place)

    assert [(each.opened, each.unfounded) for each in found] == [(1, 1)]
    with place.read() as tx:
        pages = figure_sums.pages(tx, ALL)
    assert sum(each.asked for each in pages) == sum(each.unfounded for each in pages)


def mark(store: Store, incident: IncidentId, kind: IncidentMark) -> None:
    with store.write() as tx:
        marks.make(tx, store.keys, incidents.load(tx, incident), kind, "It was not so", by=COUNSELOR, at=MONDAY)


def test_a_destroyed_record_leaves_no_figure_and_is_not_counted_again(place: Store) -> None:
    incident = a_closed_incident(place)
    figures.catch_up(place)
    with place.write() as tx:
        remains.erase(tx, Whose(None, [incident]))
        sealed.destroy(tx, incident, MONDAY)

    assert kept(place) == []
    assert (figures.catch_up(place), figures.rebuild(place)) == (0, 0)


def test_every_page_ended_in_one_way(place: Store) -> None:
    a_closed_incident(place)
    an_open_incident(place)
    figures.catch_up(place)

    with place.read() as tx:
        found = figure_sums.pages(tx, ALL)

    assert sum(each.asked for each in found) > 0
    for each in found:
        assert each.asked == each.first + each.later + each.nobody + each.called_off + each.running
        assert each.asked == each.accepted.all


def test_the_operator_holds_them_against_the_logs_and_makes_them_anew(
    sqlite_url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRISIS_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CRISIS_KEY_FILE", str(key_file))
    with closing(open_store(sqlite_url, key_file)) as store:
        a_school(store)
        a_closed_incident(store)
        figures.catch_up(store)
        with store.write() as tx:
            tx.execute(INCIDENT_FIGURE.update().values(gap=7))

    with pytest.raises(Exit):
        cli_figures.check()
    cli_figures.rebuild()
    cli_figures.check()

    said = capsys.readouterr().out
    assert "1 logs were read." in said
    assert "All figures are what their logs say." in said
