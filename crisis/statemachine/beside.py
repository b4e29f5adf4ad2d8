"""What is on record about a page and moves nothing: a text that waits, e-mail or push beside it."""

from dataclasses import replace

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.statemachine.case import Case, rule, stamp
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import Incident
from crisis.statemachine.paging import known


@rule.register
def _(command: pcmd.HoldBackPage, case: Case) -> list[ev.Event]:
    page = known(case, command.page)
    held_back = pev.PageHeldBack(
        **stamp(command, case.at),
        page=page.id,
        person=command.person,
        channel=command.channel,
        attempt=command.attempt,
        until=command.until,
    )
    return [held_back]


@rule.register
def _(command: pcmd.RecordExtra, case: Case) -> list[ev.Event]:
    page = known(case, command.page)
    sent = pev.PageSentBeside(
        **stamp(command, case.at),
        page=page.id,
        person=command.person,
        channel=command.channel,
        outcome=command.outcome,
        attempt=command.attempt,
    )
    return [sent]


@folded.register
def _(event: pev.PageHeldBack, incident: Incident) -> Incident:
    page = replace(incident.pages[event.page], held_until=event.until)
    return replace(incident, pages=with_(incident.pages, page.id, page))


@folded.register
def _(event: pev.PageSentBeside, incident: Incident) -> Incident:
    return incident
