"""What setting up consists of: for each part how it is known to be done, and where it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.sentinel.condition import Condition
from crisis.store.setting_up import Facts
from web import words
from web.rendering import Local
from web.words import N_

TESTED_WITHIN, SAVED_WITHIN = timedelta(days=30), timedelta(days=8)
NAMED = 5  # schools in one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that is asked; `backup_at` is when the last backup was proved."""

    facts: Facts
    now: Condition
    providers: tuple[str, ...]
    backup_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """How facts become words for one reader."""

    translate: Callable[[str], str]
    local: Local

    def day(self, when: datetime | None) -> str:
        return self.translate(N_("not yet")) if when is None else self.local.stamp(when)

    def missing(self, names: Sequence[str]) -> str:
        if not names:
            return ""
        shown = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
        return self.translate(N_("Missing: %(names)s")) % {"names": shown}


def _nothing(_known: Known, _say: Say) -> str:
    return ""


def _roster(known: Known, say: Say) -> str:
    text = say.translate(N_("%(schools)s schools, %(staff)s staff with a post, %(students)s students"))
    facts = known.facts
    return text % {"schools": facts.schools, "staff": facts.staff, "students": facts.students}


def _rota(known: Known, say: Say) -> str:
    text = say.translate(N_("%(people)s people on the rota, %(red)s of them not ready; %(levels)s levels with a gap"))
    facts = known.facts
    return text % {"people": facts.on_rota, "red": facts.not_ready, "levels": facts.levels_empty}


