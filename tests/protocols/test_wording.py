"""Whose words may be shown: nobody's whose permission is not on record, and none of theirs lies in this repository."""

import hashlib
import re
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisis.protocols import loader
from crisis.protocols.columbia import ASKED_AFTER
from crisis.protocols.columbia import ITEMS as COLUMBIA
from crisis.protocols.instrument_schema import TextPack
from crisis.protocols.questionnaires import SCALES
from crisis.protocols.scoring import DISPOSITIONS, ITEMS
from crisis.protocols.wording import NO_WORDS, faults, needs_permission, readable

ROOT = Path(__file__).resolve().parents[2]
PROTECTED = ROOT / "tests" / "protocols" / "protected_words.txt"
LENGTH = 5  # words in a row
TEXTS = frozenset({".py", ".yaml", ".html", ".md", ".po", ".json", ".txt"})
OURS = ("asq", "bssa", "phq_a", "safe_t")


def pack_of(instrument: str, language: str = "en", **changes: object) -> TextPack:
    """Made-up words: the real ones may not lie here."""
    known = loader.instrument(instrument)
    values: dict[str, object] = {
        "instrument": instrument,
        "version": "1",
        "language": language,
        "translation": "original" if language == "en" else "official",
        "published_at": "https://example.org/form",
        "notice": "As its owner wants it.",
        "scale": [f"answer {n}" for n in range(len(known.scale))],
        "items": {item.id: f"made up words of {item.id}" for item in known.items},
    }
    return TextPack.model_validate(values | changes)


def rows(text: str) -> Iterator[bytes]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return (" ".join(words[start : start + LENGTH]).encode() for start in range(len(words) - LENGTH + 1))


def test_no_words_of_a_protected_form_lie_in_the_repository() -> None:
    """Their rows of five words are known here by digest alone; the check sum before it only saves most of the work."""
    known = dict(line.split(":") for line in PROTECTED.read_text().split("\n\n", 1)[1].split())
    sums = {int(each) for each in known}
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listed.stdout.decode().splitlines()]

    found = [
        (path.name, each)
        for path in paths
        if path.suffix in TEXTS and path.is_file()
        for each in rows(path.read_text())
        if zlib.crc32(each) in sums and hashlib.sha256(each).hexdigest()[:16] in known.values()
    ]

    assert len(known) > 100
    assert found == []


def test_every_instrument_that_is_not_free_has_keys_and_no_words() -> None:
    refused = [loader.instrument(each) for each in loader.instruments() if needs_permission(loader.instrument(each))]

    assert {each.id for each in refused} == {"cssrs", "psc_17"}
    assert [each.id for each in refused if each.has_words or each.introduction] == []


def test_the_files_and_the_scorers_have_the_same_keys() -> None:
    """In no table is a key that no form asks, and no form asks what no table scores."""
    files = {each: [item.id for item in loader.instrument(each).items] for each in loader.instruments()}

    assert files["asq"] == list(ITEMS)
    assert files["cssrs"] == list(COLUMBIA)
    asked = {item.id for item in loader.instrument("cssrs").items if item.asked == "when_yes"}
    assert asked == set(ASKED_AFTER)
    for name, scale in SCALES.items():
        known = loader.instrument(name)
        assert [item.id for item in known.items if item.answers == "scale"] == list(scale.items)
        assert {item.id for item in known.items if item.answers != "scale"} == set(scale.beside)
        assert len(known.scale) == scale.top + 1
    offered = {name: [each.id for each in loader.instrument(name).dispositions] for name in DISPOSITIONS}
    assert offered == {name: list(tiers) for name, tiers in DISPOSITIONS.items()}


@pytest.mark.parametrize("instrument", OURS)
def test_words_that_are_free_are_shown_as_they_lie_here(instrument: str) -> None:
    found = readable(loader.instrument(instrument), [], permitted=False)

    assert (found.reason, found.forms) == (None, (loader.instrument(instrument),))


@pytest.mark.parametrize("instrument", ["cssrs", "psc_17"])
def test_an_installed_pack_is_not_shown_without_a_permission_in_force(instrument: str) -> None:
    pack = pack_of(instrument)

    withheld = readable(loader.instrument(instrument), [pack], permitted=False)
    shown = readable(loader.instrument(instrument), [pack], permitted=True)

    assert withheld.reason is not None
    assert not any(form.has_words for form in withheld.forms)
    assert (shown.reason, shown.forms[0].items[0].text) == (None, next(iter(pack.items.values())))
    assert shown.forms[0].licence.notice == pack.notice


def test_a_form_whose_items_only_its_words_tell_apart_is_not_entered_by_number() -> None:
    by_number = {
        each: bool(readable(loader.instrument(each), [], permitted=True).forms) for each in ("cssrs", "psc_17")
    }

    assert by_number == {"cssrs": True, "psc_17": False}
    assert readable(loader.instrument("psc_17"), [], permitted=True).reason == NO_WORDS


def test_only_an_official_form_in_the_students_language_is_read_and_else_the_english_one() -> None:
    known = loader.instrument("gad_7")
    both = readable(known, [pack_of("gad_7", "es"), pack_of("gad_7")], permitted=False)
    chosen = {tag: both.in_language(tag) for tag in ("es", "es-MX", "ht", None)}

    assert {tag: form and form.language for tag, form in chosen.items()} == {
        "es": "es",
        "es-MX": "es",
        "ht": "en",
        None: "en",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": {"q1": "Made up"}}, "These items have no words: q2, q3, q4, q5, q6, q7"),
        ({"items": {**pack_of("gad_7").items, "q8": "One more"}}, "These are no items of it: q8"),
        ({"scale": ["one"]}, "Write the words of all 4 answers, from the lowest up"),
        ({"translation": "official"}, "Another language than the original needs the owner's official translation"),
    ],
)
def test_a_pack_that_does_not_fit_its_instrument_is_told_why(changes: dict[str, object], said: str) -> None:
    found = list(faults(loader.instrument("gad_7"), pack_of("gad_7", **changes)))

    assert [reason.text % dict(reason.values) for reason in found] == [said]
