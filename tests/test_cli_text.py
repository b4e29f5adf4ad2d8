"""`crisis text`: the catalog on the command line."""

from pathlib import Path

from typer.testing import CliRunner

from crisis.cli import app
from crisis.protocols import loader

run = CliRunner().invoke


def test_the_catalog_is_whole_and_shows_what_is_missing() -> None:
    checked, listed, shown = (run(app, ["text", *more]) for more in (["check"], ["list"], ["show", "f1"]))

    assert (checked.exit_code, checked.output) == (0, "Whole: 17 messages, 34 texts.\n")
    assert "draft" in listed.output
    assert "ht: empty" in shown.output
    assert "at most 1 segments as gsm-7" in shown.output


def test_a_file_of_ones_own_is_told_everything_that_is_wrong(tmp_path: Path) -> None:
    text = (loader.MESSAGES / "f1.yaml").read_text()
    own = tmp_path / "f1.yaml"
    own.write_text(text.replace("Es importante.", "Es sobre la salud de su hija."))

    failed = run(app, ["text", "check", str(own)])

    assert failed.exit_code == 1
    assert isinstance(failed.exception, loader.ProtocolFault)
    assert "“salud”" in str(failed.exception)
    assert "“hija”" in str(failed.exception)
