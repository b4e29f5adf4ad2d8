"""What went wrong, as a page: at the form with what was typed where that is possible, always with 911 in reach."""

import re
from collections.abc import Callable
from dataclasses import replace

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crisis.drill_words import DrillId
from crisis.errors import Change, NotFound
from crisis.referral_words import AgencyId, Audience
from crisis.store import codec, people
from crisis.vocabulary import HandoffId, IncidentId, PersonId, StudentId
from web.deps import OLD_FORM, Desk, form_token, language_of, session_token, settings_of
from web.forms import FormState, Posted, Said
from web.pages import (
    accounts,
    again,
    agreements,
    authority,
    brief,
    call_order,
    compartment,
    conflicts,
    consents,
    contacts,
    correcting,
    directory,
    drills,
    glass,
    improvements,
    incident,
    instructions,
    instruments,
    intake,
    interpreters,
    ladders,
    marks,
    messages,
    my_paging,
    my_settings,
    names,
    oncall,
    open,
    own_reports,
    policy,
    protocol_steps,
    protocols,
    readiness,
    records_requests,
    retention,
    return_news,
    reviews,
    rotations,
    school_calendar,
    school_hours,
    sharing,
    sign_ins,
    skills,
    statements,
    steps,
    times,
    training,
    whole_district,
    wishes,
)
from web.pages.reasons import in_words
from web.problems import Problem
from web.rendering import Language, page, translations
from web.words import N_

OF_RECORD = {
    "authority": authority.show,
    "call-order": call_order.show,
    "contacts": contacts.show,
    "consents": consents.show,
    "instructions": instructions.show,
    "intake": intake.show,
    "interpreters": interpreters.show,
    "names": names.show,
    "requests": records_requests.show_student,
    "sharing": sharing.show,
    "statements": statements.show,
    "times": times.show,
    "wishes": wishes.show,
}
_RECORD = re.compile(rf"/students/([^/]+)/({'|'.join(OF_RECORD)})/[^/]+")
_REQUEST = re.compile(r"/records-requests/([^/]+)/[^/]+")
_REVIEW = re.compile(rf"{reviews.HERE}/([^/]+)/[^/]+")
_REVIEW_ENTRY = re.compile(rf"{reviews.HERE}/([^/]+)/entries/([^/]+)/[^/]+")
_ITEM = re.compile(rf"{improvements.HERE}/([^/]+)/[^/]+")
_KEPT = re.compile(rf"{retention.HERE}/([^/]+)/[^/]+")
_AGENCY = re.compile(r"/directory/([^/]+)/[^/]+")
_DRILL = re.compile(rf"{drills.HERE}/([^/]+)/([^/]+)")
_ACCOUNT = re.compile(r"/accounts/([^/]+)/[^/]+")
_SKILLS = re.compile(rf"({skills.HERE}|{training.HERE})/([^/]+)/[^/]+")
_DRAFT = re.compile(rf"{protocols.DRAFTS}/([^/]+)/([^/]+)")
_DRAFT_STEP = re.compile(rf"{protocols.DRAFTS}/([^/]+)/steps/([^/]+)/[^/]+")
_BRIEF = re.compile(r"/incidents/([^/]+)/brief/([a-z_]+)")
_STEP = re.compile(r"/incidents/([^/]+)/steps/([^/]+)/[^/]+")
_CONFLICT = re.compile(r"/incidents/([^/]+)/conflicts/[^/]+")
_APART = re.compile(r"/incidents/([^/]+)/compartment/[^/]+")
_MARK = re.compile(r"/incidents/([^/]+)/marks/[^/]+")
_ACTION = re.compile(r"/incidents/([^/]+)/([^/]+)")

