"""What a hospital or a crisis unit tells the school: written down as said, and told to people who act on it (P7)."""

from crisis import events as ev
from crisis import referral_commands as rcmd
from crisis import referral_events as rev
from crisis.effects import Effect
from crisis.protocols.schema import Protocol
from crisis.statemachine.case import Case, rule, stamp
from crisis.statemachine.folding import folded
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.reacting import reaction, tell
from crisis.vocabulary import Role


@rule.register
def _(command: rcmd.RecordReturnNews, case: Case) -> list[ev.Event]:
    """It decides nothing: that the student is back is recorded by somebody who has seen them."""
    news = rev.ReturnNewsCame(**stamp(command, case.at), news=command.news, agency=command.agency, words=command.words)
    return [news]


@folded.register
def _(_event: rev.ReturnNewsCame, incident: Incident) -> Incident:
    return incident


@reaction.register
def _(event: rev.ReturnNewsCame, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return tell(after, "return_news", Role.INCIDENT_LEAD, Role.CARE_COORDINATOR)
