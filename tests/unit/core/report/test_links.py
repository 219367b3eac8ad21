# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses that people open."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.links import (
    quick_create_url,
    read_parameter_command,
    sign_in_url,
    switch_role_url,
)


@pytest.mark.parametrize(
    ("partition", "domain"),
    [
        ("aws", "signin.aws.amazon.com"),
        ("aws-cn", "signin.amazonaws.cn"),
        ("aws-us-gov", "signin.amazonaws-us-gov.com"),
        ("aws-eusc", "signin.amazonaws-eusc.eu"),
        ("aws-iso-b", "signin.sc2shome.sgov.gov"),
        ("unheard-of", "signin.aws.amazon.com"),
    ],
)
def test_sign_in_and_switching_follow_the_partition(partition, domain):
    assert sign_in_url("111111111111", partition) == f"https://111111111111.{domain}/console"
    assert switch_role_url("222222222222", "role-admin", "a prod", partition) == (
        f"https://{domain}/switchrole?account=222222222222&roleName=role-admin&displayName=a+prod"
    )


def test_quick_create_encodes_the_template_address_and_names_parameters():
    url = quick_create_url(
        "eu-west-1", "https://b.s3.eu-west-1.amazonaws.com/x.yaml", "s", {"A": "1"}
    )
    assert url == (
        "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1"
        "#/stacks/create/review?templateURL=https%3A%2F%2Fb.s3.eu-west-1.amazonaws.com%2Fx.yaml"
        "&stackName=s&param_A=1"
    )


@pytest.mark.parametrize(
    ("region", "partition", "host"),
    [
        ("cn-north-1", "aws-cn", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "aws-us-gov", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "aws-eusc", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_quick_create_in_other_partitions(region, partition, host):
    url = quick_create_url(region, "https://b/x", "s", {}, partition)
    assert url.startswith(f"https://{host}/cloudformation/home?region={region}#/stacks/create/")


def test_the_command_quotes_the_parameter():
    assert read_parameter_command("/p/a", "eu-west-1") == (
        "aws ssm get-parameter --region eu-west-1 --name '/p/a' --with-decryption "
        "--query Parameter.Value --output text"
    )
