"""Text as lamps of a dot-matrix field, the way a variable sign writes it: 7 rows of up to 5 dots a letter."""

from __future__ import annotations

import unicodedata

ROWS = 7
UNKNOWN_LETTER = "?"
FONT: dict[str, str] = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "010 110 010 010 010 010 111",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "3": "11110 00001 00001 01110 00001 00001 11110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "a": "0000 0000 0110 0001 0111 1001 0111",
    "b": "1000 1000 1110 1001 1001 1001 1110",
    "c": "0000 0000 0111 1000 1000 1000 0111",
    "d": "0001 0001 0111 1001 1001 1001 0111",
    "e": "0000 0000 0110 1001 1111 1000 0111",
    "f": "011 100 110 100 100 100 100",
    "g": "0000 0000 0111 1001 0111 0001 0110",
    "h": "1000 1000 1110 1001 1001 1001 1001",
    "i": "1 0 1 1 1 1 1",
    "j": "01 00 01 01 01 01 10",
    "k": "1000 1000 1001 1010 1100 1010 1001",
    "l": "1 1 1 1 1 1 1",
    "m": "00000 00000 11010 10101 10101 10101 10101",
    "n": "0000 0000 1110 1001 1001 1001 1001",
    "o": "0000 0000 0110 1001 1001 1001 0110",
    "p": "0000 0000 1110 1001 1110 1000 1000",
    "q": "0000 0000 0111 1001 0111 0001 0001",
    "r": "000 000 101 110 100 100 100",
    "s": "0000 0000 0111 1000 0110 0001 1110",
    "t": "010 010 111 010 010 010 001",
    "u": "0000 0000 1001 1001 1001 1001 0111",
    "v": "00000 00000 10001 10001 10001 01010 00100",
    "w": "00000 00000 10001 10101 10101 10101 01010",
    "x": "00000 00000 10001 01010 00100 01010 10001",
    "y": "0000 0000 1001 1001 0111 0001 0110",
    "z": "0000 0000 1111 0001 0110 1000 1111",
    "ä": "0101 0000 0110 0001 0111 1001 0111",
    "ö": "1001 0000 0110 1001 1001 1001 0110",
    "ü": "1001 0000 1001 1001 1001 1001 0111",
    "ß": "0110 1001 1001 1010 1001 1001 1010",
    "P": "11110 10001 10001 11110 10000 10000 10000",
    "?": "01110 10001 00001 00110 00100 00000 00100",
    "-": "000 000 000 111 000 000 000",
    " ": "00 00 00 00 00 00 00",
}
_GLYPHS = {letter: tuple(rows.split(" ")) for letter, rows in FONT.items()}


def lit_dots(text: str) -> tuple[list[tuple[int, int]], int]:
    """Lit lamps (column, row) of a text, from its upper left corner, and its width in lamps.

    Letters that the font does not know are written without their accent, as small letters, or as a question mark.
    """
    lit: list[tuple[int, int]] = []
    column = 0
    for letter in unicodedata.normalize("NFC", text):
        rows = _glyph(letter)
        lit += [(column + c, r) for r, row in enumerate(rows) for c, dot in enumerate(row) if dot == "1"]
        column += len(rows[0]) + 1
    return lit, max(column - 1, 0)


def _glyph(letter: str) -> tuple[str, ...]:
    bare = unicodedata.normalize("NFD", letter)[0]
    for known in (letter, letter.lower(), bare, bare.lower()):
        if known in _GLYPHS:
            return _GLYPHS[known]
    return _GLYPHS[UNKNOWN_LETTER]
