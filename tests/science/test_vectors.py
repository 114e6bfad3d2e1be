"""Every published or twice computed figure, against the code. ALONGSIDE_VECTORS names another file of the same format.

A method that nobody mapped fails. Each `calls_<topic>` module maps the methods of its topic to a call.
"""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from tests.science import (
    calls_ballots,
    calls_coherence,
    calls_geography,
    calls_impact,
    calls_matching,
    calls_pulse,
    calls_reflection,
    calls_scheduling,
    calls_ties,
    calls_workforce,
)

FILE = Path(os.environ.get("ALONGSIDE_VECTORS") or Path(__file__).with_name("vectors.json"))
FORMAT = "alongside-science-vectors/1"
TOPICS = (
    calls_ballots,
    calls_coherence,
    calls_geography,
    calls_impact,
    calls_matching,
    calls_pulse,
    calls_reflection,
    calls_scheduling,
    calls_ties,
    calls_workforce,
)
CALLS = {method: call for topic in TOPICS for method, call in topic.CALLS.items()}
# Methods whose module is still to come. A method leaves this set with the slice that builds it.
TO_COME: set[str] = set()


def read():
    return json.loads(FILE.read_text(encoding="utf-8"))


def differences(got, expected, tolerance, where=""):
    """Where two figures, lists or mappings differ by more than the tolerance; expected says what is compared."""
    if isinstance(expected, dict):
        missing = [f"{where}.{key}: not computed" for key in expected if key not in got]
        return missing + [
            difference
            for key, value in expected.items()
            if key in got
            for difference in differences(got[key], value, tolerance, f"{where}.{key}")
        ]
    if isinstance(expected, list):
        if len(got) != len(expected):
            return [f"{where}: {len(got)} values instead of {len(expected)}"]
        pairs = enumerate(zip(got, expected, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, tolerance, f"{where}[{i}]")]
    if isinstance(expected, bool) or not isinstance(expected, (int, float)):
        return [] if got == expected and type(got) is type(expected) else [f"{where}: {got!r} instead of {expected!r}"]
    if isinstance(got, bool) or not isinstance(got, (int, float, Fraction)):
        return [f"{where}: {got!r} instead of {expected!r}"]
    # the vectors are printed to ten places, so nothing can be nearer than that; NaN is never near
    near = abs(got - expected) <= max(tolerance, 1e-9)
    return [] if near else [f"{where}: {float(got)!r} instead of {expected!r}"]


def test_the_file_has_the_format_and_every_id_once():
    file = read()
    ids = [vector["id"] for vector in file["vectors"]]
    assert (file["format"], len(ids)) == (FORMAT, len(set(ids)))
    assert ids != []


def ready():
    return [vector for vector in read()["vectors"] if vector["method"] not in TO_COME]


def test_nothing_that_is_built_is_left_unchecked():
    assert set(CALLS) & TO_COME == set()


@pytest.mark.parametrize("vector", ready(), ids=lambda vector: vector["id"])
def test_vector(vector):
    assert vector["method"] in CALLS, f"nobody knows the method {vector['method']}"
    got = CALLS[vector["method"]](**vector["inputs"])
    assert differences(got, vector["expected"], vector["tolerance"]) == []


@pytest.mark.parametrize(
    ("got", "expected", "tolerance", "alike"),
    [
        ({"a": 1.0}, {"a": 1.1}, 0.2, True),
        ({"a": 1.0}, {"a": 1.1}, 0.01, False),
        ({"a": 1.0, "more": 2}, {"a": 1.0}, 0, True),
        ({}, {"a": 1.0}, 1, False),
        ([1, 2], [1], 1, False),
        (None, 0.0, 1, False),
        (0.0, None, 1, False),
        (float("nan"), 1.0, 1, False),
        (True, 1, 0, False),
        (1, True, 0, False),
        (["b"], ["a"], 1, False),
    ],
)
def test_the_comparison_itself(got, expected, tolerance, alike):
    assert (differences(got, expected, tolerance) == []) is alike
