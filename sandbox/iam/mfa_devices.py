"""MFA devices: virtual ones exist by themselves, users have them enabled."""

from __future__ import annotations

import io
from typing import Any

import segno
from pyotp import TOTP, random_base32

from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam import quotas
from sandbox.iam.model import MfaDevice
from sandbox.iam.one_time_codes import synchronise
from sandbox.iam.pages import page
from sandbox.iam.store import Iam, delete_conflict, no_such_entity
from sandbox.iam.tags import tags_of_call
from sandbox.iam.users import user_of
from sandbox.iam.views import tag_list, user_in_list
from sandbox.registry import operation

_ISSUER = "Amazon Web Services"


@operation("iam", "CreateVirtualMFADevice")
def create_virtual_mfa_device(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    path = call.get("Path", "/")
    serial = arn_of("iam", iam.account_id, f"mfa{path}{call['VirtualMFADeviceName']}")
    if serial.lower() in (existing.lower() for existing in iam.virtual_mfa_devices):
        raise AwsError(
            "EntityAlreadyExists", "MFADevice entity at the same path and name already exists."
        )
    seed = random_base32(64).encode()
    device = MfaDevice(serial, path, seed, tags=tags_of_call(call))
    iam.virtual_mfa_devices[serial] = device
    return {
        "VirtualMFADevice": {
            "SerialNumber": serial,
            "Base32StringSeed": seed,
            "QRCodePNG": _qr_code(iam, call["VirtualMFADeviceName"], seed),
            "Tags": tag_list(device.tags) or None,
        }
    }


def _qr_code(iam: Iam, name: str, seed: bytes) -> bytes:
    """The picture that authenticator apps read the seed from."""
    address = TOTP(seed.decode()).provisioning_uri(
        name=f"{name}@{iam.account_id}", issuer_name=_ISSUER
    )
    picture = io.BytesIO()
    segno.make_qr(address).save(picture, kind="png", scale=4)
    return picture.getvalue()


@operation("iam", "EnableMFADevice")
def enable_mfa_device(call: Call) -> None:
    iam, user = call.part(Iam), call.part(Iam).user(call["UserName"])
    serial = call["SerialNumber"]
    device = iam.virtual_mfa_devices.get(serial)
    if device is None:
        raise no_such_entity(f"MFA Device with serial number {serial} does not exist.")
    if device.owner is not None:
        raise AwsError("EntityAlreadyExists", "MFA device is already in use.")
    if len(user.mfa_devices) >= quotas.MFA_DEVICES_PER_USER:
        raise quotas.limit_exceeded("MfaDevicesPerUser", quotas.MFA_DEVICES_PER_USER)
    _synchronise(call, device)
    device.owner, device.enabled = user, call.world.clock.now()
    user.mfa_devices[serial] = device


@operation("iam", "ResyncMFADevice")
def resync_mfa_device(call: Call) -> None:
    _synchronise(call, _enabled(call))


def _synchronise(call: Call, device: MfaDevice) -> None:
    codes = call["AuthenticationCode1"], call["AuthenticationCode2"]
    synchronise(device, codes, call.world.clock.now())


@operation("iam", "DeactivateMFADevice")
def deactivate_mfa_device(call: Call) -> None:
    device = _enabled(call)
    del user_of(call).mfa_devices[device.serial]
    device.owner = device.enabled = None


@operation("iam", "DeleteVirtualMFADevice")
def delete_virtual_mfa_device(call: Call) -> None:
    devices = call.part(Iam).virtual_mfa_devices
    serial = call["SerialNumber"]
    if serial not in devices:
        raise no_such_entity(f"VirtualMFADevice with serial number {serial} doesn't exist.")
    if devices[serial].owner is not None:
        raise delete_conflict("MFA device is in use.")
    del devices[serial]


@operation("iam", "ListMFADevices")
def list_mfa_devices(call: Call) -> dict[str, Any]:
    user = user_of(call)
    return page(
        call,
        list(user.mfa_devices.values()),
        "MFADevices",
        lambda device: {
            "UserName": user.name,
            "SerialNumber": device.serial,
            "EnableDate": device.enabled,
        },
    )


@operation("iam", "GetMFADevice")
def get_mfa_device(call: Call) -> dict[str, Any]:
    device = _enabled(call)
    return {
        "UserName": user_of(call).name,
        "SerialNumber": device.serial,
        "EnableDate": device.enabled,
    }


@operation("iam", "ListVirtualMFADevices")
def list_virtual_mfa_devices(call: Call) -> dict[str, Any]:
    status = call.get("AssignmentStatus", "Any")
    devices = [
        device
        for _, device in sorted(call.part(Iam).virtual_mfa_devices.items())
        if status == "Any" or (status == "Assigned") == (device.owner is not None)
    ]
    return page(call, devices, "VirtualMFADevices", _virtual_view)


def _virtual_view(device: MfaDevice) -> dict[str, Any]:
    return {
        "SerialNumber": device.serial,
        "User": user_in_list(device.owner) if device.owner else None,
        "EnableDate": device.enabled,
    }


def _enabled(call: Call) -> MfaDevice:
    device = user_of(call).mfa_devices.get(call["SerialNumber"])
    if device is None:
        raise no_such_entity(f"MFA device {call['SerialNumber']} is not enabled for the user.")
    return device
