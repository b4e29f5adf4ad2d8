"""A report is its owner's: whatever others do, it stays open until they, or whom the law lets them ask, file it."""

import pytest

from crisis import commands as cmd
from crisis import report_commands as tcmd
from crisis.errors import Refused
from crisis.statemachine.incident import Incident
from crisis.vocabulary import ObligationId, PersonId
from tests.factories import COLLEAGUE, COUNSELOR, NURSE, PRINCIPAL, WORDS, exception, happens, having
from tests.statemachine.test_family import moderate, rules

OTHERS = (NURSE, PRINCIPAL, COLLEAGUE)


def owed() -> tuple[Incident, frozenset[ObligationId]]:
    incident = moderate(exception("contraindicated"))
    return incident, frozenset(incident.obligations)


def open_of(incident: Incident, theirs: frozenset[ObligationId]) -> set[ObligationId]:
    return {each for each in theirs if incident.obligations[each].filed_at is None}


def test_somebody_elses_own_report_leaves_it_open_pr_40() -> None:
    incident, theirs = owed()

    also = having(incident, tcmd.Suspect(by=NURSE))
    hers = set(also.obligations) - theirs
    filed = having(
        also, *(tcmd.FileReport(by=NURSE, obligation=each, agency="cps", number=WORDS) for each in sorted(hers))
    )

    assert len(hers) == len(theirs)
    assert open_of(filed, theirs) == theirs
    assert open_of(filed, frozenset(hers)) == set()


def test_lifting_the_block_correcting_and_passing_the_lead_on_leave_it_open_pr_40() -> None:
    incident, theirs = owed()
    (block,) = incident.exceptions

    after = having(
        incident,
        cmd.LiftException(by=PRINCIPAL, exception=block, reason=WORDS),
        cmd.LiftException(by=COLLEAGUE, exception=block, reason=WORDS),
        *(cmd.CorrectEvent(by=PRINCIPAL, seq=seq, words=WORDS, in_error=True) for seq in range(2, incident.seq)),
    )

    assert block not in after.exceptions
    assert open_of(after, theirs) == theirs


@pytest.mark.parametrize("by", OTHERS)
def test_nobody_else_files_it_or_passes_it_on_pr_40(by: cmd.Actor) -> None:
    incident, theirs = owed()

    for report in theirs:
        for order in (
            tcmd.FileReport(by=by, obligation=report, agency="cps", number=WORDS),
            tcmd.DelegateReport(by=by, obligation=report, to=PersonId("p-nurse")),
        ):
            with pytest.raises(Refused) as refused:
                happens(incident, order)
            assert "I-11" in rules(refused)


def test_its_owner_files_it_once_pr_40() -> None:
    incident, theirs = owed()
    first = min(theirs)
    order = tcmd.FileReport(by=COUNSELOR, obligation=first, agency="cps", number=WORDS)

    filed = having(incident, order)

    assert open_of(filed, theirs) == theirs - {first}
    with pytest.raises(Refused, match="filed already"):
        happens(filed, order)
