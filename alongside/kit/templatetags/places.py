"""Addresses in the organisation where the page is."""

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.translation import get_language, get_language_bidi

from alongside.kit import chain, frame, languages, wordpacks
from alongside.kit.addresses import url

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str, **kwargs: Any) -> str:
    """The address of a page of this network or school."""
    return url(context["request"], name, **kwargs)


@register.simple_tag
def onward(kind: str) -> tuple[str, str] | None:
    """What can be done with things of a kind, as a page above announced it: the name of that page, and its button."""
    return chain.ONWARD.get(kind)


@register.simple_tag(takes_context=True)
def beside(context: template.Context, door: str) -> list[tuple[str, str]]:
    """Label and address of the pages of other packages that the reader may open behind a door: `{% beside "ask" as more %}`."""
    request = context["request"]
    return [(each.label, url(request, each.name)) for each in frame.BESIDE[door] if each.may(request.member)]


@register.simple_tag(takes_context=True)
def word(context: template.Context, name: str, phase: str = "") -> str:
    """The organisation's word for something: `{% word "heads" %}`. Neutral words where there is no organisation.

    phase: the school's, where the country has other words for some phases. On paper the context names the organisation.
    """
    organisation = context.get("organisation") or getattr(context.get("request"), "organisation", None)
    if organisation is None:
        return wordpacks.word(name)
    return wordpacks.word(name, organisation.country, organisation.words, phase)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as a page writes it. lang: for the attribute of that name."""

    code: str
    name: str = ""
    rtl: bool = False
    unreviewed: bool = False
    others: tuple["Tongue", ...] = field(default=())

    @property
    def lang(self) -> str:
        return "en-GB" if self.code == languages.ENGLISH else self.code


@register.simple_tag(takes_context=True)
def large(context: Context) -> bool:
    """Whether the reader asked for larger type in the address of a page without an account; no cookie remembers it."""
    request = context.get("request")
    return bool(context.get("large")) or (request is not None and request.GET.get("type") == "large")


@register.simple_tag
def spoken() -> Tongue:
    """The language of this page, and the others in which it can be had."""
    code = get_language() or languages.ENGLISH
    names = dict(settings.LANGUAGES)
    others = tuple(Tongue(other, str(name)) for other, name in names.items() if other != code)
    return Tongue(code, str(names.get(code, "")), get_language_bidi(), not languages.reviewed(code), others)
