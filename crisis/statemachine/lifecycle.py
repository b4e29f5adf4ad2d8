"""The judge of legal moves in the small closed lifecycles; the only importer of `transitions`.

A refused move is a `Refused` with every reason; there are no callbacks and no jumps that are not drawn here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from transitions import EventData, Machine
from transitions.core import MachineError

from crisis.drill_words import DrillState
from crisis.errors import Reason, Refused
from crisis.referral_words import ReferralState
from crisis.review_words import ItemState, ReviewState
from crisis.vocabulary import Custody, Emergency, HandoffState, PageState, Phase


def _unhindered(event: EventData) -> bool:
    return not event.kwargs["reasons"]


@dataclass(frozen=True, slots=True)
class Move:
    trigger: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    guarded: bool = False  # refused while the rules have reasons against it


class _Token:
    """What a machine moves: a throw-away, so that nothing outside ever hangs on a machine."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Lifecycle:
    """A closed set of states and the moves between them; `rule` names the invariant that a refused move broke."""

    def __init__(self, name: str, states: type[StrEnum], initial: StrEnum, rule: str, moves: Sequence[Move]) -> None:
        self.name, self.states, self.initial, self.rule, self.moves = name, states, initial, rule, tuple(moves)
        self._machine = Machine(
            model=None,
            states=[state.value for state in states],
            initial=initial.value,
            auto_transitions=False,
            send_event=True,
            transitions=[
                {
                    "trigger": move.trigger,
                    "source": [source.value for source in move.sources],
                    "dest": move.target.value,
                    "conditions": [_unhindered] if move.guarded else [],
                }
                for move in moves
            ],
        )

    def move(self, state: StrEnum, trigger: str, reasons: Sequence[Reason] = ()) -> StrEnum:
        """The state after the trigger; raises `Refused` with all `reasons`, and with one more if it is not drawn."""
        token = _Token(state.value)
        try:
            moved = self._machine.events[trigger].trigger(token, reasons=tuple(reasons))
        except MachineError:
            raise Refused(self._not_drawn(state, trigger), *reasons) from None
        if not moved:
            raise Refused(*reasons)
        return self.states(token.state)

    def allows(self, state: StrEnum, trigger: str) -> bool:
        return any(move.trigger == trigger and state in move.sources for move in self.moves)

    def _not_drawn(self, state: StrEnum, trigger: str) -> Reason:
        text = "This cannot be done now: %(thing)s is %(state)s, and %(trigger)s does not start there"
        return Reason(self.rule, text, (("thing", self.name), ("state", state.value), ("trigger", trigger)))


_FORWARD = (Phase.IDENTIFICATION, Phase.SAFETY_ASSESSMENT, Phase.FAMILY_CONTACT, Phase.HANDOFF, Phase.FOLLOW_UP)

PHASE = Lifecycle(
    "phase",
    Phase,
    Phase.IDENTIFICATION,
    "I-20",
    [
        *(Move(f"enter_{later}", _FORWARD[:n], later) for n, later in enumerate(_FORWARD) if n),
        # New risk leads back to the assessment, and nothing else leads back (protocols.md 6.1).
        Move("reassess", _FORWARD[2:], Phase.SAFETY_ASSESSMENT),
        Move("close", (Phase.FOLLOW_UP,), Phase.CLOSED, guarded=True),
    ],
)

CUSTODY = Lifecycle(
    "custody",
    Custody,
    Custody.UNHELD,
    "I-1",
    [
        Move("take", (Custody.UNHELD,), Custody.HELD, guarded=True),
        Move("offer", (Custody.HELD,), Custody.OFFERED, guarded=True),
        Move("accept", (Custody.OFFERED,), Custody.HELD, guarded=True),
        Move("end_offer", (Custody.OFFERED,), Custody.HELD, guarded=True),
        Move("lose", (Custody.HELD, Custody.OFFERED), Custody.LOST),
        Move("find", (Custody.LOST,), Custody.HELD, guarded=True),
        Move("release", (Custody.HELD,), Custody.RELEASED, guarded=True),
        Move("supervise_again", (Custody.RELEASED,), Custody.UNHELD),
    ],
)

EMERGENCY = Lifecycle(
    "emergency",
    Emergency,
    Emergency.INACTIVE,
    "EMERGENCY",
    [
        Move("raise", (Emergency.INACTIVE, Emergency.ACTIVE, Emergency.RESOLVED), Emergency.ACTIVE),
        Move("resolve", (Emergency.ACTIVE,), Emergency.RESOLVED, guarded=True),
    ],
)

PAGE = Lifecycle(
    "page",
    PageState,
    PageState.PAGING,
    "I-15",
    [
        Move("escalate", (PageState.PAGING,), PageState.PAGING),
        Move("exhaust", (PageState.PAGING, PageState.EXHAUSTED), PageState.EXHAUSTED),
        Move("accept", (PageState.PAGING, PageState.EXHAUSTED), PageState.ACCEPTED, guarded=True),
        Move("decline", (PageState.PAGING, PageState.EXHAUSTED), PageState.PAGING, guarded=True),
        Move("hand_over", (PageState.ACCEPTED,), PageState.ACCEPTED, guarded=True),
        Move("reopen", (PageState.ACCEPTED,), PageState.PAGING),
        Move("restart", (PageState.EXHAUSTED,), PageState.PAGING),
        Move("cover", (PageState.EXHAUSTED,), PageState.COVERED_ELSEWHERE),
        Move("cancel", (PageState.PAGING, PageState.EXHAUSTED, PageState.ACCEPTED), PageState.CANCELLED),
    ],
)

