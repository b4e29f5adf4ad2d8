"""Why one adult is not written to at one number or address: they asked for no more, or to be called."""

from collections.abc import Iterator
from typing import Protocol

from crisis.errors import Reason
from crisis.privacy_words import ContactWay


class Asked(Protocol):
    """What an adult asked for, and what is known of their numbers and addresses."""

    @property
    def stopped(self) -> frozenset[str]: ...
    @property
    def not_reached(self) -> frozenset[str]: ...
    @property
    def voice_only(self) -> bool: ...


def against_writing(way: ContactWay, number: str | None, adult: Asked) -> Iterator[Reason]:
    """PR-15, PR-72: whoever is not written to is called. Nothing where the way is another one."""
    text, mail = way is ContactWay.TEXT, way is ContactWay.EMAIL
    if text and number in adult.stopped:
        yield Reason("PR-15", "They asked for no more texts to this number; call them")
    if text and number in adult.not_reached:
        yield Reason("PR-15", "Texts do not reach this number; call it")
    if mail and number in adult.stopped:
        yield Reason("PR-15", "They asked for no more e-mail to this address; call them")
    if (text or mail) and adult.voice_only:
        yield Reason("PR-72", "This person asked to be called, not written to; call them")
