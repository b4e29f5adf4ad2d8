"""Buttons of an incident: pressed twice they do their work once; whoever is slower keeps their words and is told."""

from collections.abc import Iterator

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import page_events as pev
from crisis import record_events as cev
from crisis.record_words import RecordTask
from crisis.store.engine import Store
from crisis.vocabulary import HandoffId, ReleaseTo, Tier
from tests.factories import COUNSELOR as FIRST
from tests.factories import (
    contact,
    exception,
    follow_up,
    interview,
    offer,
    release,
    screen,
    signed,
    tier,
)
from tests.journeys.playing import Story, cancelled
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, TEACHER
from tests.web.filling import COLLEAGUE, PRINCIPAL, Scene, a_scene, filled, sent
from tests.web.test_pages import words

BY_COUNSELOR = "Given P-Counselor"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough: a form is sent again, and by somebody who saw less, on a copy of its file."""
    return sqlite_url


@pytest.fixture
def scene(store: Store, watch: Watch) -> Iterator[Scene]:
    with a_scene(store, watch) as made:
        yield made


def assessed(story: Story) -> Story:
    story.does(screen("ynnnn"), interview("further_evaluation"), tier(Tier.HIGH), signed())
    return story


def test_who_is_with_the_student(scene: Scene) -> None:
    assessed(scene.story).does(cmd.OfferCustody(by=FIRST, to=COLLEAGUE))
    colleague = scene.together(COLLEAGUE, COUNSELOR)
    colleague.alone("/custody", "accept-student", ev.CustodyAccepted)
    late = filled(colleague.slow.get(f"{colleague.here}/custody"), f"{colleague.here}/lost", last_seen="At the gate")
    colleague.alone("/custody", "lost", ev.CustodyLost, last_seen="In the hall at ten")
    told = words(sent(colleague.slow, f"{colleague.here}/lost", late, 409))
    colleague.both("/custody", "found", ev.StudentFound, "Given P-Colleague found the student")
    away = {"release_to": "ems", "receiver": "Ambulance of the county"}
    colleague.both("/custody", "release", ev.CustodyReleased, "Given P-Colleague", **away)

    assert colleague.events(ev.CustodyLost) == 1
    assert "Given P-Colleague said that the student cannot be found" in told
    assert "We kept what you typed:At the gate" in told


def test_an_offer_of_the_student_that_is_taken_back(scene: Scene) -> None:
    assessed(scene.story).does(cmd.OfferCustody(by=FIRST, to=COLLEAGUE))

    scene.together(COUNSELOR, COLLEAGUE).both("/custody", "keep-student", ev.CustodyOfferEnded, BY_COUNSELOR)


def test_handing_off(scene: Scene) -> None:
    story = assessed(scene.story)
    story.does(contact(contact=None), offer())
    (first,) = story.incident.handoffs
    incident = scene.together(COUNSELOR, COLLEAGUE)
    incident.both("/handoffs", "decline-handoff", ev.HandoffDeclined, BY_COUNSELOR, handoff=first, reason="No bed here")
    story.reads()
    story.does(offer())
    second: HandoffId = next(each for each in story.incident.handoffs if each != first)
    scene.later()
    said = {"handoff": second, "recipient": "Dr. Rivera, intake"}
    incident.both("/handoffs", "accept-handoff", ev.HandoffAccepted, BY_COUNSELOR, **said)


def test_reports_and_exceptions(scene: Scene) -> None:
    scene.story.does(exception("contraindicated"))
    incident = scene.together(COUNSELOR, COLLEAGUE)
    report = {"agency": "Child protection", "number": "A 17"}
    incident.both("/duties", "report", ev.ReportFiled, BY_COUNSELOR, **report)
    task = {"task": RecordTask.TELL_TITLE_IX}
    incident.alone("/duties", "open-task", cev.TaskOpened, **task)
    incident.both("/duties", "finish-task", cev.TaskFinished, BY_COUNSELOR, **task, note="Told on Monday at nine")
    for action, event in (("renew", ev.ExceptionRenewed), ("lift", ev.ExceptionLiftAsked)):
        why = {"exception": "contraindicated", "reason": "As the agency said"}
        incident.both("/duties", action, event, BY_COUNSELOR, **why)
    incident.both("/facts", "reopen", ev.AssessmentReopened, BY_COUNSELOR, reason="A letter was found")


def test_a_report_is_passed_on(store: Store, watch: Watch) -> None:
    with a_scene(store, watch, "abuse_disclosure", pack="US-MA") as scene:
        incident = scene.together(COUNSELOR, COLLEAGUE)
        incident.both("/duties", "delegate", ev.ObligationDelegated, BY_COUNSELOR, to=NURSE)


def test_the_buttons_of_a_step(scene: Scene) -> None:
    story = assessed(scene.story)
    story.does(*(cancelled(each) for each in story.incident.pages))
    incident = scene.together(COUNSELOR, COLLEAGUE)
    step = "steps/clear_means"
    incident.both(f"/{step}", f"{step}/assign", ev.StepAssigned, BY_COUNSELOR, to=TEACHER)
    step = "steps/clinician_page"
    incident.alone(f"/{step}", f"{step}/page", pev.PageRequested)
    incident.both(f"/{step}", f"{step}/waive", ev.StepWaived, BY_COUNSELOR, reason="She is in the room")
    step = "steps/guardian_contact"
    declared = {"exception": "adult_student", "reason": "She is of age"}
    incident.both(f"/{step}", f"{step}/exception", ev.ExceptionDeclared, BY_COUNSELOR, **declared)


def followed_up(story: Story) -> Story:
    story.does(screen("nnnn-"), tier(Tier.LOW), contact(contact=None))
    story.completes("clear_means", "tell_admin", "safety_plan", "means_counseling")
    story.does(release(ReleaseTo.CLASS), exception("offer_declined", step="referral"))
    story.does(*(follow_up(each) for each in ("first_follow_up", "nurse_call")))
    story.completes("reassess")
    return story


def test_following_up_and_the_close(scene: Scene) -> None:
    followed_up(scene.story)
    incident = scene.together(COUNSELOR, PRINCIPAL)
    step = "steps/check_in_once"
    went = {"outcome": "completed", "note": "She is well"}
    incident.both(f"/{step}", f"{step}/follow-up", ev.FollowUpRecorded, BY_COUNSELOR, **went)
    incident.both(
        "/close", "pass-on", ev.FollowUpTransferred, BY_COUNSELOR, organisation="Open Door, Ruiz", accepted="yes"
    )
    incident.both("/close", "review", ev.ReviewDecided, BY_COUNSELOR, hold="no", reason="All went well")
    incident.alone("/close", "sign-close", ev.CloseSigned)
    late = filled(incident.page("/close"), f"{incident.here}/review", hold="no", reason="It went very well")
    scene.together(PRINCIPAL, COUNSELOR).alone("/close", "close", ev.IncidentClosed)
    told = words(sent(incident.quick, f"{incident.here}/review", late, 422))

    assert "This incident is closed; open a new one that is linked to it" in told
    assert "We kept what you typed:It went very well" in told
    assert "Add mine as a note" not in told  # nothing is added to it any more
