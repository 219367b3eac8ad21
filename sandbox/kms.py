"""KMS: keys, aliases and key policies, without which no policy of a caller counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.arns import arn_of, url_suffix
from sandbox.authorisation import authorise_action, authorise_on
from sandbox.call import Call
from sandbox.call_context import call_context
from sandbox.errors import AwsError
from sandbox.policy_conditions import Context
from sandbox.registry import operation
from sandbox.world import World

SSM_ALIAS = "alias/aws/ssm"
_OTHER_STATES = {"DisableKey": "Disabled", "EnableKey": "Enabled", "CancelKeyDeletion": "Disabled"}


@dataclass
class Key:
    id: str
    arn: str
    policy: str
    description: str = ""
    created: datetime | None = None
    state: str = "Enabled"
    manager: str = "CUSTOMER"
    rotates: bool = False
    tags: dict[str, str] = field(default_factory=dict)


class Keys:
    """Keys and aliases of one account and region; the key aws/ssm is there from the first."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world
        self.account_id, self.region = account_id, region
        self.keys: dict[str, Key] = {}
        self.aliases: dict[str, str] = {}
        managed = self.add(_policy_of_managed_key(account_id, region))
        managed.manager = "AWS"
        self.aliases[SSM_ALIAS] = managed.id

    def arn(self, resource: str) -> str:
        return arn_of("kms", self.account_id, resource, self.region)

    def add(self, policy: str) -> Key:
        key_id = str(uuid4())
        self.keys[key_id] = Key(key_id, self.arn(f"key/{key_id}"), policy)
        return self.keys[key_id]

    def find(self, name: str) -> Key | None:
        """The key of an id, an alias, or the ARN of either."""
        plain = name.removeprefix(self.arn("")).removeprefix("key/")
        return self.keys.get(self.aliases.get(plain, plain))


def _policy_of_managed_key(account_id: str, region: str) -> str:
    """Everybody of the account, through the Parameter Store."""
    via = {"kms:CallerAccount": account_id, "kms:ViaService": f"ssm.{region}.{url_suffix()}"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringEquals": via},
            },
        }
    )


def use_through_ssm(call: Call, action: str, key_name: str, parameter_arn: str) -> str:
    """Let a caller of the Parameter Store use a key, or raise; return the key's ARN."""
    key = call.regional(Keys).find(key_name)
    if key is None or key.state != "Enabled":
        raise AwsError("InvalidKeyId", f"The key {key_name} is not there, or not enabled.")
    context = {
        **call_context(call, call.caller.mfa_time),
        "kms:CallerAccount": call.account_id,
        "kms:ViaService": f"ssm.{call.region}.{url_suffix()}",
        "kms:EncryptionContext:PARAMETER_ARN": parameter_arn,
    }
    _authorise(call, action, key, context)
    return key.arn


def _authorise(call: Call, action: str, key: Key, context: Context) -> None:
    tags: Context = {f"aws:ResourceTag/{name}": value for name, value in key.tags.items()}
    authorise_on(call, f"kms:{action}", key.arn, key.policy, {**context, **tags})


def _found(call: Call) -> Key:
    """The key of a call, which the caller may use so."""
    keys = call.regional(Keys)
    name = call.get("KeyId") or call.get("TargetKeyId")
    key = keys.find(name)
    if key is None:
        what = f"Alias {keys.arn(name)}" if name.startswith("alias/") else f"Key '{name}'"
        raise AwsError("NotFoundException", f"{what} is not found.")
    context = {**call_context(call, call.caller.mfa_time), "kms:CallerAccount": call.account_id}
    _authorise(call, call.operation, key, context)
    return key


@operation("kms", "CreateKey")
def create_key(call: Call) -> dict[str, Any]:
    keys = call.regional(Keys)
    authorise_action(call, "kms:CreateKey", "*")
    root = {"AWS": arn_of("iam", call.account_id, "root")}
    usual = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    policy = call.get("Policy") or json.dumps({"Version": "2012-10-17", "Statement": usual})
    # A key whose maker cannot change its policy is refused.
    _authorise(call, "PutKeyPolicy", Key("", "*", policy), _maker(call))
    key = keys.add(policy)
    key.description, key.created = call.get("Description", ""), call.world.clock.now()
    key.tags = {tag["TagKey"]: tag["TagValue"] for tag in call.get("Tags", [])}
    return {"KeyMetadata": _view(key, call.account_id)}


