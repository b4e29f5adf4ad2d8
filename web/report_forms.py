"""The forms about mandated reports, and the command that each becomes."""

from datetime import datetime

from pydantic import Field

from crisis import commands as cmd
from crisis import report_commands as tcmd
from crisis.vocabulary import ObligationId, PersonId
from web.deps import Desk
from web.forms import in_zone, sealed
from web.incident_forms import IncidentForm
from web.words import N_


class Suspect(IncidentForm):
    """Without a name it is whoever says it."""

    to: str | None = None
    occurred_at: datetime | None = Field(default=None, title=N_("Since when?"))
    zone: str = "UTC"

    def command(self, desk: Desk) -> cmd.Command:
        since = in_zone(self.occurred_at, self.zone)
        return tcmd.Suspect(by=desk.actor, occurred_at=since, to=PersonId(self.to) if self.to else None)


class FileReport(IncidentForm):
    obligation: str
    agency: str = Field(title=N_("Agency"))
    number: str = Field(title=N_("Report number"))
    worker: str | None = Field(default=None, title=N_("Who took it down there?"))
    occurred_at: datetime | None = Field(default=None, title=N_("When did you report it?"))
    zone: str = "UTC"

    def command(self, desk: Desk) -> cmd.Command:
        return tcmd.FileReport(
            by=desk.actor,
            occurred_at=in_zone(self.occurred_at, self.zone),
            obligation=ObligationId(self.obligation),
            agency=self.agency,
            number=desk.seal(self.number),
            worker=sealed(desk, self.worker),
        )


class DelegateReport(IncidentForm):
    obligation: str
    to: str = Field(title=N_("Who files it?"))

    def command(self, desk: Desk) -> cmd.Command:
        return tcmd.DelegateReport(by=desk.actor, obligation=ObligationId(self.obligation), to=PersonId(self.to))


REPORT_FORMS: dict[str, tuple[type[IncidentForm], str | None]] = {
    "suspect": (Suspect, "duties"),
    "report": (FileReport, "duties"),
    "delegate": (DelegateReport, "duties"),
}
