"""Nothing is asked of any address that is not set: an incident, its calls and a sign-in, with all connections heard."""

import re
import socket
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crisis.identity.provider import providers
from crisis.store.engine import open_store
from tests.guard import what_goes_out
from tests.identity.stand_in import standing_in
from tests.journeys.test_suicide_risk import MAYA
from tests.journeys.town import a_town

WEB = Path(__file__).resolve().parents[2] / "web"
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
FOREIGN = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}|url\(\s*['"]?//""", re.IGNORECASE)


def test_the_guard_hears_what_is_not_on_a_list() -> None:
    with what_goes_out() as heard:
        with suppress(OSError), socket.socket() as line:
            line.settimeout(0.01)
            line.connect(("127.0.0.9", 9))
        with suppress(OSError):
            socket.getaddrinfo("unlisted.invalid", 443)

    assert heard >= {"127.0.0.9:9", "name unlisted.invalid"}


def test_an_incident_and_a_sign_in_ask_only_whom_the_settings_name_pr_69(
    sqlite_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        closing(open_store(sqlite_url, key_file)) as store,
        standing_in() as elsewhere,
        what_goes_out() as heard,
        a_town(store, tmp_path, monkeypatch) as town,
    ):
        known = town.settings.model_copy(update={"sign_in_providers": {"google": elsewhere.settings()}})
        maya = town.acts(MAYA)
        maya.opens()
        town.passes(minutes=5)
        providers(known)["google"].address("s")

    set_by = (town.settings.public_url, str(town.settings.provider_url), elsewhere.url)
    listed = {urlsplit(each).netloc for each in set_by}
    assert {each for each in heard if not each.startswith("name ")} <= listed
    assert {each for each in heard if each.startswith("name ")} <= {"name 127.0.0.1"}
    assert {urlsplit(elsewhere.url).netloc, urlsplit(str(town.settings.provider_url)).netloc} <= heard


def test_no_page_script_or_style_of_ours_names_another_site_pr_69() -> None:
    files = [*WEB.rglob("templates/**/*.html"), *(WEB / "static").glob("*.*")]
    texts = {
        each: each.read_text(encoding="utf-8") for each in files if each.suffix in (".html", ".js", ".css", ".svg")
    }

    found = {str(each): FOREIGN.findall(text.replace(NAMESPACE, "")) for each, text in texts.items()}

    assert len(files) > 50
    assert {each: names for each, names in found.items() if names} == {}
