"""What may be told to whom, as it is kept: until somebody ends it, asked about again after a year."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from crisis.errors import Refused
from crisis.policy.directives import Directive
from crisis.privacy_words import InstructionSource
from crisis.record_words import InfoAction, InfoAudience
from crisis.referral_words import DataPoint
from crisis.store import directives, kept, people
from crisis.store.directive_tables import INFO_DIRECTIVE
from crisis.store.engine import Store
from crisis.store.instructions import STALE
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NURSE, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
ASK = Directive(audience=InfoAudience.GUARDIAN, category=DataPoint.RISK, action=InfoAction.ASK_FIRST)


def test_it_holds_until_it_is_ended_and_is_asked_about_after_a_year_pr_81(store: Store) -> None:
    a_district(store)
    with store.write() as tx:
        student = people.student(tx, STUDENT)
        one = directives.add(tx, student, ASK, InstructionSource.STUDENT, by=COUNSELOR, at=AT)
        with pytest.raises(Refused, match="on record already"):
            directives.add(tx, student, ASK, InstructionSource.STUDENT, by=NURSE, at=AT)
        directives.add(tx, student, ASK, InstructionSource.FAMILY, by=NURSE, at=AT)
        found = directives.of_student(tx, STUDENT)
        kept.end(tx, INFO_DIRECTIVE, STUDENT, one, by=NURSE, at=AT + timedelta(days=1))
        left = directives.of_student(tx, STUDENT)

    assert [each.source for each in found] == [InstructionSource.STUDENT, InstructionSource.FAMILY]
    assert (found[0].stale(AT + STALE), len(left)) == (True, 1)
    with pytest.raises(IntegrityError), store.write() as tx:  # nor may anybody else put it there
        tx.execute(update(INFO_DIRECTIVE).values(action=InfoAction.DO_NOT_VOLUNTEER))
