"""Who is signed in where, for how long, and who ends it. On both databases where rows matter."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crisis.errors import NotFound
from crisis.sign_in_words import Browser, System
from crisis.store import accounts, ending, people, sessions
from crisis.store.engine import Store
from crisis.store.sessions import Device, LimitRules, Limits
from crisis.store.tables import AUDIT
from crisis.vocabulary import PersonId, StaffRole
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, NURSE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PHONE = Device(browser=Browser.SAFARI, system=System.IOS)
FRONT_DESK = Device(browser=Browser.EDGE, system=System.WINDOWS, shared=True)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def begun(store: Store, person: PersonId = NURSE, device: Device = PHONE, at: datetime = AT) -> str:
    with store.write() as tx:
        return sessions.begin(tx, person, at=at, device=device)


def of(store: Store, person: PersonId, at: datetime = AT, token: str | None = None) -> list[sessions.SessionView]:
    with store.read() as tx:
        return sessions.of_people(tx, [person], at, token=token)[person]


def stands(store: Store, token: str, at: datetime = AT) -> bool:
    with store.read() as tx:
        return sessions.holder(tx, token, at, used=False) is not None


def test_the_narrowest_of_all_limits_that_fit_counts() -> None:
    lead = Limits.of(10, 8)
    rules = LimitRules(
        everybody=Limits.of(15, 12), of_post={StaffRole.DISTRICT_LEAD: lead, StaffRole.NURSE: Limits.of(60, 6)}
    )

    found = {
        "teacher": rules.of([StaffRole.TEACHER], shared=False),
        "lead": rules.of([StaffRole.DISTRICT_LEAD], shared=False),
        "both": rules.of([StaffRole.DISTRICT_LEAD, StaffRole.NURSE], shared=False),
        "nurse, shared": rules.of([StaffRole.NURSE], shared=True),
    }

    assert found == {
        "teacher": Limits.of(15, 12),
        "lead": lead,
        "both": Limits.of(10, 6),
        "nurse, shared": Limits.of(5, 6),
    }


def test_a_post_with_narrower_limits_is_signed_out_sooner(place: Store) -> None:
    rules = LimitRules(of_post={StaffRole.PRIVACY_OFFICER: Limits.of(2, 1)})
    with place.write() as tx:
        officer = sessions.begin(tx, OFFICER, at=AT, rules=rules)
        nurse = sessions.begin(tx, NURSE, at=AT, rules=rules)

    assert [stands(place, officer, AT + 2 * MINUTE), stands(place, nurse, AT + 2 * MINUTE)] == [False, True]


def test_the_list_says_on_which_device_since_when_and_which_is_this_one(place: Store) -> None:
    phone, desk = begun(place), begun(place, device=FRONT_DESK, at=AT + MINUTE)

    found = of(place, NURSE, AT + 2 * MINUTE, phone)

    assert [(each.device, each.began_at, each.this) for each in found] == [
        (FRONT_DESK, AT + MINUTE, False),
        (PHONE, AT, True),
    ]
    assert [each.idle_at - each.seen_at for each in found] == [5 * MINUTE, 15 * MINUTE]
    assert all(secret not in str(found) for secret in (phone, desk))


def test_what_has_ended_is_not_listed(place: Store) -> None:
    begun(place)

    assert of(place, NURSE, AT + 15 * MINUTE) == []


def test_one_of_mine_is_ended_and_nobody_elses(place: Store) -> None:
    phone, others = begun(place), begun(place, COUNSELOR)
    [mine], [theirs] = of(place, NURSE), of(place, COUNSELOR)

    with place.write() as tx:
        with pytest.raises(NotFound):
            sessions.end(tx, NURSE, theirs.id, at=AT)
        sessions.end(tx, NURSE, mine.id, at=AT)

    assert (stands(place, phone), stands(place, others)) == (False, True)


def test_all_others_of_mine_end_and_this_one_stays(place: Store) -> None:
    this, other, third = begun(place), begun(place), begun(place, COUNSELOR)

    with place.write() as tx:
        sessions.end_others(tx, NURSE, this, at=AT)

    assert [stands(place, each) for each in (this, other, third)] == [True, False, True]


def test_whoever_ends_all_of_a_person_is_on_record(place: Store) -> None:
    tokens = [begun(place), begun(place, device=FRONT_DESK)]

    with place.write() as tx:
        ended = sessions.end_all(tx, NURSE, at=AT, by=OFFICER)

    with place.read() as tx:
        last = tx.execute(
            select(AUDIT.c.actor, AUDIT.c.action, AUDIT.c.subject).order_by(AUDIT.c.number.desc())
        ).first()
    assert ended == 2
    assert [stands(place, each) for each in tokens] == [False, False]
    assert tuple(last or ()) == (OFFICER, "all sessions ended", NURSE)


def test_ending_somebodys_access_ends_session_token_and_turn_together_pr_62(place: Store) -> None:
    with place.write() as tx:
        accounts.create_account(tx, NURSE, "nurse", "four good long words", at=AT, hashing=HASHING)
        program = accounts.create_token(tx, NURSE, "board", AT)
        session = sessions.begin(tx, NURSE, at=AT)

        ending.end_access(tx, NURSE, at=AT, by=OFFICER)

        held = (sessions.holder(tx, session, AT), accounts.token_holder(tx, program, AT))
        there = [each.id for each in people.staff(tx, DISTRICT)]
        [account] = accounts.of_district(tx, DISTRICT)
    assert held == (None, None)
    assert NURSE not in there
    assert account.disabled_at == AT
    assert accounts.sign_in(place, "nurse", "four good long words", AT, hashing=HASHING) is None
