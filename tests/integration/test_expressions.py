# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roster, levels and accounts are data: what stands there is never evaluated by itself."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import LEVELS, MEMBERS, ROSTER, World

MARKED = "{{{{ lookup('pipe', 'echo ran | tee -a {marker}') }}}}"


def write(world: World, part: str, value: str) -> tuple[str, ...]:
    """Write an inventory with a value in one part of it; return the options of the run."""
    roster: list[dict[str, Any]] = [dict(person) for person in ROSTER]
    levels: dict[str, dict[str, Any]] = {name: dict(level) for name, level in LEVELS.items()}
    members = {host: dict(variables) for host, variables in MEMBERS.items()}
    if part == "roster":
        roster[0]["tags"] = {"team": value}
    elif part == "levels":
        levels["operator"]["max_session_duration"] = value
    elif part == "accounts":
        members["project-a-prod"]["project"] = value
    world.write(members, roster, levels)
    return ("-e", f"user_name={value}") if part == "user_name" else ()


PLACES = {
    "roster": "roster[0].tags.team (",
    "levels": "levels.operator.max_session_duration (",
    "accounts": "project-a-prod: project (",
    "user_name": "user_name (",
}


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
@pytest.mark.parametrize("part", PLACES)
def test_an_expression_is_refused_before_it_runs(
    world: World, part: str, options: tuple[str, ...]
) -> None:
    marker = world.folder / "marker"
    given = write(world, part, MARKED.format(marker=marker))
    played = world.play("new_user" if part == "user_name" else "bootstrap", *given, *options)
    assert played.code == 2, played.output
    assert not marker.exists()
    assert "The input has 1 problem; nothing was evaluated" in played.message
    assert f"{PLACES[part]}" in played.message
    assert "set jump_allow_expressions=true" in played.message
    assert world.sandbox.calls()["total"] == 0


def test_expressions_work_for_who_wants_them(world: World) -> None:
    marker = world.folder / "marker"
    write(world, "roster", MARKED.format(marker=marker))
    world.play_well("bootstrap", "--check", "-e", "jump_allow_expressions=true")
    assert marker.exists()


def test_naming_a_variable_is_no_expression(world: World) -> None:
    members = {h: {**v, "division": v["project"]} for h, v in MEMBERS.items()}
    for variables in members.values():
        variables["project"] = "{{ division }}"
    world.write(members, ROSTER)
    world.play_well("bootstrap", "--check")
