"""Only `publish` counts answers, only `compare` reads exact tallies (R10): read off the source of every module."""

import ast
import re
from pathlib import Path

import pytest

import alongside

ROOT = Path(alongside.__file__).parent
# Model → modules that may name it. The tables' own names count as well: SQL is written by hand in places.
ALLOWED = {
    "Answer": {"surveys.models", "surveys.accept", "surveys.publish", "surveys.seal"},
    "Comment": {"surveys.models", "surveys.accept", "surveys.seal"},
    "Ticket": {
        *("surveys.models", "surveys.accept", "surveys.publish", "surveys.seal"),
        *("surveys.reads", "surveys.answering", "surveys.actions"),  # the door; the form behind it; making them
        "surveys.restoring",  # whether a key still makes them
    },
    "SealedAnswer": {"surveys.models", "surveys.seal", "surveys.retention"},  # which deletes them when they are old
    "SealedComment": {"surveys.models", "surveys.seal", "surveys.results", "surveys.retention"},
    "RoomAnswer": {"surveys.models", "surveys.rooms", "surveys.publish"},  # taken, copied at the close; counted
    "RoomPass": {"surveys.models", "surveys.rooms"},
    "SealedRoomAnswer": {"surveys.models", "surveys.rooms", "surveys.retention"},
    "BlockTally": {"surveys.models", "surveys.seal", "surveys.compare"},
}
TABLES = {f"surveys_{model.lower()}": model for model in ALLOWED}
READS_TALLIES = {"surveys.compare"}


def modules():
    """(name below alongside, source) of every module of the product: migrations and measurements are not."""
    for file in sorted(ROOT.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts and parts[0] != "bench":
            yield ".".join(part for part in parts if part != "__init__"), file.read_text()


def named_in(source):
    """Models that a module names: by import, as an attribute of a module, by a table's name or a model's label in a text."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("surveys.models"):
            found |= {alias.name for alias in node.names} & set(ALLOWED)
            found |= set(ALLOWED) if any(alias.name == "*" for alias in node.names) else set()
        if isinstance(node, ast.Attribute) and node.attr in ALLOWED:
            found.add(node.attr)
        if isinstance(node, ast.ClassDef) and node.name in ALLOWED:
            found.add(node.name)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= _named_in_text(node.value)
    return found


def _named_in_text(text):
    tables = {model for table, model in TABLES.items() if re.search(rf"\b{table}\b", text)}
    labels = {model for model in ALLOWED if re.search(rf"\bsurveys\.{model}\b", text, re.IGNORECASE) or text == model}
    return tables | labels


def folder(name):
    """A module that has become a folder keeps its name: surveys.results.pages is surveys.results."""
    return ".".join(name.split(".")[:2])


@pytest.mark.parametrize("model", ALLOWED)
def test_a_model_is_named_where_it_may_be_and_nowhere_else(model):
    found = {folder(name) for name, source in modules() if model in named_in(source)}
    assert found <= ALLOWED[model]
    assert "surveys.models" in found


def test_whoever_may_name_a_model_does():
    """A permission that nobody uses is taken away."""
    sources = list(modules())
    unused = {
        (model, allowed)
        for model, names in ALLOWED.items()
        for allowed in names
        if not any(model in named_in(source) for name, source in sources if folder(name) == allowed)
    }
    assert unused == set()


def test_no_page_and_no_task_can_reach_what_measures():
    """`bench` looks into tables to measure; nothing but the command imports it."""
    importing = {name for name, source in modules() if re.search(r"\balongside(\.| import )bench\b", source)}
    assert importing <= {"cli", "commands"}


def test_only_compare_reads_the_exact_tallies():
    """The seal writes them; `tallies` of a wave, the way back from it, is used by nobody."""
    for name, source in modules():
        if folder(name) not in READS_TALLIES:
            assert not re.search(r"BlockTally\.objects\.(?!bulk_create)", source), name
            assert not re.search(r"\bwave\.tallies\b|tallies__", source), name


def test_only_publish_counts_answers():
    """`accept` inserts, the seal copies: neither counts."""
    for name, source in modules():
        if folder(name) in {
            *(
                "surveys.accept",
                "surveys.seal",
                "surveys.reads",
                "surveys.actions",
                "surveys.answering",
                "surveys.rooms",
            )
        }:
            assert not re.search(r"(Answer|Ticket|Comment)\.objects[^\n]*\.(count|aggregate|annotate\(n)", source), name


def test_answers_can_be_reached_from_no_other_row():
    """No way back from a wave, a school or an organisation."""
    from alongside.surveys import models  # noqa: PLC0415

    for name in ("Answer", "Comment", "Ticket", "SealedAnswer", "SealedComment"):
        for field in getattr(models, name)._meta.concrete_fields:
            assert not field.related_model or field.remote_field.hidden, f"{name}.{field.name}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from alongside.surveys.models import Answer, Wave", {"Answer"}),
        ("from alongside.surveys import models\nmodels.Answer.objects", {"Answer"}),
        ("import alongside.surveys.models as m\nm.Ticket", {"Ticket"}),
        ("from alongside.surveys.models import *", set(ALLOWED)),
        ("x = 'SELECT * FROM surveys_answer WHERE 1'", {"Answer"}),
        ("x = f'SELECT {a} FROM surveys_blocktally'", {"BlockTally"}),
        ("apps.get_model('surveys', 'Answer')", {"Answer"}),
        ("apps.get_model('surveys.answer')", {"Answer"}),
        ("x = 'surveys_answers_are_safe'", set()),
        ("from alongside.surveys.accept import accept", set()),
    ],
)
def test_the_search_finds_what_it_looks_for(source, found):
    assert named_in(source) == found
