# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part of the proof needs: a bootstrapped company, and the independent evaluator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from tests.integration.conftest import World, running_sandbox, snapshots
from tests.policy.case import Case, build_case
from tests.policy.companies import COMPANIES, STRICT, rows_of
from tests.policy.company import ACCOUNTS, JUMP, Company
from tests.policy.estate import Estate, read_estate
from tests.policy.evaluator import Evaluator, running_evaluator

__all__ = ["running_sandbox", "snapshots"]


@pytest.fixture(scope="session")
def estate_of(
    running_sandbox: Any, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Company], Estate]:
    """Give what a real bootstrap of a company wrote, read back."""

    @cache
    def bootstrapped(name: str) -> Estate:
        company = next(each for each in COMPANIES if each.name == name)
        running_sandbox.reset(company.partition)
        world = World(running_sandbox, tmp_path_factory.mktemp(name))
        add_boundaries(world, company)
        jumps = {"jump": {"account_id": JUMP, **company.jump}}
        world.write(company.members(), company.roster(), company.levels, jumps, company.region)
        add_options(world, company.options)
        world.play_well("bootstrap")
        return read_estate(running_sandbox.client, company)

    return lambda company: bootstrapped(company.name)


@pytest.fixture(scope="session")
def estate(estate_of: Callable[[Company], Estate]) -> Estate:
    """What the bootstrap of the usual company wrote."""
    return estate_of(STRICT)


def add_boundaries(world: World, company: Company) -> None:
    """Make the policies that a company has in every account before it bootstraps."""
    for account_id in ACCOUNTS.values():
        iam = world.sandbox.client("iam", account_id)
        for name, document in company.boundaries.items():
            iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))


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
    return [build_case(estate, row) for row in rows_of(STRICT)]
