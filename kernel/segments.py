"""Segments of a text, as static/js/segments.js counts them while somebody types. Pure function."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")  # escaped, so that each counts twice


def count_segments(text: str) -> tuple[int, bool]:
    """The number of segments, and whether GSM 03.38 suffices; otherwise the text is sent as UCS-2.

    A text holds 160 characters or 70, and a segment of a longer text 153 or 67. Carriers cut neither an escaped
    character nor a surrogate pair. Source: 3GPP TS 23.038 and 23.040.
    """
    gsm = all(character in _BASIC or character in _TWICE for character in text)
    sizes = [_size(character, gsm) for character in text]
    single, part = (160, 153) if gsm else (70, 67)
    if sum(sizes) <= single:
        return min(len(sizes), 1), gsm
    segments, used = 1, 0
    for size in sizes:
        if used + size > part:
            segments, used = segments + 1, 0
        used += size
    return segments, gsm


def _size(character: str, gsm: bool) -> int:
    if gsm:
        return 2 if character in _TWICE else 1
    return 2 if ord(character) > 0xFFFF else 1


def describe_segments(text: str) -> str:
    """The count for people, such as "2 segments · Unicode"; empty for no text."""
    segments, gsm = count_segments(text)
    words = f"{segments} {'segment' if segments == 1 else 'segments'}"
    return f"{words}{'' if gsm else ' · Unicode'}" if segments else ""
