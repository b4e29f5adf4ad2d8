"""Which law is asked: proposed by one, approved by another, from its first day to its last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.policy.packs import FLOOR
from crisis.privacy_words import NoticeRule
from crisis.protocols import loader
from crisis.store import contact_record, contacting, policy_packs
from crisis.store.engine import Store
from crisis.store.pack_tables import POLICY_PACK
from crisis.store.policy_packs import Counsel, InForce, UnreadablePack
from crisis.store.tables import AUDIT
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, ELSEWHERE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 10, 6), timedelta(days=1)
COUNSEL = Counsel(name="R. Lawyer", reviewed_on=date(2026, 9, 1))
LAST = date(2027, 6, 30)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def proposed(store: Store, name: str = "us-ct", by: PersonId = OFFICER, text: str = "") -> str:
    with store.write() as tx:
        return policy_packs.propose(tx, DISTRICT, text or loader.pack_text(name), by=by, at=AT)


def approved(
    store: Store, pack: str, by: PersonId = COUNSELOR, counsel: Counsel = COUNSEL, today: date = TODAY
) -> None:
    with store.write() as tx:
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=by, at=AT, today=today)


def law(store: Store, day: date = TODAY) -> InForce:
    with store.read() as tx:
        return policy_packs.in_force(tx, DISTRICT, day)


def test_where_nothing_is_approved_the_floor_counts(place: Store) -> None:
    proposed(place)

    assert law(place) == InForce(FLOOR)
    assert law(place).is_floor


def test_what_two_people_approved_counts_from_its_first_day_and_no_longer_than_its_last(place: Store) -> None:
    approved(place, proposed(place))

    assert law(place).pack.parent_notice is NoticeRule.FORBIDDEN_WITHOUT_MINOR_CONSENT
    assert law(place, date(2026, 6, 30)).pack == FLOOR
    assert law(place, LAST).pack.id == "us-ct"
    over = law(place, LAST + DAY)
    assert (over.pack, over.lapsed is not None and over.lapsed.id) == (FLOOR, "us-ct")


def test_a_pack_of_another_district_is_not_asked_and_not_touched(place: Store) -> None:
    pack = proposed(place)
    approved(place, pack)

    with place.read() as tx:
        assert policy_packs.in_force(tx, ELSEWHERE, TODAY).is_floor
        assert policy_packs.of_district(tx, ELSEWHERE) == []
    with place.write() as tx, pytest.raises(NotFound):
        policy_packs.end(tx, ELSEWHERE, pack, by=OFFICER, at=AT)


def test_the_newest_counts_and_the_one_before_it_when_that_is_ended(place: Store) -> None:
    first, second = proposed(place, "us-vt"), proposed(place, text=later("us-ct"))
    approved(place, first)
    approved(place, second)
    newest = law(place).pack.id
    with place.write() as tx:
        policy_packs.end(tx, DISTRICT, second, by=COUNSELOR, at=AT)

    assert (newest, law(place).pack.id) == ("us-ct", "us-vt")
    with place.read() as tx:
        assert [each.ended_at is not None for each in policy_packs.of_district(tx, DISTRICT)].count(True) == 1


def later(name: str) -> str:
    return loader.pack_text(name).replace("effective_from: 2026-07-01", "effective_from: 2026-08-01")


def test_nobody_approves_what_they_proposed_pr_64(place: Store) -> None:
    pack = proposed(place)

    with pytest.raises(Refused, match="second person"):
        approved(place, pack, by=OFFICER)
    with place.write() as tx, pytest.raises(IntegrityError):
        tx.execute(
            POLICY_PACK.update().values(
                approved_by=OFFICER, approved_at=AT, counsel="R. Lawyer", counsel_reviewed_on=TODAY
            )
        )
    assert law(place).is_floor


@pytest.mark.parametrize(
    ("counsel", "today", "told"),
    [
        (Counsel(name="  ", reviewed_on=TODAY), TODAY, "Name the lawyer"),
        (Counsel(name="R. Lawyer", reviewed_on=TODAY + DAY), TODAY, "in the future"),
        (COUNSEL, LAST + DAY, "has run out"),
    ],
)
def test_nothing_is_approved_that_no_lawyer_has_read_or_that_is_over(
    place: Store, counsel: Counsel, today: date, told: str
) -> None:
    pack = proposed(place)

    with pytest.raises(Refused, match=told):
        approved(place, pack, counsel=counsel, today=today)


def test_what_is_ended_is_not_approved_afterwards(place: Store) -> None:
    pack = proposed(place)
    with place.write() as tx:
        policy_packs.end(tx, DISTRICT, pack, by=OFFICER, at=AT)

    with pytest.raises(Refused, match="ended before"):
        approved(place, pack)


def test_a_text_with_faults_is_kept_out_and_every_fault_is_told(place: Store) -> None:
    text = loader.pack_text("us-ct").replace("draft: true", "draft: maybe").replace("title: Connecticut\n", "")

    with pytest.raises(UnreadablePack) as fault:
        proposed(place, text=text)

    assert [each.split(": ")[1] for each in fault.value.faults] == ["title", "draft"]
    with place.read() as tx:
        assert policy_packs.of_district(tx, DISTRICT) == []


def test_every_change_is_on_record_with_who_made_it(place: Store) -> None:
    pack = proposed(place)
    approved(place, pack)
    with place.write() as tx:
        policy_packs.end(tx, DISTRICT, pack, by=OFFICER, at=AT)

    with place.read() as tx:
        rows = tx.execute(select(AUDIT.c.action, AUDIT.c.actor).where(AUDIT.c.subject == pack))
        found = [(row.action, row.actor) for row in rows]
    assert sorted(found) == [
        ("policy pack approved", COUNSELOR),
        ("policy pack ended", OFFICER),
        ("policy pack proposed", OFFICER),
    ]


def test_the_decision_about_a_contact_asks_it_and_says_so(place: Store) -> None:
    approved(place, proposed(place))

    with place.read() as tx:
        record = contact_record.of_student(tx, STUDENT)
        before = contacting.circumstances_of(
            tx, DISTRICT, record, None, student=STUDENT, at=datetime(2026, 7, 1, 3, 59, tzinfo=UTC)
        )
        now = contacting.circumstances_of(
            tx, DISTRICT, record, None, student=STUDENT, at=datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
        )

    assert (before.pack.id, now.pack.id) == (FLOOR.id, "us-ct")  # midnight in New York
