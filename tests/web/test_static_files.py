"""What the browser is given: vendored files as they were published, ours inside their budgets, nothing forbidden."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web.rendering import STATIC, static
from web.static_files import TOGETHER, Kept

brotli = pytest.importorskip("brotli")  # by which the budgets are counted; CI has it
TEMPLATES = STATIC.parent / "templates"
VENDORED = tomllib.loads((STATIC / "vendor.toml").read_text())["file"]
KB = 1024


@pytest.mark.parametrize("file", VENDORED, ids=lambda file: file["name"])
def test_a_vendored_file_is_the_published_one_and_has_its_licence(file: dict[str, str]) -> None:
    content = (STATIC / file["path"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert (STATIC / file["licence_file"]).read_text().strip()


def test_every_vendored_file_is_listed() -> None:
    listed = {file[key] for file in VENDORED for key in ("path", "licence_file")}

    assert {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()} == listed


def test_no_text_in_our_scripts_goes_over_a_line() -> None:
    """They are sent without what begins a line."""
    lines = [line for path in STATIC.glob("*.js") for line in path.read_text().splitlines()]

    assert [line for line in lines if line.count("`") % 2 or line.endswith("\\") or "/*" in line] == []


def compressed(*paths: Path) -> int:
    return sum(len(brotli.compress(path.read_bytes())) for path in paths)


def test_scripts_and_style_stay_inside_their_budgets() -> None:
    scripts = [*STATIC.glob("*.js"), *STATIC.glob("vendor/*.js")]

    assert compressed(*scripts) <= 20 * KB
    assert compressed(STATIC / "app.css") <= 10 * KB
    assert compressed(*(path for path in STATIC.glob("*.css") if path.name != "app.css")) <= 4 * KB  # for a page or two


def test_the_address_of_a_static_file_changes_with_its_content() -> None:
    wanted = hashlib.sha256((STATIC / "app.css").read_bytes()).hexdigest()[:8]

    assert static("app.css") == f"/static/app.css?v={wanted}"
    assert static("vendor/idiomorph-0.8.0.min.js", hashed=False) == "/static/vendor/idiomorph-0.8.0.min.js"


def bare(sheet: str) -> str:
    """Nothing is lost of a sheet but its comments, and how far its lines are moved in."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)).strip()


@pytest.mark.parametrize(("read", "sent"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_what_a_browser_can_read_squeezed_goes_squeezed(read: str, sent: str | None) -> None:
    client = TestClient(Starlette(routes=[Mount("/static", Kept(directory=STATIC))]))

    answer = client.get(static("app.css"), headers={"accept-encoding": read})
    again = client.get(static("app.css"), headers={"accept-encoding": read, "if-none-match": answer.headers["etag"]})
    font = client.get(static("vendor/public-sans-latin-wght-normal.woff2", hashed=False))

    assert answer.headers.get("content-encoding") == sent
    assert (bare(answer.text), answer.headers["vary"]) == (bare((STATIC / "app.css").read_text()), "Accept-Encoding")
    assert ("/* " in answer.text) == (sent is None)
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in font.headers


def code(script: str) -> list[str]:
    lines = (line.strip() for line in script.splitlines())
    return [line for line in lines if line and not line.startswith("//")]


@pytest.mark.parametrize("read", ["br", "gzip", "identity"])
def test_scripts_that_every_page_has_go_as_one_in_their_order(read: str) -> None:
    client = TestClient(Starlette(routes=[Mount("/static", Kept(directory=STATIC))]))
    parts = [(STATIC / each).read_text() for each in TOGETHER["console.js"]]

    answer = client.get(static("console.js"), headers={"accept-encoding": read})
    changed = client.get("/static/console.js", headers={"accept-encoding": read})

    assert code(answer.text) == [line for part in parts for line in code(part)]
    assert answer.headers.get("content-encoding", "identity") == read
    assert "immutable" in answer.headers["cache-control"]
    assert changed.headers["cache-control"] == "no-cache"
    assert client.post("/static/console.js").status_code == 405


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_nothing_that_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\s(on[a-z]+|style|hx-on[^=]*|hx-vals|hx-boost)=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text


def test_our_scripts_make_no_code_and_no_markup_from_text() -> None:
    ours = "".join(path.read_text() for path in STATIC.glob("*.js"))

    assert not re.search(r"(\beval\(|\bFunction\(|innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write)", ours)


def test_what_is_secret_is_masked_and_may_be_pasted_and_filled_in_by_the_browser() -> None:
    """ASVS 6.2.6, 6.2.7"""
    fields = [field for path in TEMPLATES.rglob("*.html") for field in re.findall(r"<input[^>]*>", path.read_text())]
    secret = [field for field in fields if re.search(r'name="(password|pin)"', field)]

    assert len(secret) >= 3
    assert [field for field in secret if 'type="password"' not in field] == []
    assert [field for field in secret if 'name="password"' in field and "current-password" not in field] == []
    assert "paste" not in "".join(path.read_text() for path in STATIC.glob("*.js"))


# Ways in, one's proof along the way, what a link opens to somebody who is not signed in, and what is printed.
WITHOUT_CONSOLE = {
    "again", "again_done", "district_gone", "drill_letter", "error", "family_sheet", "family_sheet_done",
    "family_sheet_gone", "intake_paper", "landing", "landing_gone", "my_plan", "offline", "paper_forms", "passphrase",
    "provider", "provider_code", "provider_leaving", "sign_in", "sign_in_code", "wall", "words",
}  # fmt: skip


def test_every_page_of_the_console_has_the_way_out() -> None:
    """ASVS 7.4.4"""
    layouts = {path: re.search(r"extends 'layouts/(\w+)", path.read_text()) for path in TEMPLATES.rglob("pages/*.html")}
    alone = {
        path.stem for path, found in layouts.items() if found is not None and found[1] in ("alone", "base", "printed")
    }
    within = {path.stem: re.search(r"layouts/(\w+)", path.read_text()) for path in TEMPLATES.glob("layouts/*.html")}

    assert None not in layouts.values()
    assert alone == WITHOUT_CONSOLE
    assert [found and found[1] for found in (within["sheet"], within["incident"])] == ["incident", "console"]
    assert 'action="/logout"' in (TEMPLATES / "layouts" / "console.html").read_text()
