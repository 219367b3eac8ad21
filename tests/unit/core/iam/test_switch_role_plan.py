# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State of switch roles that are written directly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    SwitchRole,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role_plan import (
    build_role_state,
    check_roles,
    check_sizes,
    check_trust,
    is_fenced,
    keep_unlisted_parts,
    limited_roles,
    needs_raised_quota,
    refused_roles,
    role_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import (
    Fence,
    build_fence_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.guard import (
    build_guard_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
    build_switch_trust,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import applied, check_plan, of_kind

JUMP = "111111111111"
TRUST = build_switch_trust(TrustOptions(JUMP))
OTHER_TRUST = build_switch_trust(TrustOptions(JUMP, mfa_max_age=600))
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
}
ROLE = SwitchRole("role-a", TRUST, ("arn:1",), (("inline", DOCUMENT),))
PARTS = {Kind.ROLE_ATTACHMENT, Kind.ROLE_POLICY}

tag_sets = st.lists(
    st.sampled_from([("a", "1"), ("b", "2"), ("aws:x", "3"), ("jumpaccount:owned", "true")]),
    unique=True,
).map(tuple)
roles = st.builds(
    SwitchRole,
    name=st.sampled_from(["role-a", "role-b", "role-c"]),
    trust_policy=st.sampled_from([TRUST, OTHER_TRUST]),
    managed_policy_arns=st.lists(st.sampled_from(["arn:1", "arn:2"]), unique=True).map(tuple),
    inline_policies=st.sampled_from([(), (("p", DOCUMENT),), (("q", DOCUMENT),)]),
    max_session_duration=st.sampled_from([3600, 7200]),
    description=st.sampled_from(["", "text"]),
    permissions_boundary=st.sampled_from([None, "arn:b"]),
    tags=st.lists(st.sampled_from([("a", "1"), ("b", "9")]), unique=True).map(tuple),
)
role_lists = st.lists(roles, unique_by=lambda role: role.name)


def observed_state(found, tags):
    """Return roles as they are there, with exactly these tags."""
    state = dict(build_role_state(found))
    for role in found:
        state[role_id(role.name)] = {**state[role_id(role.name)], "tags": dict(tags)}
    return state


def problems_of(check, *arguments):
    problems = Problems()
    check(problems, *arguments)
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


@given(role_lists, role_lists, tag_sets, st.booleans(), st.booleans())
def test_the_plan_brings_the_wanted_roles(wanted, found, tags, purge_policies, purge_tags):
    observed = observed_state(found, tags)
    listed = build_role_state(wanted)
    desired = keep_unlisted_parts(
        listed, observed, purge_policies=purge_policies, purge_tags=purge_tags
    )
    plan = check_plan(desired, observed)
    after = applied(plan, observed)
    assert set(of_kind(after, Kind.ROLE)) == {role_id(role.name) for role in wanted}
    if purge_policies:
        assert {i for i in after if i.kind in PARTS} == {i for i in listed if i.kind in PARTS}
    else:
        kept = {i for i in observed if i.kind in PARTS and role_id(i.key[0]) in listed}
        assert kept <= set(after)
    for role in wanted:
        staying = dict(tags) if role_id(role.name) in observed else {}
        if purge_tags:
            staying = {key: value for key, value in staying.items() if key.startswith("aws:")}
        expected = {**staying, **dict(role.tags), "jumpaccount:owned": "true"}
        assert after[role_id(role.name)]["tags"] == expected


@given(role_lists)
def test_a_role_that_goes_loses_its_policies_first(found):
    plan = check_plan({}, observed_state(found, ()))
    for role in found:
        ranks = {c.id.kind: rank(c) for c in plan if c.subject == role.name}
        assert all(ranks[kind] < ranks[Kind.ROLE] for kind in PARTS & set(ranks))
        assert {c.action for c in plan} == {Action.DELETE}


@given(role_lists)
def test_a_role_is_there_before_its_policies(wanted):
    plan = check_plan(build_role_state(wanted), {})
    ranks = {kind: {rank(c) for c in plan if c.id.kind is kind} for kind in (Kind.ROLE, *PARTS)}
    assert all(r < p for r in ranks[Kind.ROLE] for kind in PARTS for p in ranks[kind])


def test_documents_are_compared_by_meaning():
    wordy = {**DOCUMENT, "Statement": [{**DOCUMENT["Statement"], "Action": ["s3:*"]}]}
    same = replace(ROLE, inline_policies=(("inline", wordy),))
    assert check_plan(build_role_state([ROLE]), build_role_state([same])) == ()


def test_the_shape_of_a_role():
    assert build_role_state([replace(ROLE, tags=(("a", "1"),), description="d")]) == {
        ObjectId(Kind.ROLE, ("role-a",)): {
            "path": "/",
            "description": "d",
            "max_session_duration": 3600,
            "permissions_boundary": None,
            "trust_policy": {
                **TRUST,
                "Statement": [{**TRUST["Statement"][0], "Principal": {"AWS": [JUMP]}}],
            },
            "tags": {"a": "1", "jumpaccount:owned": "true"},
        },
        ObjectId(Kind.ROLE_ATTACHMENT, ("role-a", "arn:1")): {},
        ObjectId(Kind.ROLE_POLICY, ("role-a", "inline")): {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
        },
    }


@pytest.mark.parametrize(
    ("tags", "wanted", "adopt", "said"),
    [
        ({"jumpaccount:owned": "true"}, ROLE, False, None),
        ({}, ROLE, True, None),
        ({}, ROLE, False, "was not created by this collection"),
        ({"jumpaccount:owned": "no"}, ROLE, False, "was not created by this collection"),
        ({}, None, False, "was not created by this collection"),
        ({"jumpaccount:owned": "true"}, None, False, None),
        ({}, None, True, None),
        ({"jumpaccount:owned": "true"}, replace(ROLE, path="/x/"), False, "IAM cannot move roles"),
        ({}, replace(ROLE, path="/x/"), True, "has the path /, not /x/"),
    ],
    ids=[
        "ours",
        "adopted",
        "foreign",
        "marked as foreign",
        "foreign to be absent",
        "ours to be absent",
        "adopted to be absent",
        "ours elsewhere",
        "adopted elsewhere",
    ],
)
def test_what_is_refused(tags, wanted, adopt, said):
    observed = observed_state([ROLE], tags.items())
    desired = build_role_state([wanted] if wanted else [])
    refused = refused_roles(desired, observed, adopt=adopt)
    assert set(refused) == ({"role-a"} if said else set())
    assert said is None or said in refused["role-a"]


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        (
            TrustOptions(
                JUMP, mfa_max_age=1, source_networks=("10.0.0.0/8", "2001:db8::/32", "1.2.3.4")
            ),
            [],
        ),
        (TrustOptions("1"), ["jump_account_id: '1' is not 12 digits"]),
        (TrustOptions(JUMP, mfa_max_age=0), ["mfa_max_age: 0 seconds would let nobody switch"]),
        (
            TrustOptions(JUMP, source_networks=("10.0.0.0/8", "10.0.0.0/33")),
            [
                "source_networks[1]: '10.0.0.0/33' is not a network such as 203.0.113.0/24 or "
                "2001:db8::/32",
            ],
        ),
    ],
    ids=["good", "account", "age", "network"],
)
def test_problems_of_a_trust(trust, said):
    assert problems_of(check_trust, trust) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"name": "r" * 64}, None),
        ({"name": "r" * 65}, "has 65 characters"),
        ({"name": "a=b"}, None),
        ({"name": "a b"}, "are not allowed: ' '"),
        ({"path": "/a/b/"}, None),
        ({"path": "/a*/"}, ".path: '/a*/' is not a valid IAM path"),
        ({"description": "für Ana\n"}, None),
        ({"description": "氏名"}, ".description: must be at most 1,000 characters"),
        ({"description": "a" * 1001}, ".description: must be at most 1,000 characters"),
        ({"tags": (("team", "Müller"), ("empty", ""))}, None),
        ({"tags": (("team", "a,b"),)}, ".tags.team: 'a,b' contains ',', which IAM does not allow"),
        ({"tags": (("team", "a"), ("Team", "b"))}, ".tags: the key 'team' is used more than once"),
        (
            {"inline_policies": (("a/b", DOCUMENT),)},
            ".inline_policies.a/b: 'a/b' contains characters",
        ),
        ({"path": "a"}, ".path: 'a' is not a valid IAM path"),
        ({"path": "/a"}, ".path: '/a' is not a valid IAM path"),
        ({"path": "/abc/", "name": "r" * 60}, None),
        ({"path": "/abc/", "name": "r" * 61}, "the console cannot switch to it"),
        ({"max_session_duration": 3600}, None),
        ({"max_session_duration": 43200}, None),
        ({"max_session_duration": 3599}, "max_session_duration is 3599"),
        ({"max_session_duration": 43201}, "max_session_duration is 43201"),
        ({"inline_policies": (("p", "text"),)}, "inline_policies.p: is not a policy document"),
        ({"inline_policies": (("p", {}),)}, "inline_policies.p: is not a policy document"),
    ],
)
def test_problems_of_a_role(changes, said):
    found = problems_of(check_roles, [replace(ROLE, **changes)], [])
    assert len(found) == (0 if said is None else 1)
    assert said is None or said in found[0]


