"""How sensitive each column is, and who sees what is in it: one table for all tables (`privacy-and-culture.md` 2.2).

A column without a label fails the tests, and so does a category without a decision for each view (PR-49).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from crisis.access_words import Category, Sensitivity

S = Sensitivity


class Kept(StrEnum):
    """How a value is kept in the database."""

    OPEN = "open"
    SEALED = "sealed"  # AES-256-GCM, under the key of one student or incident, or of the installation
    WORDS = "words"  # the id of sealed words; the label is that of what they say
    DIGEST = "digest"  # from which what it was made of cannot be read back


class Readers(StrEnum):
    """Who sees a table's rows, and the rule that says so."""

    VIEW = "by their view of the incident: `crisis/policy/projection.py`"
    RECORD = "who keeps the student's record: `may_keep_record`"
    NAMES = "who talks with the student, and the privacy officer, by context: `may_keep_names`, PR-9"
    LEDGER = "principals of the school, the district's posts: `docs/access.md`"
    OFFICERS = "the privacy officer and the district crisis lead: `may_keep_policy`"
    REVIEWERS = (
        "who writes the review, once it is signed who sees the figures, and of an improvement item its owner:"
        " `crisis/policy/looking_back.py`"
    )
    LEADERS = "who leads a school or the district, added up: `crisis/policy/looking_back.py`"
    STAFF = "every member of staff: `may_see_schedules`"
    PLANNERS = "who plans, and each their own: `may_see_readiness`"
    ACCOUNTS = "who keeps accounts, and each their own: `may_keep_accounts`"
    CALL_TREE = "who would call by hand: `may_read_call_tree`"
    DRILLS = "who runs drills, and those who take part or observe: `web/drill_orders.py`"
    NOBODY = "nobody at a console; the program alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What a level asks for wherever a value of it goes (ASVS 14.1.2); the names are headings of the inventory."""

    kept: str
    may_be_logged: str
    in_addresses_and_titles: str
    may_leave: str
    how_long: str


_RECORD_ENDS = "until its record is destroyed by two people, by the years of the district's law, and no hold keeps it"
ASKS: Mapping[Sensitivity, Asks] = MappingProxyType(
    {
        S.TECHNICAL: Asks(
            kept="open; secrets sealed, or as a digest",
            may_be_logged="yes: ids, counts, closed words; never a secret",
            in_addresses_and_titles="ids that say nothing, in addresses",
            may_leave="to programs and telephone providers, as far as they need it",
            how_long="with its row; a log as long as the machine keeps it, and the audit as long as the database",
        ),
        S.NORMAL: Asks(
            kept="open",
            may_be_logged="no",
            in_addresses_and_titles="no",
            may_leave="to staff of the district, and to the provider that calls them",
            how_long=(
                "staff, schedules and agencies: until an import or a person takes them out; sessions 12 hours; what "
                "was sent and done 30 days; drills 90 days, what they were planned as and came to 3 years"
            ),
        ),
        S.RESTRICTED: Asks(
            kept="words sealed under the key of their record; facts open, behind the walls of their district",
            may_be_logged="no, at no level of any library",
            in_addresses_and_titles="no",
            may_leave="by a row of the ledger of disclosures alone; in no text, call, e-mail or push message",
            how_long=f"{_RECORD_ENDS}; texts that came in 30 days after they were dealt with; drills 90 days, with a"
            " review 3 years",
        ),
        S.VERY_RESTRICTED: Asks(
            kept="words sealed under the key of their record, and in no list",
            may_be_logged="no, at no level of any library",
            in_addresses_and_titles="no",
            may_leave="by a row of the ledger with a basis for its category; two people for a copy",
            how_long=f"{_RECORD_ENDS}; what was sealed is gone with the key at that moment",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Label:
    sensitivity: Sensitivity
    categories: frozenset[Category] = frozenset()
    kept: Kept = Kept.OPEN


@dataclass(frozen=True, slots=True)
class Table:
    readers: Readers
    columns: Mapping[str, Label] = field(default_factory=dict)


def table(
    readers: Readers,
    *,
    technical: str = "",
    normal: str = "",
    restricted: str = "",
    **apart: Label,
) -> Table:
    """Names with blanks between; `apart` are columns with categories, or that are kept in another way."""
    plain = {S.TECHNICAL: technical, S.NORMAL: normal, S.RESTRICTED: restricted}
    columns = {name: Label(sensitivity) for sensitivity, names in plain.items() for name in names.split()}
    return Table(readers, columns | apart)


def restricted(*categories: Category, kept: Kept = Kept.OPEN) -> Label:
    return Label(S.RESTRICTED, frozenset(categories), kept)


def very(*categories: Category, kept: Kept = Kept.OPEN) -> Label:
    """Very restricted: it could out or endanger somebody by itself."""
    return Label(S.VERY_RESTRICTED, frozenset(categories), kept)


DIGEST = Label(S.TECHNICAL, kept=Kept.DIGEST)
SECRET = Label(S.TECHNICAL, kept=Kept.SEALED)
