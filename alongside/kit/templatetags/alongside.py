"""The parts that pages are made of. Each refuses what it does not know: a wrong word in a template fails its first test."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms, template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alongside.kit import words
from alongside.kit.templatetags import symbols

register = template.Library()
register.filter("people_date", words.people_date)
register.filter("in_days", words.in_days)
register.filter("people_list", words.people_list)
register.filter("thousands", words.thousands)

# tone: class of its box, its icon. Teal tells, amber waits for you, brick cannot be undone or is wrong.
TONES = {
    "info": ("notice", "info"),
    "good": ("notice", "tick"),
    "warn": ("notice notice-needs", "clock"),
    "bad": ("notice notice-stop", "warning"),
    "quiet": ("notice notice-quiet", "info"),
}
BADGES = {
    "needs": ("badge badge-needs", "dot"),
    "done": ("badge badge-done", "tick"),
    "stop": ("badge badge-stop", "cross"),
    "paused": ("badge", "pause"),
    "plain": ("badge", "ring"),
}
SLOTS = {
    "lede": '<p class="lede">{}</p>',
    "acts": '<div class="acts">{}</div>',
    "how": '<details class="how"><summary>How we know this</summary><div>{}</div></details>',
}
PICTURES = {"heat", "line", "list"}


def _known[T](tag: str, what: str, choices: Mapping[str, T], key: str) -> T:
    if key not in choices:
        raise ValueError(f"{tag}: unknown {what} {key!r}, one of {', '.join(choices)}")
    return choices[key]


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon, hidden from screen readers: a word always stands beside it."""
    return _known("icon", "name", symbols.ICONS, name)


@register.simple_tag
def mark() -> SafeString:
    """Two bars side by side, one a little ahead."""
    return symbols.MARK


@register.inclusion_tag("kit/parts/notice.html")
def notice(text: str, tone: str = "info", title: str = "", icon: str = "") -> dict[str, object]:
    """One thing that the reader would want to be told."""
    css, usual_icon = _known("notice", "tone", TONES, tone)
    return {"text": text, "title": title, "css": css, "icon": icon or usual_icon}


@register.simple_block_tag
def noticeblock(content: str, title: str, tone: str = "info", icon: str = "") -> SafeString:
    """The same with a title and a body of markup."""
    css, usual_icon = _known("noticeblock", "tone", TONES, tone)
    drawing = _known("noticeblock", "icon", symbols.ICONS, icon or usual_icon)
    return format_html('<div class="{}">{}<div><b>{}</b>{}</div></div>', css, drawing, title, SafeString(content))


@register.inclusion_tag("kit/parts/flash.html")
def flash(messages: Iterable[Message] | None = None) -> dict[str, object]:
    """What just happened, in one notice: the gravest message sets its tone."""
    told = list(messages or ())
    css, drawing = TONES[_tone(max((message.level for message in told), default=constants.INFO))]
    return {"texts": [message.message for message in told], "css": css, "icon": drawing}


def _tone(level: int) -> str:
    if level >= constants.ERROR:
        return "bad"
    if level >= constants.WARNING:
        return "warn"
    return "good" if level >= constants.SUCCESS else "info"


@register.simple_tag
def badge(text: str, kind: str = "plain") -> SafeString:
    """A state: a shape, then a word."""
    css, drawing = _known("badge", "kind", BADGES, kind)
    return format_html('<span class="{}">{}{}</span>', css, symbols.ICONS[drawing], text)


@register.simple_tag
def certainty(word: str) -> SafeString:
    """How sure we are, in one of three words with its shape."""
    shape = _known("certainty", "word", symbols.CERTAINTIES, word)
    return format_html('<span class="conf">{}{}</span>', shape, word.capitalize())


@register.simple_tag
def crumbs(*pairs: str) -> SafeString:
    """Where I am: label and address in turn, the last label alone."""
    if len(pairs) % 2 == 0:
        raise ValueError("crumbs: label and address in turn, and the last label without an address")
    links = format_html_join(
        "", '<a href="{}">{}</a><span aria-hidden="true">›</span>', zip(pairs[1::2], pairs[:-1:2], strict=True)
    )
    return format_html(
        '<nav class="crumb" aria-label="Where I am">{}<span aria-current="page">{}</span></nav>', links, pairs[-1]
    )


@register.inclusion_tag("kit/parts/empty.html")
def empty(title: str, text: str, url: str = "", label: str = "", picture: str = "heat") -> dict[str, str]:
    """What will be here, why it is worth it, and the one button that starts it."""
    if picture not in PICTURES:
        raise ValueError(f"empty: unknown picture {picture!r}")
    if bool(url) != bool(label):
        raise ValueError("empty: a button needs an address and a label")
    return {"title": title, "text": text, "url": url, "label": label, "picture": picture}


@register.simple_block_tag
def slot(content: str, name: str) -> SafeString:
    """The box around a block that a page may leave empty: no content, no box."""
    box = _known("slot", "name", SLOTS, name)
    return format_html(box, SafeString(content)) if content.strip() else SafeString("")


@register.inclusion_tag("kit/parts/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """One field: label above, hint, error in words, then the control; hint and error are tied to it."""
    widget = bound.field.widget
    return {
        "field": bound,
        "kind": _kind_of(widget),
        "control": bound.as_widget(attrs=_classes(widget)),
        "wrong": "field is-wrong" if bound.errors else "field",
    }


def _kind_of(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "choices" if isinstance(widget, forms.RadioSelect) else "control"


def _classes(widget: forms.Widget) -> dict[str, Any]:
    if widget.is_hidden or isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
        return {}
    base = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return {"class": f"{base} {widget.attrs.get('class', '')}".strip()}


@register.inclusion_tag("kit/parts/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    """All errors of a form on top of it, each a link to its field."""
    rows = [("", error) for error in form.non_field_errors()]
    for bound in form:
        rows += [("" if bound.is_hidden else _anchor(bound), error) for error in bound.errors]
    return {"rows": rows}


def _anchor(bound: BoundField) -> str:
    """The id of the control itself, or of the first choice of a group, which has no id of its own."""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, forms.RadioSelect) else bound.id_for_label
