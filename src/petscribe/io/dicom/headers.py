"""A bounded DICOM header parser: the attributes petscribe asks for, in one pass, without trust.

Reads up to the pixel data and remembers where that starts. Never allocates by a length that a file
claims, never recurses deeper than `MAX_DEPTH`, inflates deflated files only up to `MAX_INFLATED`;
hostile bytes give a `Damage`, not an exception of another kind. Values stay bytes until asked for,
with the type the caller expects, so no VR dictionary is needed for implicit VR. Values of private
blocks are found through their creator. Source: DICOM PS3.5 (7.1 data elements, 7.5 sequences, 7.8
private), PS3.10 7.1.
"""

import math
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from petscribe.io.dicom.tags import PRIVATE_ELEMENTS, SPECIFIC_CHARACTER_SET

MAX_HEADER = 256 * 2**20
MAX_INFLATED = 128 * 2**20
MAX_DEPTH = 12
_FIRST_READ = 16 * 2**10

IMPLICIT_LE = "1.2.840.10008.1.2"
EXPLICIT_LE = "1.2.840.10008.1.2.1"
EXPLICIT_BE = "1.2.840.10008.1.2.2"
DEFLATED_LE = "1.2.840.10008.1.2.1.99"
PLAIN_SYNTAXES = (IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE, DEFLATED_LE)

PIXEL_GROUP = 0x7FE00000
PIXEL_DATA = 0x7FE00010
UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_LONG_VRS = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR"} | {b"UT", b"UV"}
)
_PRIVATE_BYTES = frozenset(byte for some in PRIVATE_ELEMENTS.values() for byte in some)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_MAX_TEXT = 128

