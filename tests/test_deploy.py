"""What docs/deploy.md and deploy/ say is what there is."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml  # type: ignore[import-untyped]
from homes import ROOT

from flows import alerts

DOCUMENT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
EVENTS = {
    value for name, value in vars(alerts).items() if name.isupper() and "wirecopy." in str(value)
}


def test_every_alert_is_documented() -> None:
    assert set(re.findall(r"^\| `(wirecopy\.[a-z.]+)`", DOCUMENT, re.M)) == EVENTS


def test_the_example_automation_is_one_that_prefect_takes() -> None:
    from prefect.events.schemas.automations import AutomationCore, EventTrigger

    [example] = re.findall(r"```yaml\n(name:.*?)```", DOCUMENT, re.S)
    described = yaml.safe_load(example)
    described["actions"][0]["block_document_id"] = "00000000-0000-0000-0000-000000000000"
    trigger = AutomationCore(**described).trigger
    assert isinstance(trigger, EventTrigger)
    assert set(trigger.expect) <= EVENTS


@pytest.mark.parametrize("unit", ["wirecopy-schedule.service", "wirecopy-worker.service"])
def test_units_start_commands_that_exist(unit: str) -> None:
    lines = (ROOT / "deploy" / unit).read_text().splitlines()
    [start] = [line for line in lines if line.startswith("ExecStart=")]
    program, *words = start.removeprefix("ExecStart=/opt/wirecopy/.venv/bin/").split()
    module = {"wirecopy": "flows.cli", "prefect": "prefect"}[program]
    options = [word for word in words if word.startswith("-")]
    commands = words[: words.index(options[0])] if options else words
    done = subprocess.run(
        [sys.executable, "-m", module, *commands, "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert all(option in done.stdout for option in options)


def test_the_compose_file_names_what_is_there() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    for service in ("server", "worker"):
        assert (ROOT / services[service]["build"]["dockerfile"]).is_file()
    pool = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"][0]["work_pool"]
    assert f"--pool {pool['name']}" in services["worker"]["command"][0]
