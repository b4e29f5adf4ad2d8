"""What a page gets from its providers in a story: as `crisis.notify.line` asks them, at least once, as patiently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from crisis.notify.provider import Patience
from crisis.settings import Settings
from crisis.simulating.story import Fault, Story
from crisis.vocabulary import AttemptOutcome

ALL = ("twilio", "telnyx")  # in the order in which a line asks them
PATIENCE = Patience()
NOW = timedelta(0)
HEDGE, TOTAL = timedelta(seconds=PATIENCE.hedge), timedelta(seconds=PATIENCE.total)


def configured(settings: Settings) -> tuple[str, ...]:
    """What this installation has; all of them where it has none yet, since that will not stay so."""
    accounts = (settings.provider_account, settings.second_account)
    return tuple(name for name, account in zip(ALL, accounts, strict=True) if account) or ALL


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one call after `took`; `by` is who took it, `arrives` whether it comes to the telephone."""

    outcome: AttemptOutcome
    took: timedelta
    by: str | None = None
    arrives: bool = False


def handed_over(story: Story, providers: Sequence[str], at: timedelta) -> Handed:
    """The next provider is asked when the one before refuses or does not know, and after two seconds of silence."""
    answers: list[Handed] = []
    asked = NOW
    for provider in providers:
        if any(each.outcome is AttemptOutcome.ACCEPTED and each.took <= asked for each in answers):
            break
        outcome, took, arrives = _answer(story.fault(provider, at + asked))
        answers.append(Handed(outcome, asked + took, provider, arrives))
        asked += min(took, HEDGE)
    accepted = [each for each in answers if each.outcome is AttemptOutcome.ACCEPTED]
    if accepted:
        return min(accepted, key=lambda each: each.took)
    unsure = any(each.outcome is AttemptOutcome.UNKNOWN for each in answers)
    last = max((each.took for each in answers), default=NOW)
    return Handed(AttemptOutcome.UNKNOWN if unsure else AttemptOutcome.REFUSED, last)


def _answer(fault: Fault | None) -> tuple[AttemptOutcome, timedelta, bool]:
    match fault:
        case None:
            return AttemptOutcome.ACCEPTED, NOW, True
        case Fault.LOSES:
            return AttemptOutcome.ACCEPTED, NOW, False
        case Fault.DOWN:
            return AttemptOutcome.REFUSED, NOW, False
        case Fault.HANGS:
            return AttemptOutcome.UNKNOWN, TOTAL, False
