"""A stored key that sorts Chinese names by sound; rare characters keep a stable place."""

from pypinyin import Style, lazy_pinyin


def pinyin_key(name: str) -> str:
    """Lower-case pinyin with tone numbers, syllables apart; other characters as they are."""
    return " ".join(lazy_pinyin(name.strip(), style=Style.TONE3, neutral_tone_with_five=True)).lower()
