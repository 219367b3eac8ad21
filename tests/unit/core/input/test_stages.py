# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stages of levels and of accounts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.stages import check_stages
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Level,
    Person,
    PersonalException,
)

from tests.unit.inputs import problems_of

PLAIN = Level("plain")
STAGED = Level("dev", stages=(("prod", Level("dev")),))
TWICE = Level("ops", stages=(("prod", Level("ops")), ("prd", Level("ops"))))


def problems(*stages: Any, levels: tuple[Level, ...] = (PLAIN, STAGED), said: str | None = None):
    hosts = [
        {"host": "jump", "is_jump": True},
        *({"host": f"h{n}", "stage": stage} for n, stage in enumerate(stages)),
    ]
    exceptions = (PersonalException("ana", "plain", "p", "2027-01-01", (), said),)
    people = [Person("ana", exceptions=exceptions)]
    return problems_of(lambda p: check_stages(p, hosts, levels, people))[1]


@pytest.mark.parametrize(
    ("stages", "found"),
    [
        (("prod", "test", "none"), []),
        (
            ("production",),
            [
                "levels.dev.stages.prod: no account has the stage 'prod' (did you mean "
                "'production'?); known: production",
                "host h0.stage: no level defines the stage 'production'; did you mean 'prod'? If "
                "it is a separate stage, add 'stages: {production: {}}' to a level",
            ],
        ),
        (
            ("prod", "prd"),
            [
                "host h1.stage: no level defines the stage 'prd'; did you mean 'prod'? If it is a "
                "separate stage, add 'stages: {prd: {}}' to a level",
            ],
        ),
        (
            ("prod", "non"),
            [
                "host h1.stage: no level defines the stage 'non'; did you mean 'none'? If it is a "
                "separate stage, add 'stages: {non: {}}' to a level",
            ],
        ),
        (
            ("prod", None, None),
            [
                "host h1, h2: no stage is set, but the permissions of level dev depend on it; set "
                "a stage for each account, or 'stage: none' if it has none",
            ],
        ),
        ((), ["levels.dev.stages.prod: no account has the stage 'prod'; known: none"]),
        (("prod", 5), []),
    ],
)
def test_stages(stages: tuple[Any, ...], found: list[str]) -> None:
    assert problems(*stages) == found


def test_without_stages_in_levels_accounts_have_what_they_like() -> None:
    assert problems("prod", "prd", None, "stg", levels=(PLAIN,)) == []


def test_a_stage_that_an_exception_names_is_known() -> None:
    (found,) = problems("prod", "prd", levels=(PLAIN,), said="prod")
    assert found.startswith("host h1.stage: no level defines the stage 'prd'; did you mean 'prod'?")


def test_a_stage_of_one_level_that_no_account_has() -> None:
    (found,) = problems("prod", levels=(STAGED, TWICE))
    assert found == (
        "levels.ops.stages.prd: no account has the stage 'prd' (did you mean 'prod'?); known: prod"
    )


def test_a_near_stage_that_a_level_names_is_a_stage_of_its_own() -> None:
    assert problems("prod", "prd", levels=(STAGED, TWICE)) == []
