"""Passkeys: what a device signs counts once, for this site alone, made by whoever holds it; with real signatures."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crisis.errors import NotFound, Refused
from crisis.store import accounts, passkeys
from crisis.store.engine import Store
from crisis.store.passkeys import Site
from crisis.store.sessions import UNKNOWN_DEVICE
from crisis.store.sign_in_tables import PASSKEY_CHALLENGE
from crisis.vocabulary import PersonId
from tests.cheap import HASHING
from tests.store.soft_key import PRESENT, SoftKey
from tests.web.district import NURSE, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
SITE = Site(host="crisis.example.org", origins=frozenset({"https://crisis.example.org"}))
OTHER = Site(host="crisis.example.com", origins=frozenset({"https://crisis.example.com"}))


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        for person in (NURSE, TEACHER):
            accounts.create_account(tx, person, person, "four good long words", at=AT, hashing=HASHING)
    return store


def a_key(**changes: object) -> SoftKey:
    return SoftKey(host=SITE.host, origin="https://crisis.example.org", **changes)  # type: ignore[arg-type]


def offered(store: Store, person: PersonId = NURSE, at: datetime = AT) -> str:
    with store.write() as tx:
        return passkeys.offer(tx, SITE, person, at)


def adds(store: Store, answer: str, person: PersonId = NURSE, at: datetime = AT) -> None:
    with store.write() as tx:
        passkeys.add(tx, SITE, person, answer, device=UNKNOWN_DEVICE, at=at)


def enrolled(store: Store) -> SoftKey:
    key = a_key()
    adds(store, key.made(offered(store)))
    return key


def asked(store: Store, at: datetime = AT) -> str:
    with store.write() as tx:
        return passkeys.ask(tx, SITE, at)


def signer(store: Store, answer: str, at: datetime = AT) -> PersonId | None:
    with store.write() as tx:
        return passkeys.holder(tx, SITE, answer, at)


def test_whoever_holds_the_key_is_known_by_it_and_each_challenge_counts_once(place: Store) -> None:
    key = enrolled(place)
    answer = key.signed(asked(place))

    first, again = signer(place, answer, AT), signer(place, answer, AT)

    assert (first, again) == (NURSE, None)
    with place.read() as tx:
        [kept] = passkeys.of_person(tx, NURSE)
        assert tx.execute(select(PASSKEY_CHALLENGE)).all() == []
    assert kept.used_at == AT


WRONG_SIGNATURES = {
    "of another site": lambda key, offer: key.signed(offer, origin="https://crisis.example.com"),
    "of a site whose name begins with ours": lambda key, offer: key.signed(
        offer, origin="https://crisis.example.org.example.com"
    ),
    "over http": lambda key, offer: key.signed(offer, origin="http://crisis.example.org"),
    "of another kind": lambda key, offer: key.signed(offer, type="webauthn.create"),
    "without looking at its owner": lambda key, offer: key.signed(offer, PRESENT),
    "with a challenge that we never gave": lambda key, offer: key.signed(json.dumps({"challenge": "A" * 43})),
    "by another key": lambda key, offer: a_key().signed(offer),
    "for another host": lambda key, offer: SoftKey(OTHER.host, key.origin, key=key.key).signed(offer),
}


@pytest.mark.parametrize("what", WRONG_SIGNATURES)
def test_a_signature_that_does_not_fit_is_nobodys(place: Store, what: str) -> None:
    key = enrolled(place)

    assert signer(place, WRONG_SIGNATURES[what](key, asked(place))) is None


def test_a_challenge_is_over_after_five_minutes(place: Store) -> None:
    key = enrolled(place)
    offer = asked(place)

    assert signer(place, key.signed(offer), AT + timedelta(minutes=5)) is None


def test_a_key_whose_count_goes_back_is_a_copy(place: Store) -> None:
    key = enrolled(place)
    signer(place, key.signed(asked(place)))
    key.uses = 0

    assert signer(place, key.signed(asked(place))) is None


def test_whoever_is_shut_out_is_not_let_in_by_a_passkey(place: Store) -> None:
    key = enrolled(place)
    with place.write() as tx:
        accounts.disable(tx, NURSE, at=AT, by=None)

    assert signer(place, key.signed(asked(place))) is None


def test_what_is_no_answer_of_a_browser_is_nobodys_and_breaks_nothing(place: Store) -> None:
    """Each byte may be wrong: what comes here is anybody's text."""
    key, dice = enrolled(place), random.Random(7)
    good = key.signed(asked(place))
    broken = ["", "{}", "[]", "null", '{"id": 5}', "\x00", good[:-40], good.replace("public-key", "password")]
    for _ in range(60):
        place_of = dice.randrange(len(good))
        broken.append(good[:place_of] + dice.choice('Aa0-_{}"') + good[place_of + 1 :])

    found = {signer(place, each) for each in broken if each != good}

    assert found <= {None, NURSE}  # a change in the padding of base64 may change no bit
    assert signer(place, good) in (None, NURSE)


def test_a_passkey_is_made_once_by_whom_it_was_offered_to(place: Store) -> None:
    offer = offered(place)
    answer = a_key().made(offer)

    with pytest.raises(Refused):
        adds(place, answer, TEACHER)
    adds(place, answer)
    with pytest.raises(Refused):
        adds(place, answer)
    with pytest.raises(Refused):
        adds(place, a_key().made(offered(place, TEACHER)), TEACHER)  # the same id: nobody takes over a key

    with place.read() as tx:
        assert [len(passkeys.of_person(tx, person)) for person in (NURSE, TEACHER)] == [1, 0]


@pytest.mark.parametrize(
    "answer",
    [
        lambda key, offer: key.made(offer, PRESENT),
        lambda key, offer: key.made(offer, origin="https://crisis.example.com"),
        lambda key, offer: key.signed(offer),
        lambda key, offer: "{}",
    ],
    ids=["without looking at its owner", "at another site", "a signature", "nothing"],
)
def test_what_does_not_fit_makes_no_passkey(place: Store, answer: object) -> None:
    with pytest.raises(Refused):
        adds(place, answer(a_key(), offered(place)))  # type: ignore[operator]

    with place.read() as tx:
        assert passkeys.of_person(tx, NURSE) == []


def test_ten_are_enough_and_one_is_removed_by_its_owner_alone(place: Store) -> None:
    for number in range(10):
        adds(place, a_key(id=f"key-{number}".encode()).made(offered(place)))
    with pytest.raises(Refused, match="ten passkeys"):
        offered(place)

    with place.write() as tx:
        mine = passkeys.of_person(tx, NURSE)
        with pytest.raises(NotFound):
            passkeys.remove(tx, TEACHER, mine[0].id, at=AT)
        passkeys.remove(tx, NURSE, mine[0].id, at=AT)
        left = passkeys.of_person(tx, NURSE)

    assert left == mine[1:]
