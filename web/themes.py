"""Light, dark, or as the device has it: of one browser, remembered in a cookie that no script reads."""

from typing import Literal, get_args

from starlette.requests import HTTPConnection
from starlette.responses import Response

from crisis.settings import Settings

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
YEAR = 365 * 24 * 3600  # seconds


def cookie_of(settings: Settings) -> str:
    return "__Host-theme" if settings.https else "theme"


def theme_of(connection: HTTPConnection, settings: Settings) -> Theme:
    """Whatever else stands in the cookie is as if there were none."""
    said = connection.cookies.get(cookie_of(settings))
    return next((theme for theme in THEMES if theme == said), "auto")


def remember_theme(response: Response, settings: Settings, to: str) -> None:
    name = cookie_of(settings)
    response.set_cookie(name, to, max_age=YEAR, path="/", secure=settings.https, httponly=True, samesite="lax")
