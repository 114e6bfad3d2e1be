"""Feeder flows: what is shown, what is never shown, and the file that brings them in."""

from __future__ import annotations

import itertools
import re

import pytest
from django.test import Client

from alongside.kit.errors import Refused
from alongside.network import actions, flows
from alongside.network.models import FeederFlow
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def four():
    network = make.network()
    schools = [make.school(name) for name in ("Ashmead", "Birch", "Copse", "Dell")]
    make.cluster(network, "Avon", schools)
    return network, schools


def said(network) -> list[str]:
    return [line.sentence for pathway in flows.pathways(flows.network_flows(network)) for line in pathway.lines]


def test_the_pathway_in_words(four):
    network, (ashmead, birch, copse, _) = four
    actions.enter_flows(network, [(birch, ashmead, 2025, 12), (birch, copse, 2025, 18)], by=1)
    assert said(network) == [
        "18 of 30 children of Birch go on to Copse",
        "12 of 30 children of Birch go on to Ashmead",
    ]


def test_the_page_says_each_figure_once_and_folds_the_table(four):
    network, (ashmead, birch, _, _) = four
    actions.enter_flows(network, [(birch, ashmead, 2025, 37)], by=1)
    client = Client()
    client.force_login(make.stakeholder(network))
    page = client.get(f"{network.get_absolute_url()}flows/").content.decode()
    unfolded = re.sub(r'<details class="fold">.*?</details>', "", page, flags=re.DOTALL)
    assert unfolded.count("37") == 1
    assert "<li>37 children of Birch go on to Ashmead.</li>" in unfolded
    assert page.count("37") == 2


def test_under_five_is_never_shown_and_no_total_gives_it_away(four):
    """Whatever the hidden figure is, everything that is shown is the same."""
    network, (ashmead, birch, copse, dell) = four
    seen = set()
    for one, two in itertools.product(range(1, 5), repeat=2):
        rows = [(birch, ashmead, 2025, one), (birch, copse, 2025, 18), (birch, dell, 2025, two)]
        actions.enter_flows(network, rows, by=1)
        (pathway,) = flows.pathways(flows.network_flows(network))
        told = [(line.target.name, line.students, line.sentence) for line in pathway.lines]
        seen.add((pathway.total, *told, *flows.pathway_lines(network, birch), *flows.pathway_lines(network, copse)))
    assert len(seen) == 1
    assert "18 children of Birch go on to Copse" in str(seen)
    assert "of 2" not in str(seen)


def test_a_later_figure_takes_the_place_of_an_earlier_one_and_none_takes_it_away(four):
    network, (ashmead, birch, _, _) = four
    for students in (12, 14):
        actions.enter_flows(network, [(birch, ashmead, 2025, students)], by=1)
    assert FeederFlow.objects.get().students == 14
    actions.enter_flows(network, [(birch, ashmead, 2025, 0)], by=1)
    assert FeederFlow.objects.count() == 0


def test_a_row_that_cannot_be_changes_nothing(four):
    network, (ashmead, birch, _, _) = four
    for wrong in ((birch, birch, 2025, 9), (birch, ashmead, 1800, 9), (birch, ashmead, 2025, -1)):
        with pytest.raises(Refused):
            actions.enter_flows(network, [(ashmead, birch, 2025, 9), wrong], by=1)
    assert FeederFlow.objects.count() == 0


def test_figures_of_another_network_are_not_there(four):
    network, (ashmead, birch, _, _) = four
    other = make.network("Other")
    make.cluster(other, "Avon", [ashmead, birch])
    actions.enter_flows(other, [(birch, ashmead, 2025, 12)], by=1)
    assert flows.network_flows(network) == []
    assert flows.pathway_lines(network, birch) == []


def test_a_file_is_read_by_names_and_numbers(four):
    network, (ashmead, birch, copse, _) = four
    number = birch.numbers.get().number
    data = f"Year;To;From;Students\r\n2025;ASHMEAD;{number};12\r\n2025;Copse;Birch;3\r\n".encode()
    rows, faults = flows.read_flows(data, network)
    assert faults == []
    assert rows == [(birch, ashmead, 2025, 12), (birch, copse, 2025, 3)]


def test_every_cell_that_cannot_be_used_is_named(four):
    network, _ = four
    data = "From,To,Year,Students\nBirch,Birch,2025,1\nElm,Birch,²,1\nBirch,Copse,1066,many\n".encode()
    rows, faults = flows.read_flows(data, network)
    assert rows == []
    assert [(fault.row, fault.column) for fault in faults] == [
        (2, "To"),
        (3, "From"),
        (3, "Year"),
        (4, "Students"),
        (4, "Year"),
    ]


def test_a_file_without_a_column_is_refused_by_its_name(four):
    network, _ = four
    rows, faults = flows.read_flows(b"From,To,Year\nBirch,Copse,2025\n", network)
    assert (rows, [fault.column for fault in faults]) == ([], ["Students"])
