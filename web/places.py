"""Levels and places of schedules in a viewer's words."""

from collections.abc import Iterable

from crisis.schedules.rota import Slot
from crisis.store.people import SchoolView
from crisis.vocabulary import Role, SchoolId
from web import words
from web.rendering import Language, translations
from web.words import N_


class Places:
    def __init__(self, language: Language, schools: Iterable[SchoolView]) -> None:
        self.translate = translations(language).gettext
        self.schools = {each.id: each.name for each in schools}

    def level(self, role: Role, level: int) -> str:
        """Levels are counted from one where people read them."""
        values = {"role": self.translate(words.of(role)), "level": level + 1}
        return self.translate(N_("%(role)s, level %(level)s")) % values

    def places(self, where: Iterable[SchoolId | None]) -> str:
        given = list(dict.fromkeys(where))
        if None in given or len(given) == len(self.schools) > 1:
            return self.translate(N_("Whole district"))
        return ", ".join(self.schools.get(each, "") for each in given if each is not None)

    def slot(self, slot: Slot) -> str:
        return f"{self.level(slot.role, slot.level)} · {self.places([slot.school])}"
