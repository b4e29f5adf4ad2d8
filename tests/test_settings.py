"""What an installation may not decide: half a provider, or one account for what is practised and what is real."""

import base64

import pytest
from pydantic import ValidationError

from crisis.settings import Settings

FIRST = {"provider_account": "AC1", "provider_secret": "live secret", "provider_from": "+16175550190"}
DRILL = {"drill_account": "AC2", "drill_secret": "drill secret", "drill_from": "+16175550191"}
KEY = base64.b64encode(bytes(32)).decode()
SECOND = {
    "second_account": "t-1",
    "second_secret": "KEY1",
    "second_application": "a-1",
    "second_from": "+16175550192",
    "second_public_key": KEY,
}


def made(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg,arg-type]  # as the environment gives them


def why(**values: str) -> str:
    with pytest.raises(ValidationError) as caught:
        made(**values)
    return str(caught.value)


def test_two_providers_with_accounts_of_their_own_are_fine() -> None:
    assert made(**FIRST, **DRILL, **SECOND).second_from == "+16175550192"


@pytest.mark.parametrize(
    "shared",
    [
        {"drill_account": "AC1"},
        {"drill_from": "+16175550190"},
        {"drill_secret": "live secret"},
        {"drill_from": "+16175550192"},  # the live number of the other provider
        {"drill_secondary_secret": "live secret"},
    ],
)
def test_what_is_practised_shares_nothing_with_what_is_real_i_22(shared: dict[str, str]) -> None:
    assert "of their own" in why(**{**FIRST, **DRILL, **SECOND, **shared})


@pytest.mark.parametrize("missing", SECOND)
def test_half_a_provider_is_found_out_at_the_start(missing: str) -> None:
    assert missing in why(**{**SECOND, missing: ""})


@pytest.mark.parametrize("missing", FIRST)
def test_half_the_first_provider_too(missing: str) -> None:
    assert missing in why(**{**FIRST, missing: ""})


@pytest.mark.parametrize("key", ["?", "AAAA", KEY[:-4]])
def test_a_public_key_is_one(key: str) -> None:
    assert "32 bytes" in why(**{**SECOND, "second_public_key": key})


def test_no_error_shows_a_secret() -> None:
    said = why(**{**FIRST, **DRILL, "drill_secret": "live secret"})

    assert "live secret" not in said
    assert "+1617" not in said
