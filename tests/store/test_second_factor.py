"""Codes of an app and recovery codes: each good once, few guesses, and no record without what the district asks for."""

import math
import random
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import delete, insert

from crisis import clock
from crisis.errors import Refused
from crisis.store import accounts, extra_ways, second_factor, sessions
from crisis.store.accounts import HalfSignIn
from crisis.store.engine import Store
from crisis.store.passwords import LETTERS, passphrase, secret_token, token_digest, typed_code
from crisis.store.sign_in_tables import CODE_APP, RECOVERY_CODE
from crisis.vocabulary import PersonId
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.web.district import NURSE, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
STEP, MINUTE = timedelta(seconds=30), timedelta(minutes=1)

WORDS = "four good long words"


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        accounts.create_account(tx, NURSE, "nurse", WORDS, at=AT, hashing=HASHING)
    return store


def enrolled(store: Store, person: PersonId = NURSE, at: datetime = AT) -> tuple[pyotp.TOTP, list[str]]:
    """The app of somebody, and their recovery codes; the code of `at` is used."""
    with store.write() as tx:
        second_factor.begin_app(tx, store.keys, person, at)
        shown = second_factor.state(tx, store.keys, person).enrolling
        assert shown is not None
        app = pyotp.TOTP(shown.secret)
        codes = second_factor.confirm_app(tx, store.keys, person, app.at(at), at)
    assert codes is not None
    return app, codes


def fits(store: Store, typed: str, at: datetime) -> bool:
    with store.write() as tx:
        return second_factor.check(tx, store.keys, NURSE, typed, at)


def test_an_app_counts_once_a_code_of_it_has_come_and_its_secret_is_not_shown_again(place: Store) -> None:
    with place.write() as tx:
        second_factor.begin_app(tx, place.keys, NURSE, AT)
        before = second_factor.is_on(tx, NURSE)
        shown = second_factor.state(tx, place.keys, NURSE).enrolling
        assert shown is not None
        wrong = second_factor.confirm_app(tx, place.keys, NURSE, "000000", AT)
        second_factor.confirm_app(tx, place.keys, NURSE, pyotp.TOTP(shown.secret).at(AT), AT)
        after = second_factor.state(tx, place.keys, NURSE)
        stored = tx.exec_driver_sql("SELECT * FROM code_app").all()

    assert (before, wrong) == (False, None)
    assert (after.confirmed_at, after.enrolling, after.codes_left) == (AT, None, 10)
    assert shown.secret not in str(stored)
    assert "nurse" in shown.address


def test_a_code_is_good_once_and_none_before_it_any_more(place: Store) -> None:
    app, _ = enrolled(place)
    later = AT + 2 * STEP

    first = fits(place, app.at(later), later)
    again = [fits(place, app.at(later), later), fits(place, app.at(later - STEP), later)]

    assert (first, again) == (True, [False, False])


