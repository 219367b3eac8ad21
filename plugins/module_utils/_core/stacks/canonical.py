# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""CloudFormation templates compared by meaning, not by text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from ..change import Json
from ..checking import InputError
from ..partitions import PARTITIONS
from ..shown import quoted

MASK = "****"
"""What AWS shows in place of the value of a NoEcho parameter."""

_SETS = frozenset(
    {
        "AllowedValues",
        "Capabilities",
        "DependsOn",
        "Groups",
        "ManagedPolicyArns",
        "Policies",
        "Roles",
        "SecurityGroupIds",
        "Tags",
        "Users",
    }
)
"""Keys whose lists have no order; one value may stand for a list of one."""
_SINGLE = frozenset({"DependsOn"})


def canonical_template(document: Json) -> Json:
    """Return a parsed template in the one form in which equal meaning is equal JSON.

    Keys are sorted, and so are the lists that have no order: those of policy documents and a few
    of resources. Lists of intrinsic functions keep their order.
    """
    return _canonical(document, in_policy=False)


def _canonical(value: Json, *, in_policy: bool) -> Json:
    if isinstance(value, Mapping):
        inside = in_policy or "Statement" in value
        return {key: _member(str(key), value[key], inside) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        items = [_canonical(item, in_policy=in_policy) for item in value]
        return sorted(items, key=_text) if in_policy else items
    return value


def _member(key: str, value: Json, in_policy: bool) -> Json:
    if key == "Fn::GetAtt" and isinstance(value, str):
        return list(value.split(".", 1))
    if key.startswith("Fn::"):
        return _canonical(value, in_policy=False)
    if in_policy and key not in ("Version", "Id", "Sid", "Effect", "Ref"):
        return _canonical_policy_member(value)
    if key in _SINGLE and isinstance(value, str):
        return [value]
    found = _canonical(value, in_policy=False)
    return sorted(found, key=_text) if key in _SETS and isinstance(found, list) else found


def _canonical_policy_member(value: Json) -> Json:
    """Return a list, sorted, also for the one value or statement that may stand for it."""
    if isinstance(value, Mapping) and not _is_statement(value) and not _is_intrinsic(value):
        return _canonical(value, in_policy=True)
    listed = value if isinstance(value, list | tuple) else [value]
    return sorted((_canonical(item, in_policy=True) for item in listed), key=_text)


def _is_statement(value: Mapping[str, Json]) -> bool:
    return "Effect" in value


def _is_intrinsic(value: Mapping[str, Json]) -> bool:
    return len(value) == 1 and all(str(k) == "Ref" or str(k).startswith("Fn::") for k in value)


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def declared_parameters(template: Json) -> dict[str, Mapping[str, Json]]:
    """Return the parameters that a parsed template declares."""
    declared = template.get("Parameters") if isinstance(template, Mapping) else None
    return {str(k): v for k, v in declared.items()} if isinstance(declared, Mapping) else {}


def is_no_echo(declaration: Mapping[str, Json]) -> bool:
    """Return whether the values of a parameter are secret."""
    return str(declaration.get("NoEcho", False)).lower() == "true"


def parameter_text(value: Json) -> str:
    """Return a parameter's value as CloudFormation takes it: text, lists with commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(parameter_text(item) for item in value)
    return str(value)


def masked_parameters(template: Json, values: Mapping[str, Json]) -> dict[str, str]:
    """Return the values of a template's parameters as AWS shows them.

    A parameter without a value has its default; a NoEcho parameter has a mask.
    """
    shown = {name: parameter_text(value) for name, value in values.items()}
    for name, declaration in declared_parameters(template).items():
        if name not in shown and "Default" in declaration:
            shown[name] = parameter_text(declaration["Default"])
        if name in shown and is_no_echo(declaration):
            shown[name] = MASK
    return dict(sorted(shown.items()))


class TemplateObject(NamedTuple):
    """Where in S3 a template lies."""

    bucket: str
    key: str
    version_id: str | None


def parse_template_url(url: str) -> TemplateObject:
    """Return what an S3 URL names, the bucket in its host or first in its path."""
    parts = urlsplit(url)
    path = unquote(parts.path).lstrip("/")
    in_host = re.match(r"(?P<bucket>.+)\.s3[.-]", parts.netloc)
    bucket, _separator, key = (in_host["bucket"], "", path) if in_host else path.partition("/")
    if parts.scheme not in ("http", "https") or not bucket or not key:
        raise InputError([f"template_url: {quoted(url)} is not the URL of an S3 object"])
    return TemplateObject(bucket, key, parse_qs(parts.query).get("versionId", [None])[0])


def template_key(name: str, body: str) -> str:
    """Return the key under which a stack set's template is uploaded: other text, other key."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"stack-sets/{name}/{digest[:32]}.template"


def build_template_url(
    bucket: str, key: str, region: str, partition: str, version_id: str | None
) -> str:
    """Return the S3 URL of an object, of one version where the bucket has versions."""
    suffix = PARTITIONS[partition].dns_suffix
    query = f"?{urlencode({'versionId': version_id})}" if version_id else ""
    return f"https://{bucket}.s3.{region}.{suffix}/{quote(key)}{query}"
