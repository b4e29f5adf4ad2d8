"""A figure: what was measured, what it was promised to be, and the least it could have been here."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    median: float
    p99: float
    count: int

    def __str__(self) -> str:
        return f"{shown(self.median)} / {shown(self.p99)}"


def times(seconds: Sequence[float]) -> Times:
    """Of at least one measurement; the p99 is one that happened, never a value between two."""
    ordered = sorted(seconds)
    return Times(_at(ordered, 0.5) * 1000, _at(ordered, 0.99) * 1000, len(ordered))


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def shown(ms: float) -> str:
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 1 else f"{ms:.3f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`limit_ms` and `limit_ratio` (over the floor's) are promised of the p99. `cause` is said where missed."""

    name: str
    dialect: str
    measured: Times
    floor: Times
    floor_is: str
    limit_ms: float | None = None
    limit_ratio: float | None = None
    cause: str = ""

    @property
    def ratio(self) -> float:
        return self.measured.median / self.floor.median

    @property
    def tail_ratio(self) -> float:
        return self.measured.p99 / self.floor.p99

    @property
    def met(self) -> bool:
        in_time = self.limit_ms is None or self.measured.p99 < self.limit_ms
        return in_time and (self.limit_ratio is None or self.tail_ratio <= self.limit_ratio)

    @property
    def target(self) -> str:
        within = [f"p99 < {self.limit_ms:.0f} ms"] if self.limit_ms is not None else []
        near = [f"p99 ≤ {self.limit_ratio:g} × floor"] if self.limit_ratio is not None else []
        return ", ".join(within + near) or "none"

    @property
    def verdict(self) -> str:
        if self.limit_ms is None and self.limit_ratio is None:
            return "no target"
        return "met" if self.met else f"missed: {self.cause or self._over}"

    @property
    def _over(self) -> str:
        over = self.measured.p99 / self.limit_ms if self.limit_ms is not None else 0.0
        if over >= 1:
            return f"{over:.1f} times the limit, {self.tail_ratio:.1f} times the floor"
        return f"{self.tail_ratio:.1f} times the floor"

    def line(self) -> str:
        return (
            f"{self.name} [{self.dialect}]: {self.measured} ms (n={self.measured.count});"
            f" floor {self.floor} ms ({self.floor_is}); ratio {self.ratio:.1f}, p99 {self.tail_ratio:.1f};"
            f" target {self.target}: {self.verdict}"
        )

    def row(self) -> str:
        cells = (
            f"{self.name} ({self.dialect})",
            self.target,
            f"{self.measured} (n = {self.measured.count})",
            f"{self.floor}: {self.floor_is}",
            f"{self.ratio:.1f} / {self.tail_ratio:.1f}",
            self.verdict,
        )
        return "| " + " | ".join(cells) + " |"


@dataclass(frozen=True, slots=True)
class Machine:
    cores: int
    processor: str
    python: str

    def __str__(self) -> str:
        return f"{self.cores} cores ({self.processor}), Python {self.python}"


def this_machine() -> Machine:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return Machine(os.cpu_count() or 1, named or platform.machine(), platform.python_version())


def load() -> float:
    """How many processes wanted a core in the last minute; the bench itself is one or two of them."""
    return os.getloadavg()[0]


def table(figures: Sequence[Figure]) -> Iterator[str]:
    yield "| Figure | Target | Measured ms, median / p99 | Floor ms, median / p99 | Ratio, median / p99 | Verdict |"
    yield "|---|---|---|---|---|---|"
    for figure in figures:
        yield figure.row()
