"""How events name a number, the same in all of them."""

from accounts.numbers import digits


def number_in_words(number: str) -> dict[str, str]:
    """`phone` as the API has it; `number` as we keep it."""
    return {"phone": digits(number), "number": number}
