"""Identities on both databases: one person each, codes once and for a day, told by a text, ended with access."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from crisis.errors import NotFound, Refused
from crisis.policy.identity import Identity, SignedOut, TokenRefused
from crisis.readiness_words import ErrandKind
from crisis.sign_in_words import TokenFault
from crisis.store import accounts, errands, identities, roster, second_factor, sessions
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.store.identities import Door
from crisis.store.sessions import Whence
from crisis.vocabulary import PersonId
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, ELSEWHERE, NURSE, STRANGER, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
WORDS = "four good long words"
DOOR, FAR = Door(id="google", district=DISTRICT), Door(id="google", district=ELSEWHERE)
ONE = Identity(issuer="https://accounts.google.com", subject="1")
TWO = Identity(issuer="https://clever.com", subject="1")


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        for person in (NURSE, TEACHER, STRANGER):
            accounts.create_account(tx, person, person, WORDS, at=AT, hashing=HASHING)
    return store


def connected(store: Store, identity: Identity, person: PersonId, door: Door = DOOR) -> None:
    with store.write() as tx:
        identities.connect(tx, door, identity, person, at=AT, by=None)


def holder(store: Store, identity: Identity, door: Door = DOOR) -> PersonId | None:
    with store.write() as tx:
        return identities.holder(tx, door, identity, AT)


def test_an_identity_is_issuer_and_subject_together_pr_63(place: Store) -> None:
    connected(place, ONE, NURSE)

    assert (holder(place, ONE), holder(place, TWO)) == (NURSE, None)


MUST_NOT = {
    "taken": (ONE, TEACHER, DOOR),
    "a second one": (TWO, NURSE, DOOR),
    "of another district": (TWO, STRANGER, DOOR),
    "at another district's": (TWO, TEACHER, FAR),
    "without an account": (TWO, COUNSELOR, DOOR),
}


def test_what_must_not_be_connected_is_refused(place: Store) -> None:
    connected(place, ONE, NURSE)

    for identity, person, door in MUST_NOT.values():
        with pytest.raises(Refused):
            connected(place, identity, person, door)


def test_a_code_is_good_once_for_a_day_and_one_person_alone(place: Store) -> None:
    with place.of(DISTRICT).write() as tx:  # as the desk of the district crisis lead does
        old = identities.make_code(tx, DOOR, NURSE, at=AT, by=TEACHER)
        code = identities.make_code(tx, DOOR, NURSE, at=AT, by=TEACHER)
        late = identities.make_code(tx, DOOR, TEACHER, at=AT, by=None)
        with pytest.raises(NotFound):
            identities.make_code(tx, DOOR, STRANGER, at=AT, by=None)

    with place.write() as tx:
        other_door = identities.spend_code(tx, Door(id="clever", district=DISTRICT), code, AT)
        found = identities.spend_code(tx, DOOR, f" {code.upper()} ", AT)
        rest = [
            identities.spend_code(tx, DOOR, each, at)
            for each, at in ((code, AT), (old, AT), (late, AT + timedelta(hours=24)))
        ]
        stored = str(tx.exec_driver_sql("SELECT * FROM identity_code").all())

    assert found is not None
    assert (other_door, found.person, found.made_by, rest) == (None, NURSE, TEACHER, [None, None, None])
    assert code.replace("-", "") not in stored


def test_whoever_is_connected_is_told_and_access_that_ended_is_no_way_in_pr_62(place: Store) -> None:
    with place.write() as tx:
        tx.exec_driver_sql("UPDATE account SET disabled_at = created_at WHERE person = 'p-teacher'")
        roster.add_phone(tx, NURSE, "+16175550142")
    connected(place, ONE, NURSE)
    with pytest.raises(Refused):
        connected(place, TWO, TEACHER)
    with place.write() as tx:
        told = errands.lately(tx, NURSE, ErrandKind.NOTICE, AT)
        way = identities.begin(tx, DOOR, AT, person=NURSE)
        accounts.disable(tx, NURSE, at=AT, by=None)
        under_way = identities.under_way(tx, way, AT)

    assert [each.subject for each in told] == [Subject.SIGN_IN]
    assert (holder(place, ONE), under_way) == (None, None)


def test_by_a_provider_alone_no_record_is_opened_whatever_the_district_asks(place: Store) -> None:
    with place.write() as tx:
        one = sessions.begin(tx, NURSE, at=AT, whence=Whence("google"))
        two = sessions.begin(tx, NURSE, at=AT, whence=Whence("google"), factors=2)

        assert [sessions.holder(tx, each, AT) for each in (one, two)] == [None, NURSE]
        assert sessions.limited_holder(tx, one, AT) == NURSE


def said(name: str, *, subject: str | None = "s-1", session: str | None = None) -> SignedOut:
    until = AT + timedelta(minutes=10)
    return SignedOut(id=name, issuer=ONE.issuer, subject=subject, session=session, until=until)


def test_who_signs_out_there_is_signed_out_of_what_began_there_and_of_nothing_else(place: Store) -> None:
    """OpenID Connect Back-Channel Logout 1.0, 2.7."""
    connected(place, ONE, NURSE)
    here, there = (identities.session_digest(replace(ONE, session=each)) for each in ("one", "two"))
    with place.write() as tx:
        own = sessions.begin(tx, NURSE, at=AT)
        first, second = (sessions.begin(tx, NURSE, at=AT, whence=Whence("google", each)) for each in (here, there))
        unnamed = sessions.begin(tx, NURSE, at=AT, whence=Whence("google"))
        elsewhere = sessions.begin(tx, NURSE, at=AT, whence=Whence("clever", here))
        another = sessions.begin(tx, TEACHER, at=AT, whence=Whence("google", "digest of another"))
        half = second_factor.begin_half(tx, NURSE, at=AT, shared=False, whence=Whence("google", there))

        one = identities.sign_out(tx, DOOR, said("j-1", subject=ONE.subject, session="one"), AT)
        after_one = standing(tx, own, first, second, unnamed, elsewhere, another)
        all_ = identities.sign_out(tx, DOOR, said("j-2", subject=ONE.subject), AT)
        after_all = standing(tx, own, first, second, unnamed, elsewhere, another)
        nobody = identities.sign_out(tx, DOOR, said("j-3", subject="somebody else"), AT)
        by_session = identities.sign_out(tx, DOOR, said("j-4", subject=None, session="one"), AT)
        half_left = second_factor.half(tx, half, AT)

    assert (one, after_one) == (2, [True, False, True, False, True, True])
    assert (all_, after_all) == (2, [True, False, False, False, True, True])
    assert (nobody, by_session, half_left) == (0, 0, None)


def standing(tx: Connection, *tokens: str) -> list[bool]:
    return [sessions.limited_holder(tx, each, AT, used=False) is not None for each in tokens]


def test_what_a_provider_said_once_counts_once(place: Store) -> None:
    connected(place, ONE, NURSE)
    with place.write() as tx:
        identities.sign_out(tx, DOOR, said("j-1", subject=ONE.subject), AT)
        later = sessions.begin(tx, NURSE, at=AT, whence=Whence("google"))
    with place.write() as tx, pytest.raises(TokenRefused) as refused:
        identities.sign_out(tx, DOOR, said("j-1", subject=ONE.subject), AT)

    with place.write() as tx:
        assert standing(tx, later) == [True]
        identities.sign_out(tx, DOOR, said("j-2", subject="nobody"), AT + timedelta(minutes=10))
        kept = tx.exec_driver_sql("SELECT count(*) FROM provider_logout").scalar_one()
    assert refused.value.fault is TokenFault.REPLAY
    assert kept == 1  # those that are too old by themselves are forgotten


def test_so_many_are_on_their_way_and_no_more_and_whoever_is_signed_in_connects_all_the_same(
    place: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "MOST_AWAY", 3)
    with place.write() as tx:
        for _ in range(3):
            identities.begin(tx, DOOR, AT)
        with pytest.raises(Refused, match="password or a passkey"):
            identities.begin(tx, DOOR, AT)

        assert identities.begin(tx, DOOR, AT, person=NURSE)
        assert identities.begin(tx, DOOR, AT, identity=ONE)
        assert identities.begin(tx, Door(id="clever", district=DOOR.district), AT)
        assert identities.begin(tx, DOOR, AT + identities.AWAY)
