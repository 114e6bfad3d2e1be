"""Two people without an address and with one name cannot be told apart: the second is set aside, nobody is lost."""

import pytest

from alongside.people import actions
from alongside.people.models import StaffEntry
from tests import make

pytestmark = pytest.mark.django_db


def test_second_nameless_namesake_is_a_fault_that_names_the_first():
    school = make.school("Holt Primary")
    brought = actions.bring_staff_list(
        b"Name,E-mail,Role\nJo Moss,,Site\nJo Moss,,Office\nAl Dunn,,Site\n", school, by=None
    )
    found = actions.preview(brought)
    assert [(fault.row, fault.column) for fault in found.faults] == [(3, "Name")]
    assert "Row 2 has the same name" in found.faults[0].text
    actions.apply_staff_list(brought)
    assert sorted(StaffEntry.objects.filter(school=school).values_list("name", "job")) == [
        ("Al Dunn", "site"),
        ("Jo Moss", "site"),
    ]
