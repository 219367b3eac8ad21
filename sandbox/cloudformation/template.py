"""Templates: JSON or YAML text to a checked structure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml

from sandbox.cloudformation.intrinsics import depends_on, references
from sandbox.cloudformation.resources import PROVIDERS
from sandbox.errors import AwsError, validation_error

MAXIMUM_BODY = 51_200
MAXIMUM_URL = 1_048_576
_SECTIONS = {
    *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings"),
    *("Conditions", "Resources", "Outputs"),
}
_NOT_SUPPORTED = {"Transform", "Rules", "Hooks"}
_RESOURCE_KEYS = {
    *("Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "Metadata"),
    *("UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy"),
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags; dates stay text."""


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)
_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Template:
    text: str
    content: dict[str, Any]

    def section(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.content.get(name) or {}
        return found

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        return self.section("Resources")

    @property
    def description(self) -> str | None:
        return self.content.get("Description")

    def required_capability(self) -> str | None:
        """CAPABILITY_IAM for IAM resources, CAPABILITY_NAMED_IAM once one has its own name."""
        iam = [r for r in self.resources.values() if r["Type"].startswith("AWS::IAM::")]
        for resource in iam:
            name = PROVIDERS[resource["Type"]].name_property
            if name and name in resource.get("Properties", {}):
                return "CAPABILITY_NAMED_IAM"
        return "CAPABILITY_IAM" if iam else None


def parse(text: str) -> Template:
    content = _load(text)
    if not isinstance(content, dict):
        raise validation_error("Template format error: unsupported structure.")
    unsupported = content.keys() & _NOT_SUPPORTED
    if unsupported:
        raise AwsError("NotImplemented", f"The sandbox knows no {sorted(unsupported)}.", 501)
    unknown = content.keys() - _SECTIONS
    if unknown:
        raise validation_error(
            f"Invalid template property or properties [{', '.join(sorted(unknown))}]"
        )
    _check_resources(content.get("Resources"))
    _check_references(content)
    return Template(text, content)


def _load(text: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        return _Loader(text).get_single_data()
    except (ValueError, yaml.YAMLError) as error:
        kind = "JSON" if text.lstrip().startswith("{") else "YAML"
        raise validation_error(
            f"Template format error: {kind} not well-formed. ({str(error).splitlines()[0]})"
        ) from None


def _check_resources(resources: Any) -> None:
    if not isinstance(resources, dict) or not resources:
        raise validation_error(
            "Template format error: At least one Resources member must be defined."
        )
    for logical_id, resource in resources.items():
        if not logical_id.isalnum():
            raise validation_error(
                f"Template format error: Resource name {logical_id} is non alphanumeric."
            )
        if not isinstance(resource, dict) or "Type" not in resource:
            raise validation_error(
                f"Template format error: [/Resources/{logical_id}] Every Resources object must "
                "contain a Type member."
            )
        wrong = resource.keys() - _RESOURCE_KEYS
        if wrong:
            raise validation_error(f"Invalid template resource property '{min(wrong)}'")
    unknown = sorted({r["Type"] for r in resources.values()} - PROVIDERS.keys())
    if unknown:
        raise validation_error(
            f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
        )


def _check_references(content: dict[str, Any]) -> None:
    resources = content["Resources"]
    known = {*(content.get("Parameters") or {}), *resources}
    for section in ("Resources", "Outputs"):
        named = set(references(content.get(section) or {}))
        named |= {name for r in resources.values() for name in depends_on(r)}
        missing = sorted(n for n in named - known if not n.startswith("AWS::"))
        if missing:
            raise validation_error(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
                f"in the {section} block of the template"
            )


def check_capabilities(template: Template, given: list[str]) -> None:
    required = template.required_capability()
    accepted = {"CAPABILITY_NAMED_IAM", required}
    if required and not accepted & set(given):
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{required}]")
