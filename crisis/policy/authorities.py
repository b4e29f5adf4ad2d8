"""What an adult may do for a student, as a paper shows and a second person has checked: pure (2.3, fields 10 and 27).

Family is no authority (PR-30), and what nobody has checked gives no right.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from crisis.errors import Reason
from crisis.privacy_words import Authority, AuthorityPaper
from crisis.vocabulary import PersonId

BY_COURT = frozenset({Authority.ADULT_GUARDIAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One right of one adult. `until` is its last day, by the school's calendar; None: the paper names none."""

    person: PersonId
    authority: Authority
    paper: AuthorityPaper
    until: date | None = None
    checked: bool = False

    def counts(self, today: date) -> bool:
        """PR-28: the guardian of an adult is one only by a court's paper, whatever is written down."""
        proper = self.authority not in BY_COURT or self.paper is AuthorityPaper.COURT_ORDER
        return self.checked and proper and (self.until is None or today <= self.until)


def of_person(granted: Collection[Granted], person: PersonId, today: date) -> frozenset[Authority]:
    return frozenset(each.authority for each in granted if each.person == person and each.counts(today))


def dependent(granted: Collection[Granted], parents: Collection[PersonId], today: date) -> bool:
    """34 CFR 99.31(a)(8): shown of one parent it permits, and obliges nobody, to tell either; of nobody else."""
    shown = (each for each in granted if each.authority is Authority.PARENT_OF_DEPENDENT and each.counts(today))
    return any(each.person in parents for each in shown)


def unproved(wanted: Granted) -> Reason | None:
    if wanted.authority in BY_COURT and wanted.paper is not AuthorityPaper.COURT_ORDER:
        return Reason("PR-28", "At 18 somebody else decides only by a court's order; without it the student decides")
    if wanted.authority is Authority.PARENT_OF_DEPENDENT and wanted.until is None:
        return Reason("PR-28", "That somebody is a dependent is shown for one year at a time; give its last day")
    return None
