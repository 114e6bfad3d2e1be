"""What the answering page needs beyond Django's own tags."""

from django import template

from alongside.surveys import grids
from alongside.surveys.forms import AnswerForm

register = template.Library()
CHECKED = " checked"  # the attribute that marks what was given before


@register.simple_tag
def chosen(form: AnswerForm, item: str, value: str) -> str:
    """The mark of an answer."""
    return CHECKED if form.given.get(item) == value else ""


@register.simple_tag
def state(form: AnswerForm, tap: str, value: str) -> str:
    """The mark of a state of a grid."""
    return CHECKED if grids.state_of(form.given.get(tap, "")) == value else ""


@register.simple_tag
def ticked(form: AnswerForm, tap: str) -> str:
    """The mark of “we should”."""
    return CHECKED if grids.says_should(form.given.get(tap, "")) else ""


@register.simple_tag
def placed(form: AnswerForm, item: str, place: int | str) -> str:
    """The mark of a place on a ballot; none where none was given."""
    return chosen(form, item, str(place))


register.filter("of_network", grids.said)