@pytest.mark.parametrize(("off", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(place: Store, off: int, right: bool) -> None:
    app, _ = enrolled(place)
    later = AT + 10 * STEP

    assert fits(place, app.at(later + off * STEP), later) is right


def test_a_recovery_code_is_good_once_however_it_is_typed_and_for_its_owner_alone(place: Store) -> None:
    _, codes = enrolled(place)
    _, others = enrolled(place, TEACHER)

    tried = [fits(place, typed, AT) for typed in (others[0], codes[0].upper().replace("-", " "), codes[0])]

    assert tried == [False, True, False]
    with place.read() as tx:
        assert second_factor.state(tx, place.keys, NURSE).codes_left == 9


def test_new_recovery_codes_end_the_old_ones(place: Store) -> None:
    _, codes = enrolled(place)
    with place.write() as tx:
        new = second_factor.renew_codes(tx, NURSE, AT)

    assert [fits(place, codes[0], AT), fits(place, new[0], AT)] == [False, True]


def test_guesses_are_limited_to_ten_an_hour_and_a_right_one_gives_them_back(place: Store) -> None:
    app, _ = enrolled(place)
    tried = 0
    for minute in range(1, 60):
        try:
            assert not fits(place, "000000", AT + minute * MINUTE)
            tried += 1
        except Refused:
            continue
    later = AT + 2 * 60 * MINUTE

    assert tried <= 10
    assert fits(place, app.at(later), later)
    assert [fits(place, "000000", later) for _ in range(5)] == [False] * 5
    with pytest.raises(Refused, match="raised without signing in"):
        fits(place, app.at(later), later)


def test_the_passphrase_alone_gives_half_a_sign_in_which_is_over_after_five_minutes(place: Store) -> None:
    enrolled(place)

    half = accounts.sign_in(place, "nurse", WORDS, AT, hashing=HASHING)

    assert isinstance(half, HalfSignIn)
    with place.read() as tx:
        found = second_factor.half(tx, half.secret, AT + 4 * MINUTE)
        assert found is not None
        assert found.person == NURSE
        assert second_factor.half(tx, half.secret, AT + 5 * MINUTE) is None
        assert sessions.limited_holder(tx, half.secret, AT, used=False) is None


def test_half_a_sign_in_ends_with_the_account_and_with_a_new_password(place: Store) -> None:
    enrolled(place)
    halves = []
    for end in ("password", "account"):
        half = accounts.sign_in(place, "nurse", WORDS, AT, hashing=HASHING)
        assert isinstance(half, HalfSignIn)
        with place.write() as tx:
            if end == "password":
                accounts.set_hash(tx, NURSE, accounts.hashed(WORDS, HASHING), at=AT, by=None)
            else:
                accounts.disable(tx, NURSE, at=AT, by=None)
            halves.append(second_factor.half(tx, half.secret, AT))

    assert halves == [None, None]


def test_where_the_district_asks_one_factor_opens_no_record_from_the_next_request_on(place: Store) -> None:
    with place.write() as tx:
        one, two = (sessions.begin(tx, NURSE, at=AT, factors=factors) for factors in (1, 2))

        second_factor.ask_of_all(tx, DISTRICT, True, at=AT, by=None)

        whole = [sessions.holder(tx, each, AT) for each in (one, two)]
        sockets = accounts.holders(tx, [one, two], AT)
        limited = sessions.limited_holder(tx, one, AT)
        second_factor.ask_of_all(tx, DISTRICT, False, at=AT, by=None)
        left = sessions.holder(tx, one, AT)

    assert (whole, sockets, limited, left) == ([None, NURSE], {two: NURSE}, NURSE, NURSE)


def test_a_new_district_has_days_to_set_itself_up(place: Store) -> None:
    """ASVS 6.3.3: asked of everybody by itself, and nobody shut out on the first day."""
    then = AT + timedelta(hours=10)
    with place.write() as tx:
        one = sessions.begin(tx, NURSE, at=AT)
        second_factor.ask_of_all(tx, DISTRICT, True, at=AT, by=None, counts_from=then)

        before, after = (sessions.holder(tx, one, when, used=False) for when in (AT, then))
        sockets = [accounts.holders(tx, [one], when) for when in (AT, AT + 10 * MINUTE)]
        shown = [sessions.shown(tx, one, when) for when in (then - MINUTE, then)]

    assert (before, after) == (NURSE, None)
    assert sockets == [{one: NURSE}, {one: NURSE}]
    assert [each is not None and each.whole for each in shown] == [True, False]


def test_codes_are_long_enough_for_a_digest_and_those_of_before_still_count_once(place: Store) -> None:
    """ASVS 6.5.2, 11.5.1: 128 bits and more."""
    _, codes = enrolled(place)
    with place.write() as tx:
        old = {"digest": token_digest("abcdefghjkmnpqrs"), "district": DISTRICT, "person": NURSE, "short": True}
        tx.execute(insert(RECOVERY_CODE).values(**old))
        known = second_factor.state(tx, place.keys, NURSE)

    tries = [fits(place, "abcd-efgh-jkmn-pqrs", AT) for _ in range(2)]
    with place.write() as tx:
        new = second_factor.state(tx, place.keys, NURSE)

    assert min(len(each.replace("-", "")) for each in codes) * math.log2(len(LETTERS)) > 128
    assert (known.codes_short, new.codes_short) == (True, False)
    assert tries == [True, False]


def test_showing_again_gives_the_session_a_new_secret(place: Store) -> None:
    with place.write() as tx:
        old = sessions.begin(tx, NURSE, at=AT)

        new = sessions.renewed(tx, old, factors=2, at=AT + MINUTE)

        shown = sessions.shown(tx, new, AT)
        assert sessions.holder(tx, old, AT + MINUTE) is None
        assert sessions.holder(tx, new, AT + MINUTE) == NURSE
    assert shown is not None
    assert (shown.proved_at, shown.factors) == (AT + MINUTE, 2)


def test_no_code_and_no_secret_follows_from_a_seed_that_somebody_knows(place: Store) -> None:
    """ASVS 6.5.3: all are drawn by the system's generator."""
    makers = (passphrase, typed_code, secret_token, clock.new_id)

    def drawn() -> list[str]:
        random.seed(7)
        with place.write() as tx:
            tx.execute(delete(CODE_APP))
        app, codes = enrolled(place)
        with place.write() as tx:
            mail = extra_ways.give_email(tx, NURSE, "nurse@example.org", AT)
        return [*(make() for make in makers), app.secret, *codes, mail]

    first, second, third = drawn(), drawn(), drawn()

    assert len({*first[:-1], *second[:-1], *third[:-1]}) == 3 * len(first[:-1])
    assert len({first[-1], second[-1], third[-1]}) > 1  # three times the same six digits come by chance hardly ever
    assert len(first[len(makers)]) * 5 == 160  # bits of the secret that an app holds
