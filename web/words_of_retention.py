"""What the pages say of retention: the classes of records, and how one was destroyed."""

from crisis.retention_words import DestructionMethod, RetentionClass
from web.words import N_

CLASSES = {
    RetentionClass.TRANSIENT: N_("How pages went out: 30 days"),
    RetentionClass.INCIDENT: N_("Incidents: the years of the law, from the day on which the student left"),
    RetentionClass.TITLE_IX: N_("Title IX: 7 years from the newest entry"),
    RetentionClass.DISCLOSURE: N_("The ledger: as long as the record"),
    RetentionClass.AUDIT: N_("The chain of what was done and read: never destroyed"),
    RetentionClass.PREFERENCES: N_("What student and family asked for: 1 year from the day on which the student left"),
    RetentionClass.DRILL: N_("Drills: 90 days"),
    RetentionClass.DRILL_REVIEW: N_("Drills with an after-action review: 3 years"),
}
METHODS = {
    DestructionMethod.KEYS_AND_ROWS: N_(
        "The keys under which its words were encrypted were destroyed, and its rows deleted from the database. In the"
        " rows that have to stay for the log, the ledger and the chain, every name was taken out."
    )
}
