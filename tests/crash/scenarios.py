"""What the crash harness plays: the ways in which a page goes, from the telephone of one person to that of another."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.commands import Command
from crisis.statemachine.incident import Incident, Page
from crisis.vocabulary import Disposal, Mode, PageState, PersonId, Role, Tier, Urgency
from tests.crash.hamlet import Hamlet, Outage
from tests.factories import SYSTEM, WORDS, contact, done, follow_up, release, screen, tier
from tests.notify.village import ANA, BEN, COUNSELOR, DRILL, PRINCIPAL, SECOND_DRILL

Act = Callable[[Hamlet], None]
DAY = 86_400.0


@dataclass(frozen=True)
class Step:
    """`at` is in seconds since the beginning. What is not `struck` only leads to what is.

    `waits`: nobody can be reached, so that what is owed is still owed at its end, and the next step belongs to it.
    """

    at: float
    act: Act
    outages: tuple[Outage, ...] = ()
    struck: bool = True
    waits: bool = False


@dataclass(frozen=True)
class Scenario:
    """`or_else` are the same with another end that is as good; `proves` says what must hold beside the audit."""

    steps: tuple[Step, ...]
    receipts: bool = False
    or_else: "tuple[Scenario, ...]" = ()
    proves: Callable[[Hamlet], list[str]] = lambda _hamlet: []


def nothing(_hamlet: Hamlet) -> None:
    """Time passes."""


def opens(mode: Mode = Mode.LIVE) -> Act:
    return lambda hamlet: hamlet.opens(mode)


def pages(urgency: Urgency, name: str = "page") -> Act:
    def order(hamlet: Hamlet) -> Callable[[Incident], Command]:
        by = hamlet.village.actor(COUNSELOR)
        return lambda _incident: pcmd.RequestPage(by=by, role=Role.ONCALL_CLINICIAN, urgency=urgency)

    return lambda hamlet: hamlet.gives(name, order(hamlet))


def orders(name: str, by: PersonId, command: Callable[[Incident], Command]) -> Act:
    """A command of somebody at the console; its own `by` is replaced."""
    return lambda hamlet: hamlet.gives(name, lambda now: replace(command(now), by=hamlet.village.actor(by)))


def texts(who: PersonId, body: str, until: Callable[[Page], bool]) -> Act:
    return lambda hamlet: hamlet.says(who, body, until)


def taken_by(who: PersonId) -> Callable[[Page], bool]:
    return lambda page: page.accepted_by == who


def declined_by(who: PersonId) -> Callable[[Page], bool]:
    return lambda page: who in page.declined


def at_level(level: int) -> Callable[[Page], bool]:
    return lambda page: page.level == level


def here(page: Page) -> bool:
    return page.arrived_at is not None


def taken(page: Page) -> bool:
    return page.state is PageState.ACCEPTED


def latest(incident: Incident) -> Page:
    return list(incident.pages.values())[-1]


BEGIN = (Step(0, opens()), Step(1, pages(Urgency.U3)))
OPEN = Scenario((Step(0, opens()), Step(1, pages(Urgency.U1)), Step(50, nothing), Step(160, nothing)), receipts=True)
ACCEPT = Scenario((*BEGIN, Step(20, texts(ANA, "{code}A 12", taken_by(ANA))), Step(60, texts(ANA, "{code}H", here))))
KEY = Scenario(
    (
        Step(0, opens()),
        Step(1, pages(Urgency.U1)),
        Step(5, lambda hamlet: hamlet.presses(ANA, "1", taken_by(ANA))),
        Step(10, texts(ANA, "{code}M 10", lambda page: page.delays == 1)),
    )
)


def _race(act: Act) -> tuple[Step, ...]:
    """Half a minute past the second level, and past a deadline: two crashes at the beginning move them by as much."""
    return (Step(0, opens()), Step(1, pages(Urgency.U2)), Step(180, act), Step(650, nothing))


def _in_turn(first: PersonId, second: PersonId) -> Scenario:
    def act(hamlet: Hamlet) -> None:
        hamlet.says(first, "{code}A", taken)
        hamlet.both_say((second,), "{code}A", lambda _page: False) if not taken(hamlet.page()) else None

    return Scenario(_race(act))


RACE = Scenario(
    _race(lambda hamlet: hamlet.both_say((ANA, BEN), "{code}A", taken)),
    or_else=(_in_turn(ANA, BEN), _in_turn(BEN, ANA)),
)
DECLINES = Scenario(
    (
        Step(0, opens()),
        Step(1, pages(Urgency.U2)),
        Step(10, texts(ANA, "{code}D 2", declined_by(ANA))),
        Step(20, texts(BEN, "{code}D", declined_by(BEN))),
        Step(200, nothing),
        Step(
            210,
            orders(
                "dispose",
                PRINCIPAL,
                lambda now: pcmd.DisposePage(by=SYSTEM, page=latest(now).id, how=Disposal.OUTSIDE_HELP, words=WORDS),
            ),
        ),
    )
)
OUTAGE = Scenario(
    (
        Step(0, opens()),
        Step(1, pages(Urgency.U2), (Outage("unavailable"),), waits=True),
        Step(35, nothing, (Outage("accept_then_reset", at="first"), Outage("unavailable", at="second")), waits=True),
        Step(68, nothing, (Outage("unavailable", at="first"),)),
        Step(85, texts(ANA, "{code}A", taken_by(ANA)), (Outage("wrong_secret", at="first"),)),
        Step(150, texts(ANA, "{code}H", here)),
    )
)


def _only_its_own_lines(hamlet: Hamlet) -> list[str]:
    lines = {entry.line for entry in hamlet.network.ledger.entries}
    return [f"a drill went out by {line}" for line in lines - {DRILL.number, SECOND_DRILL.number}]


PRACTICE = Scenario(
    (
        Step(0, opens(Mode.DRILL)),
        Step(1, pages(Urgency.U2)),
        Step(170, nothing),
        Step(180, texts(BEN, "{code}A", taken_by(BEN))),
    ),
    proves=_only_its_own_lines,
)
REOPENED = Scenario(
    (
        *BEGIN,
        Step(20, texts(ANA, "{code}A 5", taken_by(ANA))),
        Step(40, texts(ANA, "{code}D 1", at_level(1))),
        Step(60, texts(BEN, "{code}A 9", taken_by(BEN))),
    )
)
LAPSED = Scenario(
    (
        Step(0, opens()),
        Step(1, pages(Urgency.U1)),
        Step(20, texts(ANA, "{code}A 1", taken_by(ANA))),
        Step(130, nothing),
        Step(310, nothing),
        Step(510, nothing),
        Step(530, texts(BEN, "{code}A", taken_by(BEN))),
    )
)


def _to_the_follow_up(hamlet: Hamlet) -> None:
    """No risk was found, the guardian has come: all that is left of the incident is to close it."""
    orders("means", COUNSELOR, lambda _now: done("clear_means"))(hamlet)
    orders("admin", COUNSELOR, lambda _now: done("tell_admin"))(hamlet)
    orders("screen", COUNSELOR, lambda _now: screen("nnnn-"))(hamlet)
    orders("tier", COUNSELOR, lambda _now: tier(Tier.NONE))(hamlet)
    orders("guardian", PRINCIPAL, lambda _now: contact())(hamlet)
    orders("release", COUNSELOR, lambda _now: release())(hamlet)
    orders("follow up", COUNSELOR, lambda _now: follow_up("first_follow_up"))(hamlet)


CLOSED = Scenario(
    (
        Step(0, opens(), struck=False),
        Step(1, _to_the_follow_up, struck=False),
        Step(5, pages(Urgency.U2)),
        Step(20, orders("cancel", PRINCIPAL, lambda now: pcmd.CancelPage(by=SYSTEM, page=latest(now).id))),
        Step(40, orders("close", PRINCIPAL, lambda _now: cmd.CloseIncident(by=SYSTEM))),
        Step(2 * DAY, nothing),
    )
)
ALL = {
    "open": OPEN,
    "accept": ACCEPT,
    "key": KEY,
    "race": RACE,
    "declines": DECLINES,
    "outage": OUTAGE,
    "drill": PRACTICE,
    "closed": CLOSED,
    "reopened": REOPENED,
    "lapsed": LAPSED,
}