@pytest.mark.parametrize(("networks", "size"), [(60, 2048), (140, 4096), (300, 8192)])
def test_a_trust_that_iam_cannot_hold(networks, size):
    def found(count, longest=size):
        trust = TrustOptions(
            "111111111111", source_networks=[f"10.0.{n}.0/24" for n in range(count)]
        )
        assert needs_raised_quota(trust) == bool(problems_of(check_sizes, [], trust, 2048))
        return problems_of(check_sizes, [], trust, longest)

    most = max(count for count in range(networks * 2) if not found(count))
    (problem,) = found(most + 1)
    assert problem.startswith(f"source_networks: with {most + 1} networks, the trust policy")
    assert f"the quota is {size};" in problem


def test_inline_policies_that_a_role_cannot_hold():
    role = SwitchRole("r", {}, inline_policies=(("a", {"x": "y" * 5112}), ("b", {"x": "y" * 5112})))
    assert problems_of(check_sizes, [role], TrustOptions("111111111111"), 2048) == []
    more = replace(role, inline_policies=(*role.inline_policies, ("c", {})))
    assert problems_of(check_sizes, [more], TrustOptions("111111111111"), 2048) == [
        "role r: the inline policies a, b, c have 10242 characters, but a role can have at "
        "most 10240; use managed policies"
    ]