_CHARSETS = {
    "ISO_IR 192": "utf-8",
    "ISO_IR 100": "latin-1",
    "ISO_IR 101": "iso8859-2",
    "ISO_IR 109": "iso8859-3",
    "ISO_IR 110": "iso8859-4",
    "ISO_IR 144": "iso8859-5",
    "ISO_IR 127": "iso8859-6",
    "ISO_IR 126": "iso8859-7",
    "ISO_IR 138": "iso8859-8",
    "ISO_IR 148": "iso8859-9",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 166": "tis-620",
    "GB18030": "gb18030",
    "GBK": "gbk",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Why a file that claims to be DICOM cannot be used."""

    code: str
    """`truncated-file`, `deflate-bomb`, `too-large` or `cannot-read`."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The attributes asked for, as bytes by tag number, with typed getters."""

    values: Mapping[int, bytes]
    little: bool = True
    explicit: bool = True
    charset: str = "latin-1"
    syntax: str = EXPLICIT_LE
    pixel_offset: int | None = None
    """Where the pixel data's first byte lies in the file (in the inflated bytes when deflated)."""
    pixel_length: int = 0
    """`UNDEFINED` when encapsulated."""
    creators: Mapping[int, str] = field(default_factory=dict)
    """Private creator by its tag number (gggg,00xx)."""

    def text(self, tag: int) -> str | None:
        """Return one trimmed value, or None when absent or empty."""
        raw = self.values.get(tag)
        if raw is None:
            return None
        return raw.decode("latin-1").strip(" \x00") or None

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the values between backslashes, trimmed, upper case."""
        whole = self.text(tag)
        return tuple(part.strip(" \x00").upper() for part in whole.split("\\")) if whole else ()

    def words(self, tag: int) -> str | None:
        """Return free text in the file's character set, without control characters, shortened."""
        raw = self.values.get(tag)
        if raw is None:
            return None
        decoded = raw.decode(self.charset, errors="replace")
        return " ".join(_UNSAFE.sub(" ", decoded).split())[:_MAX_TEXT] or None

    def number(self, tag: int) -> float | None:
        """Return a number string's first value: None when absent, NaN when it is no number."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers else None

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return every value of a decimal or integer string; NaN for what is no number."""
        whole = self.text(tag)
        return tuple(_decimal(part) for part in whole.split("\\")) if whole else ()

    def whole(self, tag: int) -> int | None:
        """Return an integer string's value, or None when absent or not a number."""
        value = self.number(tag)
        return int(value) if value is not None and abs(value) < 2**53 else None

    def ushort(self, tag: int) -> int | None:
        """Return a binary 16-bit unsigned value."""
        return self._short(tag, signed=False)

    def sshort(self, tag: int) -> int | None:
        """Return a binary 16-bit signed value."""
        return self._short(tag, signed=True)

    def double(self, tag: int) -> float | None:
        """Return a binary 64-bit float; NaN and infinity as they stand."""
        raw = self.values.get(tag, b"")
        if len(raw) < 8:
            return None
        (value,) = struct.unpack("<d" if self.little else ">d", raw[:8])
        return float(value)

    def private(self, group: int, creator: str, element: int) -> str | None:
        """Return a private text of the block that a creator starting with `creator` signed."""
        for tag, name in self.creators.items():
            if tag >> 16 == group and name.upper().startswith(creator.upper()):
                found = self.text((group << 16) | ((tag & 0xFF) << 8) | element)
                if found is not None:
                    return found
        return None

    def items(self, tag: int) -> tuple["Header", ...]:
        """Return the items of a sequence; a damaged one gives the items before the damage."""
        raw = self.values.get(tag)
        if not raw:
            return ()
        reader = _Reader(memoryview(raw), little=self.little, explicit=self.explicit)
        return tuple(
            Header(
                values=values,
                little=self.little,
                explicit=self.explicit,
                charset=self.charset,
                syntax=self.syntax,
            )
            for values in reader.items()
        )

    def _short(self, tag: int, *, signed: bool) -> int | None:
        raw = self.values.get(tag, b"")[:2]
        order: Literal["little", "big"] = "little" if self.little else "big"
        return int.from_bytes(raw, order, signed=signed) if len(raw) == 2 else None


def read_header(path: Path, wanted: frozenset[int]) -> Header | Damage | None:
    """Parse a file's attributes up to the pixel data; None when the file is not DICOM.

    Only tags in `wanted` are kept. Several reads at most, each of a bounded size.
    """
    try:
        with path.open("rb", buffering=0) as file:
            size = path.stat().st_size
            return _read_growing(file, size, wanted)
    except OSError as fault:
        return Damage(code="cannot-read", message=f"{path.name}: {fault.strerror}")


def inflate(data: bytes | memoryview) -> bytes | None:
    """Return a deflated data set's bytes, or None when they are more than `MAX_INFLATED`.

    What cannot be inflated ends the result early.
    """
    engine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        inflated = engine.decompress(data, MAX_INFLATED)
    except zlib.error:
        return b""
    return None if engine.unconsumed_tail else inflated


def data_set_offset(data: bytes | memoryview) -> int | None:
    """Return where the data set starts behind preamble and group 2; None when there is neither."""
    if bytes(data[128:132]) != b"DICM":
        return None
    return _read_meta(memoryview(data))[1]


def _read_growing(file: IO[bytes], size: int, wanted: frozenset[int]) -> Header | Damage | None:
    data, length = b"", _FIRST_READ
    while True:
        data += _read_up_to(file, min(length, size) - len(data))
        start = _start(data)
        if start is None:
            return None
        syntax, offset = start
        complete = len(data) >= size or len(data) < min(length, size)
        if syntax == DEFLATED_LE:
            data += _read_up_to(file, min(size, MAX_HEADER) - len(data))
            return _parse_deflated(data[offset:], wanted)
        header = _parse(memoryview(data), offset, syntax, wanted)
        if isinstance(header, Header):
            return header
        if complete:
            return Damage(code="truncated-file", message="the file ends inside its header")
        if len(data) >= MAX_HEADER:
            return Damage(code="too-large", message="the header is larger than 256 MiB")
        length = min(len(data) * 8, MAX_HEADER)


def _read_up_to(file: IO[bytes], count: int) -> bytes:
    return file.read(count) if count > 0 else b""


def _start(data: bytes) -> tuple[str, int] | None:
    """Return transfer syntax and offset of the data set, or None when this is no DICOM."""
    if data[128:132] == b"DICM":
        return _read_meta(memoryview(data))
    head = data[:8]
    if len(head) < 8 or head[:2] != b"\x08\x00" or head[2:4] not in _FIRST_ELEMENTS:
        return None
    # a data set without preamble, as old archives wrote it
    return (EXPLICIT_LE if head[4:6].isalpha() and head[4:6].isupper() else IMPLICIT_LE), 0


_FIRST_ELEMENTS = (b"\x00\x00", b"\x01\x00", b"\x05\x00", b"\x08\x00", b"\x12\x00", b"\x16\x00")


def _read_meta(data: memoryview) -> tuple[str, int]:
    position, syntax = 132, IMPLICIT_LE
    while position + 8 <= len(data) and bytes(data[position : position + 2]) == b"\x02\x00":
        element = int.from_bytes(data[position + 2 : position + 4], "little")
        if bytes(data[position + 4 : position + 6]) in _LONG_VRS:
            length, start = int.from_bytes(data[position + 8 : position + 12], "little"), 12
        else:
            length, start = int.from_bytes(data[position + 6 : position + 8], "little"), 8
        value = bytes(data[position + start : position + start + min(length, 128)])
        if element == 0x0010:
            syntax = value.decode("latin-1").strip(" \x00")
        position += start + length
    return syntax, position


def _parse_deflated(data: bytes, wanted: frozenset[int]) -> Header | Damage:
    inflated = inflate(data)
    if inflated is None:
        return Damage(
            code="deflate-bomb",
            message=f"inflates to more than {MAX_INFLATED >> 20} MiB, refused",
        )
    header = _parse(memoryview(inflated), 0, DEFLATED_LE, wanted)
    if header is None:
        return Damage(code="truncated-file", message="the deflated data ends inside its header")
    return header


def _parse(data: memoryview, offset: int, syntax: str, wanted: frozenset[int]) -> Header | None:
    """Return the header, or None when the bytes end inside it."""
    little = syntax != EXPLICIT_BE
    explicit = syntax != IMPLICIT_LE and _names_vr(data[offset : offset + 8])
    reader = _Reader(data, little=little, explicit=explicit)
    found = reader.root(offset, wanted)
    if found is None:
        return None
    values, creators, pixel = found
    stated = values.get(SPECIFIC_CHARACTER_SET, b"").decode("latin-1")
    names = [n.strip(" \x00").replace("ISO 2022 IR ", "ISO_IR ") for n in stated.split("\\")]
    usable = [_CHARSETS[name] for name in names if name in _CHARSETS]
    return Header(
        values=values,
        little=little,
        explicit=explicit,
        charset=usable[0] if usable else "latin-1",
        syntax=syntax,
        pixel_offset=pixel[0] if pixel else None,
        pixel_length=pixel[1] if pixel else 0,
        creators=creators,
    )


def _names_vr(element: memoryview) -> bool:
    """Tell whether an element names its VR: some writers claim explicit VR and write implicit."""
    vr = bytes(element[4:6])
    return len(vr) < 2 or (vr.isalpha() and vr.isupper())


def _keep_private(
    tag: int, value: memoryview, values: dict[int, bytes], creators: dict[int, str]
) -> None:
    if 0 < tag & 0xFFFF <= 0xFF:
        creators[tag] = bytes(value[:64]).decode("latin-1").strip(" \x00")
    elif tag & 0xFF in PRIVATE_ELEMENTS[tag >> 16]:
        values[tag] = bytes(value[:64])


class _Reader:
    """Walks the elements of one buffer; a state machine over bytes, nothing kept but the buffer."""

    __slots__ = ("_data", "_end", "_explicit", "_long", "_short", "_word")

    def __init__(self, data: memoryview, *, little: bool, explicit: bool) -> None:
        """Walk `data` in one byte order and one VR style."""
        order = "<" if little else ">"
        self._data = data
        self._end = len(data)
        self._explicit = explicit
        self._short = struct.Struct(f"{order}HH2sH")
        self._long = struct.Struct(f"{order}HHI")
        self._word = struct.Struct(f"{order}I")

    def root(
        self, position: int, wanted: frozenset[int]
    ) -> tuple[dict[int, bytes], dict[int, str], tuple[int, int] | None] | None:
        """Return wanted values, private creators and the pixel data's place; None: ends early."""
        data, end, unpack = self._data, self._end, self._short.unpack_from
        plain = self._explicit
        values: dict[int, bytes] = {}
        creators: dict[int, str] = {}
        while position < end:
            if position + 8 > end:
                return None
            # the usual element inline: this loop is most of what reading a folder costs
            group, number, vr, length = unpack(data, position)
            start, tag = position + 8, (group << 16) | number
            if not plain or vr in _LONG_VRS or length == 0xFFFF or group == 0xFFFE:
                element = self._measured(position)
                if element is None:
                    return None
                tag, start, length = element
            if tag >= PIXEL_DATA - 8 and tag & 0xFFFF0000 == PIXEL_GROUP:
                return values, creators, ((start, length) if tag == PIXEL_DATA else None)
            position = start + length
            if position > end:
                return None
            if tag in wanted:
                values[tag] = bytes(data[start:position])
            elif group in PRIVATE_ELEMENTS and (number < 0x100 or number & 0xFF in _PRIVATE_BYTES):
                _keep_private(tag, data[start:position], values, creators)
        return values, creators, None

    def _measured(self, position: int) -> tuple[int, int, int] | None:
        """Return tag, start and true length of an element; pixel data keep their own length."""
        element = self._element(position)
        if element is None:
            return None
        tag, start, length, unknown = element
        if tag & 0xFFFF0000 == PIXEL_GROUP:
            return tag, start, length
        stop = self._stop(start, length, 0, unknown=unknown)
        return None if stop is None else (tag, start, stop - start)

    def items(self) -> Iterator[dict[int, bytes]]:
        """Yield the elements of each item, until the bytes end or make no sense."""
        position = 0
        while position + 8 <= self._end:
            group, number, length = self._long.unpack_from(self._data, position)
            if (group << 16) | number != _ITEM:
                return
            start = position + 8
            stop = self._stop_of_item(start, length, 1)
            if stop is None:
                return
            yield self._inside(start, stop)
            position = stop

    def _inside(self, position: int, stop: int) -> dict[int, bytes]:
        values: dict[int, bytes] = {}
        while position < stop:
            element = self._element(position)
            if element is None:
                break
            tag, start, length, unknown = element
            if tag == _ITEM_END:
                break
            after = self._stop(start, length, 1, unknown=unknown)
            if after is None or after > stop:
                break
            values[tag] = bytes(self._data[start:after])
            position = after
        return values

    def _element(self, position: int) -> tuple[int, int, int, bool] | None:
        """Return tag, start of value, length, and whether the VR is UN, of an element."""
        if position + 8 > self._end:
            return None
        if not self._explicit:
            group, number, length = self._long.unpack_from(self._data, position)
            return (group << 16) | number, position + 8, length, False
        group, number, vr, length = self._short.unpack_from(self._data, position)
        if group == 0xFFFE:
            group, number, length = self._long.unpack_from(self._data, position)
            return (group << 16) | number, position + 8, length, False
        if vr in _LONG_VRS:
            if position + 12 > self._end:
                return None
            (length,) = self._word.unpack_from(self._data, position + 8)
            return (group << 16) | number, position + 12, length, vr == b"UN"
        return (group << 16) | number, position + 8, length, False

    def _stop(self, start: int, length: int, depth: int, *, unknown: bool) -> int | None:
        """Return where a value ends, walking through it when its length is undefined."""
        if length != UNDEFINED:
            return start + length
        if unknown and self._explicit:
            # PS3.5 6.2.2: an UN of undefined length holds items in implicit little endian
            implicit = _Reader(self._data, little=True, explicit=False)
            return implicit._stop_of_sequence(start, depth)
        return self._stop_of_sequence(start, depth)

    def _stop_of_sequence(self, start: int, depth: int) -> int | None:
        if depth > MAX_DEPTH:
            return None
        position = start
        while position + 8 <= self._end:
            group, number, inner = self._long.unpack_from(self._data, position)
            tag = (group << 16) | number
            if tag == _SEQUENCE_END:
                return position + 8
            if tag != _ITEM:
                return None
            after = self._stop_of_item(position + 8, inner, depth + 1)
            if after is None:
                return None
            position = after
        return None

    def _stop_of_item(self, start: int, length: int, depth: int) -> int | None:
        if length != UNDEFINED:
            return start + length if start + length <= self._end else None
        if depth > MAX_DEPTH:
            return None
        position = start
        while True:
            element = self._element(position)
            if element is None:
                return None
            tag, value, inner, unknown = element
            if tag == _ITEM_END:
                return value
            after = self._stop(value, inner, depth + 1, unknown=unknown)
            if after is None or after > self._end:
                return None
            position = after


def _decimal(text: str) -> float:
    plain = text.strip(" \x00")
    value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
    return value if math.isfinite(value) else math.nan
