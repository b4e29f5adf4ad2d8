"""Whether a parent is told who does not answer for the student: the lead decides, with a reason, and may change it."""

import pytest

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis.commands import Actor
from crisis.errors import Refused
from crisis.vocabulary import PersonId
from tests.factories import COLLEAGUE, COUNSELOR, GUARDIAN, PRINCIPAL, TEACHER, WORDS, an_incident, having

LED = cmd.AssignLead(by=COUNSELOR, to=COUNSELOR.id or PersonId(""))


def decides(by: Actor, *, tell: bool) -> ccmd.DecideOnContact:
    return ccmd.DecideOnContact(by=by, contact=GUARDIAN, tell=tell, reason=WORDS)


def test_the_lead_decides_and_the_last_word_counts() -> None:
    incident = an_incident(LED)

    told = having(incident, decides(COUNSELOR, tell=True))
    assert told.contact_decided == {GUARDIAN: True}
    assert having(told, decides(PRINCIPAL, tell=False)).contact_decided == {GUARDIAN: False}


@pytest.mark.parametrize("by", [COLLEAGUE, TEACHER])
def test_nobody_else_does(by: Actor) -> None:
    with pytest.raises(Refused, match="The lead of this incident decides"):
        having(an_incident(LED), decides(by, tell=True))
