"""What a call says while our database is too slow to answer: in both languages, since nobody can be looked up."""

from crisis.notify import calls
from crisis.notify.answers import Asked
from crisis.notify.calls import SECRET, Address, Stage, ask, keys_path, response, say
from crisis.notify.speech import Saying, said

TRIES = 3
_DIGITS = {
    Stage.MINUTES: calls.MINUTE_DIGITS,
    **dict.fromkeys(SECRET, calls.PIN_DIGITS),
}


def said_slowly(asked: Asked, stage: Stage, digits: str, turn: int, address: Address) -> str:
    """One moment, and the same digits again by themselves, three times; then they are to be pressed again.

    A PIN goes into no address: it has to be entered again at once.
    """
    if turn <= TRIES and stage not in SECRET:
        return calls.moment(address(keys_path(asked, stage, f"{turn}-{digits}")))
    again = ask(said(Saying.NOT_RECORDED, "en"), address(keys_path(asked, stage)), "en", _DIGITS.get(stage, 1))
    spanish = ask(said(Saying.NOT_RECORDED, "es"), address(keys_path(asked, stage)), "es", _DIGITS.get(stage, 1))
    return response(again, spanish, say(said(Saying.GOODBYE, "en"), "en"), "<Hangup/>")
