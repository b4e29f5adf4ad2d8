"""How a report is made, and to whom, where the words are the project's own; names and a district's stay as they are."""

from web.words import N_

OF_THE_LAW = frozenset(
    {
        N_("at once, by phone"),
        N_("immediately"),
        N_("immediately, by phone"),
        N_("immediately, to the hotline"),
        N_("within 12 hours, by phone"),
        N_("the child protection hotline of your state"),
        N_("the written report form of your state"),
        N_("the written report (51A) to DCF"),
        N_("form DCF-136"),
    }
)
