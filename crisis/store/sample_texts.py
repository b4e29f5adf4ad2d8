"""In the sample district the texts to families are out, so that a demo can send them: its signatures say what they are.

Nobody has read these texts for anybody. A real district begins with its own translators and reviewers.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.message_words import TextState
from crisis.policy.messages import Signature, stages
from crisis.protocols import loader
from crisis.protocols.message_schema import digest
from crisis.store import message_texts, school_lines
from crisis.store.message_texts import LINE, OneText
from crisis.store.sample import DISTRICT, SCHOOLS, person_id
from crisis.store.school_lines import SchoolLine

MESSAGES = ("f1", "f2", "f3", "f4", "f6", "f9", "f10", "f14", "f15", "f16", LINE)
LANGUAGES = ("en", "es")
MADE_UP = "sample signature of the demo: nobody has checked this text"
WHO = {
    TextState.TRANSLATED: (f"No translator ({MADE_UP})",),
    TextState.REVIEWED: (f"No reviewer ({MADE_UP})",),
    TextState.COMMUNITY_READ: (f"No first speaker ({MADE_UP})", f"No second speaker ({MADE_UP})"),
    TextState.APPROVED: (f"No clinician ({MADE_UP})",),
    TextState.PUBLISHED: (f"Nobody ({MADE_UP})",),
}
CALLBACK = "617-555-0142"


def publish(tx: Connection, at: datetime) -> None:
    """With what a text names of each school."""
    signed_at = at - timedelta(days=39)
    for message in (loader.messages()[each] for each in MESSAGES):
        for tag in LANGUAGES:
            for stage in stages(tag):
                by = person_id("Maya", "Okafor") if stage is TextState.PUBLISHED else person_id("Ines", "Duarte")
                read = {"source": digest(message.source), "text": digest(message.asset(tag))}
                new = Signature(stage=stage, who=WHO[stage], by=by, at=signed_at, **read)
                message_texts.sign(tx, DISTRICT, OneText(message=message.id, language=tag), new)
    for place, school in enumerate(SCHOOLS):
        line = SchoolLine(callback=CALLBACK, place=f"{40 + place} Elm St")
        school_lines.set_line(tx, DISTRICT, school, line, by=person_id("Ines", "Duarte"), at=signed_at)
