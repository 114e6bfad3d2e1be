"""Lowering the yearly budget of statements a person."""

from django.db import transaction

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network.models import Organisation
from alongside.people.models import Person
from alongside.surveys import budget
from alongside.surveys.models import QuestionBudget

LOWERED = journal.deed("surveys.budget_set", "set how many statements a year may ask")


@transaction.atomic
def lower_budget(organisation: Organisation, statements: int, by: Person) -> None:
    """Set the budget of a school's staff, or of what a network asks; Refused above the usual one. Twice is once."""
    if not 0 <= statements <= budget.LIMIT:
        raise Refused(f"The budget can be lowered, never raised: from 0 to {budget.LIMIT} statements a school year.")
    known = QuestionBudget.objects.filter(organisation=organisation).values_list("statements", flat=True).first()
    if statements == (budget.LIMIT if known is None else known):
        return
    QuestionBudget.objects.update_or_create(
        organisation=organisation, defaults={"statements": statements, "set_by": by}
    )
    journal.record(
        organisation.pk, LOWERED, by=by.pk, about=f"organisation:{organisation.pk}", payload={"statements": statements}
    )
