"""What comes from a telephone and is no answer: a sign of life, a word that stops texts, a word that is too late."""

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.errors import Reason, refuse_if
from crisis.statemachine.answering import ended, not_asked, of_answer
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import Page
from crisis.statemachine.paging import LIVE, known
from crisis.vocabulary import PageState, PersonId


@rule.register
def _(command: pcmd.SeePage, case: Case) -> list[ev.Event]:
    """Seen stops nothing and delays nothing; what somebody wrote is for the team to read."""
    by = person(command)
    page = of_answer(command, case)
    if ended(page) is not None or (command.words is None and (by in page.seen or page.state not in LIVE)):
        return []
    refuse_if(not_asked(page, command, by))
    return [pev.PageSeen(**stamp(command, case.at), page=page.id, person=by, words=command.words)]


@rule.register
def _(command: pcmd.StopTexts, case: Case) -> list[ev.Event]:
    """The carrier cuts them off from texts: who is waited for is called at once (`paging.md` 6.7)."""
    by = person(command)
    page = of_answer(command, case)
    refuse_if(not_asked(page, command, by))
    if by in page.textless or not waited_for(page, by):
        return []
    return [pev.PageTextsStopped(**stamp(command, case.at), page=page.id, person=by)]


def waited_for(page: Page, by: PersonId) -> bool:
    """Whether an answer of this person still changes something: everybody's while nobody has it, then only theirs."""
    if page.state in LIVE:
        return by not in page.declined
    on_the_way = page.state is PageState.ACCEPTED and page.arrived_at is None
    return on_the_way and by in (page.accepted_by, page.offered_to)


@rule.register
def _(command: pcmd.AnswerLate, case: Case) -> list[ev.Event]:
    """F44: on record, once for each person, and nothing changes by it; the closed incident stays as it was."""
    by = person(command)
    page = known(case, command.page)
    over = case.incident.closed_at is not None or ended(page) is not None
    refuse_if(None if over else Reason("I-15", "This page has not ended; answer it"))
    if by in page.late or by not in page.asked:
        return []
    return [pev.PageAnsweredLate(**stamp(command, case.at), page=page.id, person=by, words=command.words)]
