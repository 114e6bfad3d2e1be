"""What the answering page needs beyond Django's own tags."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from alongside.surveys.forms import AnswerForm

register = template.Library()


@register.simple_tag
def chosen(form: AnswerForm, item: str, value: str) -> SafeString:
    """The attribute that marks the answer given before."""
    return mark_safe(" checked" if form.given.get(item) == value else "")  # noqa: S308 (two constants)


@register.simple_tag
def placed(form: AnswerForm, item: str, place: int | str) -> SafeString:
    """The same for a place on a ballot; none where none was given."""
    return chosen(form, item, str(place))
