"""Pages as PDF files: readable aloud, with every word of the page, and no word of a person a command to their maker."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import audit
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId, Mode
from tests.factories import DISTRICT
from tests.store.looked_back import LEAD, a_closed_incident, looked_at
from tests.web.district import COUNSELOR, District
from tests.web.pdf_contract import elements, faults, words
from tests.web.test_pages import Browser, at_console
from tests.web.test_review_report import a_review
from tests.web.test_reviews import begins, district, incident, site, store
from web import pdf

__all__ = ["district", "incident", "site", "store"]  # fixtures

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
PAGE = """<!doctype html><html lang="{language}"><head><title>Report</title><style>p{{color:red}}</style></head><body>
<nav>Elsewhere</nav><section class="bar drillbar">{mark}</section><main id="main"><h1>Report</h1>
<p class="noprint">Only on a screen</p><p>{said} <b>bold</b><br>next</p><ul><li>one</li><li>two</li></ul>
<h2>Figures</h2><dl><div><dt>School</dt><dd>Lakeside</dd></div></dl>
<svg role="img" viewBox="0 0 40 20"><title>Bars</title><desc>Also a table</desc><rect width="30" height="9"/></svg>
<table><caption>Each deadline</caption><thead><tr><th scope="col">Step</th><th scope="col">Result</th></tr></thead>
<tbody><tr><th scope="row">Screen</th><td>kept</td></tr></tbody></table></main></body></html>"""


def made(said: str = "Said", language: str = "en", mark: str = "") -> bytes:
    return pdf.of_page(PAGE.format(said=said, language=language, mark=mark), at=AT)


def taken(by: Browser, review: str) -> bytes:
    answer = by.client.post(f"{review}/report", data={**by.form(review, f"{review}/report"), "file": "pdf"})
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_becomes_a_file_that_can_be_read_aloud(language: str) -> None:
    file = made(language=language)

    tags = [str(each["/S"]) for each in elements(PdfReader(io.BytesIO(file)).trailer["/Root"]["/StructTreeRoot"])]

    assert faults(file, language) == []
    assert [tags.count(each) for each in ("/H1", "/H2", "/Table", "/Figure", "/L")] == [1, 1, 1, 1, 2]
    assert words(file).startswith("Report Said bold next")
    assert all(each in words(file) for each in ("Lakeside", "Screen", "kept"))
    assert not any(each in words(file) for each in ("Only on a screen", "Elsewhere", "color"))


@pytest.mark.parametrize(
    "said", ["#panic()", "*not bold* _nor this_", "= No heading", '$x$ @here #read("/etc/passwd")']
)
def test_what_people_wrote_is_no_command(said: str) -> None:
    assert said in words(made(said))


def test_letters_without_a_font_cost_nobody_the_file() -> None:
    """They are boxes, and the file says so; with a font for them it is as good as any."""
    file = made("\u0378 has no font anywhere")

    assert "Some letters could not be put on paper" in words(file)
    assert "has no font anywhere" in words(file)


def test_of_a_drill_every_page_says_so() -> None:
    file = made("word " * 2000, mark="DRILL · not a real incident")

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(file)).pages]

    assert len(pages) > 2
    assert all("DRILL · not a real incident" in page for page in pages)


def test_the_same_page_is_the_same_file() -> None:
    assert made() == made()


def test_what_is_not_readable_aloud_is_found() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(made()))
    root = writer.root_object
    for name in ("/MarkInfo", "/Lang", "/ViewerPreferences"):
        del root[NameObject(name)]
    figure = next(each for each in elements(root["/StructTreeRoot"]) if each["/S"] == "/Figure")
    del figure[NameObject("/Alt")]
    out = io.BytesIO()
    writer.write(out)

    found = faults(out.getvalue(), "en")

    assert set(found) >= {
        "it is not tagged",
        "its language is not en",
        "a reader shows the name of the file instead of the title",
        "a picture has no alternative text",
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_review_is_taken_along_as_a_report_for_a_board(
    site: TestClient, district: District, incident: IncidentId, language: str
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)

    file = taken(counselor, a_review(counselor, incident))

    assert faults(file, language) == []
    assert all(each in words(file) for each in ("The call took long", "A list beside each telephone"))
    assert file.count(b"/Alt") == 1  # the picture of the deadlines
    assert not any(name in words(file) for name in ("Quetzal", "Ximena"))


def test_the_report_of_a_drill_is_marked(site: TestClient, district: District, store: Store) -> None:
    drill = a_closed_incident(store, mode=Mode.DRILL, at=clock.now() - timedelta(days=1))
    looked_at(store, drill, clock.now())
    counselor = at_console(site, district, COUNSELOR)

    file = taken(counselor, begins(counselor, drill))

    assert faults(file, "en") == []
    assert "DRILL" in words(file)


def test_the_log_of_drills_is_taken_on_paper_and_that_is_on_record(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)

    answer = lead.client.get("/drills/log.pdf")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert faults(answer.content, "en") == []
    assert "How each school stands" in words(answer.content)
    assert "Take the log" not in words(answer.content)
    with district.store.read() as tx:
        assert "drill log taken" in [each.action for each in audit.of(tx, DISTRICT)]
