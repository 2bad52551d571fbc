"""What must hold of the source, each rule a function from the root of a tree to the sentences that say where it fails.

import-linter holds who may import whom between services (pyproject.toml); here is what it cannot say.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.architecture.allowed import CATCHING_ALL, LONG_FUNCTIONS, LONG_MODULES

MODULE_LINES = 400
FUNCTION_LINES = 60
# A method this short says what it does by its name.
SILENT_LINES = 5

DOMAINS = ("services/*/domain.py", "services/*/domain/**/*.py", "services/kernel/tlog/merkle.py")
PURE = (
    *DOMAINS,
    "services/kernel/tlog/*.py",
    "services/*/policies.py",
    "services/*/policies/**/*.py",
    "services/*/announce.py",
)
# What touches the network, a database or the container; a policy is handed what it may look at.
SHELL = (
    "amqp", "eventlet", "kombu", "marshmallow", "nameko", "psycopg", "requests", "sqlite3", "socket", "subprocess",
    "services.kernel.clock", "services.kernel.config", "services.kernel.cursor", "services.kernel.database",
    "services.kernel.entrypoints", "services.kernel.relay", "services.kernel.store", "services.kernel.vault",
)  # fmt: skip


def sources(root: Path, *patterns: str) -> list[Path]:
    """The Python files that match, or all of services and wushe."""
    wanted = patterns or ("services/**/*.py", "wushe/**/*.py")
    return sorted({path for pattern in wanted for path in root.glob(pattern) if "__pycache__" not in path.parts})


def tree_of(path: Path) -> ast.Module:
    """The file's syntax tree, parsed once for all rules and for every copy of the tree that has the same text in it."""
    return _parse(path.read_text(encoding="utf-8"))


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a tree."""
    return tuple(ast.walk(tree))


@cache
def imports(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """Everything imported at any depth, as dotted names, with its line; `from a import b` gives `a.b`."""
    return tuple(_imports(tree))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are forbidden by ruff"
            yield from ((f"{node.module}.{name.name}", node.lineno) for name in node.names)


@cache
def calls(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """Every call of a plain or dotted name, with its line."""
    return tuple(
        (ast.unparse(node.func), node.lineno)
        for node in nodes(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    )


def within(name: str, packages: Iterable[str]) -> bool:
    """Is this dotted name one of these, or inside one of them?"""
    return any(name == package or name.startswith(package + ".") for package in packages)


def at(root: Path, path: Path, line: int, what: str) -> str:
    """One finding, as editors understand it."""
    return f"{path.relative_to(root)}:{line}: {what}"


def outside(root: Path, path: Path, allowed: str) -> bool:
    """Is the file neither this module nor inside this package?"""
    return not path.relative_to(root).with_suffix("").as_posix().startswith(allowed)


def domains_import_only_the_language(root: Path) -> Iterator[str]:
    """A domain imports the standard library, its own parts, contracts, and of the kernel what it is declared with."""
    shared = ("services.contracts", "services.kernel.errors", "services.kernel.message", "services.kernel.decider")
    for path in sources(root, *DOMAINS):
        service = path.relative_to(root).parts[1]
        for name, line in imports(tree_of(path)):
            standard = name.partition(".")[0] in sys.stdlib_module_names and not within(name, SHELL)
            if not standard and not within(name, (*shared, f"services.{service}.domain")):
                yield at(root, path, line, f"a domain may not import {name}")


def policies_and_announcements_touch_nothing(root: Path) -> Iterator[str]:
    """Policies and announcements import nothing that reads a clock, a database or the network."""
    for path in sources(root, *PURE):
        for name, line in imports(tree_of(path)):
            if within(name, SHELL):
                yield at(root, path, line, f"pure code may not import {name}")


def decisions_make_no_ids(root: Path) -> Iterator[str]:
    """Ids and chance arrive as data, so that a test can write the expected event in full."""
    for path in sources(root, *PURE):
        for name, line in imports(tree_of(path)):
            if within(name, ("uuid.uuid1", "uuid.uuid4", "random", "secrets")):
                yield at(root, path, line, f"pure code may not draw from {name}")
        for name, line in calls(tree_of(path)):
            if name in {"uuid.uuid1", "uuid.uuid4", "os.urandom"}:
                yield at(root, path, line, f"pure code may not call {name}")


def only_the_clock_asks_the_time(root: Path) -> Iterator[str]:
    """Only services.kernel.clock asks what time it is."""
    asking = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)$")
    for path in sources(root):
        if outside(root, path, "services/kernel/clock"):
            called = [*calls(tree_of(path)), *(found for found in imports(tree_of(path)) if found[0] == "time.time")]
            for name, line in called:
                if asking.search(name):
                    yield at(root, path, line, f"{name}() is asked outside services/kernel/clock.py")


def only_config_reads_the_environment(root: Path) -> Iterator[str]:
    """Only services.kernel.config reads the environment."""
    for path in sources(root):
        if not outside(root, path, "services/kernel/config"):
            continue
        for name, line in imports(tree_of(path)):
            if name in {"os.environ", "os.environb", "os.getenv"}:
                yield at(root, path, line, f"{name} is read outside services/kernel/config.py")
        for node in nodes(tree_of(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.environb", "os.getenv"}:
                yield at(root, path, node.lineno, "the environment is read outside services/kernel/config.py")


def only_metrics_knows_prometheus(root: Path) -> Iterator[str]:
    """Only services.kernel.metrics imports prometheus_client."""
    for path in sources(root):
        if outside(root, path, "services/kernel/metrics"):
            for name, line in imports(tree_of(path)):
                if within(name, ("prometheus_client",)):
                    yield at(root, path, line, "prometheus_client is imported outside services/kernel/metrics.py")


def nobody_maps_objects_to_rows(root: Path) -> Iterator[str]:
    """SQLAlchemy Core only: no ORM anywhere."""
    for path in sources(root):
        for name, line in imports(tree_of(path)):
            if within(name, ("sqlalchemy.orm", "sqlalchemy.ext.declarative")):
                yield at(root, path, line, f"{name} is the ORM")


def only_entrypoints_catch_everything(root: Path) -> Iterator[str]:
    """`except Exception`, or wider, stands in services/kernel/entrypoints alone, save those allowed with a reason."""
    for path in sources(root):
        if not outside(root, path, "services/kernel/entrypoints"):
            continue
        for name, node in handlers(tree_of(path)):
            allowed = f"{path.relative_to(root).as_posix()}:{name}" in CATCHING_ALL
            if catches_everything(node) and not passes_on(node) and not allowed:
                yield at(root, path, node.lineno, "this catches everything: catch only what you can answer")


def handlers(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.ExceptHandler]]:
    """Every `except`, with the name of the function it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ExceptHandler):
            yield function, node
        inner = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield from handlers(node, inner)


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """A bare `except`, or one that names Exception or BaseException."""
    if handler.type is None:
        return True
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"} for name in named)


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Does it only tidy up, and raise the same again as its last act?"""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def nothing_is_called_utils(root: Path) -> Iterator[str]:
    """A module's name says what it does."""
    for path in sources(root):
        if path.stem in {"utils", "util", "common", "helpers", "helper", "base", "misc"}:
            yield at(root, path, 1, f"'{path.stem}' says nothing about what is in it")


