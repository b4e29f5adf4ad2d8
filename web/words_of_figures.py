"""Figures in words."""

from web.words import N_

NEVER = N_(
    "A dot is the median, a stroke the 90th percentile. What was never reached has no length and is counted beside it:"
    " unknown is not good."
)
ENDED = (  # how pages ended, by the names of `crisis.review.spread.Paging`
    ("first", N_("taken at once")),
    ("later", N_("taken after it was escalated")),
    ("nobody", N_("nobody took it")),
    ("called_off", N_("called off")),
    ("running", N_("still running")),
)
