"""What an adult may do for a student, and which paper shows it, in words."""

from crisis.privacy_words import Authority, AuthorityPaper
from web.words import N_

AUTHORITIES: dict[Authority, str] = {
    Authority.EDUCATION_RIGHTS: N_("Has a parent's right to be told"),
    Authority.EDUCATION_DECISIONS: N_("Decides about school"),
    Authority.MEDICAL_CONSENT: N_("Agrees to medical care"),
    Authority.PICKUP: N_("May take the student home"),
    Authority.EMERGENCY_CONTACT: N_("Is called in an emergency"),
    Authority.CASEWORKER: N_("Caseworker of an agency"),
    Authority.SURROGATE: N_("Surrogate parent for school matters"),
    Authority.ADULT_GUARDIAN: N_("Guardian of the student of age, by a court"),
    Authority.PARENT_OF_DEPENDENT: N_("Has the student of age as a dependent for tax"),
    Authority.SUPPORTER: N_("Helps the student of age to decide"),
}
PAPERS: dict[AuthorityPaper, str] = {
    AuthorityPaper.COURT_ORDER: N_("A court's order"),
    AuthorityPaper.AGENCY_PAPER: N_("A paper of the agency"),
    AuthorityPaper.APPOINTMENT: N_("An appointment by the school or the state"),
    AuthorityPaper.SIGNED_STATEMENT: N_("A signed statement"),
}