_WHAT: dict[int, tuple[str, str]] = {
    403: (N_("This is not for you to do here"), N_("If you think it should be, ask the district crisis lead.")),
    405: (N_("This page takes no such order"), N_("Nothing was recorded. Go to the page that has the form.")),
    410: (
        N_("This is over"),
        N_("What you opened has ended, so it shows nothing any more. Sign in to see what goes on now."),
    ),
    404: (N_("Nothing here"), N_("There is no such page, or it is not yours to see. The answer is the same.")),
    409: (N_("Somebody was faster"), N_("Yours was not sent, so nothing was overwritten. Load the page again.")),
    413: (N_("This is too long"), N_("Nothing was recorded. Send it in shorter pieces.")),
    422: (N_("This was not saved"), N_("Go back: what you typed is still in the form.")),
    429: (
        N_("The next one opens in a minute"),
        N_("You opened the records of many students in this hour. A student with an open incident opens at once."),
    ),
    503: (N_("This took too long"), N_("It may or may not have been recorded. Load the page and look.")),
}
# Who can help, where it is not the one who asks.
_HELP: dict[int, str] = {
    403: N_("Who can help: the district crisis lead, or in a hurry the lead of the incident."),
    404: N_("Somebody sent you here? Ask them whether you were called in."),
    429: N_("Is it urgent? Open an incident, or ask the lead: in an open incident nothing waits."),
    500: N_("If it happens again, tell whoever runs this program at what time it was."),
    503: N_("If it happens again, tell whoever runs this program at what time it was."),
}
_NOT_SHOWN = (
    N_("This cannot be shown at the moment"),
    N_("What cannot be put on record is not shown. Load the page again. If it is urgent, use the phone."),
)
_NOT_FOR_THEM = (N_("This is not shown now"), N_("Nothing was changed. Why stands below."))
_BROKEN = (
    N_("Something broke on our side"),
    N_("It may or may not have been recorded. Load the page and look. If it is urgent, use the phone."),
)

# What a conflict is about, in words; other changes are named by the timeline.
_CHANGED = {
    "StepCompleted": N_("%(name)s finished this step"),
    "StepWaived": N_("%(name)s left this step out"),
    "StepAssigned": N_("%(name)s gave this step to somebody"),
    "DecisionAnswered": N_("%(name)s made this decision"),
    "ScreenRecorded": N_("%(name)s recorded the screening"),
    "InterviewRecorded": N_("%(name)s recorded the interview"),
    "TierSet": N_("%(name)s recorded a level of risk"),
    "TierSigned": N_("%(name)s signed the level of risk"),
    "CustodyTaken": N_("%(name)s recorded who is with the student"),
    "CustodyAccepted": N_("%(name)s took over and is with the student"),
    "CustodyReleased": N_("%(name)s recorded the release"),
    "CustodyLost": N_("%(name)s said that the student cannot be found"),
    "StudentFound": N_("%(name)s found the student"),
    "AssessmentReopened": N_("%(name)s opened the assessment again"),
    "IncidentClosed": N_("%(name)s closed this incident"),
    "LeadAssigned": N_("%(name)s named a lead"),
}
_CHANGED_OTHERWISE = N_("%(name)s changed the same thing")


def render(request: Request, problem: Problem) -> Response:
    posted: Posted | None = getattr(request.state, "posted", None)
    if problem.step_up:
        return again.ask(request, posted)
    if posted is not None and problem.status in (409, 422):
        show = form_page(request.url.path)
        if show is not None:
            try:
                return _keeping(show, posted, state_of(problem, posted, request.url.path), problem.status)
            except NotFound:  # it went away between the order and this answer
                return alone(request, problem, posted)
    return alone(request, problem, posted)


Show = Callable[[Desk, FormState, int], HTMLResponse]


def _keeping(show: Show, posted: Posted, state: FormState, status: int) -> HTMLResponse:
    """What somebody else did meanwhile may have taken the form off its page; what was typed in it is then beside it."""
    answer = show(posted.desk, state, status)
    if state.kept or _shows(answer, posted):
        return answer
    return show(posted.desk, replace(state, kept=posted.texts), status)


def _shows(answer: HTMLResponse, posted: Posted) -> bool:
    html = bytes(answer.body).decode()
    return all(escape(each) in html for each in posted.texts)


