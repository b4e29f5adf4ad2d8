"""The words of retention: what kind of record something is, and so for how long it is kept."""

from enum import StrEnum


class RetentionClass(StrEnum):
    """A record has the longest of those that it falls under (`privacy-and-culture.md` 3.6)."""

    TRANSIENT = "transient"  # how a page went out: nobody needs it after a month
    INCIDENT = "incident_temporary"  # by the law of the place, from the day on which the student left
    TITLE_IX = "title_ix"  # 34 CFR 106.45(b)(10)
    DISCLOSURE = "disclosure"  # as long as the record that it is about (34 CFR 99.32(a)(2))
    AUDIT = "audit"  # longer than all that it is about: never destroyed here
    PREFERENCES = "preferences"
    DRILL = "drill"
    DRILL_REVIEW = "drill_review"  # a drill of which somebody wrote a review


class DestructionMethod(StrEnum):
    """How a record was destroyed, as its certificate says it."""

    KEYS_AND_ROWS = "keys_and_rows"  # its keys and its rows; of what has to stay, every name