def test_names_are_unique_whatever_their_case():
    found = problems_of(check_roles, [ROLE, replace(ROLE, name="Role-A")], ["role-a", "role-b"])
    assert found == [
        "role Role-A: is already listed as 'role-a'; IAM ignores case",
        "role role-a: is already listed as 'role-a'; IAM ignores case",
    ]


@pytest.mark.parametrize(
    ("said", "policies", "fenced"),
    [
        (None, ["arn:aws:iam::aws:policy/ReadOnlyAccess"], True),
        (None, ["arn:aws-cn:iam::aws:policy/AdministratorAccess"], False),
        (None, ["arn:aws:iam::111111111111:policy/AdministratorAccess"], True),
        (True, ["arn:aws:iam::aws:policy/AdministratorAccess"], True),
        (False, [], False),
    ],
)
def test_roles_are_fenced_unless_they_are_administrators(said, policies, fenced):
    assert is_fenced(said, policies) is fenced


def test_fenced_roles_have_the_fence_inline_in_the_jump_account():
    fence = Fence(JUMP, Names())
    free, fenced = limited_roles([ROLE, replace(ROLE, is_fenced=True)], fence, JUMP)
    assert free == ROLE
    own = ("policy-fence-jump-account", build_fence_policy(fence))
    assert fenced.inline_policies == (*ROLE.inline_policies, own)


def test_fenced_roles_have_the_guard_inline_in_other_accounts():
    fence = Fence(JUMP, Names(guard_policy="g"), "aws-cn")
    free, fenced = limited_roles([ROLE, replace(ROLE, is_fenced=True)], fence, "222222222222")
    assert free == ROLE
    own = ("g", build_guard_policy(fence.names, "aws-cn"))
    assert fenced.inline_policies == (*ROLE.inline_policies, own)
