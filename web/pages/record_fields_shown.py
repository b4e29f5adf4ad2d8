"""The fields of a student's record in lines of words, for whoever asks to see the record; each can be kept back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from crisis.policy.naming import NameToUse
from crisis.store import authorities, directives, family_plan, hours, interpreting, names, own_care, people, preferences
from crisis.store.people import StudentView
from crisis.store.sealed import KeyRing
from crisis.vocabulary import PersonId
from web.rendering import Language, translations
from web.words import N_
from web.words_of_authority import AUTHORITIES, PAPERS
from web.words_of_directory import DATA_POINTS
from web.words_of_family import STATUSES, TRIBAL_WISHES, condition
from web.words_of_hours import WAYS, hours_of
from web.words_of_interpreters import said
from web.words_of_record import CAUTIONS, CONTEXTS, WISHES
from web.words_of_sharing import ACTIONS, AUDIENCES

TITLES = {
    "authorities": N_("What each adult may do"),
    "call_order": N_("Whom to call first"),
    "directives": N_("What may be told"),
    "interpreters": N_("Interpreters"),
    "names": N_("Name and pronouns"),
    "preferences": N_("What they asked for"),
    "times": N_("When and how to reach them"),
}
Said = tuple[str, str]  # by which it can be kept back, and the words


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Reads them in the transaction that puts the look on record."""

    tx: Connection
    keys: KeyRing
    student: StudentView
    language: Language

    def of(self, part: str) -> list[Said]:
        found: Mapping[str, Callable[[], Iterator[Said]]] = {
            "authorities": self._authorities,
            "call_order": self._call_order,
            "directives": self._directives,
            "interpreters": self._interpreters,
            "names": self._names,
            "preferences": self._preferences,
            "times": self._times,
        }
        return list(found[part]())

    def _word(self, message: str) -> str:
        return translations(self.language).gettext(message)

    def _who(self, person: PersonId | None) -> str:
        if person is None:
            return self._word(N_("The student"))
        return people.names(self.tx, [person]).get(person, self._word(N_("Somebody")))

    def _authorities(self) -> Iterator[Said]:
        for each in authorities.of_student(self.tx, self.student.id):
            granted = each.granted
            words = f"{self._word(AUTHORITIES[granted.authority])} · {self._word(PAPERS[granted.paper])}"
            yield each.id, f"{self._who(granted.person)}: {words}"

    def _call_order(self) -> Iterator[Said]:
        order, status = family_plan.order_of(self.tx, self.student.id), family_plan.status_of(self.tx, self.student.id)
        for turn, person in enumerate(order.people, start=1):
            yield f"turn-{turn}", f"{turn}. {self._who(person)}"
        for each in family_plan.conditions_of(self.tx, self.student.id):
            beside = each.condition.beside
            words, within = condition(each.condition.kind, None if beside is None else self._who(beside))
            text = self._word(words) % within if within else self._word(words)
            yield each.id, f"{self._who(each.condition.person)}: {text}"
        if status.status is not None:
            yield "status", self._word(STATUSES[status.status])
        if status.first is not None:
            yield "first", f"{self._word(N_('Call first:'))} {self._who(status.first)}"
        tribal = family_plan.tribal_wish_of(self.tx, self.student.id)
        if tribal is not None:
            yield "tribe", self._word(TRIBAL_WISHES[tribal.wish])
        if own_care.of_student(self.tx, self.student.id) is not None:
            yield "own-care", self._word(N_("The student agreed to care of their own"))

    def _directives(self) -> Iterator[Said]:
        for each in directives.of_student(self.tx, self.student.id):
            told = each.directive
            what = f"{self._word(AUDIENCES[told.audience])} · {self._word(DATA_POINTS[told.category])}"
            yield each.id, f"{what}: {self._word(ACTIONS[told.action])}"

    def _interpreters(self) -> Iterator[Said]:
        for person, wish in interpreting.wishes(self.tx, self.keys, self.student.id).items():
            yield str(person), f"{self._who(person)}: {'; '.join(said(wish, self.language))}"

    def _names(self) -> Iterator[Said]:
        for each in names.of_student(self.tx, self.keys, self.student.id):
            if each.use is not None:
                yield each.id, self._name(each.use)
        caution = names.caution_of(self.tx, self.student.id)
        if caution.recorded_at is not None:
            yield "caution", self._word(CAUTIONS[caution.caution])

    def _name(self, use: NameToUse) -> str:
        where = [self._word(words) for context, words in CONTEXTS.items() if context in use.contexts]
        where += [self._who(each) for each in sorted(use.guardians)]
        return f"{' · '.join(filter(None, (use.name, use.pronouns)))}: {'; '.join(where)}"

    def _preferences(self) -> Iterator[Said]:
        for each in preferences.of_student(self.tx, self.student.id):
            named = "" if each.person is None else f": {self._who(each.person)}"
            yield each.id, f"{self._word(WISHES[each.preference])}{named}"

    def _times(self) -> Iterator[Said]:
        for each in hours.of_student(self.tx, self.student.id):
            yield each.id, f"{self._who(each.avoided.person)}: {hours_of(each.avoided, self.language)}"
        for person, ways in hours.ways(self.tx, self.student.id).items():
            yield f"ways-{person}", f"{self._who(person)}: {', '.join(self._word(WAYS[way]) for way in ways)}"
