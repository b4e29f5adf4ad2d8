"""Every cookie is this host's alone, goes over https alone, and no script reads it (ASVS 3.3)."""

import ast
from pathlib import Path

from starlette.responses import Response

from crisis.settings import Settings
from web import deps
from web.choices import CHOICES, remember_choice
from web.themes import remember_theme

WEB = Path(deps.__file__).parent
HTTPS = Settings(public_url="https://crisis.example.org")
LOCAL = Settings(public_url="http://127.0.0.1:8000")


def cookies(settings: Settings) -> list[str]:
    response = Response()
    for remember in (
        deps.remember,
        deps.remember_half,
        deps.remember_provider,
        deps.remember_language,
        deps.remember_sent,
        remember_theme,
    ):
        remember(response, settings, "value")
    for choice in CHOICES:
        remember_choice(response, settings, choice, on=True)
    return [value for name, value in response.headers.items() if name == "set-cookie"]


def test_a_cookie_is_this_hosts_alone_and_no_script_reads_it() -> None:
    for cookie in cookies(HTTPS):
        name, _, rest = cookie.partition("=")
        parts = {part.strip().lower() for part in rest.split(";")}
        assert name.startswith("__Host-")
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
        assert not any(part.startswith("domain") for part in parts)


def test_on_this_machine_without_https_a_cookie_still_has_no_script() -> None:
    for cookie in cookies(LOCAL):
        assert "httponly" in cookie.lower()
        assert not cookie.startswith("__Host-")


def test_no_cookie_is_set_in_any_other_way() -> None:
    """Whoever adds one says all four things about it."""
    said = {"path", "secure", "httponly", "samesite"}
    for file in sorted(WEB.rglob("*.py")):
        for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("set_cookie", "delete_cookie"):
                assert said <= {each.arg for each in call.keywords}, f"{file.name}:{call.lineno}"
                [httponly] = [each.value for each in call.keywords if each.arg == "httponly"]
                assert ast.literal_eval(httponly) is True
