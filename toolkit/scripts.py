"""Writing systems: which letters belong to a language, and how many of them a text has."""

import regex

from toolkit.packages import base_lang

# Languages that are not written in Latin letters, by their Unicode script.
SCRIPTS = {
    "Arabic": "ar fa ps ur",
    "Armenian": "hy",
    "Cyrillic": "be bg kk ky mk mn ru sr tg uk",
    "Devanagari": "hi mr ne",
    "Georgian": "ka",
    "Greek": "el",
    "Han": "zh zt",
    "Hangul": "ko",
    "Hebrew": "he",
    "Hiragana": "ja",
    "Thai": "th",
}
SCRIPT_OF = {lang: script for script, langs in SCRIPTS.items() for lang in langs.split()}


def script_of(lang: str) -> str:
    """Name the Unicode script that a language is written in.

    >>> script_of("ru-RU"), script_of("en")
    ('Cyrillic', 'Latin')
    """
    return SCRIPT_OF.get(base_lang(lang), "Latin")


def has_letters_of(text: str, lang: str) -> bool:
    """Say whether a text has any letter of a language's script.

    >>> has_letters_of("AP", "ru"), has_letters_of("СНВ-III", "ru")
    (False, True)
    """
    return bool(regex.search(rf"\p{{Script={script_of(lang)}}}", text))


def share_of_letters(text: str, lang: str) -> float:
    """Give the share, from 0 to 1, of a text's letters that belong to a language's script.

    >>> share_of_letters("США, USA", "ru")
    0.5
    """
    letters = regex.findall(r"\p{L}", text)
    own = regex.findall(rf"\p{{Script={script_of(lang)}}}", text)
    return min(1.0, len(own) / len(letters)) if letters else 0.0
