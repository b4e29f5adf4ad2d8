"""What is said of one requirement."""

from dataclasses import dataclass
from enum import StrEnum

Proof = tuple[str, str]  # file and test


class Kind(StrEnum):
    """How it stands; the values are the words of the page."""

    TEST = "shown by a test"
    REASON = "met by a setting, a document or whoever runs it"
    FOREIGN = "not applicable"
    MISSING = "missing, or met in part"


@dataclass(frozen=True)
class Row:
    """`what` it asks, in words of our own; `proof` with each kind but for reasons; `why` in the place of a proof."""

    what: str
    kind: Kind
    proof: tuple[Proof, ...] = ()
    why: str = ""

    @property
    def in_part(self) -> bool:
        return self.kind is Kind.MISSING and bool(self.proof)


def shown(what: str, *proof: Proof) -> Row:
    return Row(what, Kind.TEST, proof)


def because(what: str, why: str) -> Row:
    """Met, and no test can show it, or none needs to."""
    return Row(what, Kind.REASON, why=why)


def foreign(what: str, why: str) -> Row:
    """Nothing of the kind is here."""
    return Row(what, Kind.FOREIGN, why=why)


def missing(what: str, why: str, *proof: Proof) -> Row:
    """`why`: what is not there; `proof`: what is."""
    return Row(what, Kind.MISSING, proof, why)
