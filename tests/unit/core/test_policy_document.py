# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Building, comparing and measuring policies."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policy_document import (
    TrustOptions,
    build_bucket_policy,
    build_mfa_policy,
    build_switch_policy,
    build_switch_trust,
    canonical_policy,
    is_same_policy,
    policy_size,
    policy_text,
    split_role_arns,
)
from hypothesis import given
from hypothesis import strategies as st

JUMP = "111111111111"

words = st.sampled_from(["s3:*", "iam:GetUser", "sts:AssumeRole"])
word_lists = st.lists(words, min_size=1, max_size=3, unique=True)
principals = st.sampled_from(
    [
        {"AWS": ["arn:aws:iam::111111111111:root", "222222222222"]},
        {"AWS": ["*"]},
        {"AWS": ["111111111111"], "Service": ["cloudformation.amazonaws.com"]},
    ]
)
conditions = st.sampled_from(
    [
        {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
        {"StringEquals": {"a": ["x", "y"], "b": ["z"]}, "NumericLessThan": {"c": ["5"]}},
    ]
)
statements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={
        "Sid": st.sampled_from(["One", "Two"]),
        "Action": word_lists,
        "NotAction": word_lists,
        "Resource": st.lists(st.sampled_from(["*", "arn:a"]), min_size=1, unique=True),
        "NotResource": st.just(["arn:b"]),
        "Principal": principals,
        "NotPrincipal": principals,
        "Condition": conditions,
    },
)
documents = st.fixed_dictionaries(
    {"Statement": st.lists(statements, max_size=3)},
    optional={"Version": st.just("2012-10-17"), "Id": st.just("id")},
)
arns = st.builds(
    "arn:aws:iam::{:012d}:role/role-{}".format,
    st.integers(0, 10**12 - 1),
    st.text("ab", max_size=9),
)


def disguised(value, chance):
    """Return the same policy, written differently: other order, scalars, aliases."""
    if isinstance(value, dict):
        items = [(key, disguised(part, chance)) for key, part in value.items()]
        chance.shuffle(items)
        return dict(items)
    if not isinstance(value, list):
        return value
    parts = [disguised(part, chance) for part in value]
    chance.shuffle(parts)
    return parts[0] if len(parts) == 1 and chance.random() < 0.5 else parts


@given(documents, st.randoms(use_true_random=False))
def test_the_same_policy_written_differently_is_the_same(document, chance):
    assert is_same_policy(document, disguised(document, chance))


@given(documents)
def test_the_canonical_form_is_canonical(document):
    once = canonical_policy(document)
    assert canonical_policy(once) == once
    assert json.loads(policy_text(once)) == once


@given(documents)
def test_nothing_is_lost(document):
    without = {**document, "Statement": [*document["Statement"], {"Effect": "Deny", "Action": "x"}]}
    assert not is_same_policy(document, without)
    for number, statement in enumerate(document["Statement"]):
        for key in statement:
            weaker = json.loads(json.dumps(document))
            del weaker["Statement"][number][key]
            assert not is_same_policy(document, weaker)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": "s3:*"}, {"Action": ["s3:*"]}),
        ({"Action": ["b", "a"]}, {"Action": ["a", "b", "a"]}),
        ({"Principal": "*"}, {"Principal": {"AWS": "*"}}),
        (
            {"Principal": {"AWS": "arn:aws-cn:iam::111111111111:root"}},
            {"Principal": {"AWS": ["111111111111"]}},
        ),
        (
            {"Condition": {"Bool": {"k": True}}},
            {"Condition": {"Bool": {"k": ["true"]}}},
        ),
        (
            {"Condition": {"NumericLessThan": {"k": 5}}},
            {"Condition": {"NumericLessThan": {"k": "5"}}},
        ),
    ],
    ids=["scalar", "order and repeats", "anybody", "account", "boolean", "number"],
)
def test_equal_meanings(one, other):
    assert is_same_policy({"Statement": [one]}, {"Statement": [other]})
    assert is_same_policy({"Statement": one}, {"Statement": [other]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": ["a"]}, {"NotAction": ["a"]}),
        ({"Effect": "Allow"}, {"Effect": "Deny"}),
        ({"Principal": {"AWS": ["*"]}}, {"Principal": {"Service": ["*"]}}),
        ({"Principal": {"AWS": ["1"]}}, {"NotPrincipal": {"AWS": ["1"]}}),
        (
            {"Principal": {"AWS": ["arn:aws:iam::111111111111:user/root"]}},
            {"Principal": {"AWS": ["111111111111"]}},
        ),
        ({"Condition": {"Bool": {"k": ["true"]}}}, {"Condition": {"BoolIfExists": {"k": "true"}}}),
        ({"Sid": "A"}, {"Sid": "B"}),
    ],
)
def test_different_meanings(one, other):
    assert not is_same_policy({"Statement": [one]}, {"Statement": [other]})