HANDOFF = Lifecycle(
    "handoff",
    HandoffState,
    HandoffState.OFFERED,
    "I-15",
    [
        Move("accept", (HandoffState.OFFERED, HandoffState.TIMED_OUT), HandoffState.ACCEPTED, guarded=True),
        Move("decline", (HandoffState.OFFERED, HandoffState.TIMED_OUT), HandoffState.DECLINED),
        Move("time_out", (HandoffState.OFFERED,), HandoffState.TIMED_OUT),
        Move("withdraw", (HandoffState.OFFERED,), HandoffState.WITHDRAWN),
    ],
)

_OPEN = (
    ReferralState.REQUESTED,
    ReferralState.RECEIVED,
    ReferralState.ACCEPTED,
    ReferralState.IN_PROGRESS,
    ReferralState.ON_HOLD,
)

REFERRAL = Lifecycle(
    "referral",
    ReferralState,
    ReferralState.DRAFT,
    "REFERRAL",
    [
        Move("request", (ReferralState.DRAFT,), ReferralState.REQUESTED, guarded=True),
        Move("receive", (ReferralState.REQUESTED,), ReferralState.RECEIVED, guarded=True),
        Move("accept", (*_OPEN[:2], ReferralState.ON_HOLD), ReferralState.ACCEPTED, guarded=True),
        Move("reject", (*_OPEN[:2], ReferralState.ON_HOLD), ReferralState.REJECTED, guarded=True),
        Move("begin", (ReferralState.ACCEPTED, ReferralState.ON_HOLD), ReferralState.IN_PROGRESS, guarded=True),
        Move("hold", _OPEN[1:], ReferralState.ON_HOLD, guarded=True),  # again: somebody has asked, it still waits
        Move("complete", (ReferralState.ACCEPTED, ReferralState.IN_PROGRESS), ReferralState.COMPLETED, guarded=True),
        Move("cancel", (ReferralState.DRAFT, *_OPEN), ReferralState.CANCELLED, guarded=True),
        Move("fail", _OPEN, ReferralState.FAILED, guarded=True),
    ],
)

REVIEW = Lifecycle(
    "review",
    ReviewState,
    ReviewState.NOT_ASKED,
    "AAR",
    [
        Move("ask", (ReviewState.NOT_ASKED,), ReviewState.OWED),
        Move("begin", (ReviewState.NOT_ASKED, ReviewState.OWED), ReviewState.DRAFT),
        Move("hand_in", (ReviewState.DRAFT,), ReviewState.IN_REVIEW, guarded=True),
        Move("send_back", (ReviewState.IN_REVIEW,), ReviewState.DRAFT),
        Move("sign", (ReviewState.IN_REVIEW,), ReviewState.SIGNED, guarded=True),
        Move("close", (ReviewState.SIGNED,), ReviewState.CLOSED, guarded=True),
    ],
)

DRILL = Lifecycle(
    "drill",
    DrillState,
    DrillState.PLANNED,
    "I-22",
    [
        Move("start", (DrillState.PLANNED,), DrillState.RUNNING, guarded=True),
        Move("undo", (DrillState.RUNNING,), DrillState.PLANNED),
        Move("end", (DrillState.RUNNING,), DrillState.OVER),
        Move("stand_down", (DrillState.RUNNING,), DrillState.STOOD_DOWN),
        Move("call_off", (DrillState.PLANNED,), DrillState.CALLED_OFF),
    ],
)

IMPROVEMENT = Lifecycle(
    "improvement item",
    ItemState,
    ItemState.OPEN,
    "AAR",
    [
        Move("start", (ItemState.OPEN,), ItemState.STARTED),
        Move("finish", (ItemState.OPEN, ItemState.STARTED), ItemState.DONE, guarded=True),
        Move("send_back", (ItemState.DONE,), ItemState.STARTED),
        Move("verify", (ItemState.DONE,), ItemState.VERIFIED, guarded=True),
        Move("drop", (ItemState.OPEN, ItemState.STARTED), ItemState.DROPPED, guarded=True),
        Move("take_up", (ItemState.DROPPED,), ItemState.OPEN),
    ],
)

LIFECYCLES = (PHASE, CUSTODY, EMERGENCY, PAGE, HANDOFF, REFERRAL, REVIEW, IMPROVEMENT, DRILL)


def drawing() -> str:
    """`docs/lifecycle.md`: each lifecycle as a Mermaid state diagram."""
    parts = ["# Lifecycles", "", "Generated from `crisis/statemachine/lifecycle.py`; a test compares the two.", ""]
    for lifecycle in LIFECYCLES:
        parts += [f"## {lifecycle.name.capitalize()}", "", "```mermaid", "stateDiagram-v2"]
        parts.append(f"    [*] --> {lifecycle.initial}")
        for move in lifecycle.moves:
            guard = " (guarded)" if move.guarded else ""
            parts += [f"    {source} --> {move.target}: {move.trigger}{guard}" for source in move.sources]
        parts += ["```", ""]
    return "\n".join(parts)
