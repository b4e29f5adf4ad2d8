"""What comes in is decoded once and judged as it is then; files of others are text, under names of ours."""

import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from crisis.store import instructions
from crisis.store.engine import Store
from crisis.vocabulary import StudentId
from tests.factories import STUDENT
from tests.journeys.town import free_port, serving
from tests.web.district import COUNSELOR, SETTINGS, District, acting
from tests.web.test_instructions_api import HELPS
from tests.web.test_pages import at_console
from tests.web.test_protocol_pages import LEAD, begun, district
from web.serve import server

__all__ = ["district"]
TWICE = "%3Cb%3E &lt;i&gt; %2541 \\u0041 &#65; +"
WEB = Path(__file__).parents[2] / "web"
DECODES = re.compile(r"\b(unquote|unquote_plus|unquote_to_bytes|unescape|url2pathname|unicode_escape)\b")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_what_is_encoded_twice_is_kept_and_shown_as_it_was_typed_by_form_and_by_program(
    site: TestClient, district: District
) -> None:
    """ASVS 1.1.1."""
    counselor, page = at_console(site, district, COUNSELOR), f"/students/{STUDENT}/instructions"

    counselor.send(page, f"{page}/add", kind="helps", source="student", text=TWICE)
    made = acting(site, district.token(COUNSELOR)).post(page, {**HELPS, "text": TWICE})
    shown = counselor.get(page)

    with district.store.read() as tx:
        kept = [each.text for each in instructions.of_student(tx, district.store.keys, StudentId(STUDENT))]
    assert (kept, made.status) == ([TWICE, TWICE], 201)
    assert shown.count("%3Cb%3E &amp;lt;i&amp;gt; %2541 \\u0041 &amp;#65; +") == 2


def test_an_address_is_decoded_once_by_the_server_and_never_again(store: Store) -> None:
    """As it is served: a client of tests would decode an address itself before it sends it."""
    port = free_port()

    def answers(address: str) -> int:
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as to:
            to.request("GET", address, headers={"Host": urlsplit(SETTINGS.public_url).netloc})
            return to.getresponse().status

    with serving(server(store, SETTINGS, "127.0.0.1", port), port):
        once, twice = answers("/static/%61pp.css"), answers("/static/%2561pp.css")
        outside = [answers(f"/static/{up}pyproject.toml") for up in ("%2e%2e/%2e%2e/", "..%252f..%252f", "..%5c..%5c")]

    assert (once, twice, outside) == (200, 404, [404] * 3)


def test_nothing_of_the_console_decodes_anything_again() -> None:
    """The framework does, and a callback of a provider in `web/signed.py`, whose body is signed as it came."""
    found = {file.name for file in WEB.rglob("*.py") if DECODES.search(file.read_text(encoding="utf-8"))}

    assert found == set()


def test_a_file_that_came_in_is_text_that_goes_back_under_a_name_of_ours_and_nothing_runs_it(
    site: TestClient, district: District, tmp_path: Path
) -> None:
    """ASVS 5.3.1, 5.4.1, 5.4.2: whatever it is called, and whatever stands in it."""
    lead = at_console(site, district, LEAD)
    address = begun(lead)
    fields, before = lead.form(f"{address}/text", f"{address}/upload"), set(tmp_path.rglob("*"))
    name = '../../web/static/x.html";\r\nX-Evil: yes; a="<script>.php'
    content = b"!!python/object/apply:os.system ['touch owned']\n<script>alert(1)</script><?php evil(); ?>\n"

    sent = lead.client.post(f"{address}/upload", data=fields, files={"file": (name, content, "text/html")})
    back = lead.client.get(f"{address}/file")

    assert (sent.status_code, back.status_code, back.content) == (303, 200, content)
    assert re.fullmatch(r'attachment; filename="protocol-draft-\d+\.yaml"', back.headers["content-disposition"])
    assert back.headers["content-type"].startswith("application/yaml")
    assert back.headers["x-content-type-options"] == "nosniff"
    assert "x-evil" not in back.headers
    assert "<script>alert" not in lead.get(f"{address}/text")
    assert {each.suffix for each in set(tmp_path.rglob("*")) - before} <= {".db-wal", ".db-shm", ".db"}
    assert site.get("/static/x.html").status_code == 404