def test_versions_and_ids():
    assert canonical_policy({}) == {"Version": "2008-10-17", "Statement": []}
    assert not is_same_policy({"Version": "2012-10-17"}, {})
    assert not is_same_policy({"Id": "a"}, {})


def test_statements_are_shown_in_the_order_in_which_people_write_them():
    statement = {"Extra": 1, "Condition": {}, "Resource": "*", "Action": "a", "Effect": "Allow"}
    (shown,) = canonical_policy({"Statement": {**statement, "Sid": "S"}})["Statement"]
    assert list(shown) == ["Sid", "Effect", "Action", "Resource", "Condition", "Extra"]


def test_white_space_is_not_counted():
    assert policy_size({"Sid": "a b  c"}) == len('{"Sid":"abc"}')
    assert policy_size({"Statement": []}) == len('{"Statement":[]}')


# --- switching -------------------------------------------------------------------------------


def arn_of(length):
    """Return an ARN of exactly this many characters."""
    return "arn:aws:iam::222222222222:role/".ljust(length, "r")


def numbered_arns(count):
    return [f"arn:aws:iam::{n:012d}:role/role-operator" for n in range(count)]


def test_no_roles_no_policy():
    assert build_switch_policy([]) is None
    assert split_role_arns([], 6144) == ()


def test_the_switch_policy_allows_the_roles_with_mfa():
    policy = build_switch_policy(["arn:b", "arn:a", "arn:a"])
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SwitchRoles",
                "Effect": "Allow",
                "Action": ["sts:AssumeRole"],
                "Resource": ["arn:a", "arn:b"],
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
            }
        ],
    }


@given(st.lists(arns, max_size=40), st.integers(240, 900))
def test_chunks_hold_every_role_once_and_fit(given_arns, longest):
    chunks = split_role_arns(given_arns, longest)
    assert [arn for chunk in chunks for arn in chunk] == sorted(set(given_arns))
    assert all(policy_size(build_switch_policy(chunk)) <= longest for chunk in chunks)


@given(st.lists(arns, max_size=40), st.integers(240, 900))
def test_no_chunk_could_take_the_first_role_of_the_next(given_arns, longest):
    chunks = split_role_arns(given_arns, longest)
    for chunk, following in pairwise(chunks):
        assert policy_size(build_switch_policy([*chunk, following[0]])) > longest


@given(st.lists(arns, max_size=20), st.randoms(use_true_random=False))
def test_chunks_do_not_depend_on_the_order(given_arns, chance):
    mixed = [*given_arns, *given_arns]
    chance.shuffle(mixed)
    assert split_role_arns(mixed, 400) == split_role_arns(given_arns, 400)


@pytest.mark.parametrize("count", [1, 2, 3, 103])
def test_a_policy_that_fits_exactly_is_not_split(count):
    listed = numbered_arns(count)
    size = policy_size(build_switch_policy(listed))
    assert split_role_arns(listed, size) == (tuple(listed),)
    if count > 1:
        assert split_role_arns(listed, size - 1) == (tuple(listed[:-1]), (listed[-1],))


def test_how_many_accounts_a_policy_of_iam_holds():
    assert [len(chunk) for chunk in split_role_arns(numbered_arns(300), 6144)] == [126, 126, 48]
    assert policy_size(build_switch_policy(numbered_arns(105))) <= 5120
    assert policy_size(build_switch_policy(numbered_arns(106))) > 5120


@pytest.mark.parametrize("longest", [5120, 6144])
def test_the_last_character_counts(longest):
    rest = longest - policy_size(build_switch_policy([""]))
    assert split_role_arns([arn_of(rest)], longest) == ((arn_of(rest),),)
    assert policy_size(build_switch_policy([arn_of(rest)])) == longest
    first, second = arn_of(100), arn_of(rest - 103)
    assert len(split_role_arns([first, second], longest)) == 1
    assert len(split_role_arns([first, f"{second}r"], longest)) == 2


# --- trust -----------------------------------------------------------------------------------


def condition_of(**options):
    (statement,) = build_switch_trust(TrustOptions(JUMP, **options))["Statement"]
    return statement["Condition"]


