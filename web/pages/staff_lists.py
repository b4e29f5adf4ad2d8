"""Whom a form of an incident offers: who works at its school or for the whole district, or has part in it already.

In a district of a thousand staff a list of all of them would be too long to find anybody in, and too heavy for a bad
line. Somebody of another school is offered once the reader asks for everybody.
"""

from collections.abc import Sequence

from crisis.policy import access
from crisis.store.people import StaffView
from crisis.store.queries import IncidentView
from crisis.vocabulary import Role, SchoolId
from web import words
from web.rendering import Language, translations


def works_at(each: StaffView, school: SchoolId) -> bool:
    """There, or for the whole district."""
    return not each.schools or school in each.schools


class Offered:
    def __init__(self, view: IncidentView, language: Language, *, everybody: bool) -> None:
        self._school, self._translate = view.incident.school, translations(language).gettext
        self._staff, self._here = view.staff, access.called_in(view.incident)
        self._everybody = everybody

    def options(self, roles: Sequence[Role], typed: str = "") -> list[tuple[str, str]]:
        """With their posts; whose roles fit first, then staff of this school. Whether they may is for the rules to say.

        `typed` is who was chosen before, and is among them wherever they work.
        """

        def farther(each: StaffView) -> tuple[bool, bool]:
            return bool(roles) and each.roles.isdisjoint(roles), self._school not in each.schools

        found = [each for each in self._staff if self._is_near(each) or each.id == typed]
        return [(str(each.id), self._said(each)) for each in sorted(found, key=farther)]

    @property
    def more(self) -> bool:
        """Whether somebody is left out."""
        return not all(map(self._is_near, self._staff))

    def _is_near(self, each: StaffView) -> bool:
        return self._everybody or works_at(each, self._school) or each.id in self._here

    def _said(self, each: StaffView) -> str:
        return " · ".join((each.name, *(self._translate(words.of(post)) for post in each.posts)))
