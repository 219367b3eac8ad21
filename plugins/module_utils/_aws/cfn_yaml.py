# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""CloudFormation templates as values: JSON, YAML and its short tags mean the same here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

try:
    import yaml
except ImportError:
    # ansible-core needs PyYAML itself; only documentation tools import this without it.
    yaml = None

from .._core.change import Json
from .._core.checking import InputError, type_name

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_PLAIN_TAGS = {"Ref", "Condition"}
"""Short tags whose long form has no 'Fn::' in front."""


def parse_template(body: Json, place: str = "template_body") -> dict[str, Json]:
    """Return a template in the one form in which equal meaning is an equal value.

    body is text (JSON is YAML, too) or what botocore already decoded. Raises InputError.
    """
    value = _parse_text(body, place) if isinstance(body, str) else body
    if not isinstance(value, Mapping) or not isinstance(value.get("Resources"), Mapping):
        raise InputError([f"{place}: expected a template with Resources, found {type_name(value)}"])
    return {str(key): _canonical(part) for key, part in value.items()}


def _parse_text(text: str, place: str) -> Json:
    try:
        return _loader()(text).get_single_data()
    except yaml.YAMLError as error:
        raise InputError([f"{place}: is neither JSON nor YAML: {_one_line(error)}"]) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


@cache
def _loader() -> Any:
    """Return a safe loader that knows short tags and leaves dates as the text they were."""

    class TemplateLoader(yaml.SafeLoader):
        pass

    TemplateLoader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != _TIMESTAMP]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    TemplateLoader.add_multi_constructor("!", _construct_short_tag)
    return TemplateLoader


def _construct_short_tag(loader: Any, name: str, node: Any) -> dict[str, Json]:
    key = name if name in _PLAIN_TAGS else f"Fn::{name}"
    if isinstance(node, yaml.ScalarNode):
        return {key: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    return {key: loader.construct_mapping(node, deep=True)}


def _canonical(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _canonical_member(str(key), part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(part) for part in value]
    return value


def _canonical_member(key: str, part: Json) -> Json:
    if key == "Fn::GetAtt" and isinstance(part, str):
        return part.split(".", maxsplit=1)
    return _canonical(part)