def _maker(call: Call) -> Context:
    return {**call_context(call, call.caller.mfa_time), "kms:CallerAccount": call.account_id}


@operation("kms", "DescribeKey")
def describe_key(call: Call) -> dict[str, Any]:
    return {"KeyMetadata": _view(_found(call), call.account_id)}


def _view(key: Key, account_id: str) -> dict[str, Any]:
    return {
        "AWSAccountId": account_id,
        "KeyId": key.id,
        "Arn": key.arn,
        "Description": key.description,
        "Enabled": key.state == "Enabled",
        "KeyState": key.state,
        "KeyManager": key.manager,
        "KeyUsage": "ENCRYPT_DECRYPT",
        **({"CreationDate": key.created} if key.created else {}),
    }


@operation("kms", "GetKeyPolicy")
def get_key_policy(call: Call) -> dict[str, Any]:
    return {"Policy": _found(call).policy, "PolicyName": "default"}


@operation("kms", "PutKeyPolicy")
def put_key_policy(call: Call) -> dict[str, Any]:
    _found(call).policy = call["Policy"]
    return {}


@operation("kms", "EnableKeyRotation", "DisableKeyRotation")
def rotate(call: Call) -> dict[str, Any]:
    _found(call).rotates = call.operation == "EnableKeyRotation"
    return {}


@operation("kms", "GetKeyRotationStatus")
def get_rotation(call: Call) -> dict[str, Any]:
    key = _found(call)
    return {"KeyId": key.arn, "KeyRotationEnabled": key.rotates}


@operation("kms", *_OTHER_STATES)
def change_state(call: Call) -> dict[str, Any]:
    key = _found(call)
    key.state = _OTHER_STATES[call.operation]
    return {"KeyId": key.arn} if call.operation == "CancelKeyDeletion" else {}


@operation("kms", "ScheduleKeyDeletion")
def schedule_deletion(call: Call) -> dict[str, Any]:
    key = _found(call)
    key.state = "PendingDeletion"
    return {"KeyId": key.arn, "KeyState": key.state}


@operation("kms", "UpdateKeyDescription")
def describe_anew(call: Call) -> dict[str, Any]:
    _found(call).description = call["Description"]
    return {}


@operation("kms", "TagResource")
def tag_key(call: Call) -> dict[str, Any]:
    _found(call).tags.update({tag["TagKey"]: tag["TagValue"] for tag in call["Tags"]})
    return {}


@operation("kms", "ListResourceTags")
def list_tags(call: Call) -> dict[str, Any]:
    tags = _found(call).tags
    return {"Tags": [{"TagKey": k, "TagValue": v} for k, v in tags.items()], "Truncated": False}


@operation("kms", "CreateAlias", "UpdateAlias")
def point_alias(call: Call) -> dict[str, Any]:
    keys, name = call.regional(Keys), call["AliasName"]
    authorise_action(call, f"kms:{call.operation}", keys.arn(name))
    is_new = name not in keys.aliases
    if is_new and call.operation == "UpdateAlias":
        raise AwsError("NotFoundException", f"Alias {keys.arn(name)} is not found.")
    if not is_new and call.operation == "CreateAlias":
        raise AwsError("AlreadyExistsException", f"An alias with the name {keys.arn(name)} exists")
    target = _found(call)
    _authorise_on_key_of(call, keys, name)
    keys.aliases[name] = target.id
    return {}


def _authorise_on_key_of(call: Call, keys: Keys, alias: str) -> None:
    """A key has to be let go of: the right on the alias alone is not enough."""
    key = keys.find(alias)
    if key:
        _authorise(call, call.operation, key, _maker(call))


@operation("kms", "DeleteAlias")
def delete_alias(call: Call) -> dict[str, Any]:
    keys = call.regional(Keys)
    authorise_action(call, "kms:DeleteAlias", keys.arn(call["AliasName"]))
    _authorise_on_key_of(call, keys, call["AliasName"])
    if keys.aliases.pop(call["AliasName"], None) is None:
        raise AwsError("NotFoundException", "The alias is not found.")
    return {}


@operation("kms", "ListAliases")
def list_aliases(call: Call) -> dict[str, Any]:
    keys = call.regional(Keys)
    authorise_action(call, "kms:ListAliases", "*")
    return {
        "Aliases": [
            {"AliasName": name, "AliasArn": keys.arn(name), "TargetKeyId": key_id}
            for name, key_id in sorted(keys.aliases.items())
        ],
        "Truncated": False,
    }
