"""What keeps rota and records in order, by the worker's ticks: errands go out, turns are asked about, gaps are told.

Who answers for the records is told what waits for a second person; what nobody needs any more is destroyed by its time
alone, an item a transaction. All of it is rows, so a tick that is missed, or
made twice, or by two workers, changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.errors import NotFound, Refused
from crisis.notify import bad_numbers
from crisis.notify.errands import Errands
from crisis.notify.forgetting import Forgetting
from crisis.notify.gateway import Lines
from crisis.store import (
    asked_turns,
    break_glass,
    destruction,
    drill_records,
    figures,
    gone,
    improvements_due,
    kept_records,
    outbox,
    people,
    plan_watch,
    practice_due,
    published,
    records_due,
    reviews_owed,
    second_look,
    transient,
)
from crisis.store.engine import Store
from crisis.vocabulary import DistrictId

ERRANDS, TURNS, PLAN = timedelta(seconds=2), timedelta(seconds=30), timedelta(minutes=5)
RETENTION = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Upkeep:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def errands(self) -> bool:
        bad_numbers.take_down(self.store, self.lines.live, self.now())
        return Errands(self.store, self.lines, self.now).run() > 0

    def turns(self) -> bool:
        """Whether anybody was asked, or told that somebody did not answer."""
        return sum(self._turns_of(district) for district in self._districts()) > 0

    def plan(self) -> bool:
        """Whether anybody was told that something is missing."""
        return sum(self._plan_of(district) for district in self._districts()) > 0

    def records(self) -> bool:
        """Whether anybody was told that an entry waits for a second person, or that a records request presses."""
        return sum(self._records_of(district) for district in self._districts()) > 0

    def reviews(self) -> bool:
        """Whether anybody was told of improvements, drills or reviews, or now owes a review of a late close."""
        orders = (self._improvements_of, self._reviews_of, self._practice_of)
        return sum(order(each) for each in self._districts() for order in orders) > 0

    def figures(self) -> bool:
        """Whether any log has grown since it was counted, or a report of a whole year is made now."""
        districts = self._districts()
        if not districts or figures.catch_up(self.store) > 0:
            return bool(districts)  # a year of which some logs were not read yet is not told
        return sum(self._published_of(each) for each in districts) > 0

    def provider_copies(self) -> bool:
        """Whether a provider has forgotten anything."""
        return Forgetting(self.store, self.lines, self.now).turn()

    def retention(self) -> bool:
        """Whether anything was destroyed: old texts and errands a batch at a time, and drills. A page goes first."""
        done = False
        while self._transient():
            done = True
        done = sum(self._drills_of(district) + self._plans_of(district) for district in self._districts()) > 0 or done
        self.store.scrub()
        gone.write_down(self.store)
        return done

    def _transient(self) -> bool:
        with self.store.read() as tx:
            if outbox.page_is_due(tx, self.now()) or not transient.is_due(tx, self.now()):
                return False
        with self.store.write() as tx:
            return transient.forget(tx, self.now()) > 0

    def _drills_of(self, district: DistrictId) -> int:
        with self.store.read() as tx:
            due = [each for each in kept_records.drills(tx, district, self.now()) if not each.reasons]
        return sum(self._drill(district, each.subject) for each in due)

    def _plans_of(self, district: DistrictId) -> int:
        with self.store.read() as tx:
            due = drill_records.run_out(tx, district, self.now())
        if not due:
            return 0
        with self.store.write() as tx:
            return drill_records.forget(tx, due, self.now())

    def _drill(self, district: DistrictId, drill: str) -> bool:
        """Looked at again in the transaction: another worker may have done it, and a hold may be a second old."""
        try:
            with self.store.write() as tx:
                destruction.by_time(tx, kept_records.of_subject(tx, district, drill, self.now()), self.now())
        except (NotFound, Refused):
            return False
        return True

    def _districts(self) -> list[DistrictId]:
        """None while a page is due."""
        with self.store.read() as tx:
            return [] if outbox.page_is_due(tx, self.now()) else people.districts(tx)

    def _turns_of(self, district: DistrictId) -> bool:
        with self.store.read() as tx:
            wanted = asked_turns.to_ask(tx, district, self.now())
            if not wanted and not asked_turns.owes_word(tx, district, self.now()):
                return False
        with self.store.write() as tx:
            asked = asked_turns.ask(tx, district, wanted, self.now())
            return asked + asked_turns.tell(tx, district, self.now()) > 0

    def _plan_of(self, district: DistrictId) -> bool:
        with self.store.read() as tx:
            found = plan_watch.look(tx, district, self.now())
        if found is None:
            return False
        with self.store.write() as tx:
            return plan_watch.tell(tx, district, found, self.now())

    def _reviews_of(self, district: DistrictId) -> int:
        with self.store.read() as tx:
            unlooked = reviews_owed.unlooked(tx, district, self.now())
        for incident in unlooked:
            with self.store.write() as tx:
                reviews_owed.look(tx, incident, self.now())
        return len(unlooked)

    def _improvements_of(self, district: DistrictId) -> int:
        with self.store.read() as tx:
            if not improvements_due.owed(tx, district, self.now()):
                return 0
        with self.store.write() as tx:
            return improvements_due.tell(tx, district, self.now())

    def _practice_of(self, district: DistrictId) -> int:
        with self.store.read() as tx:
            if not practice_due.owed(tx, district, self.now()):
                return 0
        with self.store.write() as tx:
            return practice_due.tell(tx, district, self.now())

    def _published_of(self, district: DistrictId) -> int:
        with self.store.read() as tx:
            if not published.owed(tx, district, self.now()):
                return 0
        with self.store.write() as tx:
            return published.publish(tx, district, self.now())

    def _records_of(self, district: DistrictId) -> bool:
        with self.store.read() as tx:
            ended = bool(break_glass.run_out(tx, district, self.now()))
            waits = second_look.owed(tx, district, self.now()) + records_due.owed(tx, district, self.now())
            if not ended and waits == 0:
                return False
        with self.store.write() as tx:
            ended = break_glass.note_ends(tx, district, self.now()) > 0
            told = second_look.tell(tx, district, self.now()) + records_due.tell(tx, district, self.now())
            return told > 0 or ended
