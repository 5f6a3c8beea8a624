"""Which locale and digits the active language writes numbers and dates in."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

_PREFERRED = {"en": "en_GB"}
_FALLBACK = "en_GB"
_DIGITS = {
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "beng": "০১২৩৪৫৬৭৮৯",
    "deva": "०१२३४५६७८९",
    "mymr": "၀၁၂၃၄၅၆၇၈၉",
}


@lru_cache(maxsize=64)
def locale_for(language: str) -> Locale:
    """The Babel locale of a Django language code, British English when unknown."""
    code = _PREFERRED.get(language, language)
    try:
        return Locale.parse(code, sep="-" if "-" in code else "_")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_FALLBACK)


def active_locale() -> Locale:
    """The locale of the language that is active now."""
    return locale_for(get_language() or "en")


@lru_cache(maxsize=64)
def _digit_map(locale: Locale) -> dict[int, str]:
    digits = _DIGITS.get(locale.default_numbering_system, "")
    return {ord(str(index)): digit for index, digit in enumerate(digits)}


def local_digits(text: str) -> str:
    """The same text with the digits of the active language."""
    return text.translate(_digit_map(active_locale()))
