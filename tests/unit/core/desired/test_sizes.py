# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS cannot hold is found before it is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.people import (
    build_groups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.sizes import check_sizes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import (
    GroupSettings,
    check_groups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.security import (
    SecurityOptions,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Account,
    Inventory,
    Level,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    policy_size,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    build_switch_trust,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.inputs import problems_of

JUMP = Account("111111111111", "jump", is_jump=True)
LEVELS = (Level("operator"), Level("pro", has_global_group=False))
NAMES, SECURITY = Names(), SecurityOptions()


def inventory(count, project="p"):
    members = (Account(f"22{n:010}", f"h{n}", project=project) for n in range(count))
    return Inventory(JUMP, tuple(members), LEVELS)


def found(wanted, names=NAMES, security=SECURITY, partition="aws"):
    return problems_of(lambda p: check_sizes(p, wanted, names, security, partition))[1]


def networks(count):
    return tuple(f"203.0.{n}.0/24" for n in range(count))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2500), st.sampled_from(["aws", "aws-cn", "aws-us-gov"]))
def test_groups_are_refused_here_exactly_when_the_module_would(count, partition):
    wanted = inventory(count)
    groups = build_groups(wanted, Names(), partition)
    limits = GroupSettings(JUMP.account_id, partition, "/j/", "m")
    refused = problems_of(lambda p: check_groups(p, groups, limits))[1]
    assert len(found(wanted, partition=partition)) == len(refused)


def test_the_largest_group_that_fits_and_the_next():
    assert found(inventory(1133, None)) == []
    assert found(inventory(1134, None)) == [
        "levels.operator: group group-operator is for 1135 accounts, which need 10 managed "
        "policies of 6144 characters, but a group can have only 9 besides the MFA policy, "
        "enough for 1134; with 'global_group: false', the level has no group for all accounts "
        "and is granted by project only"
    ]


def test_a_group_of_a_project_has_another_way_out():
    places = {p.partition(": ")[0]: p.rpartition("; ")[2] for p in found(inventory(1200))}
    assert places == {
        "levels.operator": "with 'global_group: false', the level has no group for all accounts "
        "and is granted by project only",
        "project p": "split it into smaller projects",
    }


@pytest.mark.parametrize("size", [2048, 4096])
def test_networks_that_a_trust_cannot_hold(size):
    def trust_size(count):
        options = SecurityOptions(source_networks=networks(count))
        return policy_size(build_switch_trust(options.trust(JUMP.account_id, "aws")))

    most = max(count for count in range(250) if trust_size(count) <= size)
    security = SecurityOptions(source_networks=networks(most), trust_policy_size=size)
    assert found(inventory(1), security=security) == []
    more = replace(security, source_networks=networks(most + 1))
    assert found(inventory(1), security=more) == [
        f"source_networks: with {most + 1} networks, the trust policy of every switch role "
        f"has {trust_size(most + 1)} characters, but the quota is {size}; merge networks into "
        "larger ones, or raise the quota 'Role trust policy length' in every account and set "
        "jump_trust_policy_size"
    ]


def test_networks_that_the_mfa_policy_cannot_hold():
    (problem,) = found(inventory(1), security=SecurityOptions(users_source_networks=networks(250)))
    assert problem.startswith("users_source_networks: with these 250 networks the policy policy-")


def test_names_with_which_the_fence_is_too_large():
    long = "x" * 120
    names = Names(administration_stack=long, execution_stack=long + "y", stack_set=long)
    assert found(inventory(1), names) == []
    (problem,) = found(inventory(1), replace(names, parameter_prefix="/" + "p" * 1000))
    assert problem.startswith("names: with these names, the policy policy-fence-jump-account has ")
