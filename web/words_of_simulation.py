"""A page played through, in words: what happens, what people do, and what fails."""

from crisis.ladders import Asks
from crisis.simulating.marks import What
from crisis.simulating.story import Act, Fault
from web.words import N_

HAPPENS: dict[What, str] = {
    What.TEXT: N_("Text"),
    What.CALL: N_("Call"),
    What.CONSOLE: N_("No number: shown on the console alone"),
    What.ACCEPTED: N_("Accepts"),
    What.DECLINED: N_("Cannot come"),
    What.SEEN: N_("Writes “ok”, which is no answer"),
    What.STANDS_BY: N_("Stands by"),
    What.LETS_GO: N_("Lets go: the page is open again"),
    What.ASKED_IF_HERE: N_("Asked whether they are here"),
    What.ARRIVED: N_("Is here"),
    What.LAPSED: N_("Never came: the page is open again"),
    What.ALARM: N_("Alarm: nobody answers"),
    What.NOTHING: N_("Too late to change anything"),
}
BRIEFLY: dict[What, str] = {  # in the picture, where there is little room
    What.CONSOLE: N_("No number"),
    What.ACCEPTED: N_("Accepts"),
    What.DECLINED: N_("No"),
    What.SEEN: N_("“ok”"),
    What.STANDS_BY: N_("Stands by"),
    What.LETS_GO: N_("Lets go"),
    What.ASKED_IF_HERE: N_("Here?"),
    What.ARRIVED: N_("Is here"),
    What.LAPSED: N_("Never came"),
    What.NOTHING: N_("Too late"),
}
LETTERS: dict[What, str] = {What.TEXT: N_("T"), What.CALL: N_("C")}  # in the picture: a text, a call
ASKED: dict[Asks, str] = {
    Asks.ROTA: N_("who is on call"),
    Asks.POOL: N_("everybody who may take it"),
    Asks.SUPERVISORS: N_("those who lead"),
}
DOES: dict[str, str] = {
    "silent": N_("Says nothing"),
    Act.ACCEPTS: N_("Accepts"),
    Act.DECLINES: N_("Cannot come"),
    Act.SAYS_OK: N_("Writes “ok”, which is no answer"),
    Act.STANDS_BY: N_("Stands by"),
}
FAILS: dict[str, str] = {
    "ok": N_("Works"),
    Fault.DOWN: N_("Is down"),
    Fault.HANGS: N_("Does not answer"),
    Fault.LOSES: N_("Says yes, and nothing arrives"),
}
REFUSED = N_("no provider takes it; tried again")
UNKNOWN = N_("no provider answers; tried again")
LOST = N_("it never arrives")
