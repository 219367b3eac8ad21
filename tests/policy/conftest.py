# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part of the proof needs: a bootstrapped company, and the independent evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.integration.conftest import World, running_sandbox
from tests.policy.case import Case, build_case
from tests.policy.company import ACCOUNTS, LEVELS, OPTIONS, inventory
from tests.policy.estate import Estate, read_estate
from tests.policy.evaluator import Evaluator, running_evaluator
from tests.policy.switching import switching_rows
from tests.policy.table import read_tables

__all__ = ["running_sandbox"]


@pytest.fixture(scope="session")
def estate(running_sandbox: Any, tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """What a real bootstrap wrote, read back."""
    running_sandbox.post("reset")
    world = World(running_sandbox, tmp_path_factory.mktemp("company"))
    members, roster = inventory()
    world.write(members, roster, LEVELS)
    add_options(world, OPTIONS)
    world.play_well("bootstrap")
    return read_estate(running_sandbox.client, ACCOUNTS.values())


def add_options(world: World, options: Mapping[str, Any]) -> None:
    """Add variables for all hosts to the inventory of a world."""
    path = world.folder / "inventory.yml"
    inventory = yaml.safe_load(path.read_text(encoding="utf-8"))
    inventory["all"]["vars"] |= options
    path.write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluator]:
    """The independent evaluator."""
    with running_evaluator() as running:
        yield running


@pytest.fixture(scope="session")
def cases(estate: Estate) -> list[Case]:
    """Every row of the proof, with the documents that decide it."""
    return [build_case(estate, row) for row in (*read_tables(), *switching_rows())]
