"""Access keys of users."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sandbox.call import Call
from sandbox.iam import quotas
from sandbox.iam.model import AccessKey, unique_id
from sandbox.iam.pages import page
from sandbox.iam.store import AccessKeys, no_such_entity
from sandbox.iam.users import user_of
from sandbox.registry import operation


def new_secret() -> str:
    return (uuid4().hex + uuid4().hex)[:40]


@operation("iam", "CreateAccessKey")
def create_access_key(call: Call) -> dict[str, Any]:
    user = user_of(call)
    quotas.limit(len(user.access_keys), "AccessKeysPerUserQuota", "AccessKeysPerUser")
    key = AccessKey(unique_id("AKIA")[:20], user, call.world.clock.now(), new_secret())
    user.access_keys[key.id] = key
    call.world.part(AccessKeys, "").by_id[key.id] = key
    return {"AccessKey": {**_view(key), "SecretAccessKey": key.secret}}


@operation("iam", "ListAccessKeys")
def list_access_keys(call: Call) -> dict[str, Any]:
    return page(call, list(user_of(call).access_keys.values()), "AccessKeyMetadata", _view)


@operation("iam", "UpdateAccessKey")
def update_access_key(call: Call) -> None:
    _found(call).status = call["Status"]


@operation("iam", "DeleteAccessKey")
def delete_access_key(call: Call) -> None:
    key = _found(call)
    del key.owner.access_keys[key.id]
    del call.world.part(AccessKeys, "").by_id[key.id]


@operation("iam", "GetAccessKeyLastUsed")
def get_access_key_last_used(call: Call) -> dict[str, Any]:
    key = call.world.part(AccessKeys, "").find(call["AccessKeyId"])
    if key is None:
        raise _missing(call)
    used: dict[str, Any] = {"Region": "N/A", "ServiceName": "N/A"}
    if key.last_used:
        when, service, region = key.last_used
        used = {"LastUsedDate": when, "ServiceName": service, "Region": region}
    return {"UserName": key.owner.name, "AccessKeyLastUsed": used}


def _found(call: Call) -> AccessKey:
    key = user_of(call).access_keys.get(call["AccessKeyId"])
    if key is None:
        raise _missing(call)
    return key


def _missing(call: Call) -> Exception:
    return no_such_entity(f"The Access Key with id {call['AccessKeyId']} cannot be found.")


def _view(key: AccessKey) -> dict[str, Any]:
    return {
        "UserName": key.owner.name,
        "AccessKeyId": key.id,
        "Status": key.status,
        "CreateDate": key.created,
    }