_EXACTLY: dict[str, Show] = {
    "/incidents": open.show,
    "/directory": directory.show_new,
    "/accounts": accounts.show_all,
    drills.HERE: drills.show_new,
}
_UNDER: dict[str, Show] = {  # the first that fits
    "/oncall/": oncall.again,
    "/me/paging/": my_paging.show,
    f"{my_settings.HERE}/": my_settings.show,
    "/me/sign-in/": sign_ins.show,
    "/ladders/": ladders.again,
    "/rotations/": rotations.again,
    "/school-calendar/": school_calendar.show,
    "/school-hours/": school_hours.show,
    "/agreements/": agreements.show,
    f"{return_news.HERE}/": return_news.show,
    "/instruments/": instruments.show,
    f"{glass.HERE}/": glass.show,
    f"{own_reports.HERE}/": own_reports.show,
    "/policy/": policy.show,
    f"{whole_district.HERE}/": whole_district.show,
    "/messages/": messages.show,
    readiness.MINE: readiness.show_own,
    "/readiness/": readiness.show_all,
}


def form_page(path: str) -> Show | None:
    """The page with the form that was posted to this address."""
    if exact := _EXACTLY.get(path):
        return exact
    if under := next((show for start, show in _UNDER.items() if path.startswith(start)), None):
        return under
    return _page_of_one(path) or _page_of_incident(path)


def _page_of_one(path: str) -> Show | None:
    if found := _REQUEST.fullmatch(path):
        request = found[1]
        return lambda desk, state, status: records_requests.show(desk, request, state, status)
    if found := _KEPT.fullmatch(path):
        subject = found[1]
        return lambda desk, state, status: retention.show(desk, subject, state, status)
    if found := _RECORD.fullmatch(path):
        student, page_of = StudentId(found[1]), OF_RECORD[found[2]]
        return lambda desk, state, status: page_of(desk, student, state, status)
    if found := _AGENCY.fullmatch(path):
        agency = AgencyId(found[1])
        return lambda desk, state, status: directory.show_one(desk, agency, state, status)
    if found := _DRILL.fullmatch(path):
        drill, action = DrillId(found[1]), found[2]
        return lambda desk, state, status: drills.again(desk, drill, action, state, status)
    if found := _SKILLS.fullmatch(path):
        whose, pages = PersonId(found[2]), skills if found[1] == skills.HERE else training
        return lambda desk, state, status: pages.again(desk, whose, state, status)
    if found := _ACCOUNT.fullmatch(path):
        person = PersonId(found[1])
        return lambda desk, state, status: accounts.show(desk, person, state, status)
    return _page_of_review(path) or _page_of_draft(path)


def _page_of_review(path: str) -> Show | None:
    if found := _REVIEW.fullmatch(path):
        review = found[1]
        return lambda desk, state, status: reviews.show(desk, review, state, status)
    if found := _REVIEW_ENTRY.fullmatch(path):
        whole, entry = found[1], found[2]
        return lambda desk, state, status: reviews.show_entry(desk, whole, entry, state, status)
    if found := _ITEM.fullmatch(path):
        item = found[1]
        return lambda desk, state, status: improvements.show(desk, item, state, status)
    return None


def _page_of_draft(path: str) -> Show | None:
    if found := _DRAFT_STEP.fullmatch(path):
        of, step = found[1], found[2]
        return lambda desk, state, status: protocol_steps.show_step(desk, of, step, state, status)
    if found := _DRAFT.fullmatch(path):
        draft, action = found[1], found[2]
        if action == "values":
            return lambda desk, state, status: protocol_steps.show_values(desk, draft, state, status)
        return lambda desk, state, status: protocols.again(desk, draft, action, state, status)
    if path.startswith(f"{protocols.HERE}/publications/"):
        return protocols.show_list
    return None


