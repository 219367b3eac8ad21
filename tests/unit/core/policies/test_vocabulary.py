# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of condition keys and operators."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.vocabulary import (
    KEYS,
    OPERATORS,
    ValueType,
    fitting_operators,
    is_fit,
    is_known_key,
    key_type,
    operator_family,
)


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_known_in_any_case(key: str) -> None:
    for written in (key, key.lower(), key.upper()):
        assert is_known_key(written)
        assert key_type(written) is KEYS[key]


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_operators_have_families(operator: str) -> None:
    family = operator_family(operator)
    assert family is not None
    assert operator_family(f"ForAnyValue:{operator}") == family
    assert operator_family(f"ForAll:{operator}") is None


@pytest.mark.parametrize("value_type", ValueType)
def test_every_type_has_operators_that_compare_it(value_type: ValueType) -> None:
    listed = list(fitting_operators(value_type))
    assert listed
    for operator in listed:
        family = operator_family(operator)
        assert family is not None
        assert is_fit(family, value_type)
    assert is_fit("Null", value_type)


@pytest.mark.parametrize(
    "key",
    [
        *("awss:SecureTransport", "aw:SourceIp", "asw:PrincipalArn", "was:username"),
        *("iams:PassedToService", "aim:ResourceTag/team", "st:RoleSessionName"),
        *("awss:PrincipalTag/team", "AWSS:SecureTransport", "aws2:SourceIp"),
    ],
)
def test_a_misspelt_prefix_makes_no_key_of_another_service(key: str) -> None:
    assert not is_known_key(key)


@pytest.mark.parametrize(
    "key",
    [
        *("ram:ResourceTag/team", "ssm:resourceTag/team", "s3:ResourceAccount", "sns:Endpoint"),
        *("vpc-lattice-svcs:SourceVpc", "awss:other", "sso:SourceIdentity", "ec2:PermissionsX"),
        *("lambda:SourceFunctionArn", "aws-marketplace:AgreementType", "codestar:iam"),
        *("cognito-identity.amazonaws.com:sub", "accounts.google.com:aud", "ses:FromAddress"),
        *("ec2:ResourceTag/費用", "S3:Prefix", "oidc.eks.eu-west-1.amazonaws.com/id/AB12:sub"),
    ],
)
def test_keys_of_other_services_are_taken(key: str) -> None:
    assert is_known_key(key)


def test_keys_of_other_services_have_no_known_type() -> None:
    assert is_known_key("ec2:Vpc")
    assert key_type("ec2:Vpc") is None
    for key in ("EC2 InstanceType", "ec2:", "ec2: Region", ":Region", "e_c:Region", "a..b:sub"):
        assert not is_known_key(key)
