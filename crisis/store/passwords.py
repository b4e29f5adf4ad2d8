"""Passwords as argon2id hashes, and secrets that a person carries. The door to argon2."""

import functools
import hashlib
import secrets
import threading
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crisis.errors import Reason

SHORTEST = 12
ADVISED = 15
LONGEST = 200  # as the form takes; a longer one only costs time
AT_ONCE = 2  # of 64 MiB each: a flood of sign-ins must not take the memory that pages need
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
LETTERS_A_CODE = 28  # 138 bits: so many that a digest without salt and work is enough (ASVS 6.5.2, 11.5.1)
SYLLABLES = tuple(first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in "bdgklmnprst")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCost:
    """argon2id: passes, memory in KiB, lanes."""

    passes: int = 3
    memory: int = 64 * 1024
    lanes: int = 4


FLOOR = HashCost(passes=2, memory=19 * 1024, lanes=1)  # OWASP's and ASVS's least


@dataclass(frozen=True, slots=True)
class Hashing:
    """How this installation hashes; `decoy` is checked where there is no account, so that both take the same time."""

    cost: HashCost = HashCost()
    _hasher: PasswordHasher = field(init=False, repr=False)
    _decoy: str = field(init=False, repr=False)
    _turns: threading.Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hasher = PasswordHasher(time_cost=self.cost.passes, memory_cost=self.cost.memory, parallelism=self.cost.lanes)
        object.__setattr__(self, "_hasher", hasher)
        object.__setattr__(self, "_decoy", hasher.hash(secrets.token_urlsafe(16)))
        object.__setattr__(self, "_turns", threading.Semaphore(AT_ONCE))

    def hashed(self, password: str) -> str:
        with self._turns:
            return self._hasher.hash(password)

    def verify(self, password: str, stored: str | None) -> bool:
        """False for no account as for a wrong password, after the same work (F114)."""
        with self._turns:
            try:
                self._hasher.verify(stored or self._decoy, password)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)


@functools.cache
def standard() -> Hashing:
    """What an installation uses; made at the first use, which costs a quarter of a second."""
    return Hashing()


def reasons_against(password: str) -> list[Reason]:
    """No rules of composition: they make passwords worse, length makes them better (NIST SP 800-63B)."""
    if len(password) < SHORTEST:
        text = "Use at least %(least)s characters; %(advised)s or more are advised, for example four words"
        return [Reason("PASSWORD", text, (("least", str(SHORTEST)), ("advised", str(ADVISED))))]
    if len(password) > LONGEST:
        return [Reason("PASSWORD", "Use at most %(most)s characters", (("most", str(LONGEST)),))]
    if len(set(password.casefold())) < SHORTEST // 3:
        return [Reason("PASSWORD", "Use more than a few different characters")]
    return []


def passphrase(parts: int = 6) -> str:
    """Parts to say and to type, of 9.6 bits each: 770 syllables, drawn by the system's generator."""
    return "-".join(secrets.choice(SYLLABLES) for _ in range(parts))


def typed_code() -> str:
    """Random letters that somebody types once, as they are kept; to be shown `in_fours`."""
    return "".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_CODE))


def in_fours(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def as_typed(typed: str) -> str:
    """What somebody made of such a code, whatever they put between its letters."""
    return "".join(letter for letter in typed.casefold() if letter.isalnum())


def secret_token() -> str:
    """256 bits, for a cookie or a header."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token: a copy of the table opens nothing. It is random, so it needs no salt and no work."""
    return hashlib.sha256(token.encode()).hexdigest()
