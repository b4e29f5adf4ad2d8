"""How somebody wants this screen to behave, on this device: in a cookie, since it says nothing about anybody.

Single letters do something only where somebody wants it (WCAG 2.1.4), and a page makes a sound only after a press.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from crisis.settings import Settings

YEAR = 365 * 24 * 3600  # seconds
Choice = Literal["keys", "sound"]
CHOICES: Collection[Choice] = ("keys", "sound")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """`keys`: shortcuts of single letters. `sound`: pages to oneself ring."""

    keys: bool = False
    sound: bool = False


def choices_of(connection: HTTPConnection, settings: Settings) -> Choices:
    return Choices(**{each: connection.cookies.get(_cookie(settings, each)) == "on" for each in CHOICES})


def remember_choice(response: Response, settings: Settings, choice: Choice, *, on: bool) -> None:
    name, value = _cookie(settings, choice), "on" if on else "off"
    response.set_cookie(name, value, max_age=YEAR, path="/", secure=settings.https, httponly=True, samesite="lax")


def _cookie(settings: Settings, choice: Choice) -> str:
    return f"__Host-{choice}" if settings.https else choice
