"""What families are told in writing before staff practice (S49d): a page to print, in their language, naming nobody.

The system sends it to nobody; whoever runs the drill gives it out, and writes down the day.
"""

from fastapi.responses import HTMLResponse

from crisis.drill_words import DrillId
from crisis.errors import NotFound
from crisis.policy.drilling import OPERATIONS_BASED
from crisis.store import phones, school_lines
from web import drill_orders
from web.deps import Desk
from web.rendering import Language, Local, page, translations
from web.words import N_

PARAGRAPHS = (
    N_("Dear families,"),
    N_(
        "On %(day)s the staff of our school will practice how to help a student who is having a very hard time. It is"
        " practice only. Students do not take part, and nobody plays a student in danger. Classes go on as usual."
    ),
    N_("Staff may get texts and calls that begin with the word DRILL. You do not need to do anything."),
    N_(
        "It can help to tell your child about it beforehand. If you or your child do not want to be near it, or you"
        " have a question, please call us: %(number)s."
    ),
    N_("If somebody needs to talk now, call or text 988, day or night. In danger, call 911."),
)
OFFICE = N_("the school office")


def show(desk: Desk, drill: DrillId, language: Language) -> HTMLResponse:
    """Of a reach test and a tabletop no family hears: nothing is seen or heard of them."""
    seen = drill_orders.run_by(desk, drill)
    if seen.drill.type not in OPERATIONS_BASED:
        raise NotFound
    translate = translations(language).gettext
    with desk.store.read() as tx:
        line = school_lines.of_school(tx, seen.school.id)
    said = {
        "day": Local(language, seen.zone).whole_day(seen.drill.starts_at),
        "number": translate(OFFICE) if line.callback is None else phones.for_people(line.callback),
    }
    return page(
        "pages/drill_letter.html",
        language,
        school=seen.school.name,
        heading=translate(N_("Our staff practice how to help")),
        paragraphs=[translate(each) % said for each in PARAGRAPHS],
        back=f"/drills/{drill}",
        other=f"/drills/{drill}/letter?language={'en' if language == 'es' else 'es'}",
        district_line=None,
    )
