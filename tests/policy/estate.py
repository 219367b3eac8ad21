# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every policy of all accounts, read back from AWS with nothing but boto3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.policy.company import ACCOUNT_IDS, ACCOUNTS, JUMP, Company

Json = Any
ANYTHING = "AdministratorAccess, for the proof"
"""A document that allows everything: what is denied beside it is denied by a Deny or a trust."""
OPEN_TRUST = "a trust without conditions, for the proof"
OPEN_RESOURCE = "a policy of a resource that lets everybody do everything, for the proof"
KEY_POLICY = "the usual policy of a KMS key of the Jump account, for the proof"
ALLOWS = " without its denials"
"""What a document's name ends with when only its Allow statements count."""
ONLY = ", of it only "
"""What stands between a document's name and the Sid of the one statement that counts."""

_MAY_DO_ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _document(statement: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _of_the_proof(company: Company) -> dict[str, Json]:
    """Return the documents that stand in the place of others, to look at one layer alone."""
    # Accounts, not "*": in its own account a role that names the caller needs nobody's leave.
    roots = [company.arn("iam", account_id, "root") for account_id in ACCOUNT_IDS.values()]
    trust = {"Effect": "Allow", "Principal": {"AWS": roots}, "Action": "sts:*"}
    own = {"AWS": company.arn("iam", JUMP, "root")}
    key = {"Effect": "Allow", "Principal": own, "Action": "kms:*", "Resource": "*"}
    return {
        ANYTHING: _document(_MAY_DO_ANYTHING),
        OPEN_TRUST: _document(trust),
        OPEN_RESOURCE: _document({**_MAY_DO_ANYTHING, "Principal": "*"}),
        KEY_POLICY: _document(key),
    }


@dataclass(frozen=True)
class Identity:
    """A user or a role with the names of its documents in the estate."""

    account: str
    name: str
    arn: str
    unique_id: str
    documents: tuple[str, ...]
    boundary: str | None = None
    trust: str | None = None

    def with_path(self, path: str) -> Identity:
        """Return the same identity as if it had been made under a path."""
        head = self.arn.partition("/")[0]
        return replace(self, arn=f"{head}{path}{self.name}")


@dataclass(frozen=True)
class Estate:
    """All documents by name, and who has which."""

    company: Company
    documents: Mapping[str, Json]
    users: Mapping[str, Identity]
    roles: Mapping[tuple[str, str], Identity]
    buckets: Mapping[str, str]

    def with_documents(self, changed: Mapping[str, Json]) -> Estate:
        """Return the estate with some documents replaced."""
        parts = {
            part: {**document, "Statement": statements}
            for name, document in changed.items()
            for part, statements in _parts_of(name, document)
        }
        return replace(self, documents={**self.documents, **changed, **parts})


@dataclass
class _Reader:
    documents: dict[str, Json] = field(default_factory=dict)

    def keep(self, name: str, document: Json) -> str:
        self.documents[name] = json.loads(document) if isinstance(document, str) else document
        return name

    def inline(self, entity: Json, kind: str) -> tuple[str, ...]:
        return tuple(
            self.keep(f"{entity['Arn']} inline {p['PolicyName']}", p["PolicyDocument"])
            for p in entity.get(f"{kind}PolicyList", [])
        )


def read_estate(client: Callable[[str, str], Any], company: Company) -> Estate:
    """Read IAM of all accounts and the policies of all their buckets."""
    reader = _Reader(_of_the_proof(company))
    users: dict[str, Identity] = {}
    roles: dict[tuple[str, str], Identity] = {}
    buckets: dict[str, str] = {}
    for account in ACCOUNTS.values():
        _read_iam(reader, client("iam", account), account, users, roles)
        buckets |= _read_buckets(reader, client("s3", account))
    return Estate(company, {}, users, roles, buckets).with_documents(reader.documents)


def whole(name: str) -> str:
    """Return the name of the document that a part belongs to."""
    return name.removesuffix(ALLOWS).partition(ONLY)[0]


def _parts_of(name: str, document: Json) -> Iterator[tuple[str, list[Json]]]:
    """Give the parts of a document by name: what it allows, and each of its named denials."""
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    yield f"{name}{ALLOWS}", [s for s in listed if s["Effect"] == "Allow"]
    for statement in listed:
        if statement["Effect"] == "Deny" and "Sid" in statement:
            yield f"{name}{ONLY}{statement['Sid']}", [statement]


def _read_iam(
    reader: _Reader,
    iam: Any,
    account: str,
    users: dict[str, Identity],
    roles: dict[tuple[str, str], Identity],
) -> None:
    details: dict[str, list[Json]] = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate():
        for key, value in page.items():
            if isinstance(value, list):
                details.setdefault(key, []).extend(value)
    for policy in details["Policies"]:
        version = next(v for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])
        reader.keep(policy["Arn"], version["Document"])
    groups = {g["GroupName"]: _documents(reader, g, "Group") for g in details["GroupDetailList"]}
    for user in details["UserDetailList"]:
        own = _documents(reader, user, "User")
        of_groups = (name for group in user["GroupList"] for name in groups[group])
        documents = (*own, *dict.fromkeys(of_groups))
        users[user["UserName"]] = _identity(account, user, "User", documents)
    for role in details["RoleDetailList"]:
        trust = reader.keep(f"{role['Arn']} trust", role["AssumeRolePolicyDocument"])
        identity = _identity(account, role, "Role", _documents(reader, role, "Role"))
        roles[account, identity.name] = replace(identity, trust=trust)


def _documents(reader: _Reader, entity: Json, kind: str) -> tuple[str, ...]:
    attached = (policy["PolicyArn"] for policy in entity["AttachedManagedPolicies"])
    return (*reader.inline(entity, kind), *attached)


def _identity(account: str, entity: Json, kind: str, documents: tuple[str, ...]) -> Identity:
    boundary = entity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    name, unique_id = entity[f"{kind}Name"], entity[f"{kind}Id"]
    return Identity(account, name, entity["Arn"], unique_id, documents, boundary)


def _read_buckets(reader: _Reader, s3: Any) -> dict[str, str]:
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return {
        name: reader.keep(f"bucket {name}", s3.get_bucket_policy(Bucket=name)["Policy"])
        for name in names
    }
