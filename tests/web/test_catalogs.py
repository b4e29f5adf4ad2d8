"""Nothing on the screen is in one language only."""

import re

import pytest

from crisis import vocabulary
from tests.web.catalog import catalog, messages
from web import words
from web.rendering import translations

PLACE = re.compile(r"%\(\w+\)s")


def test_every_message_has_spanish_words() -> None:
    spanish = {str(entry.id): str(entry.string) for entry in catalog("es") if entry.id}

    assert sorted(messages() - {key for key, words in spanish.items() if words.strip()}) == []


def test_the_spanish_catalog_holds_nothing_that_is_never_shown() -> None:
    assert sorted({str(entry.id) for entry in catalog("es") if entry.id} - messages()) == []


def test_a_translation_fills_the_same_places() -> None:
    differing = [
        entry.id
        for entry in catalog("es")
        if entry.id and sorted(PLACE.findall(str(entry.id))) != sorted(PLACE.findall(str(entry.string)))
    ]

    assert differing == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_catalogs_are_compiled_in_memory(language: str) -> None:
    shown = translations("es" if language == "es" else "en").gettext("Board")

    assert shown == {"en": "Board", "es": "Tablero"}[language]


ON_SCREEN = [
    "Mode",
    "Phase",
    "Custody",
    "Emergency",
    "Tier",
    "Role",
    "StepType",
    "StepState",
    "SafetyClass",
    "DeadlineKind",
    "Beside",
    "ScreenResult",
    "ScreenAnswer",
    "ContactMethod",
    "ContactOutcome",
    "LanguageHelp",
    "ReleaseTo",
    "FollowUpOutcome",
    "LegalBasis",
    "ReceiverKind",
    "Urgency",
    "PageState",
    "HandoffState",
    "Channel",
    "AttemptOutcome",
    "ObligationKind",
    "StaffRole",
    "Relation",
    "Layer",
    "OverrideKind",
]


@pytest.mark.parametrize("name", ON_SCREEN)
def test_every_closed_choice_has_words(name: str) -> None:
    choices = list(getattr(vocabulary, name))

    assert all(words.of(choice) for choice in choices)
    assert len({words.of(choice) for choice in choices}) == len(choices)
