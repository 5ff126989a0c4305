"""The house rules of CONTRIBUTING.md that a script can check."""

import ast
import importlib.util
from pathlib import Path

import pytest

import petscribe

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "src" / "petscribe"
MODULES = sorted(SOURCE.rglob("*.py"))
ROOMS = sorted(p for p in SOURCE.iterdir() if (p / "__init__.py").exists())
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "tools"}
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 80


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_says_what_it_does(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_is_named_after_nothing(path: Path):
    # a recipe carries its model's name, and one model of the family is called `base`
    assert path.stem not in FORBIDDEN_NAMES or path.parent.name == "recipes"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_files_fit_the_budget(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_fit_a_screen(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > MAX_FUNCTION_LINES]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_code_is_ascii(path: Path):
    assert path.read_text("utf-8").isascii()


@pytest.mark.parametrize("room", ROOMS, ids=_name)
def test_a_rooms_door_plate_is_a_docstring_only(room: Path):
    body = ast.parse((room / "__init__.py").read_text("utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.stem not in {"__init__", "__main__"}], ids=_name
)
def test_every_module_has_its_test_file(path: Path):
    relative = path.relative_to(SOURCE)
    assert (PROJECT / "tests" / relative.parent / f"test_{relative.name}").exists()


def test_the_root_exports_what_it_promises():
    assert [name for name in petscribe.__all__ if not hasattr(petscribe, name)] == []


def test_torchvision_stays_out():
    assert importlib.util.find_spec("torchvision") is None


def test_every_direct_dependency_is_pinned():
    pins = {
        line.split("==")[0].lower()
        for line in (PROJECT / "requirements.lock").read_text("utf-8").splitlines()
        if "==" in line
    }
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    direct = list(project["project"]["dependencies"])
    for group in project["dependency-groups"].values():
        direct += group
    names = {d.split(">")[0].split("=")[0].strip().lower() for d in direct}
    assert names - pins == set()


def test_every_error_code_in_the_code_is_documented():
    raised: set[str] = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and _called(node).endswith(("Error", "MissingTag", "UnsupportedSeries", "Mismatch"))
                and len(node.args) == 2
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                raised.add(node.args[0].value)
    documented = (PROJECT / "docs" / "errors.md").read_text("utf-8")
    assert sorted(code for code in raised if f"`{code}`" not in documented) == []


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def test_shape_checks_are_switched_on():
    import numpy as np

    from petscribe.core.volume import Grid, Volume

    grid = Grid(shape=(1, 1, 1), spacing_mm=(1.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0))
    with pytest.raises(Exception, match="array"):
        Volume(array=np.zeros((2, 2)), grid=grid, unit="1")


def test_every_data_file_is_packaged():
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["petscribe"]
    packaged = {path for pattern in patterns for path in SOURCE.glob(pattern)}
    data = {
        path for path in SOURCE.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert sorted(map(_name, data - packaged)) == []
