"""The case store: a folder of cases, each a few arrays and one JSON record; what training reads.

    STORE/manifest.json            written last: the index of all cases and what the builder says
    STORE/cases/<key>/case.json    key, split, record; shape, type and digests of each array
    STORE/cases/<key>/<name>.b2    one array, compressed without loss

A case appears whole or not at all (staged, then renamed), so a build killed at any moment goes on
where it was; without a manifest the store is read by looking at its cases. `store_hash` covers what
the cases hold, not how it was compressed, when, or in which order. Knows arrays and JSON, not what
they mean, save that a record may name its `patient`, who stays in one split. Source: Blosc2
(zstd after byte shuffling).
"""

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

import numpy as np
from jaxtyping import Shaped

from petscribe.core.errors import InputError, OutputError
from petscribe.core.files import atomic_write, write_json

Split = Literal["train", "val", "test"]
SPLITS: Final[tuple[Split, ...]] = ("train", "val", "test")

_VERSION = 1
_PIECE_BYTES = 1 << 28
_MAX_KEY_BYTES = 200


def split_of(
    patient: str,
    *,
    salt: str = "petscribe",
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1),
) -> Split:
    """Return the split of a patient: always the same for the same patient, salt and shares."""
    if min(shares) < 0 or abs(sum(shares) - 1.0) > 1e-6:
        raise ValueError(f"split shares {shares} are not fractions that add up to 1")
    digest = hashlib.sha256(f"{salt}\0{patient}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < shares[0]:
        return "train"
    return "val" if place < shares[0] + shares[1] else "test"


def store_hash(folder: Path) -> str:
    """Return a digest of every case's key, split, record and array contents, in no order.

    The arrays' own digests are taken from the case files; `CaseStore.verify` recomputes them.
    """
    digests = sorted(_case_digest(_read_case(path)) for path in _case_files(folder))
    return hashlib.sha256("".join(digests).encode()).hexdigest()


class StoreWriter:
    """Adds cases to a store; several may write to one store at the same time."""

    def __init__(self, folder: Path) -> None:
        """Open `folder` for writing; what it already holds stays."""
        self._folder = folder
        self._patients: dict[str, tuple[str, str]] = {}
        try:
            (folder / "cases").mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise _cannot_write(folder, fault) from fault
        for path in _case_files(folder):
            case = _read_case(path)
            self._note_patient(case["key"], case["record"], case["split"])

    def has(self, key: str) -> bool:
        """Tell whether the case is in the store, whole."""
        return (_case_folder(self._folder, key) / "case.json").is_file()

    def record(self, key: str) -> dict[str, Any]:
        """Return the record of a case that is in the store.

        Raises:
            InputError: it is not (code `missing-case`), or cannot be read (code `damaged-case`).
        """
        return dict(_read_case(_case_folder(self._folder, key) / "case.json")["record"])

    def add(
        self,
        key: str,
        *,
        arrays: Mapping[str, Shaped[np.ndarray, "..."]],
        record: Mapping[str, Any],
        split: str,
        unmeasured: Collection[str] = (),
    ) -> bool:
        """Write a case; a key that is already there is left as it is.

        Args:
            key: any short text; becomes the name of the case's folder.
            arrays: what to keep, by name (a Python identifier).
            record: JSON values; `patient`, if given, must not stand in another split.
            split: `train`, `val` or `test`.
            unmeasured: names of arrays in which NaN means "not measured"; elsewhere it is a fault.

        Returns:
            Whether the case was new.

        Raises:
            InputError: NaN or infinity in an array (code `nan-volume`), or a patient of two splits
                (code `patient-in-two-splits`).
            OutputError: the disk is full or cannot be written (code `cannot-write`).
        """
        if split not in SPLITS:
            raise ValueError(f"split {split!r} is none of {SPLITS}")
        target = _case_folder(self._folder, key)
        if self.has(key):
            return False
        for name, array in arrays.items():
            _require_measured(key, name, array, allowed=name in unmeasured)
        self._note_patient(key, record, split)
        (self._folder / "manifest.json").unlink(missing_ok=True)
        try:
            stage = Path(tempfile.mkdtemp(dir=self._folder, prefix=".part-"))
            try:
                listed = {name: _write_array(stage, name, a) for name, a in sorted(arrays.items())}
                case = {"key": key, "split": split, "record": dict(record), "arrays": listed}
                write_json(stage / "case.json", case)
                stage.chmod(0o755)
                return _rename(stage, target)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
        except OSError as fault:
            raise _cannot_write(target, fault) from fault

    def remove(self, key: str) -> None:
        """Take a case out, so that it can be written anew."""
        (self._folder / "manifest.json").unlink(missing_ok=True)
        case = _case_folder(self._folder, key)
        (case / "case.json").unlink(missing_ok=True)
        shutil.rmtree(case, ignore_errors=True)

    def finish(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Write the manifest: what the builder says, the index of all cases and the store's hash.

        Leftovers of killed writers are cleared away, so no other may be at work.

        Raises:
            InputError: a patient stands in two splits (code `patient-in-two-splits`).
        """
        for leftover in self._folder.glob(".part-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        index: dict[str, dict[str, Any]] = {}
        for path in _case_files(self._folder):
            case = _read_case(path)
            self._note_patient(case["key"], case["record"], case["split"])
            index[case["key"]] = {"split": case["split"], "digest": _case_digest(case)}
        whole: dict[str, Any] = {
            "store_version": _VERSION,
            "store_hash": store_hash(self._folder),
            "cases": dict(sorted(index.items())),
            "builder": dict(manifest),
        }
        whole["digest"] = _digest(whole)
        write_json(self._folder / "manifest.json", whole)
        return whole

    def _note_patient(self, key: str, record: Mapping[str, Any], split: str) -> None:
        patient = record.get("patient")
        if patient is None:
            return
        known, first = self._patients.setdefault(str(patient), (split, key))
        if known != split:
            raise InputError(
                "patient-in-two-splits",
                f"case {key!r} is of {split}, but case {first!r} of the same patient is of {known};"
                " give all cases of a patient the same split",
            )


class CaseStore:
    """A store opened for reading."""

    def __init__(self, folder: Path, index: Mapping[str, str], manifest: Mapping[str, Any]) -> None:
        """Keep what `open` found; use that."""
        self._folder = folder
        self._splits = dict(sorted(index.items()))
        self._manifest = dict(manifest)

    @classmethod
    def open(cls, folder: Path) -> "CaseStore":
        """Open a store, finished or not.

        Raises:
            InputError: there is no store (code `no-store`), the manifest was edited after it was
                written (code `manifest-changed`), or a case it lists is gone (`missing-case`).
        """
        if not (folder / "cases").is_dir():
            raise InputError("no-store", f"{folder} holds no case store (no folder 'cases')")
        manifest = _read_manifest(folder)
        if manifest is None:
            cases = [_read_case(path) for path in _case_files(folder)]
            return cls(folder, {case["key"]: case["split"] for case in cases}, {})
        index = {key: entry["split"] for key, entry in manifest["cases"].items()}
        for key in index:
            if not (_case_folder(folder, key) / "case.json").is_file():
                raise InputError(
                    "missing-case",
                    f"{folder}: case {key!r} stands in the manifest but not in the store;"
                    " restore it or build again",
                )
        return cls(folder, index, manifest)

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest; empty while the store is unfinished."""
        return dict(self._manifest)

    def keys(self, split: str | None = None) -> tuple[str, ...]:
        """Return the keys of one split, or of all, in order."""
        return tuple(k for k, s in self._splits.items() if split in (None, s))

    def split(self, key: str) -> str:
        """Return the split of a case."""
        return str(self._case(key)["split"])

    def record(self, key: str) -> dict[str, Any]:
        """Return the record of a case."""
        return dict(self._case(key)["record"])

    def arrays(self, key: str) -> tuple[str, ...]:
        """Return the names of a case's arrays."""
        return tuple(self._case(key)["arrays"])

    def digest(self, key: str, name: str) -> str:
        """Return the digest of an array's contents, as it was when written."""
        return str(self._case(key)["arrays"][name]["sha256"])

    def array(self, key: str, name: str) -> Shaped[np.ndarray, "..."]:
        """Read one array.

        Raises:
            InputError: no such array, or its file is gone (code `missing-array`), cut short or
                changed (code `damaged-array`).
        """
        listed = self._case(key)["arrays"]
        if name not in listed:
            raise InputError(
                "missing-array", f"case {key!r} has no array {name!r}, only {sorted(listed)}"
            )
        return _read_array(_case_folder(self._folder, key) / f"{name}.b2", listed[name])

    def verify(self) -> None:
        """Read every case whole and compare it with its digests and the manifest.

        Raises:
            InputError: as `array`, or a case differs from the manifest (code `case-changed`).
        """
        for key in self._splits:
            case = self._case(key)
            for name, listed in case["arrays"].items():
                array = self.array(key, name)
                if _content_digest(array) != listed["sha256"]:
                    raise InputError(
                        "damaged-array", f"case {key!r}: array {name!r} is not what was written"
                    )
            entry = self._manifest.get("cases", {}).get(key)
            if entry is not None and entry["digest"] != _case_digest(case):
                raise InputError(
                    "case-changed", f"case {key!r} is not what the manifest says; build it again"
                )

    def _case(self, key: str) -> dict[str, Any]:
        if key not in self._splits:
            raise InputError("missing-case", f"{self._folder} has no case {key!r}")
        return _read_case(_case_folder(self._folder, key) / "case.json")


def _case_folder(folder: Path, key: str) -> Path:
    name = quote(key, safe="")
    if name in ("", ".", "..") or len(name) > _MAX_KEY_BYTES:
        raise ValueError(f"{key[:80]!r} cannot be a case key: empty, dots only or too long")
    return folder / "cases" / name


def _case_files(folder: Path) -> list[Path]:
    return sorted((folder / "cases").glob("*/case.json"))


def _read_case(path: Path) -> dict[str, Any]:
    try:
        case = json.loads(path.read_bytes())
        known = {"key", "split", "record", "arrays"} <= set(case)
    except FileNotFoundError as fault:
        raise InputError("missing-case", f"{path} is gone; build the store again") from fault
    except (OSError, ValueError, TypeError) as fault:
        raise InputError("damaged-case", f"{path} cannot be read as a case") from fault
    if not known:
        raise InputError("damaged-case", f"{path} is not a case file: keys are missing")
    return dict(case)


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
        said = manifest.pop("digest")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError("manifest-changed", f"{path} cannot be read as a manifest") from fault
    if said != _digest(manifest):
        raise InputError(
            "manifest-changed",
            f"{path} was edited after it was written; finish the build again to renew it",
        )
    return {**manifest, "digest": said}


def _case_digest(case: Mapping[str, Any]) -> str:
    contents = {
        name: [a["dtype"], a["shape"], a["sha256"]] for name, a in sorted(case["arrays"].items())
    }
    return _digest([case["key"], case["split"], case["record"], contents])


def _digest(value: Mapping[str, Any] | list[Any]) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _content_digest(array: Shaped[np.ndarray, "..."]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data).hexdigest()


def _require_measured(
    key: str, name: str, array: Shaped[np.ndarray, "..."], *, allowed: bool
) -> None:
    if not name.isidentifier():
        raise ValueError(f"array name {name!r} is no identifier")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"case {key!r}: array {name!r} is of type {array.dtype}, not of numbers")
    if array.dtype.kind != "f" or array.size == 0:
        return
    bad = array.size - int(np.count_nonzero(np.isfinite(array)))
    if bad and (not allowed or bad == array.size):
        raise InputError(
            "nan-volume",
            f"case {key!r}: array {name!r} has {bad} of {array.size} values that are no numbers",
        )


def _write_array(stage: Path, name: str, array: Shaped[np.ndarray, "..."]) -> dict[str, Any]:
    import blosc2

    whole = np.ascontiguousarray(array)
    raw = whole.reshape(-1).view(np.uint8)
    settings = {
        "codec": blosc2.Codec.ZSTD,
        "clevel": 3,
        "typesize": whole.dtype.itemsize,
        "filters": [blosc2.Filter.SHUFFLE],
        "nthreads": 1,
    }
    sizes: list[int] = []
    crc = 0
    with atomic_write(stage / f"{name}.b2") as file:
        for start in range(0, raw.size, _PIECE_BYTES):
            piece = blosc2.compress2(raw[start : start + _PIECE_BYTES], **settings)
            crc = zlib.crc32(piece, crc)
            sizes.append(len(piece))
            file.write(piece)
    return {
        "dtype": whole.dtype.str,
        "shape": list(array.shape),
        "pieces": sizes,
        "crc32": crc,
        "sha256": _content_digest(whole),
    }


def _read_array(path: Path, listed: Mapping[str, Any]) -> Shaped[np.ndarray, "..."]:
    import blosc2

    try:
        packed = path.read_bytes()
    except OSError as fault:
        raise InputError("missing-array", f"{path} cannot be read; build the case again") from fault
    if len(packed) != sum(listed["pieces"]) or zlib.crc32(packed) != listed["crc32"]:
        raise InputError(
            "damaged-array",
            f"{path} is cut short or changed: {len(packed)} bytes,"
            f" {sum(listed['pieces'])} were written",
        )
    out = np.empty(tuple(listed["shape"]), np.dtype(listed["dtype"]))
    raw = out.reshape(-1).view(np.uint8)
    at = 0
    for number, size in enumerate(listed["pieces"]):
        begin = number * _PIECE_BYTES
        blosc2.decompress2(packed[at : at + size], dst=raw[begin : begin + _PIECE_BYTES])
        at += size
    return out


def _rename(stage: Path, target: Path) -> bool:
    try:
        stage.rename(target)
    except OSError:
        if (target / "case.json").is_file():  # another writer was faster, with the same case
            return False
        shutil.rmtree(target, ignore_errors=True)  # a removal that was cut short
        stage.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def _cannot_write(path: Path, fault: OSError) -> OutputError:
    reason = os.strerror(fault.errno) if fault.errno else type(fault).__name__
    return OutputError("cannot-write", f"cannot write {path}: {reason}")
