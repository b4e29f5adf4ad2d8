"""What a change of clocks does to a rotation, in words."""

from datetime import timedelta

from crisis.schedules.clock_changes import ClockChange
from crisis.schedules.rota import Rotation
from crisis.schedules.wall import shown
from web.rendering import Local
from web.telling import Translate
from web.words import N_

FORWARD = N_(
    "On %(day)s clocks go forward by %(minutes)s minutes: the turn over that night is shorter by that much. "
    "All turns keep the time that the clock on the wall shows."
)
BACK = N_(
    "On %(day)s clocks go back by %(minutes)s minutes: the turn over that night is longer by that much. "
    "All turns keep the time that the clock on the wall shows."
)
SKIPPED = N_("%(time)s does not exist that night: a turn that would begin then begins at the change of clocks.")
TWICE = N_(
    "%(time)s comes twice that night: the new turn begins with the first, the old one ends with the second. "
    "In between both are on call."
)
NEVER = N_("Clocks do not change here in the coming year.")


def told_clocks(translate: Translate, local: Local, change: ClockChange | None, turns: Rotation) -> list[str]:
    """The next change, and what it does to a handover at that very hour."""
    if change is None:
        return [translate(NEVER)]
    minutes = abs(change.by) // timedelta(minutes=1)
    said = translate(FORWARD if change.by > timedelta(0) else BACK)
    found = [said % {"day": local.day(change.at), "minutes": minutes}]
    hit = _hit(change, turns)
    if hit is not None:
        found.append(translate(SKIPPED if change.by > timedelta(0) else TWICE) % {"time": hit})
    return found


def _hit(change: ClockChange, turns: Rotation) -> str | None:
    """A time of handing over that the clocks skip or show twice."""
    after = shown(change.at, turns.zone)
    first, last = sorted((after - change.by, after)) if change.by > timedelta(0) else (after, after - change.by)
    times = (each.at for each in turns.handovers)
    return next((f"{each:%H:%M}" for each in times if first.time() <= each < last.time()), None)
