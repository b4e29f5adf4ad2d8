"""The timeline has a sentence for everything that can happen, in both languages."""

import dataclasses
from datetime import UTC, date, datetime

import pytest

from crisis import drill_events as dev
from crisis import events as ev
from crisis import family_events as fev
from crisis import instrument_events as iev
from crisis import page_events as pev
from crisis import record_events as cev
from crisis import referral_events as rev
from crisis import watch_events as wev
from crisis.call_words import Failure, Receipt
from crisis.delivery import ExtraChannel
from crisis.drill_words import DrillEnd
from crisis.events import Event
from crisis.message_words import InterpreterKind, SendState
from crisis.protocol_words import WatchWhy
from crisis.record_words import Assent, RecordTask
from crisis.referral_words import Audience, BriefWay, Care, ReferralReason, ReferralState, ReturnNews
from crisis.store.codec import EVENTS
from crisis.vocabulary import (
    AttemptOutcome,
    Beside,
    Channel,
    ContactMethod,
    ContactOutcome,
    DeadlineKind,
    DeclineReason,
    Disposal,
    FollowUpOutcome,
    LanguageHelp,
    LegalBasis,
    Mode,
    ObligationKind,
    PageId,
    PersonId,
    Phase,
    ReceiverKind,
    ReleaseTo,
    Role,
    ScreenAnswer,
    ScreenResult,
    StepId,
    Tier,
    Urgency,
    WordsId,
)
from tests.factories import suicide_risk
from web.rendering import Language, translations
from web.telling import Known, told
from web.words_of_events import tell

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
NAMES = {PersonId("p-1"): "Maya Okafor"}
VALUES: dict[str, object] = {
    "at": AT,
    "by": PersonId("p-1"),
    "mode": Mode.LIVE,
    "beside": Beside.ME,
    "phase": Phase.HANDOFF,
    "evidence": {},
    "answers": {"q1": ScreenAnswer.YES},
    "result": ScreenResult.ACUTE_POSITIVE,
    "language_help": LanguageHelp.SHARED,
    "right_now": ScreenAnswer.NO,
    "floor": Tier.HIGH,
    "tier": Tier.LOW,
    "steps": (),
    "dangers": frozenset({"weapon"}),
    "method": ContactMethod.PHONE,
    "due_at": AT,
    "basis": LegalBasis.EMERGENCY,
    "care": Care.COUNSELING,
    "state": ReferralState.ON_HOLD,
    "receiver": ReceiverKind.MOBILE_CRISIS,
    "disclosed": frozenset(),
    "withheld": {},
    "role": Role.NURSE,
    "urgency": Urgency.U1,
    "reason": DeclineReason.TOO_FAR,
    "how": Disposal.COVERED,
    "channel": Channel.TEXT,
    "failure": Failure.ADDRESS,
    "receipt": Receipt.DELIVERED,
    "step": StepId("assess"),
}
OF_CLASS: dict[tuple[type[Event], str], object] = {
    (dev.DrillEnded, "why"): DrillEnd.REAL_PAGE,
    (iev.QuestionnaireRecorded, "band"): "severe",
    (iev.QuestionnaireRecorded, "stands_out"): frozenset({"attention"}),
    (iev.SafetyPlanGiven, "given"): False,
    (fev.GuardianTextMoved, "state"): SendState.FAILED,
    (cev.TaskOpened, "task"): RecordTask.CHECK_ICWA,
    (cev.TaskFinished, "task"): RecordTask.TELL_TITLE_IX,
    (cev.TaskFinished, "note"): WordsId("w-1"),
    (cev.AssentRecorded, "answer"): Assent.UNSAFE,
    (cev.AssentRecorded, "reason"): WordsId("w-1"),
    (cev.AssentRecorded, "agreed"): frozenset(),
    (cev.ContactDecided, "reason"): WordsId("w-1"),
    (rev.ReferralMoved, "reason"): ReferralReason.AT_CAPACITY,
    (rev.ReturnNewsCame, "news"): ReturnNews.COMING_BACK,
    (rev.BriefGiven, "audience"): Audience.CLINICIAN,
    (rev.BriefGiven, "way"): BriefWay.READ_ALOUD,
    (ev.CustodyReleased, "to"): ReleaseTo.GUARDIAN,
    (ev.CustodyReleased, "receiver"): WordsId("w-1"),
    (ev.ContactAttempted, "outcome"): ContactOutcome.NO_ANSWER,
    (ev.InterpreterArranged, "kind"): InterpreterKind.SERVICE,
    (ev.FollowUpRecorded, "outcome"): FollowUpOutcome.NO_SHOW,
    (pev.PageAttempted, "outcome"): AttemptOutcome.UNKNOWN,
    (pev.PageSentBeside, "outcome"): AttemptOutcome.ACCEPTED,
    (pev.PageSentBeside, "channel"): ExtraChannel.PUSH,
    (ev.EmergencyResolved, "outcome"): WordsId("w-1"),
    (ev.ObligationCreated, "kind"): ObligationKind.MANDATED_REPORT,
    (ev.DeadlineMissed, "kind"): DeadlineKind.HARD,
    **{(kind, "day"): date(2027, 5, 3) for kind in (wev.WatchDateAdded, wev.WatchDateKept)},
    **{(kind, "why"): WatchWhy.ANNIVERSARY for kind in (wev.WatchDateAdded, wev.WatchDateKept)},
    (wev.WatchDateKept, "note"): WordsId("w-1"),
}


def every_kind() -> list[type[Event]]:
    return list(EVENTS.values())


def an_event(kind: type[Event]) -> Event:
    """With a value in every field; ids of people name somebody who is known."""
    values = {
        field.name: OF_CLASS.get((kind, field.name), VALUES.get(field.name, _plain(field)))
        for field in dataclasses.fields(kind)
    }
    return kind(**values)  # type: ignore[arg-type]  # built from the fields themselves


def _plain(field: dataclasses.Field[object]) -> object:
    kind = str(field.type)
    if kind == "<class 'bool'>":
        return True
    if kind == "<class 'int'>" or kind.startswith("int"):
        return 2
    if "datetime" in kind:
        return AT
    return PersonId("p-1") if "PersonId" in kind else PageId("x-1")


def known(language: Language) -> Known:
    translate = translations(language).gettext
    return Known(language=language, translate=translate, protocol=suicide_risk(), names=NAMES)


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_every_event_has_a_sentence_in_both_languages(kind: type[Event]) -> None:
    event = an_event(kind)

    english, spanish = tell(event, known("en")), tell(event, known("es"))

    assert english.text
    assert spanish.text
    assert english.text != spanish.text or kind in (ev.DecisionAnswered, ev.FactSet)  # all words of the protocol
    assert "%(" not in english.text + spanish.text


def test_no_event_is_left_to_the_fallback() -> None:
    assert {kind for kind in every_kind() if told.dispatch(kind) is told.dispatch(object)} == set()


def test_a_sentence_names_people_and_keeps_what_they_wrote_apart() -> None:
    event = ev.StepWaived(at=AT, by=PersonId("p-1"), step=StepId("assess"), reason=WordsId("w-9"))

    told = tell(event, known("en"))

    assert told.quotes == (WordsId("w-9"),)
    assert "w-9" not in told.text


def test_a_person_whose_name_the_viewer_may_not_see_is_somebody() -> None:
    event = ev.LeadAssigned(at=AT, by=None, lead=PersonId("p-unknown"))

    assert tell(event, known("en")).text == "Somebody leads this incident"