def modules_are_short(root: Path) -> Iterator[str]:
    """No module is longer than MODULE_LINES, save those allowed with a reason."""
    for path in sources(root):
        length = path.read_text(encoding="utf-8").count("\n")
        if length > MODULE_LINES and path.relative_to(root).as_posix() not in LONG_MODULES:
            yield at(root, path, 1, f"{length} lines in one module")


def functions_are_short(root: Path) -> Iterator[str]:
    """No function is longer than FUNCTION_LINES, its docstring included, save those allowed with a reason."""
    for path in sources(root):
        for node in nodes(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = lines_of(node)
                name = f"{path.relative_to(root).as_posix()}:{node.name}"
                if length > FUNCTION_LINES and name not in LONG_FUNCTIONS:
                    yield at(root, path, node.lineno, f"{length} lines in {node.name}()")


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """From its first line to its last, decorators left out."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def what_is_public_says_what_it_is(root: Path) -> Iterator[str]:
    """Every module that holds anything, public class and function has a docstring; short methods may be silent."""
    for path in sources(root):
        tree = tree_of(path)
        if tree.body and ast.get_docstring(tree) is None:
            yield at(root, path, 1, "this module does not say what it is")
        for node in public(tree.body):
            if ast.get_docstring(node) is None:
                yield at(root, path, node.lineno, f"{node.name} does not say what it is")
            if isinstance(node, ast.ClassDef):
                for method in public(node.body):
                    if lines_of(method) > SILENT_LINES and ast.get_docstring(method) is None:
                        yield at(root, path, method.lineno, f"{node.name}.{method.name} does not say what it promises")


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The classes and functions among these statements whose names are public."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


# Bracketed, so that this file does not say what it forbids to say.
PRIVATE_PLACES = re.compile(
    r"/work/(main|shared|\.library)\b|/opt/(pypi|wheels)\b|/(root)/|/tmp/(bash_jobs)"
    r"|files\.(python)hosted|(pypi)\.org|registry\.(npmjs)|deb\.(debian)\.org"
    r"|--(extra-)?(index)-url[ =]\S*:|--(trusted)-host[ =]"
)


def no_file_tells_of_this_machine(root: Path) -> Iterator[str]:
    """No file names a folder of the machine it was written on, or the address of a package registry."""
    for path in project_files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # An image or a font holds no sentence.
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := PRIVATE_PLACES.search(line):
                yield at(root, path, number, f"'{found.group()}' belongs to a machine, not to the project")


def project_files(root: Path) -> list[Path]:
    """What git holds or would hold; in a plain copy, everything."""
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = [root / name for name in listed.stdout.split("\0") if name]
    else:
        found = list(root.rglob("*"))
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)
