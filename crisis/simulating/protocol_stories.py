"""The machine plays a protocol by itself: of every choice the one that fits the story, until it is closed or stuck."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.commands import Command
from crisis.draft_words import Story
from crisis.protocols import loader
from crisis.protocols.schema import Choice as SchemaChoice
from crisis.protocols.schema import Protocol
from crisis.simulating.protocols import MISS, WAIT, Asked, Choice, Play
from crisis.vocabulary import FollowUpOutcome, ReleaseTo, ScreenResult, StepType, Tier

SCREENS = {
    Story.CALM: ScreenResult.NEGATIVE,
    Story.POSITIVE: ScreenResult.NON_ACUTE_POSITIVE,
    Story.IMMINENT: ScreenResult.ACUTE_POSITIVE,
    Story.UNREACHABLE: ScreenResult.NON_ACUTE_POSITIVE,
}
TIERS = {
    Story.CALM: Tier.LOW,
    Story.POSITIVE: Tier.MODERATE,
    Story.IMMINENT: Tier.IMMINENT,
    Story.UNREACHABLE: Tier.MODERATE,
}
LONG = timedelta(hours=1)
LATER = (StepType.FOLLOW_UP, StepType.REVIEW)


def story(protocol: Protocol, of: Story, language: str = "en") -> Play:
    """As far as it comes; the person may go on from there by hand."""
    play = Play(protocol, language)
    while not play.closed and (key := _next(play, of)) is not None and play.does(key):
        pass
    return play


def _next(play: Play, of: Story) -> str | None:
    choices = play.choices()
    comes = next((each for each in choices if isinstance(each.order, pcmd.AcceptPage)), None)
    if comes is not None:
        return comes.key
    asked = [each for each in play.asked(choices) if each.choices]
    now = [each for each in asked if each.step.type not in LATER]
    later = [each for each in asked if each.step.type in LATER]
    found = next((key for each in now if (key := _of_step(each, of)) is not None), None)
    if found is not None:
        return found
    times = dict(play.times())
    if WAIT in times and times[WAIT] - play.now > LONG:
        return WAIT  # a follow-up is done at its time
    return next((key for each in later if (key := _of_step(each, of)) is not None), MISS if MISS in times else None)


def _of_step(asked: Asked, of: Story) -> str | None:
    """The first that fits best; an exception only where the story is about one."""
    if of is Story.UNREACHABLE and asked.step.type is StepType.CONTACT:
        gave_up = [each for each in asked.choices if _is_last_resort(each, asked)]
        if gave_up:
            return gave_up[0].key
    plain = [each for each in asked.choices if not isinstance(each.order, cmd.DeclareException)]
    best = sorted(plain, key=lambda each: not _fits(each, asked, of))
    return best[0].key if best else None


def _is_last_resort(choice: Choice, asked: Asked) -> bool:
    rules = {rule.id for rule in asked.step.exceptions if rule.min_attempts}
    return isinstance(choice.order, cmd.DeclareException) and choice.order.exception in rules


def _fits(choice: Choice, asked: Asked, of: Story) -> bool:
    wanted: Callable[[Command], bool] | None = {
        StepType.SCREEN: lambda _order: choice.after.screen is SCREENS[of],
        StepType.ASSESS: lambda order: _assesses(order, TIERS[of]),
        StepType.FOLLOW_UP: lambda order: _follows_up(order, choice, asked),
        StepType.DECISION: lambda order: _decides(order, asked, of),
        StepType.CUSTODY: lambda order: not isinstance(order, cmd.ReleaseCustody) or order.to is _goes_with(of),
    }.get(asked.step.type)
    return wanted is None or wanted(choice.order)


def _assesses(order: Command, tier: Tier) -> bool:
    """The level itself where it can be set, else an interview that ends in it."""
    if isinstance(order, cmd.RecordInterview):
        known = loader.instrument(order.instrument).dispositions
        return any(each.id == order.disposition and each.tier is tier for each in known)
    return isinstance(order, cmd.SetTier) and order.tier is tier


def _follows_up(order: Command, choice: Choice, asked: Asked) -> bool:
    """As often as the series asks for; what goes on until somebody ends it is ended then."""
    series, times = asked.step.series, len(choice.after.steps[asked.step.id].times)
    if isinstance(order, cmd.RecordFollowUp):
        return order.outcome is FollowUpOutcome.COMPLETED and (series is None or times <= series.count)
    return series is not None and times >= series.count


def _decides(order: Command, asked: Asked, of: Story) -> bool:
    chosen = _chosen(order, asked)
    return bool(chosen) and (any(each.raises_emergency for each in chosen) == (of is Story.IMMINENT))


def _chosen(order: Command, asked: Asked) -> Sequence[SchemaChoice]:
    return [each for each in asked.step.choices if isinstance(order, cmd.AnswerDecision) and each.id == order.choice]


def _goes_with(of: Story) -> ReleaseTo:
    return ReleaseTo.EMS if of is Story.IMMINENT else ReleaseTo.GUARDIAN
