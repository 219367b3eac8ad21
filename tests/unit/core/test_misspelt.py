# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One misspelling anywhere in the names of the input is refused, or nobody's access changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.variables import (
    HOST_VARIABLES,
    Variables,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.inputs import one_edit

JUMP = "111111111111"
ACCOUNTS = {
    "a-prod": ("222222222222", "alpha", "prod"),
    "a-staging": ("333333333333", "alpha", "staging"),
    "b-prod": ("444444444444", "beta", "prod"),
    "b-none": ("555555555555", "beta", "none"),
}
LEVELS: dict[str, Any] = {
    "admin": {"managed_policies": ["AdministratorAccess"], "fenced": False},
    "developer": {
        "managed_policies": ["PowerUserAccess"],
        "inline_policies": {
            "more": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}],
            }
        },
        "max_session_duration": 7200,
        "permissions_boundary": {"customer": "limit"},
        "global_group": False,
        "stages": {
            "prod": {
                "managed_policies": ["ReadOnlyAccess"],
                "inline_policies": {},
                "max_session_duration": 3600,
                "permissions_boundary": "ReadOnlyAccess",
            },
            "staging": {"max_session_duration": 5400},
        },
    },
}
ROSTER: list[dict[str, Any]] = [
    {"name": "ana", "access": [{"level": "admin"}]},
    {
        "name": "ben",
        "access": [{"level": "developer", "project": "alpha"}],
        "exceptions": [
            {
                **{"level": "developer", "project": "alpha", "stage": "staging"},
                **{"actions": ["iam:GetRole"], "resources": ["*"], "until": "2027-03-31"},
            }
        ],
    },
]


def written() -> dict[str, Any]:
    """Return a good input: the variables of each host, levels and roster, as people write them."""
    hosts: dict[str, dict[str, Any]] = {"jump": {"account_id": JUMP, "aws_profile": "jump"}}
    for host, (account_id, project, stage) in ACCOUNTS.items():
        arn = {"bootstrap_role_arn": f"arn:aws:iam::{account_id}:role/r"}
        hosts[host] = {"account_id": account_id, "project": project, "stage": stage, **arn}
    hosts["b-prod"] = {**hosts["b-prod"], "aws_profile": "b"}
    del hosts["b-prod"]["bootstrap_role_arn"]
    groups = {"jump": "jump_accounts", **dict.fromkeys(ACCOUNTS, "member_accounts")}
    return deepcopy({"hosts": hosts, "groups": groups, "levels": LEVELS, "roster": ROSTER})


def request_of(given: dict[str, Any]) -> Request:
    """Return the request that the action would make of it."""
    hosts, strays, names = [], [], {}
    for host, variables in given["hosts"].items():
        group = given["groups"][host]
        if group not in ("jump_accounts", "member_accounts"):
            strays.append({"host": host, "groups": [group]})
            continue
        for name in variables:
            names.setdefault(name, []).append(host)
        known = {key: value for key, value in variables.items() if key in HOST_VARIABLES}
        is_jump = group == "jump_accounts"
        hosts.append({**known, "host": host, "is_jump": is_jump, "is_member": not is_jump})
    return Request(
        hosts=hosts,
        levels=given["levels"],
        roster=given["roster"],
        region="eu-west-1",
        names={},
        strays=strays,
        variables=Variables(of_hosts=names),
        current_day="2027-01-01",
    )


def access_of(given: dict[str, Any]) -> Any:
    """Return who may do what where; nothing, when the input is refused."""
    request = request_of(given)
    try:
        desired = build_desired(parse_request(request), request)
    except InputError:
        return None
    parts = ("users", "groups", "reach", "templates", "scope", "exceptions", "accounts")
    return [desired[part] for part in parts]


ACCESS = access_of(written())


def words_of(given: dict[str, Any]) -> list[tuple[dict[str, Any], str, bool]]:
    """Return every name that somebody wrote: its mapping, its key, and whether it is the key."""
    levels = given["levels"].values()
    stages = [level["stages"] for level in levels if "stages" in level]
    exceptions = [e for person in given["roster"] for e in person.get("exceptions", [])]
    entries = [entry for person in given["roster"] for entry in person["access"]]
    mappings = [*given["hosts"].values(), *levels, *stages, *given["roster"], *exceptions, *entries]
    mappings += [settings for by_stage in stages for settings in by_stage.values()]
    keys = [(mapping, key, True) for mapping in mappings for key in mapping]
    values = [
        *((host, "stage", False) for host in given["hosts"].values() if "stage" in host),
        *((given["groups"], host, False) for host in given["groups"]),
        *((exception, "stage", False) for exception in exceptions),
        *((entry, key, False) for entry in [*entries, *exceptions] for key in ("level", "project")),
    ]
    return keys + [(mapping, key, is_key) for mapping, key, is_key in values if key in mapping]


def test_the_input_is_good() -> None:
    assert ACCESS is not None
    assert len(words_of(written())) > 60


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_a_misspelling_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    given = written()
    mapping, key, is_key = data.draw(st.sampled_from(words_of(given)))
    spelling = data.draw(one_edit(key if is_key else mapping[key]))
    if is_key:
        changed = {spelling if k == key else k: v for k, v in mapping.items()}
        mapping.clear()
        mapping.update(changed)
    else:
        mapping[key] = spelling
    assert access_of(given) in (None, ACCESS)
