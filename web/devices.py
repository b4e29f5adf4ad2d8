"""What a browser says of itself, as closed words: the header itself is anybody's text and is kept nowhere."""

from starlette.requests import HTTPConnection

from crisis.settings import Settings
from crisis.sign_in_words import Browser, System
from crisis.store.sessions import Device, LimitRules, Limits
from crisis.vocabulary import StaffRole
from web.words import N_

# The first that stands in the header counts: nearly all of them also name Safari, and Edge names Chrome.
_BROWSERS = (
    ("Edg", Browser.EDGE),
    ("Firefox/", Browser.FIREFOX),
    ("FxiOS/", Browser.FIREFOX),
    ("Chrome/", Browser.CHROME),
    ("CriOS/", Browser.CHROME),
    ("Safari/", Browser.SAFARI),
)
_SYSTEMS = (
    ("Android", System.ANDROID),
    ("CrOS", System.CHROMEOS),
    ("iPhone", System.IOS),
    ("iPad", System.IOS),
    ("Windows", System.WINDOWS),
    ("Macintosh", System.MACOS),
    ("Linux", System.LINUX),
)
BROWSERS: dict[Browser, str] = {
    Browser.CHROME: "Chrome",
    Browser.EDGE: "Edge",
    Browser.FIREFOX: "Firefox",
    Browser.SAFARI: "Safari",
    Browser.OTHER: N_("A browser"),
}
SYSTEMS: dict[System, str] = {
    System.ANDROID: "Android",
    System.CHROMEOS: "ChromeOS",
    System.IOS: "iPhone / iPad",
    System.LINUX: "Linux",
    System.MACOS: "Mac",
    System.WINDOWS: "Windows",
    System.OTHER: N_("another system"),
}


def device_of(connection: HTTPConnection, *, shared: bool) -> Device:
    said = connection.headers.get("user-agent", "")
    browser = next((word for part, word in _BROWSERS if part in said), Browser.OTHER)
    system = next((word for part, word in _SYSTEMS if part in said), System.OTHER)
    return Device(browser=browser, system=system, shared=shared)


def limit_rules(settings: Settings) -> LimitRules:
    """Raises `ValueError` for a post that does not exist: a limit that is never asked would be a false promise."""
    everybody = Limits.of(settings.session_idle_minutes, settings.session_hours)
    of_post = {StaffRole(post): Limits.of(own.idle_minutes, own.hours) for post, own in settings.session_limits.items()}
    shared = Limits.of(settings.session_shared_minutes, settings.session_hours).idle
    return LimitRules(everybody=everybody, shared_idle=shared, of_post=of_post)
