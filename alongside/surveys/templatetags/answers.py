"""What the answering page needs beyond Django's own tags."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from alongside.surveys import grids
from alongside.surveys.forms import AnswerForm

register = template.Library()


@register.simple_tag
def chosen(form: AnswerForm, item: str, value: str) -> SafeString:
    """The attribute that marks the answer given before."""
    return mark_safe(" checked" if form.given.get(item) == value else "")  # noqa: S308 (two constants)


@register.simple_tag
def state(form: AnswerForm, tap: str, value: str) -> SafeString:
    """The same for a state of a grid."""
    return mark_safe(" checked" if grids.state_of(form.given.get(tap, "")) == value else "")  # noqa: S308 (as above)


@register.simple_tag
def ticked(form: AnswerForm, tap: str) -> SafeString:
    """The same for “we should”."""
    return mark_safe(" checked" if grids.says_should(form.given.get(tap, "")) else "")  # noqa: S308 (as above)


@register.filter
def of_network(text: str, network: str) -> SafeString:
    """A statement with the network's name where it speaks of it."""
    return mark_safe(conditional_escape(text).replace("{network}", conditional_escape(network)))  # noqa: S308 (escaped)


@register.simple_tag
def placed(form: AnswerForm, item: str, place: int | str) -> SafeString:
    """The same for a place on a ballot; none where none was given."""
    return chosen(form, item, str(place))
