"""The closed words of signing in."""

from enum import StrEnum


class Browser(StrEnum):
    """By what a browser says of itself: for people to know their own devices by, never to decide anything."""

    CHROME = "chrome"
    EDGE = "edge"
    FIREFOX = "firefox"
    SAFARI = "safari"
    OTHER = "other"


class System(StrEnum):
    """What the device runs, as its browser says."""

    ANDROID = "android"
    CHROMEOS = "chromeos"
    IOS = "ios"
    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"
    OTHER = "other"
