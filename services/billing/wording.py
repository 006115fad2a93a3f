"""The few words that billing itself writes on a document, in the company's language.

They are part of the invoice, stored with it; what is shown on screens is put into words by the gateway.
"""

from __future__ import annotations

_SPANISH = {"installation-cost": "Costo de instalación", "import-undone": "La importación se deshizo"}
_ENGLISH = {"installation-cost": "Installation cost", "import-undone": "The import was undone"}


def wording(locale: str) -> dict[str, str]:
    """By the language of a locale such as `es_MX`; English for a language that has none."""
    return _SPANISH if locale.partition("_")[0] == "es" else _ENGLISH