def _ladders(known: Known, say: Say) -> str:
    text = say.translate(N_("%(n)s ladders of your own; the others are those of the program"))
    return text % {"n": known.facts.ladders}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`done` is asked of the facts. `page` is where it is done on the console, `commands` where the program runs."""

    name: str
    title: str
    how: str
    done: Callable[[Known], bool]
    page: str | None = None
    button: str = N_("Do this")
    commands: tuple[str, ...] = ()
    of_schedules: bool = False  # the page is not for the operator
    fact: Callable[[Known, "Say"], str] = _nothing


FIRST: tuple[Item, ...] = (
    Item(
        name="protocols",
        title=N_("Protocols are in force"),
        how=N_("They come with the program, with the overlay of your state."),
        done=lambda k: k.facts.protocols > 0,
        commands=("crisis init --jurisdiction US-MA",),
        fact=lambda k, say: str(k.facts.protocols),
    ),
    Item(
        name="roster",
        title=N_("Schools, staff and students are here"),
        how=N_("Bring in an export of your student information system (OneRoster). It is shown before it is written."),
        done=lambda k: min(k.facts.schools, k.facts.staff, k.facts.students) > 0,
        commands=('crisis roster district DISTRICT "NAME"', "crisis roster import export.zip --district DISTRICT"),
        fact=_roster,
    ),
    Item(
        name="posts",
        title=N_("Somebody leads the response, somebody answers for privacy, and there is a clinician to page"),
        how=N_("An import gives no district post: give it by hand, with an account. Add whoever is in no export."),
        done=lambda k: not k.facts.missing_posts,
        commands=(
            "crisis roster staff DISTRICT",
            "crisis roster post PERSON district_lead",
            "crisis roster post PERSON privacy_officer",
            "crisis roster person DISTRICT GIVEN FAMILY clinician --phone 617-555-0100",
            "crisis account create PERSON USERNAME",
        ),
        fact=lambda k, say: say.missing([say.translate(words.of(post)) for post in k.facts.missing_posts]),
    ),
    Item(
        name="team",
        title=N_("In each school somebody of the crisis team can sign in"),
        how=N_("An account each, or the district’s own sign-in."),
        done=lambda k: k.facts.schools > 0 and not k.facts.silent,
        page="/accounts",
        button=N_("Who can sign in"),
        commands=("crisis account create PERSON USERNAME",),
        fact=lambda k, say: say.missing(k.facts.silent),
    ),
    Item(
        name="running",
        title=N_("The worker runs, and somebody watches it"),
        how=N_("On SQLite both run inside `crisis serve`. On PostgreSQL they are processes of their own."),
        done=lambda k: bool(k.now.worker.well and k.now.audit.well),
        page="/status",
        button=N_("Can we reach people?"),
        commands=("crisis worker", "crisis sentinel"),
    ),
    Item(
        name="provider",
        title=N_("A telephone provider takes texts and calls"),
        how=N_("Its account, secret and number stand in the settings. Until then pages show on the console alone."),
        done=lambda k: bool(k.providers) and not k.now.down,
        page="/status",
        button=N_("Can we reach people?"),
        fact=lambda k, say: ", ".join(each.capitalize() for each in k.providers) or say.day(None),
    ),
    Item(
        name="rota",
        title=N_("Somebody is on call at every level, for the next 14 days"),
        how=N_("A rotation for the clinicians, and one for the district’s own people."),
        done=lambda k: k.facts.on_rota > 0 and k.facts.levels_empty == 0,
        page="/rotations/new",
        button=N_("Plan a rotation"),
        of_schedules=True,
        fact=_rota,
    ),
    Item(
        name="ladder",
        title=N_("Behind the last level nobody is missing"),
        how=N_("How a page climbs is set already. Look whom it would call, and change it if you must."),
        done=lambda k: k.facts.on_rota > 0 and k.facts.last_levels_empty == 0,
        page="/ladders",
        button=N_("Look at the ladders"),
        of_schedules=True,
        fact=_ladders,
    ),
    Item(
        name="numbers",
        title=N_("Everybody on the rota was proved to be reached"),
        how=N_("Each gets a test page, answers the text and the call, and sets a PIN."),
        done=lambda k: k.facts.on_rota > 0 and k.facts.not_ready == 0,
        page="/readiness",
        button=N_("Who is ready"),
        of_schedules=True,
        fact=_rota,
    ),
    Item(
        name="test",
        title=N_("A test page was answered"),
        how=N_("Send one to yourself first: a text and a call that say TEST."),
        done=lambda k: k.facts.tested_at is not None and k.at - k.facts.tested_at <= TESTED_WITHIN,
        page="/readiness/mine",
        button=N_("Send a test page to me"),
        of_schedules=True,
        fact=lambda k, say: say.day(k.facts.tested_at),
    ),
)
BEFORE_SCHOOL: tuple[Item, ...] = (
    Item(
        name="heartbeat",
        title=N_("Somebody outside hears when it falls silent"),
        how=N_("A second host hears the heartbeat, and calls people when there is none."),
        done=lambda k: k.now.heartbeat.well is True,
        commands=("crisis heartbeat-receiver --help",),
    ),
    Item(
        name="backup",
        title=N_("A backup was made and proved"),
        how=N_("Every night, by the machine; and the key file apart from it."),
        done=lambda k: k.backup_at is not None and k.at - k.backup_at <= SAVED_WITHIN,
        commands=("crisis backup FILE",),
        fact=lambda k, say: say.day(k.backup_at),
    ),
    Item(
        name="emergency",
        title=N_("Two emergency accounts lie sealed in a safe"),
        how=N_("For the day when nobody can sign in. The district crisis lead prints and seals them."),
        done=lambda k: k.facts.sealed > 1,
        commands=("crisis account make-emergency DISTRICT",),
        fact=lambda k, say: str(k.facts.sealed),
    ),
    Item(
        name="second_factor",
        title=N_("A second factor is asked of everybody"),
        how=N_("From a day on that you choose. Raising an incident never needs one."),
        done=lambda k: k.facts.second_factor_from is not None,
        page="/accounts",
        button=N_("Who can sign in"),
        fact=lambda k, say: say.day(k.facts.second_factor_from),
    ),
    Item(
        name="law",
        title=N_("Counsel has read which law is asked"),
        how=N_("Until then the federal floor counts."),
        done=lambda k: k.facts.own_law,
        page="/policy",
        button=N_("Which law is asked"),
        of_schedules=True,
    ),
)
