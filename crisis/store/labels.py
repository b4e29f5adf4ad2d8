"""How sensitive each column is, and who sees what is in it: one table for all tables (`privacy-and-culture.md` 2.2).

A column without a label fails the tests, and so does a category without a decision for each view (PR-49).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
    STAFF = "every member of staff: `may_see_schedules`"
    PLANNERS = "who plans, and each their own: `may_see_readiness`"
    ACCOUNTS = "who keeps accounts, and each their own: `may_keep_accounts`"
    CALL_TREE = "who would call by hand: `may_read_call_tree`"
    NOBODY = "nobody at a console; the program alone"


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
