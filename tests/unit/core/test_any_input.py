# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever stands in inventory, levels and roster ends in desired values or in sentences."""

from __future__ import annotations

import json
import re
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
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING

JUMP, A, B = "111111111111", "222222222222", "333333333333"
STATEMENT = {
    "Sid": "Own",
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": ["arn:aws:s3:::b/${aws:username}"],
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["x"]}},
}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}
WRITTEN: dict[str, Any] = {
    "hosts": [
        {"account_id": JUMP, "aws_profile": "jump"},
        {"account_id": A, "project": "p", "stage": "staging", "aws_profile": "a"},
        {"account_id": B, "bootstrap_role_arn": f"arn:aws:iam::{B}:role/r", "stage": "prod"},
    ],
    "levels": {
        "admin": {"managed_policies": ["AdministratorAccess"], "fenced": False},
        "own": {
            "managed_policies": ["ReadOnlyAccess", {"customer": "team"}],
            "inline_policies": {"more": POLICY},
            "max_session_duration": 7200,
            "permissions_boundary": {"customer": "limit"},
            "global_group": False,
            "stages": {"staging": {"managed_policies": ["PowerUserAccess"]}},
        },
    },
    "roster": [
        {
            "name": "ana",
            "access": [{"level": "admin"}, {"level": "own", "project": "p"}],
            "company": "x",
            "locale": "ja",
            "tags": {"team": "blue"},
            "exceptions": [
                {
                    **{"level": "own", "project": "p", "stage": "staging"},
                    **{"until": "2027-03-31", "policy": POLICY},
                },
                {
                    **{"level": "admin", "project": "p", "until": "2027-03-31"},
                    **{"actions": ["s3:*"], "resources": ["*"]},
                },
            ],
        },
        {"name": "ben", "access": []},
    ],
    "region": "eu-west-1",
    "names": {"group_name": "g-{level}", "path": "/x/", "template_bucket": "b-{account_id}"},
    "only_user": "ana",
    "security": {
        "bind_session_name": True,
        "mfa_max_age": 3600,
        "source_networks": ["203.0.113.0/24"],
        "users_permissions_boundary": "limit",
        "trust_policy_size": 2048,
    },
    "template_readers": ["222222222222"],
}
FLAWS = st.one_of(
    ANYTHING,
    st.sampled_from([None, [], {}, [[]], [{}], {"StringEquals": None}, {1: {}, "yes": {}}, True]),
)
KEYS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4))


def places_in(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to everything inside a value."""
    if isinstance(value, dict):
        inside = list(value.items())
    else:
        inside = list(enumerate(value)) if isinstance(value, list) else []
    return [place for key, v in inside for place in [(*at, key), *places_in(v, (*at, key))]]


def part(value: Any, place: tuple[Any, ...]) -> Any:
    """Return what stands at a place."""
    return part(value[place[0]], place[1:]) if place else value


# The list of hosts is made by Ansible; their variables are written by people.
PLACES = [p for p in places_in(WRITTEN) if p[0] != "hosts" or len(p) > 2]


@st.composite
def written(draw: st.DrawFn) -> dict[str, Any]:
    """Return a good input into which flaws were written at some places."""
    value = json.loads(json.dumps(WRITTEN))
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        *way, key = place
        if place not in places_in(value):
            continue
        holder = part(value, tuple(way))
        if isinstance(holder, dict) and way and draw(st.booleans()):
            holder[draw(KEYS)] = holder.pop(key)
        else:
            other = st.sampled_from(PLACES).map(lambda p: part(WRITTEN, p))
            holder[key] = deepcopy(draw(st.one_of(FLAWS, other)))
    return value


def request_of(value: dict[str, Any]) -> Request:
    """Return a request as the action makes it of what is written."""
    hosts = [
        {**host, "host": f"h{n}", "is_jump": n == 0, "is_member": n > 0}
        for n, host in enumerate(value["hosts"])
    ]
    return Request(**{**value, "hosts": hosts, "current_day": "2027-01-01"})


@settings(max_examples=300, deadline=None)
@given(written())
def test_whatever_is_written_is_done_or_refused_with_its_place(value: dict[str, Any]) -> None:
    request = request_of(value)
    found: tuple[str, ...] = ()
    try:
        assert json.dumps(build_desired(parse_request(request), request))
    except InputError as error:
        found = error.problems
    assert all(re.match(r".+: .", problem, re.DOTALL) for problem in found)


def test_what_the_flaws_are_written_into_is_good() -> None:
    request = request_of(json.loads(json.dumps(WRITTEN)))
    assert json.dumps(build_desired(parse_request(request), request))
