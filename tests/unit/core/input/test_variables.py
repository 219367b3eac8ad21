# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that nobody reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.variables import (
    HOST_VARIABLES,
    INVENTORY_VARIABLES,
    ONE_USER,
    Variables,
    check_variables,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._inventory import role_variables
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import one_edit, problems_of

ROOT = Path(__file__).resolve().parents[4]
OF_ROLES = tuple(role_variables())
OURS = (*HOST_VARIABLES, *INVENTORY_VARIABLES, *OF_ROLES)
ADVICE = "If it is intended for something else, list it in jump_ignore_variables"

UNRELATED = [
    *("stage_color", "staging", "storage", "image", "tags", "name", "owner", "account", "profile"),
    *("project_id", "project_name", "environment", "env", "region", "accounts", "account_name"),
    *("jump_host", "jump_hosts", "jump_user", "jump_users", "jump_server", "jump_account_id"),
    *("jump_account_name", "member_account_ids", "role_arn", "username", "user", "log_level"),
    *("awx_user_name", "tower_user_name", "awx_project_revision", "awx_job_id", "aws_account"),
    *("aws_access_key", "aws_vpc_id", "role_name", "role_path", "play_hosts", "group_names"),
    *("groups", "hostvars", "omit", "inventory_dir", "inventory_file", "playbook_dir", "vars"),
    *("ansible_host", "ansible_user", "environment", "http_proxy", "ntp_servers", "dns_zone"),
]


def problems(
    extra: tuple[str, ...] = (), ignored: tuple[str, ...] = (), **of_hosts: tuple[str, ...]
):
    names = {**dict.fromkeys(extra, ("a",)), **of_hosts}
    sources = {"stags": "hosts.yml:7"}
    variables = Variables(OF_ROLES, names, extra, sources)
    return problems_of(lambda p: check_variables(p, variables, ignored))[1]


def test_our_own_variables_pass() -> None:
    assert problems(**dict.fromkeys(OURS, ("a",))) == []
    assert problems((*INVENTORY_VARIABLES, *OF_ROLES, "user_name", "aws_profile")) == []


def test_what_our_roles_remember_is_no_misspelling() -> None:
    roles = ROOT.glob("roles/*/tasks/*.yml")
    found = {n for path in roles for n in re.findall(r"register: (\w+)", path.read_text())}
    found |= {
        name
        for path in ROOT.glob("roles/*/vars/main.yml")
        for name in re.findall(r"^(\w+):", path.read_text(), re.MULTILINE)
    }
    assert "jump_desired" in found
    assert problems(**dict.fromkeys(found, ("a",))) == []


@pytest.mark.parametrize("name", UNRELATED)
def test_unrelated_variables_pass(name: str) -> None:
    assert problems(**{name: ("a",)}) == []


@given(st.data(), st.sampled_from(OURS))
def test_every_misspelling_of_ours_is_refused(data: st.DataObject, name: str) -> None:
    spelling = data.draw(one_edit(name))
    assert [p.partition(":")[0] for p in problems(**{spelling: ("a",)})] == [
        f"variable {spelling} of a"
    ]
    assert problems(ignored=(spelling,), **{spelling: ("a",)}) == []


@given(st.data(), st.sampled_from([*OF_ROLES, *INVENTORY_VARIABLES, ONE_USER]))
def test_every_misspelling_on_the_command_line_is_refused(data: st.DataObject, name: str) -> None:
    spelling = data.draw(one_edit(name))
    assert len(problems((spelling,))) == 1
    assert problems((spelling,), ignored=(spelling,)) == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (
            problems(stags=("a", "b", "c", "d")),
            "variable stags of a, b, c and 1 more (hosts.yml:7): is not used; did you mean "
            f"'stage'? {ADVICE}",
        ),
        (
            problems(bootstrap_role=("a",)),
            "variable bootstrap_role of a: is not used; did you mean 'bootstrap_role_arn'? "
            f"{ADVICE}",
        ),
        (
            problems(jump_source_network=()),
            "variable jump_source_network: is not used; did you mean 'jump_source_networks'? "
            f"{ADVICE}",
        ),
        (
            problems(("user_nam",)),
            f"extra variable user_nam: is not used; did you mean 'user_name'? {ADVICE}",
        ),
        (
            problems(("user",)),
            f"extra variable user: is not used; did you mean 'user_name'? {ADVICE}",
        ),
        (
            problems(("stage",)),
            "extra variable stage: applies to every account when set on the command line; set it "
            "on each host instead",
        ),
    ],
)
def test_what_is_said(found: list[str], problem: str) -> None:
    assert found == [problem]
