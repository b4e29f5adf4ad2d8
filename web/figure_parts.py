"""What the page of figures shows, part by part, in the reader's words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crisis.review.spread import Month, Paging, Spread, together
from crisis.review_words import Milestone
from crisis.store.people import SchoolView
from crisis.vocabulary import Urgency
from web import words
from web.deps import Desk
from web.figure_files import Part
from web.figure_orders import DAYS_AHEAD, Found, months_of
from web.plots import Bars, Line, Times, Took
from web.rendering import babel_month, translations
from web.words import N_
from web.words_of_figures import ENDED, NEVER
from web.words_of_review import MILESTONES

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The two ways in which everything is told apart, in their order: schools by name, months by time."""

    schools: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str], ...]
    say: Translate

    def by_school(self, part: str, title: str, note: str, count: "Count", rows: Sequence[Month]) -> Bars:
        lines = [count.line(code, name, [r for r in rows if r.school == code]) for code, name in self.schools]
        named = (f"{part}_by_school", title, note, N_("School"))
        return self._bars(named, count, lines)

    def by_month(self, part: str, title: str, note: str, count: "Count", rows: Sequence[Month]) -> Bars:
        lines = [count.line(code, name, [r for r in rows if r.month == code]) for code, name in self.months]
        named = (f"{part}_by_month", title, note, N_("Month"))
        return self._bars(named, count, lines)

    def _bars(self, named: tuple[str, str, str, str], count: "Count", lines: Sequence[Line]) -> Bars:
        part, title, note, head = named
        series = tuple((code, self.say(said)) for code, said, _ in count.series)
        say = self.say
        return Bars(id=part, title=say(title), note=say(note), head=say(head), series=series, rows=tuple(lines))


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted of a month: code, words, and how many it has."""

    series: tuple[tuple[str, str, Callable[[Month], int]], ...]

    def line(self, code: str, label: str, rows: Iterable[Month]) -> Line:
        rows = list(rows)
        return Line(code=code, label=label, counts=tuple(sum(map(each, rows)) for _, _, each in self.series))


OPENED = Count(
    (
        ("closed", N_("closed"), lambda month: month.opened - month.still_open),
        ("open", N_("still open"), lambda month: month.still_open),
    )
)
FOLLOWED = Count(
    (
        ("in_time", N_("in time"), lambda month: month.follow_kept),
        ("not_in_time", N_("late or not done"), lambda month: month.follow_due - month.follow_kept),
    )
)
DUE = Count(
    (
        ("in_time", N_("in time"), lambda month: month.kept),
        ("not_in_time", N_("late or not done"), lambda month: month.due - month.kept),
    )
)
ALONE = Count(
    (
        ("never", N_("never alone"), lambda month: month.opened - month.alone),
        ("alone", N_("for some time nobody was there"), lambda month: month.alone),
    )
)


class Topic(StrEnum):
    """What a page shows: everything at once is for paper and files."""

    TIMES = "times"
    PAGES = "pages"
    KEPT = "kept"
    WORK = "work"
    READY = "ready"
    ALL = "all"


def parts(desk: Desk, found: Found, milestone: Milestone, topic: Topic = Topic.ALL) -> list[Part]:
    """`milestone` is the one that is shown by school and by month as well."""
    say = translations(desk.language).gettext
    rows = _Rows(
        schools=tuple((each.id, each.name) for each in _schools(found)),
        months=tuple((each, babel_month(each, desk.language)) for each in months_of(found.wanted)),
        say=say,
    )
    made: dict[Topic, Callable[[], list[Part]]] = {
        Topic.TIMES: lambda: [_milestones(found, say), *_of_milestone(found, rows, milestone)],
        Topic.PAGES: lambda: _paging(found, say),
        Topic.KEPT: lambda: [*_kept(found, rows)],
        Topic.WORK: lambda: [*_opened(found, rows), _pages_by_school(found, rows), _tries(found, rows, say)],
        Topic.READY: lambda: [_ready(found, say)],
    }
    return [part for each, make in made.items() if topic in (each, Topic.ALL) for part in make()]


def _schools(found: Found) -> list[SchoolView]:
    chosen = found.wanted.school
    return [each for each in found.schools.values() if not chosen or each.id == chosen]


def _milestones(found: Found, say: Translate) -> Times:
    rows = tuple(
        Took(
            code=each.value,
            label=say(MILESTONES[each][0]),
            note=say(MILESTONES[each][1]),
            spread=together([month.lengths[each] for month in found.months]),
        )
        for each in Milestone
    )
    return Times(
        id="milestones",
        title=say(N_("Time to each milestone")),
        note=say(NEVER),
        head=say(N_("Until")),
        rows=rows,
        adds_up=False,
    )


def _of_milestone(found: Found, rows: _Rows, milestone: Milestone) -> list[Times]:
    say = rows.say
    name = say(MILESTONES[milestone][0])

    def took(code: str, label: str, months: Iterable[Month]) -> Took:
        return Took(code=code, label=label, note="", spread=together([each.lengths[milestone] for each in months]))

    schools = [took(code, label, (m for m in found.months if m.school == code)) for code, label in rows.schools]
    months = [took(code, label, (m for m in found.months if m.month == code)) for code, label in rows.months]
    by_school = say(N_("By school: %(milestone)s")) % {"milestone": name}
    by_month = say(N_("By month: %(milestone)s")) % {"milestone": name}
    return [
        Times(
            id=f"{milestone}_by_school", title=by_school, note=say(NEVER), head=say(N_("School")), rows=tuple(schools)
        ),
        Times(id=f"{milestone}_by_month", title=by_month, note=say(NEVER), head=say(N_("Month")), rows=tuple(months)),
    ]


def _paging(found: Found, say: Translate) -> list[Part]:
    urgencies = [(each, say(words.of(each))) for each in Urgency]
    of = {each: [page for page in found.pages if page.urgency is each] for each in Urgency}
    accepted = tuple(Took(code=each.value, label=name, note="", spread=_accepted(of[each])) for each, name in urgencies)
    return [
        Times(
            id="pages_taken",
            title=say(N_("Time until a page was taken")),
            note=say(N_("From the moment it counted, by urgency. Sent is not taken.")),
            head=say(N_("Urgency")),
            rows=accepted,
        ),
        Bars(
            id="pages_by_urgency",
            title=say(N_("What became of pages, by urgency")),
            note=say(N_("Escalated: somebody behind the first level took it, or nobody did.")),
            head=say(N_("Urgency")),
            series=_ends(say),
            rows=tuple(_ended(each.value, name, of[each]) for each, name in urgencies),
        ),
        _nuisance(urgencies, of, say),
    ]


def _pages_by_school(found: Found, rows: _Rows) -> Bars:
    say = rows.say
    schools = [(code, name, [page for page in found.pages if page.school == code]) for code, name in rows.schools]
    return Bars(
        id="pages_by_school",
        title=say(N_("Workload: pages by school")),
        note=say(N_("Each page once, where its incident was opened.")),
        head=say(N_("School")),
        series=_ends(say),
        rows=tuple(_ended(code, name, pages) for code, name, pages in schools),
    )


def _ends(say: Translate) -> tuple[tuple[str, str], ...]:
    return tuple((code, say(said)) for code, said in ENDED)


def _accepted(pages: Iterable[Paging]) -> Spread:
    return together([each.accepted for each in pages])


def _ended(code: str, label: str, pages: Sequence[Paging]) -> Line:
    counts = tuple(sum(getattr(page, name) for page in pages) for name, _ in ENDED)
    return Line(code=code, label=label, counts=counts)


def _nuisance(urgencies: Sequence[tuple[Urgency, str]], of: dict[Urgency, list[Paging]], say: Translate) -> Bars:
    def line(urgency: Urgency, name: str) -> Line:
        all_of, for_nothing = (sum(getattr(each, which) for each in of[urgency]) for which in ("asked", "unfounded"))
        return Line(code=urgency.value, label=name, counts=(for_nothing, all_of - for_nothing))

    return Bars(
        id="nuisance_by_urgency",
        title=say(N_("Pages for nothing, by urgency")),
        note=say(N_("Somebody has said since that the incident was unfounded. Of the rest nobody has said so.")),
        head=say(N_("Urgency")),
        series=(("unfounded", say(N_("unfounded"))), ("not_said", say(N_("not said")))),
        rows=tuple(line(each, name) for each, name in urgencies),
    )


def _kept(found: Found, rows: _Rows) -> list[Bars]:
    note = N_("Of what came due. What was not needed any more before that is left out.")
    alone = N_("By the server’s times. The aim is never.")
    months = found.months
    return [
        rows.by_month("follow_up", N_("Check-ins kept, by month"), note, FOLLOWED, months),
        rows.by_school("follow_up", N_("Check-ins kept, by school"), note, FOLLOWED, months),
        rows.by_month("deadlines", N_("Deadlines kept, by month"), note, DUE, months),
        rows.by_school("alone", N_("Time without an accountable adult, by school"), alone, ALONE, months),
    ]


def _opened(found: Found, rows: _Rows) -> list[Bars]:
    note = N_("Each incident once.")
    return [
        rows.by_school("opened", N_("Workload: incidents by school"), note, OPENED, found.months),
        rows.by_month("opened", N_("Workload: incidents by month"), note, OPENED, found.months),
    ]


def _tries(found: Found, rows: _Rows, say: Translate) -> Bars:
    def line(code: str, label: str) -> Line:
        pages = [page for page in found.pages if page.month == code]
        failed = sum(page.failed for page in pages)
        return Line(code=code, label=label, counts=(sum(page.tries for page in pages) - failed, failed))

    return Bars(
        id="tries_by_month",
        title=say(N_("Workload: texts and calls of pages, by month")),
        note=say(N_("Refused: the provider did not take it.")),
        head=say(N_("Month")),
        series=(("taken", say(N_("went out"))), ("refused", say(N_("refused")))),
        rows=tuple(line(code, label) for code, label in rows.months),
    )


def _ready(found: Found, say: Translate) -> Bars:
    rows = [Line(code=role.value, label=say(words.of(role)), counts=good) for role, good in found.ready.items()]
    return Bars(
        id="readiness_by_role",
        title=say(N_("Readiness now: who is on call in the coming %(days)s days")) % {"days": DAYS_AHEAD},
        note=say(N_("Whoever is on call as two things counts in both. “Who is ready” says what is missing.")),
        head=say(N_("Role")),
        series=(("ready", say(N_("ready"))), ("not_ready", say(N_("something is missing")))),
        rows=tuple(rows),
    )
