# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Building, comparing and measuring policies."""

from __future__ import annotations

import json
import random

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    canonical_policy,
    policy_size,
    policy_text,
)
from hypothesis import given
from hypothesis import strategies as st

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


def is_same_policy(one, other):
    return canonical_policy(one) == canonical_policy(other)


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


def test_disguises_do_disguise():
    document = {"Statement": [{"Action": ["a"]}, {"Action": ["b", "c"]}]}
    shapes = {json.dumps(disguised(document, random.Random(n))) for n in range(20)}
    assert len(shapes) > 3
