"""From posted fields to one command, and back to the form when it cannot be read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest
from fastapi.exceptions import RequestValidationError

from crisis.vocabulary import ScreenAnswer
from web.app import build_app
from web.deps import Desk
from web.forms import FormState, Posted, Said, Sent, in_zone
from web.incident_forms import Emergency, Note
from web.step_forms import Contact, Screen

DESK = cast(Desk, SimpleNamespace(at=datetime(2026, 10, 6, tzinfo=UTC)))


def posted(**fields: str | tuple[str, ...]) -> Posted:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return Posted(DESK, {name: value if isinstance(value, tuple) else (value,) for name, value in named.items()})


def test_a_field_with_a_dot_belongs_to_a_mapping() -> None:
    sent = posted(instrument="asq", answers__q1="yes", answers__q2="refused", language="en", language_help="shared")

    assert sent.read(Screen).answers == {"q1": ScreenAnswer.YES, "q2": ScreenAnswer.REFUSED}


def test_boxes_that_are_ticked_together_are_a_set() -> None:
    form = posted(dangers=("weapon", "injury"), called_911="yes").read(Emergency)

    assert form.dangers == frozenset({"weapon", "injury"})


def test_a_field_that_the_form_does_not_ask_for_is_refused() -> None:
    with pytest.raises(RequestValidationError) as caught:
        posted(note="She is calm", tier="none").read(Note)

    assert [(error["loc"], error["msg"]) for error in caught.value.errors()] == [
        (("body", "tier"), "This form does not ask for that.")
    ]


def test_an_error_names_its_field_in_words_and_never_the_value() -> None:
    sent = posted(who="guardian:p-1", method="pigeon", outcome="reached")

    with pytest.raises(RequestValidationError) as caught:
        sent.read(Contact)

    (error,) = caught.value.errors()
    assert (error["loc"], error["msg"]) == (("body", "method"), "Choose one of the answers.")
    assert sent.title_of("method") == "How?"
    assert "pigeon" not in str(caught.value.errors())


def test_what_was_typed_shows_only_in_the_form_that_was_sent() -> None:
    state = FormState(fields={"reason": ("She moved",)}, action="waive")

    assert (state.typed("reason", "waive"), state.typed("reason", "exception")) == ("She moved", "")
    assert state.anchor("reason") == "waive-reason"


def test_a_local_time_is_the_schools_wall_clock() -> None:
    when = in_zone(datetime(2026, 10, 6, 10, 0), "America/New_York")  # noqa: DTZ001  # as a browser sends it

    assert when is not None
    assert when.astimezone(UTC) == datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


def test_a_zone_that_does_not_exist_is_an_error_of_the_form() -> None:
    with pytest.raises(RequestValidationError):
        in_zone(datetime(2026, 10, 6, 10, 0), "../etc/passwd")  # noqa: DTZ001  # as a browser might send it


def forms(of: type[Sent] = Sent) -> Iterator[type[Sent]]:
    for each in of.__subclasses__():
        yield each
        yield from forms(each)


def most(form: type[Sent], name: str) -> int:
    """How many signs the field takes: a whole protocol is longer than anything else that people write."""
    own = (getattr(limit, "max_length", None) for limit in form.model_fields[name].metadata)
    return max([100_000, *(limit for limit in own if limit is not None)])


@pytest.mark.parametrize("harm", ["a\x00b", "\x1b[2J", "x" * 100_000])
def test_each_field_of_each_form_refuses_what_nobody_types_at_its_place_f122(harm: str) -> None:
    """Every page is imported by then; a form that is added later is asked as well."""
    assert build_app
    asked = [(form, name) for form in forms() for name in form.model_fields]
    assert len(asked) > 300

    for form, name in asked:
        with pytest.raises(RequestValidationError) as caught:
            posted(**{name: harm if len(harm) < 100 else "x" * (most(form, name) + 1)}).read(form)
        at = {error["loc"][1]: error["msg"] for error in caught.value.errors()}
        assert at.get(name) not in (None, "Fill this in."), (form, name)
        assert len(str(caught.value.errors())) < 2_000, "it is not said back"


@pytest.mark.parametrize(
    ("action", "fields", "name", "leads_to"),
    [
        ("decide", {}, "reason", "reason"),
        ("waive", {}, "reason", "waive-reason"),
        ("report", {"obligation": ("o-7",)}, "agency", "report-agency-o-7"),
        ("tier", {}, "tier", "tier"),
        ("tier", {}, "rationale", "tier-rationale"),
        ("screen", {}, "occurred_at", "screen-occurred_at"),
    ],
)
def test_what_is_wrong_leads_to_the_field_of_the_form_that_was_sent(
    action: str, fields: dict[str, tuple[str, ...]], name: str, leads_to: str
) -> None:
    assert FormState(fields=fields, action=action).anchor(name) == leads_to


def test_of_several_forms_alike_only_the_one_that_was_sent_shows_what_was_typed() -> None:
    state = FormState(fields={"obligation": ("o-7",), "agency": ("The hotline",)}, action="report")

    assert [state.is_of("report", "o-7"), state.is_of("report", "o-8"), state.is_of("renew", "o-7")] == [
        True,
        False,
        False,
    ]


def test_a_reason_is_shown_at_its_field_as_well() -> None:
    state = FormState(reasons=(Said("I-7", "This answer needs a reason", at="reason"), Said("I-1", "Stay")))

    assert state.of("reason") == ["This answer needs a reason"]
    assert [each.elsewhere for each in (*state.reasons, Said("I-19", "Release", at="/custody"))] == [False, False, True]
