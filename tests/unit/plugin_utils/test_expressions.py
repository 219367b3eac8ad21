# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which values are data, and which ones would be evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import EncryptedString
from ansible.template import trust_as_template
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._expressions import find_expressions
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._origins import real_path

PIPE = "{{ lookup('pipe', 'id') }}"


class Hosts:
    """Hostvars that only give what was written."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said

    def raw_get(self, host: str) -> Any:
        """Return the variables of a host."""
        return self._said[host]


def trusted(value: Any) -> Any:
    """Return a value as if it had been read from an inventory."""
    if isinstance(value, dict):
        return {key: trusted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [trusted(inner) for inner in value]
    return trust_as_template(value) if isinstance(value, str) else value


def problems_in(hosts: dict[str, Any] | None = None, **variables: Any) -> list[str]:
    """Return what is said of variables of the run and of hosts, without the advice."""
    given = {
        "groups": {"jump_accounts": [], "member_accounts": list(hosts or {})},
        "hostvars": Hosts(trusted(hosts or {})),
        **trusted(variables),
    }
    found = find_expressions(given)
    return [f"{where}: {text.partition(' is a template expression')[0]}" for where, text in found]


def roster(tag: str) -> list[dict[str, Any]]:
    """Return a roster with one person who has a tag."""
    return [{"name": "ana", "tags": {"team": tag}}]


@pytest.mark.parametrize(
    ("variables", "where"),
    [
        ({"roster": roster(PIPE)}, "roster[0].tags.team"),
        ({"jump_roster": roster(PIPE)}, "jump_roster[0].tags.team"),
        ({"roster": PIPE}, "roster"),
        ({"levels": {"admin": {"managed_policies": [PIPE]}}}, "levels.admin.managed_policies[0]"),
        ({"user_name": PIPE}, "user_name"),
        ({"jump_user_name": PIPE}, "jump_user_name"),
        ({"hosts": {"a": {"project": PIPE}}}, "a: project"),
        ({"roster": "{{ staff }}", "staff": roster(PIPE)}, "staff[0].tags.team"),
        ({"hosts": {"a": {"account_id": "{{ id }}", "id": PIPE}}}, "a: id"),
    ],
)
def test_an_expression_is_found_wherever_it_is(variables: dict[str, Any], where: str) -> None:
    assert problems_in(**variables) == [f"{where}: '{PIPE}'"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ 1 + 1 }}",
        "{{ staff | upper }}",
        "{{ staff.name }}",
        "{{staff}} and {{ lookup('env', 'HOME') }}",
        "{% if staff %}{% endif %}",
        "{# nothing #}",
        "{{- staff -}}",
        "{{{ staff }}",
        "{{ vars }}",
        "{{ hostvars }}",
        "#jinja2: variable_start_string:'[['\n[[ lookup('pipe', 'id') ]]",
        "{{ broken",
    ],
)
def test_anything_but_names_is_an_expression(text: str) -> None:
    shown = text.replace("\n", "\\n")
    assert problems_in(roster=roster(text), staff="ana") == [f"roster[0].tags.team: '{shown}'"]


@pytest.mark.parametrize(
    "variables",
    [
        {"roster": roster("plain {text} with # signs, 100% of it")},
        {"jump_roster": "{{ roster | default(none) }}", "roster": roster("x")},
        {"jump_user_name": "{{ user_name | default(none) }}"},
        {"hosts": {"a": {"bootstrap_role_arn": "arn:::{{ account_id }}:r", "account_id": "1"}}},
        {"roster": "{{ a }}", "a": "{{ b }}", "b": "{{ a }}"},
        {"hosts": {"a": {"web_port": PIPE}}, "something_else": PIPE, "aws_region": PIPE},
    ],
)
def test_data_and_names_of_it_are_no_expressions(variables: dict[str, Any]) -> None:
    assert problems_in(**variables) == []


def test_what_is_never_evaluated_is_left_to_the_parser() -> None:
    given = {
        "roster": [{"name": PIPE}],
        "levels": {"admin": EncryptedString(ciphertext="$ANSIBLE_VAULT;1.1;AES256\n00")},
        "hostvars": Hosts({}),
    }
    assert find_expressions(given) == []


@pytest.mark.parametrize("said", [True, "true", "yes"])
def test_who_wants_expressions_says_so(said: Any) -> None:
    assert problems_in(roster=PIPE, jump_allow_expressions=said) == []


@pytest.mark.parametrize("said", [False, "false"])
def test_no_is_no(said: Any) -> None:
    assert problems_in(roster=PIPE, jump_allow_expressions=said) == [f"roster: '{PIPE}'"]


def test_permission_is_no_expression_itself() -> None:
    told = problems_in(roster=PIPE, jump_allow_expressions="{{ lookup('pipe', 'echo true') }}")
    assert told == [
        "jump_allow_expressions: '{{ lookup('pipe', 'echo true') }}' is neither true nor false; "
        "write one of them literally",
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the working directory, which other tests forget."""
    monkeypatch.chdir(tmp_path)
    real_path.cache_clear()
    yield tmp_path
    real_path.cache_clear()


def test_the_place_of_an_expression_is_told(folder: Path) -> None:
    file = folder / "roster.yml"
    file.write_text('roster:\n  - name: ana\n    tags:\n      team: "{{ 1 + 1 }}"\n')
    read = DataLoader().load_from_file(str(file), trusted_as_template=True)
    [(where, text)] = find_expressions({**read, "hostvars": Hosts({})})
    assert where == "roster[0].tags.team (roster.yml:4)"
    assert text.startswith("'{{ 1 + 1 }}' is a template expression, ")
