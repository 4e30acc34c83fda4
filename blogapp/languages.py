"""Languages: the tags that texts carry (BCP 47), written one way."""

from __future__ import annotations

import re

LONGEST = 35  # characters that any reader of such tags must take (RFC 5646, 4.4.1)

# Scripts that run from right to left, and the languages whose usual script is one of them (CLDR).
_LEFTWARD_SCRIPTS = {
    *("Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"),
}
_LEFTWARD = {
    *("ar", "arc", "arz", "azb", "bal", "bgn", "bqi", "ckb", "dv", "fa", "glk", "he", "iw", "khw"),
    *("ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug", "ur"),
    *("yi", "ji"),
}

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def normalise(written: str) -> str | None:
    """Write a tag the one way (RFC 5646, 2.1.1): ``pt_br`` is ``pt-BR``; None for what is none."""
    tag = written.strip().replace("_", "-")
    if len(tag) > LONGEST or not _TAG.fullmatch(tag):
        return None
    language, *rest = tag.split("-")
    return "-".join([language.lower(), *map(_subtag, rest)])


def direction(tag: str) -> str:
    """Tell which way a language is written, ``ltr`` or ``rtl``, from its normalised *tag*."""
    language, *rest = tag.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    leftward = script in _LEFTWARD_SCRIPTS if script else language in _LEFTWARD
    return "rtl" if leftward else "ltr"


def _subtag(part: str) -> str:
    """Write a region in capitals, a script like a name, the rest small."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
