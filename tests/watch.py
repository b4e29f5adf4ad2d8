"""The clock of a test."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crisis import clock


@dataclass(slots=True)
class Watch:
    """The time, which stands still until somebody moves it: how fast a machine is must not decide a test."""

    ahead: timedelta = timedelta(0)
    began: datetime = field(default_factory=clock.now)

    def __call__(self) -> datetime:
        return self.began + self.ahead
