"""How the alarm of a page that nobody took ends: by a person, in one of four ways (I-15)."""

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.errors import Reason, refuse_if
from crisis.statemachine.answering import step_done
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.climbing import begins
from crisis.statemachine.lifecycle import PAGE
from crisis.statemachine.paging import MAY_CANCEL, known
from crisis.statemachine.steps import wrong_role
from crisis.vocabulary import Disposal, PageState

_MOVES = {
    Disposal.COVERED: "cover",
    Disposal.OUTSIDE_HELP: "cover",
    Disposal.STAND_DOWN: "cancel",
    Disposal.RESTART: "restart",
}
_SAY = {
    Disposal.COVERED: Reason("I-15", "Write who covers this, and since when"),
    Disposal.OUTSIDE_HELP: Reason("I-15", "Write whom you called (911, mobile crisis or 988), and when"),
    Disposal.STAND_DOWN: Reason("I-15", "Write why nobody is needed"),
}


@rule.register
def _(command: pcmd.DisposePage, case: Case) -> list[ev.Event]:
    person(command)
    page = known(case, command.page)
    refuse_if(
        wrong_role(command.by.roles, MAY_CANCEL),
        _SAY.get(command.how) if command.words is None else None,
        None
        if page.state is PageState.EXHAUSTED
        else Reason("I-15", "This page is not an alarm now: somebody is being asked, has it, or it has ended"),
    )
    PAGE.move(page.state, _MOVES[command.how])
    waits = begins(page.urgency, case) if command.how is Disposal.RESTART else None
    disposed = pev.PageDisposed(
        **stamp(command, case.at), page=page.id, how=command.how, words=command.words, begins_at=waits
    )
    found = command.how is Disposal.COVERED
    return [disposed, *(step_done(command, case, page) if found else [])]
