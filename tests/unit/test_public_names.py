"""Each package says what it offers, and others take only that."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
FILES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCE.glob("pillarbox/**/*.py"))
}
PACKAGES = {name for name, path in FILES.items() if path.name == "__init__.py"}

each_package = pytest.mark.parametrize("package", sorted(PACKAGES))


def test_every_folder_with_code_is_a_package() -> None:
    """Ours: a folder without an __init__.py would escape the tests below."""
    folders = {path.parent for path in FILES.values()}
    homeless = sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists())
    assert not homeless, "these folders have modules and no __init__.py:\n  " + "\n  ".join(homeless)


@each_package
def test_a_package_says_what_it_is_for(package: str) -> None:
    """Ours: its __init__.py has a docstring."""
    assert ast.get_docstring(tree(package)), f"{FILES[package]} has no docstring: what is {package} for?"


@each_package
def test_a_package_lists_what_it_offers(package: str) -> None:
    """Ours: `__all__` has names that are there, each once, as plain strings (RUF022 of ruff sorts them)."""
    names = offered(package)
    assert names is not None, f"{FILES[package]} has no `__all__ = [...]` of plain strings"
    assert len(set(names)) == len(names), f"{FILES[package]}: a name is in __all__ twice"
    module = importlib.import_module(package)
    missing = [name for name in names if not hasattr(module, name) and f"{package}.{name}" not in FILES]
    assert not missing, f"{FILES[package]}: __all__ has {missing}, which {package} does not have"


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_from_other_packages_and_not_from_their_modules(module: str) -> None:
    """Ours: what a package does not list is its own; its modules may move.

    A module counts as listed if its name is in the `__all__` of its package.
    """
    wrong = [
        f"line {line}: {target} is a module of {target.rpartition('.')[0]}; import from the package"
        for line, target in imported(module)
        if is_a_strangers_module(target, module)
    ]
    assert not wrong, "\n  ".join([f"{FILES[module]}:", *wrong])


def is_a_strangers_module(target: str, module: str) -> bool:
    """Whether `target` is a module of a package that `module` is not in, and not listed there."""
    package, _, name = target.rpartition(".")
    if target not in FILES or target in PACKAGES:
        return False
    return not f"{module}.".startswith(f"{package}.") and name not in (offered(package) or [])


def imported(module: str) -> Iterator[tuple[int, str]]:
    """Each thing a file imports, by full name, and the line where it does.

    `from a.b import c` gives both a.b and a.b.c: which of them is a module, only the tree tells.
    """
    package = module if module in PACKAGES else module.rpartition(".")[0]
    for node in ast.walk(tree(module)):
        match node:
            case ast.Import():
                for alias in node.names:
                    yield node.lineno, alias.name
            case ast.ImportFrom():
                origin = resolve_name("." * node.level + (node.module or ""), package)
                yield node.lineno, origin
                for alias in node.names:
                    yield node.lineno, f"{origin}.{alias.name}"
            case _:
                pass


@cache
def offered(package: str) -> list[str] | None:
    """The package's `__all__`, or None if there is none that can be read without running it."""
    for node in tree(package).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                names = [element.value for element in elements if isinstance(element, ast.Constant)]
                strings = [name for name in names if isinstance(name, str)]
                return strings if len(strings) == len(elements) else None
            case _:
                pass
    return None


@cache
def tree(module: str) -> ast.Module:
    """The syntax of one of our files."""
    return ast.parse(FILES[module].read_text("utf-8"))
