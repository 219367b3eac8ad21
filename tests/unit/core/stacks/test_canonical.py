# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.canonical import (
    MASK,
    TemplateObject,
    build_template_url,
    canonical_template,
    declared_parameters,
    is_no_echo,
    masked_parameters,
    parameter_text,
    parse_template_url,
    template_key,
)
from hypothesis import given
from hypothesis import strategies as st

texts = st.sampled_from(["a", "b", "c", "d.e"])
keys = st.sampled_from(
    ["Statement", "Effect", "Action", "Principal", "Tags", "Fn::Join", "Fn::GetAtt", "Ref", "Other"]
)
documents = st.recursive(
    texts | st.integers(0, 2) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


def shuffled(value, random):
    if isinstance(value, dict):
        items = [(key, shuffled(item, random)) for key, item in value.items()]
        random.shuffle(items)
        return dict(items)
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@given(documents)
def test_the_canonical_form_is_its_own_canonical_form(document):
    once = canonical_template(document)
    assert canonical_template(once) == once


@given(documents, st.randoms())
def test_the_order_of_keys_does_not_matter(document, random):
    assert canonical_template(shuffled(document, random)) == canonical_template(document)


def role(**properties):
    return {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def trust(*statements):
    return role(AssumeRolePolicyDocument={"Statement": list(statements)})


def allow(action, **more):
    return {"Effect": "Allow", "Action": action, **more}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (role(ManagedPolicyArns=["a", "b"]), role(ManagedPolicyArns=["b", "a"])),
        (
            role(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]),
            role(Tags=[{"Value": "2", "Key": "b"}, {"Value": "1", "Key": "a"}]),
        ),
        (trust(allow(["x", "y"])), trust(allow(["y", "x"]))),
        (trust(allow("x")), trust(allow(["x"]))),
        (trust(allow("x"), allow("y")), trust(allow("y"), allow("x"))),
        (
            trust(allow("x")),
            role(AssumeRolePolicyDocument={"Statement": allow("x")}),
        ),
        (
            trust(allow("x", Principal={"AWS": {"Ref": "P"}})),
            trust(allow("x", Principal={"AWS": [{"Ref": "P"}]})),
        ),
        (
            trust(allow("x", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
            trust(allow("x", Condition={"Bool": {"aws:MultiFactorAuthPresent": ["true"]}})),
        ),
        ({"Resources": {"R": {"DependsOn": "Q"}}}, {"Resources": {"R": {"DependsOn": ["Q"]}}}),
        (
            role(Path={"Fn::GetAtt": "A.B.C"}),
            role(Path={"Fn::GetAtt": ["A", "B.C"]}),
        ),
    ],
    ids=[
        *("managed policies", "tags", "actions", "one action", "statements", "one statement"),
        *("one principal", "one condition value", "depends on", "get att"),
    ],
)
def test_equal_meaning_is_equal(one, other):
    assert canonical_template(one) == canonical_template(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (role(ManagedPolicyArns=["a"]), role(ManagedPolicyArns=["b"])),
        (role(Path={"Fn::Join": ["", ["a", "b"]]}), role(Path={"Fn::Join": ["", ["b", "a"]]})),
        (
            trust(allow("x", Resource={"Fn::Join": ["", ["a", "b"]]})),
            trust(allow("x", Resource={"Fn::Join": ["", ["b", "a"]]})),
        ),
        (trust(allow("x")), trust(allow("x", Effect="Deny"))),
        (role(Command=["a", "b"]), role(Command=["b", "a"])),
        (role(MaxSessionDuration=3600), role(MaxSessionDuration="3600")),
    ],
    ids=["value", "join", "join in a policy", "effect", "ordered list", "type"],
)
def test_other_meaning_is_other(one, other):
    assert canonical_template(one) != canonical_template(other)


TEMPLATE = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "prod"},
        "Days": {"Type": "Number", "Default": 3},
        "Secret": {"Type": "String", "NoEcho": True, "Default": "hidden"},
        "Token": {"Type": "String", "NoEcho": "true"},
    }
}


def test_parameters_have_defaults_and_secrets_have_masks():
    assert masked_parameters(TEMPLATE, {"Days": "5", "Token": "t"}) == {
        "Days": "5",
        "Secret": MASK,
        "Stage": "prod",
        "Token": MASK,
    }


def test_a_secret_without_value_or_default_is_not_there():
    assert "Token" not in masked_parameters(TEMPLATE, {})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        ("Yes", "Yes"),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (["a", 1, True], "a,1,true"),
        ([], ""),
    ],
)
def test_parameters_are_text(value, text):
    assert parameter_text(value) == text


@pytest.mark.parametrize("template", [{}, {"Parameters": None}, {"Parameters": []}, None])
def test_a_template_may_declare_no_parameters(template):
    assert declared_parameters(template) == {}


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("true", True), ("no", False)])
def test_no_echo(value, expected):
    assert is_no_echo({"NoEcho": value}) is expected


def test_parameters_are_not_secret_unless_said():
    assert not is_no_echo({})


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://b.s3.eu-west-1.amazonaws.com/a/k.json", ("b", "a/k.json", None)),
        ("https://b.c.s3-eu-west-1.amazonaws.com/k?versionId=V1", ("b.c", "k", "V1")),
        ("https://s3.eu-west-1.amazonaws.com/b/a/k%20l", ("b", "a/k l", None)),
        ("http://127.0.0.1:5000/b/k", ("b", "k", None)),
    ],
    ids=["host", "old host and version", "path", "local"],
)
def test_what_a_url_names(url, where):
    assert parse_template_url(url) == TemplateObject(*where)


@pytest.mark.parametrize(
    "url",
    ["s3://b/k", "https://b.s3.amazonaws.com/", "https://s3.amazonaws.com/b", "k", "http://h"],
)
def test_what_is_no_object_is_refused(url):
    with pytest.raises(InputError, match="is not the URL of an S3 object"):
        parse_template_url(url)


@given(texts, texts, st.sampled_from([None, "V1"]), st.sampled_from(["aws", "aws-cn"]))
def test_a_built_url_names_what_it_was_built_of(bucket, key, version, partition):
    url = build_template_url(bucket, f"x/{key} y", "eu-west-1", partition, version)
    assert parse_template_url(url) == TemplateObject(bucket, f"x/{key} y", version)
    assert (".com.cn/" in url) is (partition == "aws-cn")


def test_another_text_has_another_key():
    assert template_key("s", "a") == template_key("s", "a") != template_key("s", "b")
    assert template_key("s", "a").startswith("stack-sets/s/")
