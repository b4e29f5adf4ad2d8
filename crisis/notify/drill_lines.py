"""Simulated people speak on the telephones of a drill: on its own line, to its own list, behind everything else.

Each text begins with DRILL and says who is played. Nothing is sent while a page is due, nor once the drill is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.notify.answers import readable
from crisis.notify.gateway import Lines
from crisis.notify.wording import language_of
from crisis.policy.drilling import Speaker
from crisis.protocols.languages import DRILL
from crisis.store import drill_scripts, drill_texts, outbox, people, sealed
from crisis.store.drill_texts import DrillText
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.vocabulary import Mode

MOST_AT_A_TIME = 20  # of one beat
SPEAKERS = {
    Speaker.PARENT: {"en": "Simulated parent", "es": "Familiar simulado"},
    Speaker.TEACHER: {"en": "Simulated teacher", "es": "Docente simulado"},
    Speaker.OFFICER: {"en": "Simulated officer", "es": "Agente simulado"},
    Speaker.DISPATCHER: {"en": "Simulated dispatcher", "es": "Central simulada"},
}


def body(speaker: Speaker, words: str, language: str) -> str:
    """As it is sent; what was written stays in the language in which it was written."""
    return f"{DRILL[language]}{SPEAKERS[speaker][language]}: {readable(words)}"


@dataclass(frozen=True, slots=True)
class DrillLines:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def turn(self) -> bool:
        """Gives out what has come by its minute, and sends; whether anything was sent."""
        with self.store.read() as tx:
            if outbox.page_is_due(tx, self.now()):
                return False
            come = drill_texts.come(tx, self.now())
            waits = bool(come) or drill_texts.waits(tx)
        for drill, inject in come:
            with self.store.write() as tx:
                drill_scripts.give_by_time(tx, drill, inject, at=self.now())
        return waits and self._send_some() > 0

    def _send_some(self) -> int:
        for done in range(MOST_AT_A_TIME):
            with self.store.read() as tx:
                if outbox.page_is_due(tx, self.now()):
                    return done
            with self.store.write() as tx:
                claimed = drill_texts.claim(tx, self.now())
            if claimed is None:
                return done
            self._send(claimed)
        return MOST_AT_A_TIME

    def _send(self, claimed: DrillText) -> None:
        line = self.lines.of(Mode.DRILL)
        with self.store.read() as tx:
            said = sealed.read(tx, self.store.keys, [claimed.words]).get(claimed.words)
            language = language_of(people.language(tx, claimed.person))
        outcome = None
        if line is not None and said is not None and claimed.speaker is not None:
            outcome = line.sms(claimed.phone, body(claimed.speaker, said, language), f"drill-{claimed.id}")
        with self.store.write() as tx:
            drill_texts.finish(tx, claimed.id, outcome)


def keeps(store: Store, phone: str, wrote: str, live: list[Coded], *, at: datetime, key: str | None) -> bool:
    """Whether a text that answers no page answers a simulated person: then it is on the record of the drill.

    What has a page's number in it was for the page, before this is asked. The rest is for whatever came last, and while
    a page that is real waits for this telephone never for the drill: no word of it may stand in a drill's record.
    """
    if any(each.mode is Mode.LIVE for each in live):
        return False
    with store.write() as tx:
        last = drill_texts.last_to(tx, phone)
        if last is None or any(each.given_at > last.at for each in live):
            return False
        drill_texts.replied(tx, store.keys, last, readable(wrote), at, key=key)
    return True
