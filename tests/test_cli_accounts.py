"""`crisis account end-sessions`, `remove-second-factor` and `ask-second-factor`, as an operator types them."""

from pathlib import Path

import pyotp

from crisis import clock
from crisis.store import accounts, second_factor, sessions
from crisis.store.passwords import FLOOR, Hashing
from crisis.vocabulary import DistrictId
from tests.test_cli_oncall import ANN, Crisis, crisis, installed

__all__ = ["crisis"]  # the fixture


def test_an_operator_signs_out_takes_an_app_away_and_asks_it_of_all(crisis: Crisis, tmp_path: Path) -> None:
    at = clock.now()
    with installed(tmp_path) as store, store.write() as tx:
        accounts.create_account(tx, ANN, "ann", "four good long words", at=at, hashing=Hashing(FLOOR))
        second_factor.begin_app(tx, store.keys, ANN, at)
        shown = second_factor.state(tx, store.keys, ANN).enrolling
        assert shown is not None
        second_factor.confirm_app(tx, store.keys, ANN, pyotp.TOTP(shown.secret).at(at), at)
        token = sessions.begin(tx, ANN, at=at)

    said = [crisis("account", "end-sessions", ANN), crisis("account", "remove-second-factor", ANN)]
    said += [crisis("account", "ask-second-factor", "d", "--of-all")]

    with installed(tmp_path) as store, store.read() as tx:
        assert sessions.limited_holder(tx, token, at, used=False) is None
        assert not second_factor.is_on(tx, ANN)
        assert second_factor.is_asked_of_all(tx, DistrictId("d"))
    assert "Sessions ended: 1." in said[0]
    assert "password alone" in said[1]
    assert "Asked of everybody" in said[2]


def test_an_operator_makes_an_emergency_account_and_seals_it(crisis: Crisis, tmp_path: Path) -> None:
    made = crisis("account", "make-emergency", "d")
    person = made.split("(")[1].split(")")[0]
    words = crisis("account", "seal-emergency", "d", person).strip()

    with installed(tmp_path) as store:
        assert "emergency-1-d" in made
        assert accounts.check_password(store, "emergency-1-d", words, clock.now()) == person
        accounts.sign_in(store, "emergency-1-d", words, clock.now())
    assert "emergency account used" in crisis("account", "did", person, "--hours", "1")
