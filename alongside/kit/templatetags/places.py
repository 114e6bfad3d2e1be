"""Addresses in the organisation where the page is."""

from typing import Any

from django import template

from alongside.kit import wordpacks
from alongside.kit.addresses import url

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str, **kwargs: Any) -> str:
    """The address of a page of this network or school."""
    return url(context["request"], name, **kwargs)


@register.simple_tag(takes_context=True)
def word(context: template.Context, name: str, phase: str = "") -> str:
    """The organisation's word for something: `{% word "heads" %}`. Neutral words where there is no organisation.

    phase: the school's, where the country has other words for some phases. On paper the context names the organisation.
    """
    organisation = context.get("organisation") or getattr(context.get("request"), "organisation", None)
    if organisation is None:
        return wordpacks.word(name)
    return wordpacks.word(name, organisation.country, organisation.words, phase)
