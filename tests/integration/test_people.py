# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people can do after a bootstrap, tried by their own calls: first day, keys, attacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.person import Person

from .conftest import JUMP, REGION, World, member

PROD, STAGING, OTHER = "222222222222", "333333333333", "444444444444"
MEMBERS = {
    "project-a-prod": member(PROD, "project-a", stage="prod"),
    "project-a-staging": member(STAGING, "project-a", stage="staging"),
    "project-b-prod": member(OTHER, "project-b", stage="prod"),
}
PASSWORD = "A-new-Passw0rd-of-my-own!"
ADMINISTRATION = f"arn:aws:iam::{JUMP}:role/role-stackset-administration"
EXECUTION = f"arn:aws:iam::{PROD}:role/AWSCloudFormationStackSetExecutionRole"
OFFICE = "203.0.113.7"


def role(account_id: str, level: str) -> str:
    """Return the ARN of a switch role."""
    return f"arn:aws:iam::{account_id}:role/role-{level}"


def entry(name: str, level: str, project: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a roster entry."""
    access = {"level": level} if project is None else {"level": level, "project": project}
    return {"name": name, "access": [access], **more}


PEOPLE = [
    *(entry("malice", "admin"), entry("alice", "admin")),
    *(entry("dora", "developer"), entry("otto", "operator")),
]


def answer(call: Callable[..., Any], *arguments: Any, **params: Any) -> str:
    """Return OK, or the code of AWS's error."""
    try:
        call(*arguments, **params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "OK"


def initial_password(world: World, name: str) -> str:
    """Return what the help desk hands out."""
    parameter = f"/jumpaccount/initial-password/{name}"
    stored = world.sandbox.client("ssm").get_parameter(Name=parameter, WithDecryption=True)
    return str(stored["Parameter"]["Value"])


def signed_in(world: World, name: str, source_ip: str = "") -> Person:
    """Return a person after the first day, in a console session with MFA."""
    person = Person(world.sandbox.address, JUMP, name, REGION, source_ip)
    person.sign_in(initial_password(world, name), new_password=PASSWORD)
    person.enroll()
    person.sign_in(PASSWORD)
    return person


@pytest.mark.parametrize("path", ["/", "/people/tokyo/"])
def test_a_first_day(world: World, path: str):
    world.write(MEMBERS, [entry("lee.sora", "admin", "project-a"), entry("sora", "operator")])
    world.bootstrap_once("-e", f"jump_users_path={path}")
    # The permission must come from the MFA policy, not from a setting of the account.
    admin = world.sandbox.client("iam")
    admin.update_account_password_policy(AllowUsersToChangePassword=False)
    arn = f"arn:aws:iam::{JUMP}:user{path}lee.sora"
    assert admin.get_user(UserName="lee.sora")["User"]["Arn"] == arn
    lee = Person(world.sandbox.address, JUMP, "lee.sora", REGION)
    password = initial_password(world, "lee.sora")

    assert answer(lee.sign_in, password) == "PasswordResetRequired"
    assert lee.sign_in(password, new_password=PASSWORD)["has_mfa"] is False
    assert answer(lee.sign_in, password) == "AuthenticationFailed"
    iam = lee.client("iam")
    assert answer(iam.get_user) == "OK"
    assert answer(iam.get_account_password_policy) == "OK"
    for call in (iam.list_users, iam.create_access_key, iam.list_virtual_mfa_devices):
        assert answer(call) == "AccessDenied"
    assert answer(iam.list_mfa_devices, UserName="sora") == "AccessDenied"
    assert answer(lee.switch, role(PROD, "admin")) == "AccessDenied"

    assert lee.enroll() == f"arn:aws:iam::{JUMP}:mfa/lee.sora"
    assert answer(lee.switch, role(PROD, "admin")) == "AccessDenied", "the session has no MFA"
    assert answer(lee.sign_in, PASSWORD, mfa_code="000000") == "AuthenticationFailed"
    assert lee.sign_in(PASSWORD)["has_mfa"] is True
    switched = lee.switch(role(PROD, "admin"))
    assert switched["AssumedRoleUser"]["Arn"] == (
        f"arn:aws:sts::{PROD}:assumed-role/role-admin/lee.sora"
    )
    assert answer(lee.client("iam", switched["Credentials"]).list_users) == "OK"
    assert answer(lee.switch, role(STAGING, "admin")) == "OK"
    for account_id, level in ((OTHER, "admin"), (JUMP, "admin"), (PROD, "developer")):
        assert answer(lee.switch, role(account_id, level)) == "AccessDenied"
    assert answer(lee.switch, role(PROD, "admin"), "sora") == "AccessDenied"


def test_a_leaked_key_enrols_nothing_and_people_keep_to_themselves(world: World):
    world.write(MEMBERS, PEOPLE)
    world.bootstrap_once()
    malice = signed_in(world, "malice")
    iam = malice.client("iam")
    for call in (iam.list_mfa_devices, iam.list_access_keys, iam.create_access_key):
        assert answer(call, UserName="alice") == "AccessDenied"
    key = iam.create_access_key()["AccessKey"]
    (device,) = iam.list_mfa_devices()["MFADevices"]
    serial = {"SerialNumber": device["SerialNumber"]}

    by_key = malice.client("iam", key)
    assert answer(by_key.create_virtual_mfa_device, VirtualMFADeviceName="mine") == "AccessDenied"
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
    assert answer(by_key.enable_mfa_device, UserName="malice", **serial, **codes) == "AccessDenied"
    assert answer(by_key.deactivate_mfa_device, **serial) == "AccessDenied"
    assert answer(by_key.get_user) == "AccessDenied"
    sts = malice.client("sts", key)
    # Its context is that of a console session without MFA: IAM itself takes no call of it.
    bare = malice.client("iam", sts.get_session_token()["Credentials"])
    device_of_thief = bare.create_virtual_mfa_device
    assert answer(device_of_thief, VirtualMFADeviceName="mine") == "InvalidClientTokenId"
    asked = {"RoleArn": role(PROD, "admin"), "RoleSessionName": "malice"}
    assert answer(sts.assume_role, **asked) == "AccessDenied"
    assert answer(sts.assume_role, **asked, **serial, TokenCode=malice.code()) == "OK"
    session = sts.get_session_token(**serial, TokenCode=malice.code())["Credentials"]
    assert answer(malice.client("iam", session).list_access_keys) == "OK"

    world.sandbox.post("clock", {"advance_seconds": 900})
    reactivation = {"AccessKeyId": key["AccessKeyId"], "Status": "Active"}
    for call, params in (
        (iam.deactivate_mfa_device, serial),
        (iam.create_virtual_mfa_device, {"VirtualMFADeviceName": "mine"}),
        (iam.enable_mfa_device, {"UserName": "malice", **serial, **codes}),
        (iam.resync_mfa_device, {"UserName": "malice", **serial, **codes}),
        (iam.create_access_key, {}),
        (iam.update_access_key, reactivation),
    ):
        assert answer(call, **params) == "AccessDenied", "MFA is 15 minutes old"
    assert answer(iam.list_access_keys) == "OK"
    malice.sign_in(PASSWORD)
    fresh = malice.client("iam")
    assert answer(fresh.update_access_key, **reactivation) == "OK"
    assert answer(fresh.deactivate_mfa_device, **serial) == "OK"


def test_nobody_below_administrator_gets_out_of_the_jump_account(world: World):
    world.write(MEMBERS, PEOPLE)
    world.bootstrap_once()
    targets = {"Accounts": [PROD], "Regions": [REGION]}
    new = {"StackSetName": "mine", "TemplateBody": "{}", "AdministrationRoleARN": ADMINISTRATION}
    secret = "/jumpaccount/initial-password/otto"
    for name, level in (("dora", "developer"), ("otto", "operator")):
        person = signed_in(world, name)
        inside = person.switch(role(JUMP, level))["Credentials"]
        stacks, ssm = person.client("cloudformation", inside), person.client("ssm", inside)
        iam, sts = person.client("iam", inside), person.client("sts", inside)
        assert answer(stacks.list_stack_sets) == "OK"
        for call, params in (
            (stacks.create_stack_set, new),
            (stacks.update_stack_set, {**new, "StackSetName": "iam-roles"}),
            (stacks.create_stack_instances, {"StackSetName": "iam-roles", **targets}),
            (stacks.delete_stack, {"StackName": "stackset-admin-role"}),
            (
                stacks.create_stack,
                {"StackName": "x", "TemplateBody": "{}", "RoleARN": ADMINISTRATION},
            ),
            (iam.create_user, {"UserName": "x"}),
            (iam.create_access_key, {"UserName": "otto"}),
            (iam.update_assume_role_policy, {"RoleName": "role-admin", "PolicyDocument": "{}"}),
            (sts.assume_role, {"RoleArn": role(JUMP, "admin"), "RoleSessionName": name}),
            (sts.assume_role, {"RoleArn": ADMINISTRATION, "RoleSessionName": name}),
            (
                sts.assume_role,
                {
                    "RoleArn": EXECUTION,
                    "RoleSessionName": name,
                },
            ),
        ):
            assert answer(call, **params) == "AccessDenied", (name, call.__name__, params)
        for call, params in (
            (ssm.get_parameter, {"Name": secret, "WithDecryption": True}),
            (ssm.get_parameters, {"Names": [secret]}),
            (ssm.get_parameters_by_path, {"Path": "/", "Recursive": True}),
            (ssm.get_parameters_by_path, {"Path": "/jumpaccount"}),
            (ssm.put_parameter, {"Name": secret, "Value": "x", "Overwrite": True}),
        ):
            assert answer(call, **params) == "AccessDeniedException", (name, call.__name__, params)


def test_nobody_below_administrator_touches_our_stacks_in_a_member_account(world: World):
    world.write(MEMBERS, PEOPLE)
    world.bootstrap_once()
    for name, level in (("dora", "developer"), ("otto", "operator")):
        person = signed_in(world, name)
        inside = person.switch(role(PROD, level))["Credentials"]
        stacks = person.client("cloudformation", inside)
        found = [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
        ours = [n for n in found if n.startswith(("StackSet-iam-roles-", "stackset-execution-"))]
        assert len(ours) == 2, found
        for stack_name in ours:
            for call, params in (
                (stacks.update_stack, {"UsePreviousTemplate": True}),
                (stacks.delete_stack, {}),
                (stacks.set_stack_policy, {"StackPolicyBody": "{}"}),
                (stacks.update_termination_protection, {"EnableTerminationProtection": False}),
            ):
                said = answer(call, StackName=stack_name, **params)
                assert said == "AccessDenied", (name, call.__name__, stack_name)
            assert answer(stacks.get_template, StackName=stack_name) == "OK"


def test_networks_bind_the_switch_and_the_people(world: World):
    names = ("jump_source_networks", "jump_users_source_networks")
    networks = json.dumps({name: ["203.0.113.0/24"] for name in names})
    world.write(MEMBERS, [entry("dora", "developer")])
    world.bootstrap_once("-e", networks)
    dora = signed_in(world, "dora", OFFICE)
    assert answer(dora.switch, role(PROD, "developer")) == "OK"
    assert answer(dora.client("iam").list_access_keys) == "OK"
    for address in ("198.51.100.7", "2001:db8::7"):
        dora.source_ip = address
        assert answer(dora.switch, role(PROD, "developer")) == "AccessDenied"
        assert answer(dora.client("iam").list_access_keys) == "AccessDenied"


def test_an_exception_is_one_person_s_in_one_place_until_its_day(world: World):
    today = datetime.now(UTC).date()
    exception = {
        "level": "developer",
        "project": "project-a",
        "stage": "staging",
        "actions": ["iam:CreateGroup"],
        "until": (today + timedelta(days=1)).isoformat(),
    }
    world.write(
        MEMBERS,
        [
            entry("bob", "developer", "project-a", exceptions=[exception]),
            entry("dora", "developer"),
        ],
    )
    world.bootstrap_once()

    def try_it(person: Person, account_id: str) -> str:
        inside = person.switch(role(account_id, "developer"))["Credentials"]
        group = f"g-{person.name}-{account_id}"
        return answer(person.client("iam", inside).create_group, GroupName=group)

    bob, dora = signed_in(world, "bob"), signed_in(world, "dora")
    assert (try_it(bob, STAGING), try_it(bob, PROD)) == ("OK", "AccessDenied")
    assert (try_it(dora, STAGING), try_it(dora, JUMP)) == ("AccessDenied", "AccessDenied")
    world.sandbox.post("clock", {"advance_seconds": 2 * 86400})
    bob.sign_in(PASSWORD)
    assert try_it(bob, STAGING) == "AccessDenied"
