"""`crisis account end-sessions`, `remove-second-factor` and `ask-second-factor`, as an operator types them."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from crisis import clock
from crisis.errors import Refused
from crisis.store import accounts, audit, second_factor, sessions
from crisis.store.accounts import HalfSignIn
from crisis.vocabulary import DistrictId
from tests.cheap import HASHING
from tests.test_cli_oncall import ANN, BEN, Crisis, crisis, installed

__all__ = ["crisis"]  # the fixture


def test_a_lost_passphrase_is_replaced_by_a_made_one_and_the_app_is_asked_for_as_before(
    crisis: Crisis, tmp_path: Path
) -> None:
    """ASVS 6.4.3, 6.4.6: nobody chooses it for them, and it leaves no factor out."""
    at = clock.now()
    with installed(tmp_path) as store, store.write() as tx:
        accounts.create_account(tx, ANN, "ann", "four good long words", at=at, hashing=HASHING)
        second_factor.begin_app(tx, store.keys, ANN, at)
        shown = second_factor.state(tx, store.keys, ANN).enrolling
        assert shown is not None
        second_factor.confirm_app(tx, store.keys, ANN, pyotp.TOTP(shown.secret).at(at), at)
        token = sessions.begin(tx, ANN, at=at)

    words, said = crisis("account", "new-passphrase", ANN).strip().splitlines()

    with installed(tmp_path) as store:
        with store.read() as tx:
            assert sessions.limited_holder(tx, token, at, used=False) is None
            assert audit.of(tx, ANN)[-1].action == "password changed"
        assert accounts.sign_in(store, "ann", "four good long words", at) is None
        assert isinstance(accounts.sign_in(store, "ann", words, at), HalfSignIn)
    assert "Good for 7 days" in said
    crisis("account", "new-passphrase", BEN, fails=True)  # who has no account gets none by this


def test_an_operator_signs_out_takes_an_app_away_and_asks_it_of_all(crisis: Crisis, tmp_path: Path) -> None:
    at = clock.now()
    with installed(tmp_path) as store, store.write() as tx:
        accounts.create_account(tx, ANN, "ann", "four good long words", at=at, hashing=HASHING)
        second_factor.begin_app(tx, store.keys, ANN, at)
        shown = second_factor.state(tx, store.keys, ANN).enrolling
        assert shown is not None
        second_factor.confirm_app(tx, store.keys, ANN, pyotp.TOTP(shown.secret).at(at), at)
        token = sessions.begin(tx, ANN, at=at)
        lost, kept = (accounts.create_token(tx, ANN, label, at) for label in ("lost laptop", "board"))
        lost_id = next(each.id for each in accounts.tokens_of(tx, ANN) if each.label == "lost laptop")

    listed, _ = crisis("account", "tokens", ANN), crisis("account", "end-token", ANN, lost_id)
    said = [crisis("account", "end-sessions", ANN), crisis("account", "remove-second-factor", ANN)]
    said += [crisis("account", "ask-second-factor", "d", "--of-all")]

    with installed(tmp_path) as store, store.read() as tx:
        assert sessions.limited_holder(tx, token, at, used=False) is None
        assert not second_factor.is_on(tx, ANN)
        assert [accounts.token_holder(tx, each, at, used=False) for each in (lost, kept)] == [None, ANN]
        assert second_factor.asked_of_all_from(tx, DistrictId("d")) is not None
    assert lost_id[:8] in listed
    assert "Sessions ended: 1." in said[0]
    assert "password alone" in said[1]
    assert "Asked of everybody" in said[2]


def test_what_an_operator_hands_over_is_over_in_days_and_a_new_district_asks_two_factors_of_all(
    crisis: Crisis, tmp_path: Path
) -> None:
    """ASVS 6.4.1, 6.3.3."""
    first = crisis("account", "create", BEN, "ben").splitlines()[0]
    crisis("roster", "district", "new", "A new district", "--second-factor-after", "21")

    with installed(tmp_path) as store:
        given = accounts.sign_in(store, "ben", first, clock.now())
        assert isinstance(given, str)
        with store.read() as tx:
            assert sessions.holder(tx, given, clock.now(), used=False) is None
            asked_from = second_factor.asked_of_all_from(tx, DistrictId("new"))
        with pytest.raises(Refused, match="run out"):
            accounts.sign_in(store, "ben", first, clock.now() + timedelta(days=7))
    assert asked_from is not None
    assert timedelta(days=20) < asked_from - clock.now() <= timedelta(days=21)


def test_an_operator_makes_an_emergency_account_and_seals_it(crisis: Crisis, tmp_path: Path) -> None:
    made = crisis("account", "make-emergency", "d")
    person = made.split("(")[1].split(")")[0]
    words = crisis("account", "seal-emergency", "d", person).strip()
    crisis("account", "new-passphrase", person, fails=True)  # it is sealed anew, which is told

    with installed(tmp_path) as store:
        assert "emergency-1-d" in made
        assert accounts.check_password(store, "emergency-1-d", words, clock.now()) == person
        accounts.sign_in(store, "emergency-1-d", words, clock.now())
    assert "emergency account used" in crisis("account", "did", person, "--hours", "1")
