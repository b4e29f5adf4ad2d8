"""Opening what a provider has signed: by its own keys and two algorithms alone. The door to PyJWT.

The library checks the signature; what is in the token is judged by `crisis.policy.identity` and our clock.
"""

import json
from collections.abc import Mapping

from jwt import PyJWK
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from crisis.policy.identity import TokenRefused
from crisis.sign_in_words import TokenFault

ALGORITHMS = ("RS256", "ES256")
LONGEST = 16 * 1024
MOST_KEYS = 50
FORBIDDEN = ("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip")  # keys that a token brings along, and what changes rules
Keys = Mapping[str, PyJWK]

_signatures = PyJWS(algorithms=ALGORITHMS)


class UnknownKey(TokenRefused):
    """It was signed with a key that we do not know: the provider may have changed its keys."""

    def __init__(self) -> None:
        super().__init__(TokenFault.SIGNATURE)


def keys(said: Mapping[str, object], *, least_rsa: int = 2048) -> Keys:
    """Those of a provider's keys that may sign. A key of another kind, a short one (in bits, of RSA) or one without a
    name is none.
    """
    listed = said.get("keys")
    found = [_key(each, least_rsa) for each in listed[:MOST_KEYS]] if isinstance(listed, list) else []
    known = [each for each in found if each is not None]
    names = [each.key_id for each in known]
    return {str(each.key_id): each for each in known if names.count(each.key_id) == 1}


def _key(said: object, least_rsa: int) -> PyJWK | None:
    if not isinstance(said, dict) or not isinstance(said.get("kid"), str) or said.get("use", "sig") != "sig":
        return None
    fits = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}.get((str(said.get("kty")), said.get("crv")))
    if fits is None or said.get("alg", fits) != fits or "d" in said:
        return None
    try:
        key = PyJWK(said, fits)
    except (PyJWTError, ValueError, TypeError):
        return None
    return None if fits == "RS256" and key.key.key_size < least_rsa else key


def opened(token: str, known: Keys, *, types: tuple[str, ...] = ("JWT",)) -> dict[str, object]:
    """The claims of a token that says of itself, where it does, that it is of one of these types.

    Raises `TokenRefused`, and `UnknownKey` where the keys may be too old.
    """
    if len(token) > LONGEST or token.count(".") != 2:
        raise TokenRefused(TokenFault.SHAPE)
    try:
        header = _signatures.get_unverified_header(token)
    except PyJWTError:
        raise TokenRefused(TokenFault.SHAPE) from None
    name = header.get("kid")
    if (
        any(each in header for each in FORBIDDEN)
        or str(header.get("typ", "JWT")) not in types
        or not isinstance(name, str)
    ):
        raise TokenRefused(TokenFault.SIGNATURE)
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused(TokenFault.SIGNATURE)
    if name not in known:
        raise UnknownKey
    try:
        payload = _signatures.decode_complete(token, known[name], [known[name].algorithm_name])["payload"]
    except PyJWTError:
        raise TokenRefused(TokenFault.SIGNATURE) from None
    return _claims(payload)


def _claims(payload: bytes) -> dict[str, object]:
    try:
        said = json.loads(payload, object_pairs_hook=_each_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TokenRefused(TokenFault.SHAPE) from None
    if not isinstance(said, dict):
        raise TokenRefused(TokenFault.SHAPE)
    return said


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """What is said twice is said by nobody: two programs would read two things in it."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TokenRefused(TokenFault.SHAPE)
    return found


def _no_constant(_: str) -> object:
    raise TokenRefused(TokenFault.SHAPE)
