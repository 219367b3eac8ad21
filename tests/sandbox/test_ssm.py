"""Parameter Store: names, types, overwriting, encryption, pages."""

from __future__ import annotations

import pytest

from tests.sandbox.helpers import JUMP, PROD, REGION

PATH = "/jumpaccount/initial-password"


@pytest.fixture
def ssm(aws):
    return aws("ssm")


def test_parameter_is_not_overwritten_unless_asked(ssm, refused) -> None:
    new = {"Name": f"{PATH}/ana", "Value": "first", "Type": "SecureString"}
    assert ssm.put_parameter(**new)["Version"] == 1
    refused("ParameterAlreadyExists", ssm.put_parameter, **new)
    assert ssm.put_parameter(**{**new, "Value": "second"}, Overwrite=True)["Version"] == 2
    found = ssm.get_parameter(Name=f"{PATH}/ana", WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Version"]) == ("second", 2)
    assert found["ARN"] == f"arn:aws:ssm:{REGION}:{JUMP}:parameter{PATH}/ana"


def test_ciphertext_does_not_contain_the_plaintext(ssm) -> None:
    ssm.put_parameter(Name="/x", Value="very-secret", Type="SecureString")
    hidden = ssm.get_parameter(Name="/x")["Parameter"]["Value"]
    assert "very-secret" not in hidden
    assert ssm.get_parameter(Name="/x")["Parameter"]["Value"] == hidden


@pytest.mark.parametrize("name", ["/a/b@c", "/a b", "a/b", "/a+b", "aws-x", "/ssm/x", "/a/"])
def test_parameter_names_have_few_characters(ssm, refused, name) -> None:
    refused("ValidationException", ssm.put_parameter, Name=name, Value="v", Type="String")


def test_hierarchy_has_at_most_fifteen_levels(ssm, refused) -> None:
    deep = "/l" * 16
    new = {"Name": deep, "Value": "v", "Type": "String"}
    refused("HierarchyLevelLimitExceededException", ssm.put_parameter, **new)


def test_new_parameter_needs_a_type_and_a_short_value(ssm, refused) -> None:
    refused("ValidationException", ssm.put_parameter, Name="/x", Value="v")
    refused("ValidationException", ssm.put_parameter, Name="/x", Value="v" * 4097, Type="String")


def test_tags_and_overwrite_exclude_each_other(ssm, refused) -> None:
    tags = [{"Key": "a", "Value": "b"}]
    ssm.put_parameter(Name="/x", Value="v", Type="String", Tags=tags)
    refused(
        "ValidationException", ssm.put_parameter, Name="/x", Value="w", Overwrite=True, Tags=tags
    )
    found = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/x")["TagList"]
    assert found == tags


def test_type_of_a_parameter_cannot_change(ssm, refused) -> None:
    ssm.put_parameter(Name="/x", Value="v", Type="String")
    change = {"Name": "/x", "Value": "v", "Type": "SecureString", "Overwrite": True}
    refused("HierarchyTypeMismatchException", ssm.put_parameter, **change)


def test_missing_parameters_are_named(ssm, refused) -> None:
    refused("ParameterNotFound", ssm.get_parameter, Name="/none")
    refused("ParameterNotFound", ssm.delete_parameter, Name="/none")
    ssm.put_parameter(Name="/x", Value="v", Type="String")
    assert ssm.get_parameters(Names=["/x", "/none"])["InvalidParameters"] == ["/none"]
    deleted = ssm.delete_parameters(Names=["/x", "/none"])
    assert deleted["DeletedParameters"] == ["/x"]
    assert deleted["InvalidParameters"] == ["/none"]


def test_parameters_are_described_by_path_and_prefix_in_pages_of_50(ssm) -> None:
    for number in range(55):
        ssm.put_parameter(Name=f"{PATH}/user-{number:02}", Value="v", Type="SecureString")
    ssm.put_parameter(Name="/other/x", Value="v", Type="String")
    by_path = [{"Key": "Path", "Option": "OneLevel", "Values": [PATH]}]
    first = ssm.describe_parameters(ParameterFilters=by_path)
    assert len(first["Parameters"]) == 50
    rest = ssm.describe_parameters(ParameterFilters=by_path, NextToken=first["NextToken"])
    assert len(rest["Parameters"]) == 5
    assert "NextToken" not in rest
    by_prefix = [{"Key": "Name", "Option": "BeginsWith", "Values": [f"{PATH}/user-0"]}]
    assert len(ssm.describe_parameters(ParameterFilters=by_prefix)["Parameters"]) == 10


def test_parameters_by_path_come_ten_at_a_time(ssm, refused) -> None:
    for number in range(12):
        ssm.put_parameter(Name=f"{PATH}/user-{number}", Value="v", Type="SecureString")
    pages = list(ssm.get_paginator("get_parameters_by_path").paginate(Path=PATH))
    assert [len(page["Parameters"]) for page in pages] == [10, 2]
    assert ssm.get_parameters_by_path(Path="/jumpaccount")["Parameters"] == []
    assert ssm.get_parameters_by_path(Path="/jumpaccount", Recursive=True)["Parameters"]
    too_many = [f"/x{number}" for number in range(11)]
    refused("ValidationException", ssm.delete_parameters, Names=too_many)


def test_parameters_belong_to_an_account_and_a_region(aws, ssm, refused) -> None:
    ssm.put_parameter(Name="/x", Value="v", Type="String")
    refused("ParameterNotFound", aws("ssm", PROD).get_parameter, Name="/x")
    refused("ParameterNotFound", aws("ssm", region="us-east-1").get_parameter, Name="/x")
