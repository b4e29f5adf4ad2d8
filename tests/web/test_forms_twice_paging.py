"""Buttons about a page of an incident: pressed twice they do their work once, and whoever is slower is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.store.engine import Store
from crisis.vocabulary import AttemptOutcome, Channel, Disposal, PageId, PageState, Role, Urgency
from tests.factories import COUNSELOR, SYSTEM
from tests.watch import Watch
from tests.web.district import COUNSELOR as COUNSELORS_ID
from tests.web.district import NURSE
from tests.web.filling import COLLEAGUE, PRINCIPAL, Scene, a_scene

LONG = timedelta(minutes=30)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough: a form is sent again, and by somebody who saw less, on a copy of its file."""
    return sqlite_url


@pytest.fixture
def scene(store: Store, watch: Watch) -> Iterator[Scene]:
    with a_scene(store, watch) as made:
        yield made


def paged(scene: Scene) -> PageId:
    """The nurse, if she is not yet, and the worker has called this one."""
    if not any(each.state is PageState.PAGING for each in scene.story.reads().pages.values()):
        scene.story.does(pcmd.RequestPage(by=COUNSELOR, role=Role.NURSE, urgency=Urgency.U1))
    page = next(each.id for each in scene.story.incident.pages.values() if each.state is PageState.PAGING)
    report = pcmd.RecordPageAttempt(
        by=SYSTEM,
        page=page,
        person=NURSE,
        channel=Channel.TEXT,
        outcome=AttemptOutcome.ACCEPTED,
        attempt=f"{page}-{NURSE}",
        level=0,
    )
    scene.story.does(report)
    scene.later()
    return page


def test_asking_for_somebody_and_each_answer(scene: Scene) -> None:
    incident = scene.together(COUNSELORS_ID, PRINCIPAL)
    incident.alone("/people", "page", pev.PageRequested, role="nurse")

    page = paged(scene)
    nurse = scene.together(NURSE, COLLEAGUE)

    nurse.alone("/people", "stand-by", pev.PageStoodBy, page=page)
    nurse.alone("/people", "accept-page", pev.PageAccepted, page=page)
    nurse.alone("/people", "delay-page", pev.PageDelayed, page=page, minutes="20")
    nurse.alone("/people", "offer-page", pev.PageOffered, page=page, taker=COLLEAGUE)
    nurse.alone("/people", "end-page-offer", pev.PageOfferEnded, page=page)
    nurse.alone("/people", "here", pev.PageArrived, page=page)
    nurse.alone("/people", "decline-page", pev.PageLetGo, page=page, reason="other")


def test_a_page_that_nobody_needs_any_more(scene: Scene) -> None:
    page = paged(scene)
    incident = scene.together(COUNSELORS_ID, PRINCIPAL)

    incident.both("/people", "cancel-page", pev.PageCancelled, "Given P-Counselor", page=page)


def test_an_alarm_that_nobody_took(scene: Scene) -> None:
    page = paged(scene)
    scene.later(LONG)
    for level in ("0", "1", "2", "3"):
        scene.timer("page_unanswered", f"{page}:{level}")
    incident = scene.together(COUNSELORS_ID, PRINCIPAL)

    said = {"page": page, "how": Disposal.COVERED.value, "said": "The nurse of the other school"}
    incident.both("/people", "dispose-page", pev.PageDisposed, "Given P-Counselor", **said)
