# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CloudFormation templates as cfn-lint sees them."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    build_switch_roles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Level
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.stacksets import (
    build_administration_template,
    build_execution_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.switch_roles import (
    build_switch_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watch import (
    build_watch_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watch_rules import (
    Watched,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watching import (
    Watching,
)
from cfnlint.api import ManualArgs, lint
from hypothesis import given
from hypothesis import strategies as st

JUMP = "111111111111"
NAMES = Names()
TRUST = TrustOptions(jump_account_id=JUMP)


def problems(template: dict, regions: tuple[str, ...] = ("ap-northeast-1",)) -> list[str]:
    """Return what cfn-lint finds, in the region of the example inventory if in no other."""
    found = lint(json.dumps(template), config=ManualArgs(regions=list(regions)))
    return [f"{match.rule.id}: {match.message}" for match in found]


def switch_template(*levels: str) -> dict:
    made = [Level(name, managed_policies=("ReadOnlyAccess",)) for name in levels]
    return build_switch_template(build_switch_roles(made, NAMES, TRUST))


def test_the_switch_roles() -> None:
    assert problems(switch_template("admin", "developer", "operator")) == []


def test_the_execution_role() -> None:
    assert problems(build_execution_template(NAMES, JUMP)) == []


def test_the_administration_role() -> None:
    assert problems(build_administration_template(NAMES, "ap-northeast-1")) == []


@pytest.mark.parametrize(
    "watching",
    [
        Watching(),
        Watching(
            True,
            ("a@example.com", "b@example.com"),
            ("glass",),
            (f"arn:aws:iam::{JUMP}:role/runner", f"arn:aws:iam::{JUMP}:user/run"),
        ),
    ],
)
def test_what_watches(watching: Watching) -> None:
    template = build_watch_template(Watched(JUMP, "aws", "ap-northeast-1", NAMES, watching))
    assert problems(template, ("ap-northeast-1", "us-east-1")) == []
    assert len(json.dumps(template)) < 25_000


def test_cfn_lint_is_asked_seriously() -> None:
    broken = switch_template("admin")
    next(iter(broken["Resources"].values()))["Properties"]["MaxSessionDuration"] = "long"
    assert problems(broken)


@given(st.sets(st.text("ab-Z9", min_size=1, max_size=6), min_size=2, max_size=6))
def test_every_role_has_a_resource_of_its_own(levels: set[str]) -> None:
    assert len(switch_template(*levels)["Resources"]) == len(levels)


def test_names_that_differ_only_in_hyphens() -> None:
    names = ("a-b", "a--b", "ab", "-ab", "ab-")
    assert all(len(switch_template(*pair)["Resources"]) == 2 for pair in pairwise(names))
