"""What is missing for a page to reach somebody, and what to do about it, in words."""

from crisis.readiness_words import Lack
from web.words import N_

WHAT: dict[Lack, tuple[str, str]] = {
    Lack.GONE: (N_("Left, or not in the last import"), N_("Put somebody else on the rota in their place.")),
    Lack.NO_NUMBER: (N_("No telephone number"), N_("Add one in the roster. Until then no page reaches them.")),
    Lack.OPTED_OUT: (
        N_("Wrote STOP: no text reaches them"),
        N_("Text START from that phone to the number that pages come from. Until then pages call."),
    ),
    Lack.NO_VOICE: (N_("No number that was proved to ring"), N_("Send a test page, and press 1 in the call.")),
    Lack.FEW_METHODS: (
        N_("Fewer than two ways that were proved"),
        N_("Send a test page, and answer both the text and the call."),
    ),
    Lack.NO_TEST: (N_("No test page answered in the last 30 days"), N_("Send a test page, and answer it.")),
    Lack.NO_PIN: (N_("No PIN"), N_("Set one on the page “Ready for a page”. Everybody sets their own.")),
    Lack.EMPTY_LEVEL: (
        N_("Nobody, or only a stand-in"),
        N_("Put somebody in on the page On call, or change the rotation."),
    ),
    Lack.EMPTY_LAST_LEVEL: (
        N_("Nobody, and nobody stands behind"),
        N_("This is the last level: put somebody in on the page On call now."),
    ),
    Lack.LATE_CALL: (
        N_("Over before its first call"),
        N_("Give this level more time to answer; a text alone wakes nobody."),
    ),
}
