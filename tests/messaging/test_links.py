"""Links in texts: what is linked, where a link ends, and what is never linked."""

import pytest

from messaging.links import find_links
from messaging.templatetags.links import linked


def links(text: str, country: str = "US") -> list[tuple[str, str]]:
    spans = find_links(text, country)
    assert "".join(span.words for span in spans) == text, "no word is lost"
    return [(span.words, span.url) for span in spans if span.url]


@pytest.mark.parametrize(
    ("text", "words", "url"),
    [
        ("See https://example.com.", "https://example.com", "https://example.com"),
        ("HTTP://EXAMPLE.COM/A", "HTTP://EXAMPLE.COM/A", "HTTP://EXAMPLE.COM/A"),
        ("www.example.com!", "www.example.com", "https://www.example.com"),
        ("at example.com, today", "example.com", "https://example.com"),
        (
            "shop.example.co.uk/a?b=1&c=2#d",
            "shop.example.co.uk/a?b=1&c=2#d",
            "https://shop.example.co.uk/a?b=1&c=2#d",
        ),
        ("(https://example.com/a)", "https://example.com/a", "https://example.com/a"),
        ("https://example.com/a_(b)", "https://example.com/a_(b)", "https://example.com/a_(b)"),
        ("“https://example.com/”", "https://example.com/", "https://example.com/"),
        ("https://bücher.example/ß", "https://bücher.example/ß", "https://bücher.example/ß"),
        ("https://example.com:8443/x", "https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://example.com/@maria", "https://example.com/@maria", "https://example.com/@maria"),
        ("Mail ana.lopez+x@example.com.", "ana.lopez+x@example.com", "mailto:ana.lopez+x@example.com"),
        ("Call (415) 555-2671 now", "(415) 555-2671", "tel:+14155552671"),
        ("Call 415.555.2671.", "415.555.2671", "tel:+14155552671"),
        ("+49 30 901820 please", "+49 30 901820", "tel:+4930901820"),
    ],
)
def test_linked(text: str, words: str, url: str) -> None:
    assert links(text) == [(words, url)]


@pytest.mark.parametrize(
    "text",
    [
        "", "Hello", "3.14", "e.g. this", "Yes.No", "file.txt", "v1.2.3", "10:30-11:45", "$1,234.56", "2026-11-28",
        "Order 4155552", "javascript:alert(1)", "data:text/html,x", "ftp://example.com", "//example.com", "https://",
        "https://paypal.com@evil.example/", "https://user:pass@example.com", "https://example.com\\@evil.example",
        "https://exam\u200bple.com", "https://example.com/\u202egpj.exe", "maria@", "@maria",
    ],
)  # fmt: skip
def test_not_linked(text: str) -> None:
    assert links(text) == []


def test_several_in_one_text() -> None:
    text = "Book at example.com or ana@example.com, or call 415-555-2671 or (415) 555-2672\nhttps://example.com/b"
    assert [url for _, url in links(text)] == [
        "https://example.com", "mailto:ana@example.com", "tel:+14155552671", "tel:+14155552672", "https://example.com/b",
    ]  # fmt: skip


def test_local_numbers_are_those_of_the_teams_country() -> None:
    assert links("020 7946 0018", "GB") == [("020 7946 0018", "tel:+442079460018")]
    assert links("020 7946 0018", "US") == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>&\r\n'x'", "&lt;b&gt;&amp;<br>&#x27;x&#x27;"),
        ('https://example.com/"><script>alert(1)</script>',
         '<a href="https://example.com/" target="_blank" rel="noopener noreferrer nofollow">https://example.com/</a>'
         "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("https://example.com/?a='b'&c",
         '<a href="https://example.com/?a=&#x27;b&#x27;&amp;c" target="_blank" rel="noopener noreferrer nofollow">'
         "https://example.com/?a=&#x27;b&#x27;&amp;c</a>"),
        ("a@b.example", '<a href="mailto:a@b.example">a@b.example</a>'),
    ],
)  # fmt: skip
def test_everything_is_escaped(text: str, html: str) -> None:
    assert linked(text, "US") == html


@pytest.mark.parametrize("part", ["a.", "@", "a@", "https://", "1-", "(", "a-", "www.", "1 ", "a@a."])
def test_long_texts_are_quick(part: str) -> None:
    """Inputs that make careless expressions slow; without a time limit, the suite's own would end this test."""
    text = part * 20_000
    assert "".join(span.words for span in find_links(text, "US")) == text
