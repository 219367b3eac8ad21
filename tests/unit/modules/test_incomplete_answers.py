# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AWS whose answers lack one field at a time: each module says which call lacks what."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import botocore.client
import pytest
from ansible_collections.jumpaccount.aws.plugins.action.desired_state import template_text
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.answers import Fields
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    Request,
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.queue import (
    Deadline,
)
from ansible_collections.jumpaccount.aws.plugins.modules import (
    account_stack,
    iam_login_profile,
    jump_group,
    jump_user,
    password_policy,
    preflight,
    stackset,
    stackset_info,
    stackset_instance,
    switch_role,
    template_bucket,
)
from botocore.exceptions import ClientError

from sandbox.server import Sandbox

from .conftest import CREDENTIALS, JUMP, REGION, run

MEMBER = "222222222222"
REQUEST = Request(
    hosts=[
        {"host": "jump", "is_jump": True, "account_id": JUMP},
        {
            **{"host": "a", "is_member": True, "account_id": MEMBER, "project": "p"},
            "bootstrap_role_arn": f"arn:aws:iam::{MEMBER}:role/sandbox-bootstrap",
        },
    ],
    levels={
        "admin": {"managed_policies": ["AdministratorAccess"]},
        "operator": {"managed_policies": ["ReadOnlyAccess"]},
    },
    roster=[{"name": "ana", "access": [{"level": "operator", "project": "p"}]}],
    region=REGION,
    names={},
)
Call = tuple[str, str]


def steps_of_bootstrap() -> dict[str, tuple[ModuleType, dict[str, Any]]]:
    """Return the modules of a bootstrap in order, with what the roles give them."""
    desired = build_desired(parse_request(REQUEST), REQUEST)
    texts = {name: template_text(t) for name, t in desired["templates"].items()}
    own = {"account_id": JUMP, "region": REGION}
    stack = {**own, "accounts": [{"account_id": JUMP}]}
    iam_roles = {**own, "stack_set_name": "iam-roles"}
    users, names = desired["users"], [user["name"] for user in desired["users"]]
    return {
        "template_bucket": (
            template_bucket,
            {
                **own,
                **{"name": desired["bucket"], "jump_account_id": JUMP, "shared_key": "e.yaml"},
                "reader_account_ids": [MEMBER],
                "objects": [{"key": "e.yaml", "content": texts["execution"]}],
            },
        ),
        "password_policy": (password_policy, own),
        "administration": (
            account_stack,
            {**stack, "name": "admin-role", "template_body": texts["administration"]},
        ),
        "execution": (
            account_stack,
            {
                **{**own, "name": "execution-role", "template_body": texts["execution"]},
                "accounts": [{"account_id": JUMP}, *desired["bootstrap_credentials"]],
            },
        ),
        "stackset": (
            stackset,
            {
                **iam_roles,
                **{"template_body": texts["switch_roles"], "template_bucket": desired["bucket"]},
                "capabilities": ["CAPABILITY_NAMED_IAM"],
                "administration_role_arn": desired["administration_role_arn"],
                "execution_role_name": "AWSCloudFormationStackSetExecutionRole",
            },
        ),
        "stackset_info": (stackset_info, iam_roles),
        "stackset_instance": (
            stackset_instance,
            {
                **{**iam_roles, "accounts": desired["scope"], "regions": [REGION]},
                "overrides_record": {"bucket": desired["bucket"]},
            },
        ),
        "jump_group": (jump_group, {**own, "groups": desired["groups"]}),
        "jump_user": (jump_user, {**own, "users": users}),
        "iam_login_profile": (iam_login_profile, {**own, "users": names, "new_users": names}),
        "preflight": (preflight, {**own, "groups": desired["groups"], "users": users}),
        "switch_role": (
            switch_role,
            {**own, "jump_account_id": JUMP, "roles": [{"name": "role-of-its-own"}]},
        ),
    }


STEPS = steps_of_bootstrap()


class Wire:
    """What a module reads of each answer, and what is taken out of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: set[Call] = set()
        self.lacking: Call | None = None
        self.called: set[str] = set()
        self.refused = ""
        make_call = botocore.client.BaseClient._make_api_call

        def make_poorer_call(client: Any, operation: str, parameters: Any) -> Any:
            call = f"{client.meta.service_model.endpoint_prefix}:{operation}"
            self.called.add(call)
            if call == self.refused:
                refusal = {"Error": {"Code": "AccessDenied", "Message": "Not you."}}
                raise ClientError(refusal, operation)
            answer = make_call(client, operation, parameters)
            if self.lacking and self.lacking[0] == call:
                remove(answer, self.lacking[1])
            return answer

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", make_poorer_call)
        for name in ("__getitem__", "get"):
            monkeypatch.setattr(Fields, name, self._watched(getattr(dict, name)), raising=False)

    def _watched(self, read: Any) -> Any:
        def reading(fields: Fields, name: str, *default: Any) -> Any:
            self.read.add((fields.call.split(" in ")[0], f"{fields.place}{name}"))
            return read(fields, name, *default)

        return reading


def remove(answer: Any, place: str) -> None:
    """Take a field out of an answer, wherever it stands in lists."""
    name, _dot, rest = place.partition(".")
    inner = answer.get(name.removesuffix("[]")) if isinstance(answer, dict) else None
    if not rest:
        answer.pop(name, None)
    elif isinstance(inner, list) and name.endswith("[]"):
        for item in inner:
            remove(item, rest)
    elif isinstance(inner, dict):
        remove(inner, rest)


@pytest.fixture(scope="module")
def bootstrapped(served: Sandbox) -> Iterator[None]:
    """An AWS after a bootstrap by these modules; the tests only look at it."""
    served.reset()
    variables = {**CREDENTIALS, "AWS_ENDPOINT_URL": served.url, "AWS_ACCESS_KEY_ID": JUMP}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        defaults = (time.monotonic, lambda _seconds: None)
        patch.setattr(Deadline.__init__, "__defaults__", defaults)
        for module, arguments in STEPS.values():
            result = run(module, **arguments)
            assert not result.get("failed"), result["msg"]
        yield


@pytest.mark.usefixtures("bootstrapped")
@pytest.mark.parametrize("name", STEPS)
def test_a_module_names_what_an_answer_lacks(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    wire = Wire(monkeypatch)
    module, arguments = STEPS[name]
    whole = run(module, check=True, **arguments)
    assert not whole.get("failed"), whole["msg"]
    assert wire.read
    refused = 0
    for call, place in sorted(wire.read):
        wire.lacking = (call, place)
        result = run(module, check=True, **arguments)
        assert "exception" not in result, (call, place, result["exception"])
        if result.get("failed") and "IncompleteAnswer" in result["msg"]:
            refused += 1
            assert f"{call} in account" in result["msg"], result["msg"]
            assert place.rpartition(".")[2] in result["msg"], result["msg"]
    assert refused, "this module reads no answer at all, or what lacks is not noticed"


@pytest.mark.usefixtures("bootstrapped")
@pytest.mark.parametrize("name", STEPS)
def test_a_module_ends_with_a_sentence_whatever_call_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    wire = Wire(monkeypatch)
    module, arguments = STEPS[name]
    run(module, check=True, **arguments)
    assert wire.called
    for call in sorted(wire.called):
        wire.refused = call
        result = run(module, check=True, **arguments)
        assert "exception" not in result, (call, result["exception"])
        assert result.get("failed"), (call, result)
        assert "Not you." in result["msg"], (call, result["msg"])
