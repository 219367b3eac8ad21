# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action hands to the module."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.action.switch_role import resolve_args
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError


def test_policies_of_aws_get_their_paths_and_the_rest_stays() -> None:
    args = {"roles": [{"name": "a", "managed_policies": ["ViewOnlyAccess"]}], "adopt": True}
    found = [{"name": "a", "managed_policies": ["job-function/ViewOnlyAccess"]}]
    assert resolve_args(args) == {"roles": found, "adopt": True}


def test_all_unknown_names_are_refused_at_once() -> None:
    statement = {"Effect": "Allow", "Action": ["s33:Get*", "newer:One"], "Resource": "*"}
    role = {
        "managed_policies": ["PowerUsersAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        "inline_policies": {"own": {"Version": "2012-10-17", "Statement": [statement]}},
    }
    args = {"roles": [role], "known_actions": ["newer:One"], "partition": "aws-cn"}
    with pytest.raises(InputError) as caught:
        resolve_args(args)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "roles[0].inline_policies.own.Statement[0].Action",
        "roles[0].managed_policies[0]",
        "roles[0].managed_policies[1]",
    ]
