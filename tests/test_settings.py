"""What an installation may not decide: half a provider, or one account for what is practised and what is real."""

import base64
import re
from pathlib import Path

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


MAIL = {"smtp_host": "mail.example.org", "smtp_from": "crisis@example.org"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"smtp_host": "mail.example.org"}, "both or neither"),
        ({"smtp_from": "crisis@example.org"}, "both or neither"),
        ({**MAIL, "smtp_user": "crisis"}, "smtp_user and smtp_secret go together"),
        ({**MAIL, "smtp_tls": "false"}, "on this machine only"),
        ({**MAIL, "smtp_from": "Crisis"}, "an e-mail address such as"),
        ({"push_contact": "the office"}, "mailto: or https://"),
        ({"push_hosts": "169.254.169.254"}, "names of hosts"),
        ({"push_hosts": "*"}, "names of hosts"),
        ({"push_hosts": "localhost"}, "names of hosts"),
        ({"provider_spare": "+16175550194"}, "set provider_… first"),
        ({"second_canary": "+16175550194"}, "set second_… first"),
        ({**FIRST, "provider_canary": FIRST["provider_from"]}, "another number than provider_from"),
        ({**FIRST, **DRILL, "provider_spare": DRILL["drill_from"]}, "of their own"),
    ],
)
def test_what_does_not_fit_together_is_told_at_the_start(values: dict[str, str], told: str) -> None:
    assert told in why(**values)


def test_the_ways_beside_text_and_call_may_be_set_up_or_left_out() -> None:
    there = made(**MAIL, push="true", push_hosts="push.example.org, .push.example.net", push_contact="mailto:it@a.org")

    assert (there.push, there.smtp_tls, made().push, made().smtp_host) == (True, True, False, "")
    assert not made(smtp_host="127.0.0.1", smtp_from="crisis@example.org", smtp_tls="false").smtp_tls


def test_the_sample_names_settings_that_exist_and_is_one_by_itself() -> None:
    text = (Path(__file__).resolve().parent.parent / "sample.env").read_text(encoding="utf-8")
    named = dict(re.findall(r"^CRISIS_(\w+)=(.*)$", text, re.MULTILINE))

    assert {name.lower() for name in named} <= set(Settings.model_fields)
    assert made(**{name.lower(): value for name, value in named.items()}).providers == ()
