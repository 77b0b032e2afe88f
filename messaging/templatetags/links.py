"""Template filter that shows the words of a text with its links."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from messaging.links import TextSpan, find_links

register = template.Library()


@register.filter
def linked(text: str, country: str) -> SafeString:
    """The words with line breaks; everything is escaped. Links open a page of their own and tell it nothing of ours."""
    return format_html_join("", "{}", ((_shown(span),) for span in find_links(text, country)))


def _shown(span: TextSpan) -> SafeString:
    words = _with_breaks(span.words)
    if not span.url:
        return words
    if span.is_web:
        return format_html(
            '<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', span.url, words
        )
    return format_html('<a href="{}">{}</a>', span.url, words)


def _with_breaks(words: str) -> SafeString:
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))
