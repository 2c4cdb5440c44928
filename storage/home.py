"""The folder that holds everything one installation knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """Paths under the home folder."""

    folder: Path

    @property
    def published(self) -> Path:
        """What analysts open."""
        return self.folder / "news.duckdb"

    @property
    def published_log(self) -> Path:
        """What DuckDB leaves beside it when somebody wrote to it and did not close it."""
        return self.folder / "news.duckdb.wal"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def working(self) -> Path:
        """The pipeline's own database."""
        return self.state / "working.duckdb"

    def set_aside(self) -> list[Path]:
        """What was moved out of the way: damaged databases, and logs beside the published file."""
        return sorted(
            [*self.state.glob("damaged-*"), *self.folder.glob(f"{self.published_log.name}.*.stray")]
        )

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def feeds_file(self) -> Path:
        return self.folder / "feeds.toml"

    @property
    def settings_file(self) -> Path:
        return self.folder / "wirecopy.toml"

    def make_folders(self) -> None:
        """Create what is missing."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.archive.mkdir(exist_ok=True)
