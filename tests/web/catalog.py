"""Every message that the screen can show: of templates, of our pages, and the reasons that the rules give."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def of_screen() -> set[str]:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    options = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    found = extract_from_dir(ROOT / "web", methods, options, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def of_rules() -> set[str]:
    """The second argument of each `Reason`, also where it stands in a variable `text` before or in a choice of two."""
    return {text for path in _rule_files() for text in _reasons(ast.parse(path.read_text()))}


def _rule_files() -> Iterator[Path]:
    """What a form can be answered with; the reasons of imports are for the operator's terminal."""
    crisis = ROOT / "crisis"
    yield from sorted((crisis / "statemachine").glob("*.py"))
    yield from sorted((crisis / "policy").glob("*.py"))
    yield from sorted((crisis / "review").glob("*.py"))
    yield from sorted((crisis / "schedules").glob("*.py"))
    yield from (
        ROOT / "web" / "my_paging_forms.py",
        ROOT / "web" / "step_forms.py",
        ROOT / "web" / "improvement_orders.py",
        crisis / "notify" / "push.py",
        crisis / "store" / "extra_ways.py",
    )
    yield from (
        crisis / "store" / f"{name}.py"
        for name in (
            "improvements",
            "reviews",
            "rotations",
            "rotation_plans",
            "overrides",
            "pins",
            "proving",
            "reach_tests",
            "restrictions",
            "consents",
            "records_requests",
            "statements",
            "contact_record",
            "policy_packs",
            "protocol_drafts",
            "publications",
            "instructions",
            "directory",
            "accounts",
            "leaving",
            "partners",
            "names",
            "message_texts",
            "school_lines",
            "texting",
            "second_factor",
            "preferences",
            "referring",
            "passkeys",
            "intake",
            "handing_over",
            "conflicts",
            "same_student",
            "compartments",
            "break_glass",
            "family_plan",
            "authorities",
            "kept_records",
            "marks",
            "holds",
            "destruction",
            "district_ends",
            "identities",
            "unlock",
            "emergency",
            "directives",
            "hours",
            "interpreting",
            "instrument_texts",
            "drill_plans",
            "drill_records",
            "drill_runs",
            "drill_scripts",
        )
    )
    yield from (crisis / "protocols" / f"{name}.py" for name in ("scoring", "questionnaires", "wording"))
    yield from (
        ROOT / "web" / "ical.py",
        ROOT / "web" / "readiness_orders.py",
        ROOT / "web" / "account_orders.py",
    )
    yield from (ROOT / "web" / "sign_in_orders.py", ROOT / "web" / "deps.py")
    yield from (ROOT / "web" / "compartment_orders.py", ROOT / "web" / "drill_orders.py")
    yield ROOT / "web" / "pages" / "intake.py"
    yield ROOT / "web" / "pages" / "call_order.py"
    yield ROOT / "web" / "pages" / "providers.py"
    yield from (ROOT / "web" / "provider_orders.py", ROOT / "web" / "known_browsers.py")
    yield from (ROOT / "web" / "conflict_orders.py", ROOT / "web" / "glass_orders.py")
    yield from (
        crisis / name
        for name in (
            "ladders.py",
            "protocols/scoring.py",
            "simulating/ladders.py",
            "submit.py",
            "store/idempotency.py",
            "store/named.py",
            "store/skills.py",
        )
    )


def _reasons(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("Reason", "_refuse", "_ask")  # the last two make one of it
            and len(node.args) > 1
        ):
            yield from _texts(node.args[1])
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "text" for t in node.targets):
            yield from _texts(node.value)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def messages() -> set[str]:
    return of_screen() | of_rules()


def catalog(language: str) -> Catalog:
    with (ROOT / "web" / "locale" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)