def _page_of_incident(path: str) -> Show | None:
    if (found := _BRIEF.fullmatch(path)) and found[2] in set(Audience):
        return _brief(IncidentId(found[1]), Audience(found[2]))
    if found := _STEP.fullmatch(path):
        incident_id, step_id = IncidentId(found[1]), found[2]
        return lambda desk, state, status: steps.show(desk, incident_id, step_id, state, status)
    if found := _CONFLICT.fullmatch(path):
        of = IncidentId(found[1])
        return lambda desk, state, status: conflicts.show(desk, of, state, status)
    if found := _APART.fullmatch(path):
        apart = IncidentId(found[1])
        return lambda desk, state, status: compartment.show(desk, apart, state, status)
    if found := _MARK.fullmatch(path):
        closed = IncidentId(found[1])
        return lambda desk, state, status: marks.show(desk, closed, state, status)
    if (found := _ACTION.fullmatch(path)) and found[2] == correcting.ACTION:
        wrong = IncidentId(found[1])
        return lambda desk, state, status: correcting.again(desk, wrong, state, status)
    if (found := _ACTION.fullmatch(path)) and found[2] in incident.FORMS:
        incident_id, action = IncidentId(found[1]), found[2]
        return lambda desk, state, status: incident.again(desk, incident_id, action, state, status)
    return None


def _brief(incident_id: IncidentId, audience: Audience) -> Show:
    """Of the same handoff as the form named."""

    def show(desk: Desk, state: FormState, status: int) -> HTMLResponse:
        handoff = HandoffId(state.typed("handoff")) if state.typed("handoff") else None
        return brief.show(desk, incident_id, audience, handoff, state, status=status)

    return show


def state_of(problem: Problem, posted: Posted, path: str) -> FormState:
    """What was typed, and why it was not accepted, in the reader's language."""
    language, translate = posted.desk.language, translations(posted.desk.language).gettext

    def translated(title: str) -> str:
        return translate(title) if title else ""  # the catalog answers an empty message with its own header

    return FormState(
        fields=posted.fields,
        action=path.rpartition("/")[2],
        errors=tuple(
            (_there(at, posted), translated(posted.title_of(at)), translate(text)) for at, text in problem.fields
        ),
        reasons=tuple(_placed(in_words(reason, language), posted) for reason in problem.reasons),
        conflict=tuple(changed(posted.desk, change) for change in problem.changes),
        changed=tuple(change.seq for change in problem.changes),
        kept=posted.texts if problem.status == 409 else (),
    )


def _there(at: str, posted: Posted) -> str:
    """A field that the form does not have can be led to by nothing."""
    return at if posted.form is None or at.partition(".")[0] in posted.form.model_fields else ""


def _placed(said: Said, posted: Posted) -> Said:
    """A rule may be asked by several forms: it leads to a field only where this one has it."""
    asked = posted.form.model_fields if posted.form is not None else {}
    return said if said.elsewhere or said.at.partition(".")[0] in asked else replace(said, at="")


def changed(desk: Desk, change: Change) -> str:
    assert change.event is None or change.event in codec.EVENTS, change.event
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        names = people.names(tx, [PersonId(change.by)]) if change.by is not None else {}
    name = names.get(PersonId(change.by or "")) or translate(N_("Somebody"))
    return translate(_CHANGED.get(change.event or "", _CHANGED_OTHERWISE)) % {"name": name}


AGAIN = (429, 500, 503)  # what may work a moment later


def alone(request: Request, problem: Problem, posted: Posted | None) -> HTMLResponse:
    language: Language = language_of(request)
    translate = translations(language).gettext
    of_a_look = {422: _NOT_FOR_THEM, 503: _NOT_SHOWN} if request.method == "GET" else {}
    heading, line = (_WHAT | of_a_look).get(problem.status, _BROKEN)
    session, help_line = session_token(request), _HELP.get(problem.status)
    said = problem.detail if problem.detail == OLD_FORM else None
    return page(
        "pages/error.html",
        language,
        status=problem.status,
        csrf=form_token(session) if session else "",
        path="/board",
        heading=translate(heading),
        lines=[translate(each) for each in (said, None if said else line, help_line) if each],
        again=request.url.path if request.method == "GET" and problem.status in AGAIN else None,
        reasons=[in_words(reason, language) for reason in problem.reasons],
        kept=posted.texts if posted is not None else (),
        district_line=settings_of(request).office_phone or None,
    )
