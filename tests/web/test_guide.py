"""The guides of docs/how-to inside the program: one's own first, honest about the language, nothing that runs."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.district import COUNSELOR, OFFICER, District
from tests.web.test_pages import at_console, words
from web import guides
from web.guides import NAMES, SOURCE, guide, mark

IN_SPANISH = ("counselor", "families", "administrator", "drills-and-reviews")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A guide asks nothing of the database."""
    return sqlite_url


def test_every_guide_is_read_in_both_languages_and_the_readers_own_stands_first(
    site: TestClient, district: District
) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER, "es")

    mine = words(counselor.get("/guide")).partition("For others")[0]
    assert guide("counselor", "en").title in mine
    assert guide("operator", "en").title not in mine
    assert guide("privacy-officer", "es").title in words(officer.get("/guide")).partition("Para otras personas")[0]
    for name in NAMES:
        assert guide(name, "en").title in words(counselor.get(f"/guide/{name}"))
        assert guide(name, "es").title in words(officer.get(f"/guide/{name}"))
    counselor.get("/guide/nothing", 404)
    assert 'href="/guide"' in counselor.get("/board")  # help is in the same place on every page


def test_what_is_not_translated_says_so_and_is_marked_as_english(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER, "es")

    english, spanish = officer.get("/guide/operator"), officer.get("/guide/counselor")

    assert '<article class="read" lang="en">' in english
    assert "Esta guía existe solo en inglés." in words(english)
    assert '<article class="read">' in spanish
    assert "Esta guía existe solo en inglés." not in words(spanish)


def test_counselors_and_administrators_have_theirs_in_spanish() -> None:
    assert {guide(name, "es").language for name in IN_SPANISH} == {"es"}


@pytest.mark.parametrize("name", IN_SPANISH)
def test_a_translation_has_a_part_for_each_part_of_the_english_one_it_was_made_from(name: str) -> None:
    translated = guide(name, "es")

    if not translated.behind:
        assert len(translated.parts) == len(guide(name, "en").parts)


def test_a_translation_of_an_older_text_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "es").mkdir()
    english = "# For counselors\n\n**Open an incident.** Now.\n"
    (tmp_path / "counselor.md").write_text(english)
    (tmp_path / "es" / "counselor.md").write_text(
        f"<!-- translated from {mark(english)} -->\n# Para consejeros\n\n**Abra un caso.** Ya.\n"
    )
    monkeypatch.setattr(guides, "SOURCE", tmp_path)

    fresh = guide.__wrapped__("counselor", "es")
    (tmp_path / "counselor.md").write_text(english + "\nAnd stay.\n")
    old = guide.__wrapped__("counselor", "es")

    assert (fresh.title, fresh.language, fresh.behind) == ("Para consejeros", "es", False)
    assert fresh.parts == (("p0", "Abra un caso"),)
    assert "translated from" not in fresh.body
    assert old.behind


def test_links_lead_to_other_guides_and_to_nothing_outside() -> None:
    every = "".join(guide(name, language).body for name in NAMES for language in ("en", "es"))

    links = set(re.findall(r'href="([^"]+)"', every))

    assert links <= {f"/guide/{name}" for name in NAMES}
    assert "/guide/planner" in links


def test_markup_in_a_guide_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "counselor.md").write_text("# A\n\n<script>x()</script> [b](javascript:x()) [c](https://x.test)\n")
    monkeypatch.setattr(guides, "SOURCE", tmp_path)

    body = guide.__wrapped__("counselor", "en").body

    assert "<script" not in body
    assert "href" not in body


def test_each_guide_of_the_folder_is_shown() -> None:
    assert {path.stem for path in SOURCE.glob("*.md")} == set(NAMES)
