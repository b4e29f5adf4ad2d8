"""What people change in what may be told to whom: who may do it is asked here, once for the page and the API."""

from crisis.policy.directives import Directive
from crisis.privacy_words import InstructionSource
from crisis.store import directives, kept
from crisis.store.directive_tables import INFO_DIRECTIVE
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import Desk


def add(desk: Desk, student: StudentId, wanted: Directive, source: InstructionSource) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        directives.add(tx, known, wanted, source, by=desk.person, at=desk.at)


def confirm(desk: Desk, student: StudentId, directive: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept.confirm(tx, INFO_DIRECTIVE, student, directive, by=desk.person, at=desk.at)


def end(desk: Desk, student: StudentId, directive: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept.end(tx, INFO_DIRECTIVE, student, directive, by=desk.person, at=desk.at)
