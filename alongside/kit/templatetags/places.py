"""Addresses in the organisation where the page is."""

from typing import Any

from django import template

from alongside.kit.addresses import url

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str, **kwargs: Any) -> str:
    """The address of a page of this network or school."""
    return url(context["request"], name, **kwargs)
