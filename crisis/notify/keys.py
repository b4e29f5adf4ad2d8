"""What a key means, by where the call stands: one command at most, then what the call says next.

The page is taken the moment that 1 is pressed; what is asked afterwards (minutes, PIN) can be left out. Each answer
reads the state anew, so whoever picks up late hears that it is covered.
"""

from dataclasses import dataclass
from datetime import datetime

from crisis.notify import answers, calls
from crisis.notify.answers import Answered, Asked, answered, seen, standing
from crisis.notify.calls import CALLERS, PINS, Address, Stage, ask, bye, keys_path, response, say
from crisis.notify.details import details_of
from crisis.notify.grammar import REASONS, Reply
from crisis.notify.speech import Saying, said, said_back, said_of_place
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, language_of
from crisis.statemachine.incident import Page
from crisis.store import page_codes, people, pins
from crisis.store.engine import Store
from crisis.store.pins import PinCheck
from crisis.vocabulary import Channel, DeclineReason, Mode, PageState

TEN = 10  # minutes more


@dataclass(frozen=True, slots=True)
class Keyed:
    """One call that somebody has picked up; `address` is for the keys that come next."""

    store: Store
    asked: Asked
    address: Address
    language: str
    at: datetime

    def to(self, stage: Stage) -> str:
        return self.address(keys_path(self.asked, stage))


def pressed(store: Store, asked: Asked, stage: Stage, digits: str, *, address: Address, at: datetime) -> str:
    """Commits what the digits mean, and returns what the call says next."""
    with store.read() as tx:
        language = language_of(people.language(tx, asked.person))
    call = Keyed(store, asked, address, language, at)
    match stage:
        case Stage.MENU:
            return _menu(call, digits)
        case Stage.MINUTES:
            return _minutes(call, digits)
        case Stage.REASON:
            return _reason(call, digits)
        case Stage.HERE:
            return _here(call, digits)
        case _:
            return _pin(call, stage, digits)


def _menu(call: Keyed, key: str) -> str:
    match key:
        case "1":
            done = _answered(call, Reply("accept", None))
            return _accepted(call) if done.subject is Subject.YOU_HAVE_IT else _end(call, done.subject)
        case "2":
            done = _answered(call, Reply("decline", None))
            return _declined(call) if done.subject is Subject.DECLINED else _end(call, done.subject)
        case _:
            seen(call.store, call.asked, call.at)
            return again(call)


def _answered(call: Keyed, reply: Reply) -> Answered:
    return answered(call.store, call.asked, reply, call.at, channel=Channel.VOICE)


def again(call: Keyed) -> str:
    """The menu that fits what is true now (F49)."""
    with call.store.read() as tx:
        coded = page_codes.of_person(tx, call.asked.page, call.asked.person)
    page = answers.page_of(call.store, call.asked)
    if coded is None or page is None:
        return _end(call, Subject.ENDED)
    filling = Filling(mode=coded.mode, code=PageCode(coded.code), site=SiteCode(coded.site), urgency=page.urgency)
    if _comes(page, call.asked):
        return calls.here_call(filling, call.to(Stage.HERE), call.language)
    now = standing(call.store, call.asked)
    if now is Subject.STILL_OPEN or page.offered_to == call.asked.person:
        return calls.page_call(filling, call.to(Stage.MENU), call.language)
    return _end(call, now)


def _comes(page: Page, asked: Asked) -> bool:
    return page.state is PageState.ACCEPTED and page.accepted_by == asked.person and page.arrived_at is None


def _accepted(call: Keyed) -> str:
    """When they come, then where to: both may be left out by waiting or hanging up."""
    minutes = ask(
        said(Saying.MINUTES, call.language), call.to(Stage.MINUTES), call.language, digits=calls.MINUTE_DIGITS
    )
    return response(minutes, _where(call))


def _where(call: Keyed) -> str:
    goodbye = say(said(Saying.GOODBYE, call.language), call.language) + "<Hangup/>"
    with call.store.read() as tx:
        has_pin = pins.is_set(tx, call.asked.person)
    if not has_pin:
        return goodbye
    return ask(said(Saying.PIN, call.language), call.to(PINS[0]), call.language, digits=calls.PIN_DIGITS) + goodbye


def _minutes(call: Keyed, digits: str) -> str:
    if not digits.isdecimal() or int(digits) == 0:
        return response(_where(call))
    done = _answered(call, Reply("accept", None, minutes=int(digits)))
    if done.subject not in (Subject.YOU_HAVE_IT, Subject.DELAYED):
        return _end(call, done.subject)
    noted = said(Saying.MINUTES_NOTED, call.language, Filling(mode=Mode.LIVE, minutes=int(digits)))
    return response(say(noted, call.language), _where(call))


def _declined(call: Keyed) -> str:
    why = ask(said(Saying.REASON, call.language), call.to(Stage.REASON), call.language)
    return response(why, "<Hangup/>")


def _reason(call: Keyed, key: str) -> str:
    if key in ("1", "2", "3", "4", "9"):
        reason = REASONS.get(int(key), DeclineReason.OTHER)
        _answered(call, Reply("decline", None, reason=reason))
    return bye(said(Saying.REASON_NOTED, call.language), call.language)


def _here(call: Keyed, key: str) -> str:
    match key:
        case "1":
            done = _answered(call, Reply("here", None))
        case "2":
            done = _answered(call, Reply("delay", None, minutes=TEN))
        case _:
            return again(call)
    return _end(call, done.subject)


def _pin(call: Keyed, stage: Stage, digits: str) -> str:
    """Three tries; then the number is locked for a while, and the page waits elsewhere."""
    with call.store.write() as tx:
        found = pins.check(tx, call.asked.person, digits, call.at)
    turns = PINS if stage in PINS else CALLERS
    if found is PinCheck.RIGHT:
        return _told(call) if turns is PINS else again(call)
    left = turns[turns.index(stage) + 1 :]
    if found is not PinCheck.WRONG or not left:
        return bye(said(Saying.PIN_LOCKED, call.language), call.language)
    again_please = said(Saying.PIN_WRONG, call.language)
    goodbye = say(said(Saying.GOODBYE, call.language), call.language)
    return response(ask(again_please, call.to(left[0]), call.language, digits=calls.PIN_DIGITS), goodbye, "<Hangup/>")


def _told(call: Keyed) -> str:
    sentence = say(said_of_place(details_of(call.store, call.asked), call.language), call.language)
    return response(sentence, '<Pause length="1"/>', sentence, "<Hangup/>")


def _end(call: Keyed, subject: Subject) -> str:
    return bye(said_back(subject, call.language), call.language)
