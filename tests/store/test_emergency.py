"""Emergency accounts on both databases: sealed, told at each use, over after half a day, and nobody's second person."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.errors import NotFound, Refused
from crisis.policy.identity import Identity
from crisis.readiness_words import ErrandKind
from crisis.store import accounts, call_tree, emergency, errands, identities, people, roster, second_factor, sessions
from crisis.store.emergency import EmergencyAccount
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.store.identities import Door
from crisis.store.sessions import SessionToken
from crisis.vocabulary import PersonId, StaffRole
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.web.district import ELSEWHERE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEAD = PersonId("p-lead")


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        for person, number in ((LEAD, "+16175550143"), (OFFICER, "+16175550144")):
            roster.add_phone(tx, person, number)
    return store


def made(store: Store) -> EmergencyAccount:
    with store.write() as tx:
        return emergency.make(tx, DISTRICT, AT, hashing=HASHING)


def sealed(store: Store, account: EmergencyAccount, at: datetime = AT) -> str:
    with store.of(DISTRICT).write() as tx:  # as the desk of the district crisis lead does
        return emergency.seal(tx, DISTRICT, account.person, at=at, by=LEAD, hashing=HASHING)


def signs_in(store: Store, account: EmergencyAccount, words: str, at: datetime) -> SessionToken:
    token = accounts.sign_in(store, account.username, words, at, hashing=HASHING)
    assert isinstance(token, str)
    return SessionToken(token)


def told(store: Store, at: datetime) -> set[PersonId]:
    with store.read() as tx:
        found = {each: errands.lately(tx, each, ErrandKind.NOTICE, at) for each in (LEAD, OFFICER)}
    return {each for each, texts in found.items() if Subject.EMERGENCY_ACCOUNT in {text.subject for text in texts}}


def test_it_opens_everything_of_the_district_where_two_factors_are_asked_and_is_told_at_once(place: Store) -> None:
    account = made(place)
    words = sealed(place, account)
    with place.write() as tx:
        second_factor.ask_of_all(tx, DISTRICT, True, at=AT, by=None)

    token = signs_in(place, account, words, AT + HOUR)
    again = signs_in(place, account, words, AT + 2 * HOUR)

    assert told(place, AT + HOUR) == told(place, AT + 2 * HOUR) == {LEAD, OFFICER}
    with place.write() as tx:
        assert sessions.holder(tx, token, AT + HOUR) == account.person
        shown = sessions.shown(tx, again, AT)
        [known] = emergency.of_district(tx, DISTRICT)
        did = [each.action for each in emergency.did(tx, known)]
    assert shown is not None
    assert shown.emergency
    assert did.count("emergency account used") == did.count("signed in") == 2


def test_half_a_day_after_its_first_use_it_is_over_until_it_is_sealed_anew(place: Store) -> None:
    account = made(place)
    words = sealed(place, account)
    token = signs_in(place, account, words, AT)
    late = signs_in(place, account, words, AT + 11 * HOUR)

    with place.write() as tx:
        standing = [sessions.locked_holder(tx, late, AT + hours * HOUR) for hours in (11.9, 12)]
    with pytest.raises(Refused, match="sealed anew"):
        signs_in(place, account, words, AT + 12 * HOUR)
    new = sealed(place, account, AT + 13 * HOUR)
    old = accounts.sign_in(place, account.username, words, AT + 13 * HOUR, hashing=HASHING)
    signs_in(place, account, new, AT + 13 * HOUR)

    assert standing == [account.person, None]
    assert old is None
    with place.read() as tx:
        assert sessions.locked_holder(tx, token, AT + HOUR) is None


def test_before_it_is_sealed_and_for_another_district_there_is_nothing(place: Store) -> None:
    account = made(place)

    with place.write() as tx, pytest.raises(NotFound):
        emergency.seal(tx, ELSEWHERE, account.person, at=AT, by=None, hashing=HASHING)
    with place.write() as tx, pytest.raises(NotFound):
        emergency.seal(tx, DISTRICT, LEAD, at=AT, by=None, hashing=HASHING)
    with place.write() as tx, pytest.raises(Refused, match="sealed anew"):
        emergency.opened(tx, account.person, sessions.USUAL, AT)


def test_a_district_has_two_at_most_and_they_are_called_by_nobody(place: Store) -> None:
    one, two = made(place), made(place)

    with pytest.raises(Refused, match="two emergency accounts"):
        made(place)

    with place.read() as tx:
        missing = {each.id: each.missing for each in people.staff(tx, DISTRICT)}
        tree = str(call_tree.call_tree(tx, DISTRICT, None, AT))
    assert missing[one.person]
    assert missing[two.person]
    assert "Emergency account" not in tree


def test_it_has_no_tokens_and_no_provider_by_which_nobody_would_see_its_use(place: Store) -> None:
    account = made(place)
    door, identity = Door(id="google", district=DISTRICT), Identity(issuer="i", subject="s")

    with place.write() as tx:
        with pytest.raises(Refused):
            accounts.create_token(tx, account.person, "a program", AT)
        with pytest.raises(Refused):
            identities.connect(tx, door, identity, account.person, at=AT, by=None)
