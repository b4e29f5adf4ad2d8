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


class ProviderKind(StrEnum):
    """Whose sign-in a district lets its staff use."""

    GOOGLE = "google"
    ENTRA = "entra"
    CLEVER = "clever"
    CLASSLINK = "classlink"


class TokenFault(StrEnum):
    """Why what a sign-in provider says of somebody is not taken."""

    SHAPE = "shape"  # it cannot be read, or says a thing twice
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"  # it was made for another program
    NONCE = "nonce"  # it was made for another sign-in
    TIME = "time"
    TENANT = "tenant"  # of a district that is not on the list
    GUEST = "guest"
    STUDENT = "student"  # or anybody else who is not staff there
    PURPOSE = "purpose"  # it says another thing than what it was sent for
    REPLAY = "replay"  # it came before
