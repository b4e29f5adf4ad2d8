"""A form changes a text where it was changed: comments, order and layout stay, and it is always read again."""

import json

import pytest

from crisis.protocols import loader, patching
from crisis.protocols.plain_yaml import written
from crisis.protocols.schema import Protocol, Text
from crisis.vocabulary import StepId
from tests.protocols.small import SMALL, a_protocol


def reads(text: str) -> Protocol:
    return loader.protocol_from_text(text, "x")


def test_only_what_was_changed_is_written_anew() -> None:
    commented = "# ours\n" + SMALL.replace(
        "roles: [assessor, admin]", "roles:  # who\n      - assessor\n      - admin\n"
    )
    decide = 2

    text = patching.changed(
        commented,
        reads(commented),
        {
            ("steps", decide, "roles"): ["admin"],
            ("steps", decide, "deadlines", 0, "within"): "PT4M",
            ("steps", decide, "why", "es"): 'Alguien «debe»: "ya" # sí',
            ("steps", decide, "title", "en"): "Decide\nnow",
        },
    )

    step = reads(text).steps[decide]
    assert (step.roles, step.title.en, step.why.es) == (("admin",), "Decide\nnow", 'Alguien «debe»: "ya" # sí')
    assert str(step.deadlines[0].within) == "0:04:00"
    assert "# ours" in text
    assert "# who" in text
    kept = [line for line in commented.splitlines() if line not in text.splitlines()]
    assert len(kept) == 5


def test_a_step_is_left_out_and_what_waited_for_it_waits_for_what_came_before() -> None:
    without = patching.without("# ours\n" + SMALL, a_protocol(), StepId("check_in"))

    found = reads(without)
    assert [step.id for step in found.steps] == [step.id for step in a_protocol().steps if step.id != "check_in"]
    assert found.steps[-1].after == ("release",)
    assert without.startswith("# ours\n")
    begins, ends = SMALL.index("  - id: check_in"), SMALL.index("  - id: close")
    assert without == "# ours\n" + SMALL[:begins] + SMALL[ends:].replace("[check_in]", '["release"]')


def test_a_shared_step_that_the_text_only_names_is_written_out_whole() -> None:
    source = (loader.LIBRARY / "missing_student.yaml").read_text()
    shared = (loader.LIBRARY / "suicide_risk.yaml").read_text()
    assert "- use:" in shared
    known = reads(shared)

    text = patching.changed(shared, known, {("steps", 0, "title", "en"): "Stay"})

    assert reads(text).steps[0].title.en == "Stay"
    assert reads(text).steps[1:] == known.steps[1:]
    assert "use:" not in text
    assert reads(source)


@pytest.mark.parametrize("name", loader.names())
def test_all_words_of_a_protocol_are_found_where_they_stand(name: str) -> None:
    known = loader.protocol(name)
    text = written(json.loads(known.model_dump_json(exclude_unset=True)))
    places = dict(patching.texts(known))
    assert len(places) > 20

    changed = patching.changed(text, known, {(*place, "en"): f"{n}: “x”" for n, place in enumerate(places)})

    after = dict(patching.texts(reads(changed)))
    assert after == {place: Text(en=f"{n}: “x”", es=old.es) for n, (place, old) in enumerate(places.items())}
    assert len(changed.splitlines()) == len(text.splitlines())
