"""Radionuclides: half lives, and the many ways in which headers name a nuclide.

Half lives are ICRP-107 values in seconds (after PyPI radioactivedecay). Codes: DICOM CID 4020 in
its SNOMED-RT and SNOMED-CT forms.
"""

import re

_HALF_LIFE_S = {
    "F-18": 6586.2,
    "C-11": 1223.4,
    "N-13": 597.9,
    "O-15": 122.24,
    "Ga-68": 4062.6,
    "Cu-64": 45720.0,
    "Cu-62": 580.38,
    "Cu-61": 11998.8,
    "Zr-89": 282276.0,
    "I-124": 360806.4,
    "I-123": 47772.0,
    "I-131": 692988.5,
    "Lu-177": 574300.8,
    "Y-90": 230760.0,
    "Y-86": 53064.0,
    "Rb-82": 76.38,
    "Sc-44": 14292.0,
    "Tc-99m": 21654.0,
    "Tb-152": 63000.0,
    "Ac-225": 864000.0,
    "Ge-68": 23410080.0,
}

_CODES = {
    "C-111A1": "F-18",
    "77004003": "F-18",
    "C-131A1": "Ga-68",
    "C-131A3": "Ga-68",
    "35337001": "Ga-68",
    "C-105A1": "C-11",
    "40565003": "C-11",
    "C-107A1": "N-13",
    "21576001": "N-13",
    "C-B1038": "O-15",
    "129504001": "O-15",
    "C-159A2": "Rb-82",
    "79197006": "Rb-82",
    "C-168A4": "Zr-89",
    "63360001": "Zr-89",
    "C-127A2": "Cu-64",
    "3932008": "Cu-64",
    "C-127A5": "Cu-62",
    "422934004": "Cu-62",
    "C-127A1": "Cu-61",
    "71425003": "Cu-61",
    "C-114A5": "I-124",
    "40937006": "I-124",
    "C-162A7": "Y-90",
    "14691008": "Y-90",
    "126600": "Sc-44",
    "126606": "Tb-152",
    "C-128A2": "Ge-68",
    "53315004": "Ge-68",
}

_ELEMENTS = {
    "fluorine": "F",
    "fluor": "F",
    "carbon": "C",
    "nitrogen": "N",
    "oxygen": "O",
    "gallium": "Ga",
    "copper": "Cu",
    "zirconium": "Zr",
    "iodine": "I",
    "lutetium": "Lu",
    "yttrium": "Y",
    "rubidium": "Rb",
    "scandium": "Sc",
    "technetium": "Tc",
    "terbium": "Tb",
    "actinium": "Ac",
    "germanium": "Ge",
}

_SAME_FRAC = 0.002
_MASS_FIRST = re.compile(r"(\d{1,3})m?\s*[-_]?\s*([a-z]+)")
_ELEMENT_FIRST = re.compile(r"([a-z]+)\s*[-_]?\s*(\d{1,3})m?")


def nuclide_name(text: str | None) -> str | None:
    """Return the nuclide as `F-18` from `18F`, `F18`, `^18^Fluorine`, `Fluorine-18`, or None."""
    plain = (text or "").lower().replace("^", " ").replace("[", " ").replace("]", " ").strip()
    for pattern, swapped in ((_MASS_FIRST, True), (_ELEMENT_FIRST, False)):
        for match in pattern.finditer(plain):
            element, mass = match.groups()[::-1] if swapped else match.groups()
            name = _known(element, mass)
            if name is not None:
                return name
    return None


def nuclide_of_code(code: str | None) -> str | None:
    """Return the nuclide of a code value of CID 4020, or None."""
    return _CODES.get((code or "").strip())


def nuclide_of_half_life(seconds: float | None) -> str | None:
    """Return the PET nuclide whose half life this is to 0.2 %, or None."""
    if seconds is None:
        return None
    near = [n for n, known in _HALF_LIFE_S.items() if abs(seconds / known - 1.0) <= _SAME_FRAC]
    return near[0] if len(near) == 1 else None


def half_life_s(nuclide: str | None) -> float | None:
    """Return the half life of a nuclide named in any usual way, or None when it is not known."""
    return _HALF_LIFE_S.get(nuclide_name(nuclide) or "")


def _known(element: str, mass: str) -> str | None:
    symbol = _ELEMENTS.get(element, element.capitalize())
    for name in (f"{symbol}-{mass}", f"{symbol}-{mass}m"):
        if name in _HALF_LIFE_S:
            return name
    return None
