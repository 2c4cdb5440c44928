"""The published file in other clients of DuckDB: an older Python one, the command line, Node.

They are installed for the purpose, from the package registries: only with LONG_TESTS=1.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from homes import LONG, HomeFolder

pytestmark = pytest.mark.skipif(not LONG, reason="LONG_TESTS=1 installs other clients")

QUERIES = (
    "SELECT count(*)::INTEGER AS n FROM articles",
    "SELECT comment FROM duckdb_tables() WHERE table_name = 'stories'",
    "SELECT comment FROM duckdb_views() WHERE view_name = 'unique_articles'",
    "SELECT comment FROM duckdb_columns() WHERE table_name = 'reprints' ORDER BY column_name",
    "SELECT publisher, reprinter, stories FROM republication_edges ORDER BY ALL",
    "SELECT state, count(*)::INTEGER AS n FROM coverage_daily GROUP BY ALL ORDER BY ALL",
    "SELECT title FROM search('wind park') ORDER BY ALL",
    "SELECT count(*)::INTEGER AS n FROM as_of('2030-01-01')",
)

OLDEST = "1.2.2"
"""Of the 1.x line, the first whose storage format the file has."""

PYTHON = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for query in sys.argv[2:]:
    print(json.dumps([list(row) for row in connection.execute(query).fetchall()]))
"""

NODE = """
import { DuckDBInstance } from '@duckdb/node-api'
const [file, ...queries] = process.argv.slice(2)
const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
const connection = await instance.connect()
for (const query of queries) {
  console.log(JSON.stringify((await connection.runAndReadAll(query)).getRowsJson()))
}
"""


def installed(folder: Path, *packages: str) -> Path:
    """The programs of an environment with these packages."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "-q", *packages], check=True)
    return folder / "bin"


def older_python(folder: Path, file: Path) -> list[str]:
    python = installed(folder, f"duckdb=={OLDEST}", "pytz") / "python"
    return [str(python), "-c", PYTHON, str(file), *QUERIES]


def node(folder: Path, file: Path) -> list[str]:
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    folder.mkdir()
    (folder / "ask.mjs").write_text(NODE)
    subprocess.run(["npm", "install", "--silent", "@duckdb/node-api"], cwd=folder, check=True)
    return ["node", str(folder / "ask.mjs"), str(file), *QUERIES]


def command_line(folder: Path, file: Path) -> list[str]:
    shell = installed(folder, "duckdb-cli") / "duckdb"
    asked = [
        word for query in QUERIES for word in ("-c", f"SELECT to_json(list(q)) FROM ({query}) q")
    ]
    return [str(shell), "-readonly", "-list", "-noheader", str(file), *asked]


@pytest.mark.parametrize("client", [older_python, node, command_line])
def test_a_client_reads_what_we_read(
    home: HomeFolder, tmp_path: Path, client: Callable[[Path, Path], list[str]]
) -> None:
    assert home.run("poll", "--all").code == 0
    asked = client(tmp_path / "client", home.published)
    done = subprocess.run(asked, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    told = [rows_of(json.loads(line)) for line in done.stdout.splitlines() if line]
    with duckdb.connect(str(home.published), read_only=True) as connection:
        ours = [connection.execute(query).fetchall() for query in QUERIES]
    assert told == [[tuple(row) for row in rows] for rows in ours]
    assert all(ours)


def rows_of(told: list[list[object] | dict[str, object]]) -> list[tuple[object, ...]]:
    """Rows as tuples, whether a client names their columns or not."""
    return [tuple(row.values() if isinstance(row, dict) else row) for row in told]
