"""What may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import ROOT

PACKAGES = ("flows", "ingest", "newsroom", "storage")

FORBIDDEN = {
    "ingest": {"storage", "flows", "newsroom", "prefect", "duckdb", "requests"},
    "storage": {"flows", "newsroom", "prefect", "requests", "urllib3"},
    "newsroom": {"flows", "ingest", "storage", "prefect", "duckdb", "requests"},
}

SOCKET_MAKERS = {"socket", "create_connection", "getaddrinfo", "urlopen"}
SOCKET_LIBRARIES = {"requests", "urllib.request", "httpx", "aiohttp"}


def modules(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at its top or inside a function, type checking apart."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_packages_keep_their_borders(package: str) -> None:
    for name, path in modules(package):
        roots = {imported.split(".")[0] for imported in imports(path)}
        assert not roots & FORBIDDEN[package], name


def test_storage_takes_only_types_and_errors_from_ingest() -> None:
    for name, path in modules("storage"):
        taken = {imported for imported in imports(path) if imported.startswith("ingest")}
        assert taken <= {"ingest.types", "ingest.errors"}, name


def opens_sockets(path: Path) -> bool:
    called = {
        getattr(node.func, "attr", getattr(node.func, "id", None))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    return bool(called & SOCKET_MAKERS or imports(path) & SOCKET_LIBRARIES)


def test_only_one_module_opens_sockets() -> None:
    users = {
        name
        for package in ("ingest", "storage", "flows")
        for name, path in modules(package)
        if opens_sockets(path)
    }
    assert users == {"ingest.fetching.connections"}


def test_only_flow_modules_import_prefect() -> None:
    users = {name for p in PACKAGES for name, path in modules(p) if "prefect" in imports(path)}
    assert all(name.startswith("flows.prefect") for name in users)
    assert users


def test_only_storage_speaks_sql() -> None:
    users = {name for p in PACKAGES for name, path in modules(p) if "duckdb" in imports(path)}
    assert all(name.startswith("storage.") for name in users)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("flows.cli", {"prefect", "duckdb", "pydantic", "rich", "trafilatura"}),
        ("flows.poll", {"prefect", "trafilatura", "feedparser", "newsroom"}),
        ("flows.report", {"prefect", "duckdb", "flows.run", "urllib3"}),
        ("ingest.workers.forkserver", {"prefect", "duckdb", "pyarrow", "trafilatura"}),
        ("ingest.workers.preloaded", {"prefect", "duckdb", "pyarrow", "numpy"}),
    ],
)
def test_imports_stay_lazy(module: str, unwanted: set[str]) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not unwanted & set(loaded)
