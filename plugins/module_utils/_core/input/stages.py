# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Stages as levels and accounts write them: both must mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..change import Json
from ..checking import Problems, known_list, shortened
from ..model import Level, Person
from ..nearness import near_stage
from ..shown import quoted
from .accounts import NO_STAGE


def check_stages(
    problems: Problems,
    hosts: Sequence[Mapping[str, Json]],
    levels: Sequence[Level],
    people: Sequence[Person],
) -> None:
    """Record stages of levels that no account has, and accounts that miss a stage by mistake."""
    members = [host for host in hosts if not host.get("is_jump")]
    there = {h["stage"] for h in members if isinstance(h.get("stage"), str)} - {NO_STAGE}
    for level in levels:
        for stage, _settings in level.stages:
            if stage not in {*there, NO_STAGE}:
                _refuse_unused(problems, f"levels.{level.name}.stages.{stage}", stage, there)
    staged = [level for level in levels if level.stages]
    if staged:
        _check_stageless(problems, members, staged)
    said = {e.stage for person in people for e in person.exceptions if e.stage}
    _check_near(problems, members, {stage for level in staged for stage, _s in level.stages} | said)


def _refuse_unused(problems: Problems, place: str, stage: str, there: set[str]) -> None:
    near = near_stage(stage, there)
    hint = f" (did you mean '{near}'?)" if near else ""
    problems.add(place, f"no account has the stage {quoted(stage)}{hint}; {known_list(there)}")


def _check_stageless(
    problems: Problems, members: Sequence[Mapping[str, Json]], staged: Sequence[Level]
) -> None:
    names = sorted(str(host["host"]) for host in members if host.get("stage") is None)
    if names:
        problems.add(
            f"host {shortened(names)}",
            "no stage is set, but the permissions of level "
            f"{shortened([level.name for level in staged])} depend on it; set a stage for each "
            f"account, or 'stage: {NO_STAGE}' if it has none",
        )


def _check_near(problems: Problems, members: Sequence[Mapping[str, Json]], known: set[str]) -> None:
    for host in members:
        stage = host.get("stage")
        if not known or not isinstance(stage, str) or stage in {*known, NO_STAGE}:
            continue
        near = near_stage(stage, {*known, NO_STAGE})
        if near:
            problems.add(
                f"host {host['host']}.stage",
                f"no level defines the stage {quoted(stage)}; did you mean '{near}'? If it is a "
                f"separate stage, add 'stages: {{{stage}: {{}}}}' to a level",
            )
