"""Telephone numbers: what was written is kept; what can be dialled is worked out from it. The door to phonenumbers."""

from dataclasses import dataclass

import phonenumbers

HOME_REGION = "US"  # of a number written without a country code


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """`number` is E.164, or None where nothing can be dialled; `valid`: the number plan knows such a number."""

    raw: str
    number: str | None
    valid: bool


def phone_number(raw: str, region: str = HOME_REGION) -> PhoneNumber:
    """Never fails: a wrong number is a fact about the record that a person has to put right."""
    try:
        parsed = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return PhoneNumber(raw=raw, number=None, valid=False)
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        # An extension cannot be reached by a text or by the first seconds of a call.
        return PhoneNumber(raw=raw, number=None, valid=False)
    return PhoneNumber(
        raw=raw, number=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), valid=True
    )


def for_people(number: str) -> str:
    """As people of the region write it; a number that cannot be read stays as it is."""
    try:
        parsed = phonenumbers.parse(number, HOME_REGION)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(HOME_REGION)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
