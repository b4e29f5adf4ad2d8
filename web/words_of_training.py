"""Training of staff in words."""

from crisis.schedules.training import Counts, Training
from web.words import N_

TRAININGS: dict[Training, str] = {
    Training.RISK_ASSESSMENT: N_("Assessment of risk"),
    Training.MENTAL_HEALTH_FIRST_AID: N_("Mental Health First Aid"),
    Training.NALOXONE: N_("Naloxone"),
    Training.DEESCALATION: N_("De-escalation"),
}
COUNTS: dict[Counts, tuple[str, str]] = {  # tone and words
    Counts.YES: ("ok", N_("counts")),
    Counts.SOON_OVER: ("warn", N_("runs out soon")),
    Counts.OVER: ("late", N_("has run out")),
}
