"""How the program reaches PostgreSQL, as its address says: on this machine, or encrypted, to a server that is proved.

The keys that open what is sealed never go that way. Names, schedules, telephone numbers and the password of the role
do, and whoever can change what is on the way can answer in the place of the database (ASVS 12.3.1, 12.3.2).
"""

import ipaddress
import os
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

VOUCHED_FOR = ("verify-ca", "verify-full")
ADD = "sslmode=verify-full&sslrootcert=/path/to/ca.pem"


def plain_to(address: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The server that would be reached without its certificate being looked at; None where that is not so.

    What libpq takes from its environment counts as it does there. Of a service file nothing is known.
    """
    parts = urlsplit(address)
    if parts.scheme.split("+")[0] not in ("postgresql", "postgres"):
        return None
    said = parse_qs(parts.query)
    mode = said.get("sslmode", [environment.get("PGSSLMODE", "")])[-1]
    if mode in VOUCHED_FOR:
        return None
    if "service" in said or "PGSERVICE" in environment:
        return "the server of a service file"
    return next((host for host in _hosts(parts.netloc, said, environment) if not _is_here(host)), None)


def _hosts(netloc: str, said: Mapping[str, list[str]], environment: Mapping[str, str]) -> list[str]:
    """All that may be asked: libpq tries one after the other. An address goes before the name of its host."""
    places = unquote(netloc.rpartition("@")[2])
    named = [_without_port(each) for each in places.split(",") if each] if not places.startswith("/") else [places]
    given = [host for key in ("hostaddr", "host") for each in said.get(key, []) for host in each.split(",")]
    if named or given:
        return [*named, *(_without_port(each) for each in given)]
    usual = [environment[name] for name in ("PGHOSTADDR", "PGHOST") if environment.get(name)]
    return [host for each in usual for host in each.split(",")]


def _without_port(place: str) -> str:
    """SQLAlchemy also takes a port within `host`; an address of IPv6 has brackets where one follows."""
    if place.startswith(("/", "@")):
        return place
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place if place.count(":") > 1 else place.partition(":")[0]


def _is_here(host: str) -> bool:
    """A socket of this machine, by its folder or its abstract name, or a loopback address."""
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
