"""Settings: environment, `wirecopy.toml` in the home, command line; the later ones win.

Only what is listed here is a setting; anything else with the prefix is a mistake, and said so.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.errors import ConfigurationError

PREFIX = "WIRECOPY_"
DEFAULT_HOME = Path("wirecopy-home")
SETTINGS_FILE = "wirecopy.toml"

MIB = 1 << 20


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Port = Annotated[int, Field(ge=1, le=65535)]
Ports = Annotated[tuple[Port, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Everything a user can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        DEFAULT_HOME, description="Folder that holds database, archive and settings."
    )
    feeds: Path | None = Field(None, description="Feeds file; feeds.toml in the home otherwise.")
    user_agent: str | None = Field(None, description="User-Agent header, whole.")
    contact: str | None = Field(
        None, description="Address or page that publishers can turn to; part of the User-Agent."
    )
    proxy: str | None = Field(None, description="HTTP proxy to use for every request.")
    allow_networks: Names = Field(
        (), description="Networks (CIDR) that may be fetched from although they are not public."
    )
    allow_ports: Ports = Field((80, 443), description="Ports that may be fetched from.")
    per_publisher_delay: float = Field(
        1.0, ge=0, le=3600, description="Seconds between two requests to one publisher."
    )
    per_publisher_connections: int = Field(
        2, ge=1, le=32, description="Requests to one publisher at the same time."
    )
    connections: int = Field(32, ge=1, le=256, description="Requests at the same time, in all.")
    fetch_deadline: float = Field(60.0, gt=0, le=3600, description="Seconds a fetch may take.")
    max_page_bytes: int = Field(10 * MIB, ge=1024, description="Largest page, decoded.")
    max_feed_bytes: int = Field(10 * MIB, ge=1024, description="Largest feed, decoded.")
    workers: int = Field(2, ge=1, le=64, description="Processes that parse and extract.")
    worker_memory: int = Field(
        200 * MIB, ge=128 * MIB, description="Bytes of memory each of them may use."
    )
    publish_interval: timedelta | None = Field(
        None,
        ge=timedelta(0),
        description="Least time between two snapshots; otherwise chosen by what one costs.",
    )
    wayback_endpoint: str = Field(
        "https://web.archive.org",
        pattern="^https?://.*[^/]$",
        description="Web archive that backfills from wayback:DOMAIN ask; one of your own, perhaps.",
    )
    archive: bool = Field(True, description="Keep raw pages.")
    recheck: bool = Field(
        True,
        description="Fetch recent articles again, 1, 6, 24 and 72 hours after the first time, to "
        "see what was changed.",
    )
    keep_raw_days: int | None = Field(
        None, ge=1, description="Days for which raw pages are kept; otherwise for ever."
    )
    keep_polls_days: int = Field(
        90, ge=1, description="Days for which every poll is kept; publisher_days counts them then."
    )
    min_free_bytes: int = Field(
        512 * MIB, ge=0, description="No run starts with less free disk space."
    )
    webhook: str | None = Field(
        None, description="Address to which alerts are posted as JSON, each once."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="What is logged to standard error."
    )
    log_format: Literal["text", "json"] = Field("text", description="How it is logged.")

    @field_validator("allow_networks")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ipaddress.ip_network(network)
        return networks

    @field_validator("webhook")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("an address that starts with http:// or https:// is wanted")
        return url

    @field_validator("publish_interval", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> object:
        return float(value) if isinstance(value, str) and value.strip().isdigit() else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, TomlConfigSettingsSource(settings_cls), env_settings)


def load_settings(given: Mapping[str, object] | None = None) -> Settings:
    """The settings in force. `given` are the command line's; None means not given.

    Raises ConfigurationError that names the setting, where it comes from and what it may be.
    """
    _refuse_unknown(os.environ)
    chosen = {name: value for name, value in (given or {}).items() if value is not None}
    home = Path(str(chosen.get("home") or os.environ.get(PREFIX + "HOME") or DEFAULT_HOME))
    file = home / SETTINGS_FILE
    if file.exists() and not file.is_file():  # pydantic-settings would pass over it
        raise ConfigurationError(f"{file} is no file. Put your settings into one, or move it away.")

    class InHome(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        settings = InHome.model_validate({**chosen, "home": home})
    except ValidationError as error:
        raise ConfigurationError(_explain(error, chosen, file)) from None
    # tomllib's, pydantic-settings' for unreadable variables, and the system's
    except (ValueError, OSError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
    return settings


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise ConfigurationError(f"{name} is set, but there is no such setting.{hint}")


def _explain(error: ValidationError, chosen: Mapping[str, Any], file: Path) -> str:
    lines = []
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        if name in chosen:
            place = "on the command line"
        elif PREFIX + name.upper() in os.environ:
            place = f"in {PREFIX + name.upper()} or {file}"
        else:
            place = f"in {file}"
        if problem["type"] == "extra_forbidden":
            close = difflib.get_close_matches(name, Settings.model_fields, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            lines.append(f"{name} ({place}): there is no such setting.{hint}")
        else:
            lines.append(f"{name} ({place}): {problem['msg']}, not {problem['input']!r}.")
    return "\n".join(lines)
