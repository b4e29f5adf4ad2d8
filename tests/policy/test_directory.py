"""Who outside the school helps: hours that are read whole, and nothing unknown taken for yes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.errors import Refused
from crisis.policy.directory import CAPACITY_LASTS, Agency, Entry, Places, Wanted, fitting, open_at, speaks, takes_age
from crisis.policy.opening_hours import ALWAYS, SPANISH, Span, answers, read_hours, written
from crisis.referral_words import AgencyId, AgencyKind, Capacity, Care, Insurance
from crisis.vocabulary import PersonId

ZONE = "America/New_York"
AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)  # a Tuesday, ten in the morning there
TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))
SPANS = st.frozensets(st.builds(Span, st.integers(0, 6), TIMES, TIMES), min_size=1, max_size=12)


def an_agency(name: str = "Open Door", places: Places | None = None, **known: object) -> Agency:
    entry = Entry(name=name, kind=AgencyKind.COMMUNITY_PROVIDER, **known)  # type: ignore[arg-type]
    return Agency(id=AgencyId(name), entry=entry, number=None, places=places)


def said(capacity: Capacity, ago: timedelta = timedelta(0)) -> Places:
    return Places(capacity=capacity, days=None, at=AT - ago, by=PersonId("p-1"))


@given(SPANS)
def test_hours_are_read_back_as_they_were_written(hours: frozenset[Span]) -> None:
    assert read_hours(written(hours)) == hours
    assert read_hours(written(hours, SPANISH)) == hours


def test_hours_are_read_as_people_write_them() -> None:
    office = frozenset(Span(day, time(8), time(17)) for day in range(5))

    assert read_hours("Mon-Fri 8:00-17:00") == read_hours("lun–vie 08:00-17:00") == office
    assert read_hours("mon-fri 8:00-17:00; sáb 9:00-12:30") == office | {Span(5, time(9), time(12, 30))}
    assert read_hours("sat-mon 0:00-24:00") == frozenset(Span(day, time(), time()) for day in (5, 6, 0))
    assert read_hours("Always") == read_hours("siempre") == ALWAYS


@pytest.mark.parametrize(
    "text", ["", "weekdays", "mon 8-17", "mon 8:00-25:00", "mon 8:60-9:00", "mon 8:00-9:00; and tue"]
)
def test_hours_that_cannot_be_read_are_refused_whole(text: str) -> None:
    with pytest.raises(Refused, match="Write the hours"):
        read_hours(text)


@pytest.mark.parametrize(
    ("hours", "at", "open_then"),
    [
        ("mon-fri 8:00-17:00", AT, True),
        ("mon-fri 8:00-10:00", AT, False),  # the hour of closing is closed
        ("mon-fri 10:00-17:00", AT, True),
        ("sat 8:00-17:00", AT, False),
        ("mon 22:00-11:00", AT, True),  # through the night before
        ("tue 22:00-11:00", AT, False),
        ("sun 20:00-6:00", datetime(2026, 11, 2, 10, 30, tzinfo=UTC), True),  # clocks went back: 5:30 on the wall
        ("sun 20:00-6:00", datetime(2026, 11, 2, 11, 30, tzinfo=UTC), False),
        ("always", AT, True),
    ],
)
def test_somebody_answers_by_the_clock_of_the_school(hours: str, at: datetime, open_then: bool) -> None:
    assert answers(read_hours(hours), at, ZONE) is open_then


def test_what_nobody_recorded_is_neither_yes_nor_no() -> None:
    nothing = an_agency()

    assert open_at(nothing, AT, ZONE) is None
    assert takes_age(nothing.entry, 14) is None
    assert speaks(nothing.entry, "es") is None
    assert speaks(an_agency(languages=frozenset({"en"})).entry, "es") is None
    assert speaks(an_agency(languages=frozenset({"en"}), interpreters=False).entry, "es") is False
    assert speaks(an_agency(interpreters=True).entry, "es") is True


@pytest.mark.parametrize(("age", "taken"), [(11, False), (12, True), (18, True), (19, False)])
def test_both_ages_are_included(age: int, taken: bool) -> None:
    assert takes_age(an_agency(youngest=12, oldest=18).entry, age) is taken
    assert takes_age(an_agency(oldest=18).entry, age) is (age <= 18)


def test_who_is_known_not_to_fit_is_left_out_and_what_is_unknown_has_to_be_asked() -> None:
    fits = an_agency("A", languages=frozenset({"es"}), youngest=5, oldest=21, care=frozenset({Care.COUNSELING}))
    unknown = an_agency("B", languages=frozenset({"es"}))
    no = an_agency("C", languages=frozenset({"en"}), interpreters=False)
    too_old = an_agency("D", languages=frozenset({"es"}), youngest=18)
    wanted = Wanted(language="es", age=14, care=Care.COUNSELING)

    found = fitting([no, unknown, too_old, fits], wanted, AT, ZONE)

    assert [(each.agency.id, each.asks) for each in found] == [("A", ()), ("B", ("age", "care"))]


def test_who_has_places_stands_first_and_an_old_answer_counts_as_none() -> None:
    listed = [
        an_agency("full", said(Capacity.NO_CAPACITY)),
        an_agency("waits", said(Capacity.WAITLIST)),
        an_agency("old", said(Capacity.NO_CAPACITY, CAPACITY_LASTS)),
        an_agency("asked", said(Capacity.HAS_CAPACITY, CAPACITY_LASTS - timedelta(seconds=1))),
    ]

    found = fitting(listed, Wanted(), AT, ZONE)

    assert [each.agency.id for each in found] == ["asked", "old", "waits", "full"]


def test_what_is_free_is_paid_for_by_any_insurance() -> None:
    free = an_agency("free", insurance=frozenset({Insurance.FREE}))
    private = an_agency("private", insurance=frozenset({Insurance.PRIVATE}))

    found = fitting([free, private], Wanted(insurance=Insurance.MEDICAID), AT, ZONE)

    assert [each.agency.id for each in found] == ["free"]
