# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input that Ansible would pass over in silence: misspelt, written twice, or never read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from .conftest import LEVELS, MEMBERS, ROSTER, Sandbox, World

JUMP = 'jump_accounts: {hosts: {jump: {account_id: "111111111111"}}}\n'
STAGED = {
    **LEVELS,
    "developer": {**LEVELS["developer"], "stages": {"prod": {"max_session_duration": 3600}}},
}


class LenientWorld(World):
    """A world whose ansible.cfg is not that of this repository, as in AWX."""

    def environment(self, log: Path) -> dict[str, str]:
        """Return the environment of a run."""
        return {**super().environment(log), "ANSIBLE_DUPLICATE_YAML_DICT_KEY": "ignore"}


@pytest.fixture
def lenient(sandbox: Sandbox, tmp_path: Path) -> LenientWorld:
    """A world with Ansible's own defaults and an empty AWS."""
    return LenientWorld(replace(sandbox, interpreters={}), tmp_path)


def write(world: World, files: Mapping[str, str]) -> None:
    """Write files into the folder of the inventory."""
    for name, text in files.items():
        path = world.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def refusal_of(world: World, playbook: str, *options: str) -> str:
    """Return the sentences with which a run is refused before any call."""
    played = world.play(playbook, *options)
    assert played.code != 0, played.output
    assert world.sandbox.calls()["total"] == 0
    return played.message.replace(f"{world.folder}/", "")


def test_every_misspelling_is_refused_with_its_place(lenient: LenientWorld) -> None:
    write(
        lenient,
        {
            "inventory.yml": f"""
all:
  vars: {{aws_region: ap-northeast-1}}
  children:
    {JUMP.strip()}
    member_accounts:
      hosts:
        a-prod: {{account_id: "222222222222", project: a, stag: prod}}
        a-staging:
          account_id: "333333333333"
          project: a
          stage: prod
          stage: staging
      host: {{a-test: {{account_id: "555555555555"}}}}
    member_acounts: {{hosts: {{b-prod: {{account_id: "444444444444", stage: prod}}}}}}
    web: {{hosts: {{web1: {{account_id: "666666666666"}}}}}}
""",
            "group_vars/all/levels.yml": yaml.safe_dump({"levels": STAGED}),
            "group_vars/all/roster.yml": (
                "roster:\n- name: ana\n  access: [{level: admin}]\n  access: [{level: operator}]\n"
            ),
            "group_vars/member_accounts.yml": "jump_source_network: [203.0.113.0/24]\n",
            "host_vars/a-prod/one.yml": "project: a\n",
            "host_vars/a-prod/two.yml": "project: b\n",
        },
    )
    extra = ("-e", "user_nam=ana", "-e", '{"levels": {"x": {"a": 1, "a": 2}}}')
    said = refusal_of(lenient, "bootstrap", *extra, "--limit", "a-prod,a-stagin")
    for line in [
        "inventory.yml:13: the key 'stage' is already on line 12 of the same mapping",
        "group_vars/all/roster.yml:4: the key 'access' is already on line 3 of the same mapping",
        "-e: the key 'a' is already on line 1 of the same mapping",
        "inventory.yml:14: Ansible ignores 'host' in group 'member_accounts'; a group can only",
        "host_vars/a-prod project: is 'a' in host_vars/a-prod/one.yml:1 and 'b' in",
        "extra variable user_nam (<CLI option '-e'>): is not used; did you mean 'user_name'?",
        "variable stag of a-prod (inventory.yml:8): is not used; did you mean 'stage'?",
        "variable jump_source_network of a-prod, a-staging (group_vars/member_accounts.yml:1): "
        "is not used; did you mean 'jump_source_networks'?",
        "host b-prod: account_id is set, but the host is in neither jump_accounts nor "
        "member_accounts (is the group 'member_acounts' meant to be 'member_accounts'?)",
        "host web1: account_id is set, but the host is in neither",
        "--limit: the inventory has no host or group 'a-stagin' (did you mean 'a-staging'?)",
    ]:
        assert line in said


def test_what_is_meant_for_something_else_is_listed(estate: World) -> None:
    path = estate.folder / "inventory.yml"
    inventory = yaml.safe_load(path.read_text())
    inventory["all"]["vars"] |= {
        "state": "present",
        "stage_color": "red",
        "jump_host": "bastion",
        "jump_ignore_variables": ["state"],
        "jump_ignore_hosts": ["web"],
    }
    inventory["all"]["children"]["web"] = {"hosts": {"web1": {"account_id": "666666666666"}}}
    path.write_text(yaml.safe_dump(inventory))
    assert estate.play_well("bootstrap").changed == 0


def test_an_ini_inventory_gets_advice_that_works(world: World) -> None:
    world.write(MEMBERS, ROSTER)
    inventory = yaml.safe_load((world.folder / "inventory.yml").read_text())
    (world.folder / "inventory.yml").write_text("all: {}\n")
    said = {name: inventory["all"]["vars"][name] for name in ("levels", "roster")}
    ini = '[jump_accounts]\njump account_id="111111111111"\n[member_accounts]\na {}\n'
    write(
        world,
        {
            "group_vars/all.yml": yaml.safe_dump({**said, "roster": said["roster"][:1]}),
            "inventory": ini.format('account_id="222222222222" stage=2'),
        },
    )
    options = ("-i", str(world.folder / "inventory"), "-e", "aws_region=ap-northeast-1")
    text = refusal_of(world, "bootstrap", *options)
    assert """write account_id='"111111111111"' on the host line""" in text
    assert "host a.stage: expected a string, found the number 2; Ansible removes the quotes" in text
    good = ini.replace('"111111111111"', """'"111111111111"'""")
    write(world, {"inventory": good.format("""account_id='"222222222222"' stage='"2"'""")})
    world.play_well("bootstrap", *options, "--check")


def test_the_summary_says_which_files_count_and_what_is_left_out(estate: World) -> None:
    write(
        estate,
        {
            "group_vars/all/roster.yml": yaml.safe_dump({"roster": ROSTER}),
            "group_vars/all/roster_2025.yml": "---\n" + yaml.safe_dump({"roster": ROSTER[:2]}),
            "group_vars/project-x.yml": "stage: prod\n",
        },
    )
    options = ("--limit", "project-b-prod", "-e", "user_name=yamada.taro")
    played = estate.play_well("bootstrap", *options)
    text = played.output.replace(f"{estate.folder}/", "")
    start, summary = text.split("Jump account 111111111111")
    for limit in [
        "--limit: 1 of 4 accounts (project-b-prod); roles in the other accounts remain unchanged",
        "user_name: yamada.taro, 1 of 2 people; the others remain unchanged",
    ]:
        assert f"A partial run, {limit}.\n" in start
        assert f"\n  {limit}\n" in summary.partition("A partial run:")[2]
    assert "  roster    from group_vars/all/roster_2025.yml:2\n" in summary
    for line in [
        "  roster is also set in group_vars/all/roster.yml:1, which is ignored: this run read "
        "group_vars/all/roster_2025.yml:2; delete one of them\n",
        "  group_vars/project-x is ignored: the inventory has no group or host of this name\n",
    ]:
        assert line in summary


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tags", "users"), "so --tags users would skip everything; run without it."),
        (("--skip-tags", "users"), "so --skip-tags users would skip nothing; run without it."),
    ],
)
def test_tags_that_no_task_has_are_refused(
    world: World, options: tuple[str, ...], said: str
) -> None:
    world.write(MEMBERS, ROSTER)
    assert said in refusal_of(world, "new_user", *options)
