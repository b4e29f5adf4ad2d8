"""The closed lists of instruments: what an item can be answered, why words may be shown, what a safety plan asks."""

from enum import StrEnum
from typing import NewType

PermissionId = NewType("PermissionId", str)
PackId = NewType("PackId", str)


class ItemAnswer(StrEnum):
    """To one item of a questionnaire: a number of its scale, a yes or a no, or why there is neither."""

    ZERO = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    YES = "yes"
    NO = "no"
    REFUSED = "refused"
    MISSING = "missing"  # on the form, not answered
    NOT_ON_FORM = "not_on_form"  # this form does not ask it

    @property
    def number(self) -> int | None:
        return int(self.value) if self.value.isdigit() else None


class PermissionBasis(StrEnum):
    """Why a district may show the words of an instrument that is not free."""

    LETTER = "letter"  # a written permission of whoever owns it
    LICENCE = "licence"  # a contract
    PUBLISHED_TERMS = "published_terms"  # the owner's own terms allow this use; somebody has read them for us


class PlanPrompt(StrEnum):
    """What a safety plan asks, after the prompts of the BSSA; the answers are the student's own words."""

    COPING = "coping"
    PEOPLE = "people"
    SAFER_PLACE = "safer_place"


class StaysSafe(StrEnum):
    """“Do you need help to keep yourself safe?” A no does not clear."""

    YES = "yes"
    NO = "no"
    NO_ANSWER = "no_answer"
