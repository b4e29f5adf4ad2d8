"""What has left the school, in words: by which way, for what, to whom, and which parts."""

from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind, WithholdBasis
from web.words import N_

WAYS: dict[DisclosureWay, str] = {
    DisclosureWay.CALL: N_("Said to them"),
    DisclosureWay.MESSAGE: N_("Message"),
    DisclosureWay.HANDOFF: N_("Handoff"),
    DisclosureWay.REPORT: N_("Report"),
    DisclosureWay.EXPORT: N_("Export"),
    DisclosureWay.PRINT: N_("Printed"),
    DisclosureWay.API: N_("Read by a program"),
}
PURPOSES: dict[DisclosurePurpose, str] = {
    DisclosurePurpose.KEEP_SAFE: N_("to keep somebody safe"),
    DisclosurePurpose.INFORM_FAMILY: N_("to tell the family"),
    DisclosurePurpose.CARE: N_("for care"),
    DisclosurePurpose.CHILD_PROTECTION: N_("to protect a child"),
    DisclosurePurpose.INSPECTION: N_("to let them see the record"),
    DisclosurePurpose.COURT: N_("for a court"),
    DisclosurePurpose.ENROLLMENT: N_("for a new school"),
    DisclosurePurpose.SCHOOL_WORK: N_("for their work at school"),
}
KINDS: dict[RecipientKind, str] = {
    RecipientKind.PARENT: N_("Parent or guardian"),
    RecipientKind.STUDENT: N_("The student"),
    RecipientKind.SCHOOL_OFFICIAL: N_("School official"),
    RecipientKind.PARTNER: N_("Partner"),
    RecipientKind.EMERGENCY_SERVICES: N_("Emergency services"),
    RecipientKind.HEALTH_PROVIDER: N_("Health provider"),
    RecipientKind.CHILD_PROTECTION: N_("Child protection"),
    RecipientKind.COURT: N_("A court"),
    RecipientKind.OTHER_SCHOOL: N_("Another school"),
    RecipientKind.OTHER: N_("Somebody else"),
}
WITHHELD: dict[WithholdBasis, str] = {
    WithholdBasis.OTHER_STUDENT: N_("it is about another student (34 CFR 99.12)"),
    WithholdBasis.COURT_PAPER: N_("a court paper forbids it"),
    WithholdBasis.REPORTER: N_("it says who reported"),
    WithholdBasis.PRIVILEGED: N_("the state makes a counselor's notes privileged"),
    WithholdBasis.OWN_CARE: N_("it is care that the student agreed to alone"),
    WithholdBasis.NOT_A_RECORD: N_("it is no education record (34 CFR 99.3)"),
}
PARTS: dict[str, str] = {
    "authorities": N_("what each adult may do"),
    "call_back": N_("only to call back"),
    "call_order": N_("whom to call first"),
    "consents": N_("consents"),
    "contacts": N_("whom to contact"),
    "danger": N_("which danger"),
    "directives": N_("what may be told"),
    "events": N_("what happened, step by step"),
    "holds": N_("until when the record is kept, and what holds it"),
    "family_statement": N_("what the family says about it"),
    "guardians": N_("guardians and how to reach them"),
    "identity": N_("name and date of birth"),
    "incident": N_("how the incident stands"),
    "instructions": N_("what to know and do"),
    "interpreters": N_("how they are interpreted for"),
    "language": N_("language and need for an interpreter"),
    "ledger": N_("this ledger"),
    "means": N_("means and whether they are out of reach"),
    "medical": N_("allergies and medicines"),
    "names": N_("names and pronouns to use"),
    "next": N_("what comes next"),
    "place": N_("where"),
    "preferences": N_("what the family wishes"),
    "report": N_("the report"),
    "restrictions": N_("who must not be contacted"),
    "risk": N_("level of risk and result of the screening"),
    "safety_plan": N_("safety plan"),
    "school_contact": N_("whom to call at the school"),
    "spoken": N_("what was said"),
    "statement": N_("what the student said or did"),
    "times": N_("when and how to reach them"),
    "what_helps": N_("what calms the student and whom they trust"),
    "whole": N_("everything about the incident"),
}