BASE = {
    "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
    "ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{JUMP}:user/*"]},
}
BOUND = {"StringEquals": {"sts:RoleSessionName": ["${aws:username}"]}}


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ({}, {**BASE, **BOUND}),
        ({"bind_session_name": False}, BASE),
        (
            {"mfa_max_age": 0},
            {**BASE, **BOUND, "NumericLessThan": {"aws:MultiFactorAuthAge": ["0"]}},
        ),
        (
            {"source_networks": ("10.0.0.0/8", "1.2.3.4/32")},
            {**BASE, **BOUND, "IpAddress": {"aws:SourceIp": ["1.2.3.4/32", "10.0.0.0/8"]}},
        ),
    ],
    ids=["default", "any session name", "age", "networks"],
)
def test_conditions_of_a_trust(options, condition):
    assert condition_of(**options) == condition


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_trust_names_the_account_and_only_its_users(partition):
    (statement,) = build_switch_trust(TrustOptions(JUMP, partition))["Statement"]
    assert statement["Principal"] == {"AWS": [f"arn:{partition}:iam::{JUMP}:root"]}
    users = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert users == [f"arn:{partition}:iam::{JUMP}:user/*"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", ["sts:AssumeRole"])


# --- MFA -------------------------------------------------------------------------------------


def mfa_statements(partition="aws"):
    return {s["Sid"]: s for s in build_mfa_policy(JUMP, partition)["Statement"]}


def test_the_mfa_policy_fits_a_managed_policy():
    assert policy_size(build_mfa_policy(JUMP, "aws-us-gov")) <= 6144


def test_without_mfa_everything_but_enrolment_is_denied():
    denial = mfa_statements()["DenyAllWithoutMfa"]
    assert denial["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": ["false"]}}
    assert (denial["Effect"], denial["Resource"]) == ("Deny", ["*"])
    assert denial["NotAction"] == [
        "iam:ChangePassword",
        "iam:CreateVirtualMFADevice",
        "iam:EnableMFADevice",
        "iam:GetAccountPasswordPolicy",
        "iam:GetMFADevice",
        "iam:GetUser",
        "iam:ListMFADevices",
        "iam:ListVirtualMFADevices",
        "iam:ResyncMFADevice",
        "sts:GetSessionToken",
    ]


def test_a_key_alone_can_enrol_nothing():
    denial = mfa_statements()["DenyEnrolmentByAccessKeyWithoutMfa"]
    assert denial["Condition"] == {"Null": {"aws:MultiFactorAuthPresent": ["true"]}}
    enrolment = {
        action
        for action in mfa_statements()["DenyAllWithoutMfa"]["NotAction"]
        if action.rpartition(":")[2].startswith(("Create", "Enable", "Resync", "Change"))
    }
    assert enrolment <= set(denial["Action"])


def test_a_device_is_removed_only_with_fresh_mfa():
    statements = mfa_statements()
    denial = statements["DenyMfaRemovalWithStaleMfa"]
    removal = {"iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice"}
    assert set(denial["Action"]) == removal
    assert denial["Condition"] == {"NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": ["900"]}}
    allowing = [s for s in statements.values() if s["Effect"] == "Allow"]
    for statement in allowing:
        if removal & set(statement["Action"]):
            assert statement["Condition"] == {
                "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
                "NumericLessThan": {"aws:MultiFactorAuthAge": ["900"]},
            }


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_people_manage_only_themselves(partition):
    iam = f"arn:{partition}:iam::{JUMP}"
    own = [f"{iam}:user/${{aws:username}}", f"{iam}:user/*/${{aws:username}}"]
    for sid, statement in mfa_statements(partition).items():
        if statement["Effect"] == "Allow" and sid != "ViewAccountSettings":
            assert statement["Resource"] in (own, [f"{iam}:mfa/*"])


# --- bucket ----------------------------------------------------------------------------------


def bucket_statements(readers=("333333333333", "222222222222", "222222222222")):
    policy = build_bucket_policy("templates", "aws", JUMP, readers, "execution.yaml")
    return {s["Sid"]: s for s in policy["Statement"]}


def test_the_bucket_is_reached_by_tls_only():
    assert bucket_statements()["DenyWithoutTls"] == {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:*"],
        "Resource": ["arn:aws:s3:::templates", "arn:aws:s3:::templates/*"],
        "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
    }


def test_the_jump_account_reads_everything_members_one_object():
    statements = bucket_statements()
    jump = statements["JumpAccountReads"]
    members = statements["MembersReadExecutionRoleTemplate"]
    assert jump["Principal"] == {"AWS": [f"arn:aws:iam::{JUMP}:root"]}
    assert jump["Resource"] == ["arn:aws:s3:::templates/*"]
    assert members["Principal"] == {
        "AWS": ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"]
    }
    assert members["Resource"] == ["arn:aws:s3:::templates/execution.yaml"]
    for statement in (jump, members):
        assert statement["Effect"] == "Allow"
        assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]


def test_without_readers_nobody_else_reads():
    assert set(bucket_statements(())) == {"DenyWithoutTls", "JumpAccountReads"}


def test_disguises_do_disguise():
    document = {"Statement": [{"Action": ["a"]}, {"Action": ["b", "c"]}]}
    shapes = {json.dumps(disguised(document, random.Random(n))) for n in range(20)}
    assert len(shapes) > 3
