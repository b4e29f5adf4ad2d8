"""Where a state gives it earlier, the student's own right to see the record is asked of the record itself (PR-29)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from crisis.protocols import loader
from crisis.store import outflows, policy_packs
from crisis.store.engine import Store
from crisis.store.outflows import About
from crisis.store.people_tables import STUDENT as ROWS
from crisis.store.policy_packs import Counsel
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
THIRTEEN, FOURTEEN = date(2012, 10, 7), date(2012, 10, 6)  # on that day


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def law(place: Store, name: str) -> None:
    with place.write() as tx:
        pack = policy_packs.propose(tx, DISTRICT, loader.pack_text(name), by=COUNSELOR, at=AT)
        counsel = Counsel(name="A. Lawyer", reviewed_on=AT.date())
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=OFFICER, at=AT, today=AT.date())


def may_see(place: Store, born: date | None, grade: str | None) -> bool:
    with place.write() as tx:
        tx.execute(update(ROWS).where(ROWS.c.id == STUDENT).values(birth_date=born, grade=grade))
        given = outflows.circumstances_of(tx, About(district=DISTRICT, student=STUDENT), None, AT)
    return given.student_may_see


@pytest.mark.parametrize(
    ("born", "grade", "sees"),
    [
        (THIRTEEN, "08", False),
        (FOURTEEN, "08", True),
        (THIRTEEN, "09", True),
        (None, "10", True),
        (FOURTEEN, None, True),
        (None, None, False),
        (THIRTEEN, "KG", False),
        (THIRTEEN, "²", False),
    ],
)
def test_in_massachusetts_from_fourteen_or_the_ninth_grade_on_pr_29(
    place: Store, born: date | None, grade: str | None, sees: bool
) -> None:
    assert may_see(place, born, grade) is False  # the federal floor gives no right of their own

    law(place, "us-ma")

    assert may_see(place, born, grade) is sees


def test_a_law_that_says_nothing_of_it_gives_none_pr_29(place: Store) -> None:
    law(place, "us-ct")

    assert may_see(place, FOURTEEN, "12") is False
