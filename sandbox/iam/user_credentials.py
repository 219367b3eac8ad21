"""Signing certificates, SSH keys and service-specific credentials: what blocks DeleteUser."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam import quotas
from sandbox.iam.access_keys import new_secret
from sandbox.iam.model import certificate_id, unique_id
from sandbox.iam.pages import page
from sandbox.iam.store import no_such_entity
from sandbox.iam.users import user_of
from sandbox.registry import operation

Record = dict[str, Any]


@operation("iam", "UploadSigningCertificate")
def upload_signing_certificate(call: Call) -> Record:
    user = user_of(call)
    quota = "SigningCertificatesPerUserQuota"
    quotas.limit(len(user.signing_certificates), quota, "CertificatesPerUser")
    if "BEGIN CERTIFICATE" not in call["CertificateBody"]:
        raise AwsError("MalformedCertificate", "Certificate is malformed.")
    certificate = {
        "UserName": user.name,
        "CertificateId": certificate_id(),
        "CertificateBody": call["CertificateBody"],
        "Status": "Active",
        "UploadDate": call.world.clock.now(),
    }
    user.signing_certificates[certificate["CertificateId"]] = certificate
    return {"Certificate": certificate}


@operation("iam", "ListSigningCertificates")
def list_signing_certificates(call: Call) -> Record:
    found = list(user_of(call).signing_certificates.values())
    return page(call, found, "Certificates", lambda record: record)


@operation("iam", "UpdateSigningCertificate")
def update_signing_certificate(call: Call) -> None:
    records = user_of(call).signing_certificates
    _found(records, call["CertificateId"], "Certificate")["Status"] = call["Status"]


@operation("iam", "DeleteSigningCertificate")
def delete_signing_certificate(call: Call) -> None:
    records = user_of(call).signing_certificates
    _found(records, call["CertificateId"], "Certificate")
    del records[call["CertificateId"]]


@operation("iam", "UploadSSHPublicKey")
def upload_ssh_public_key(call: Call) -> Record:
    user = user_of(call)
    if len(user.ssh_keys) >= quotas.SSH_KEYS_PER_USER:
        raise quotas.limit_exceeded("SSHPublicKeysPerUser", quotas.SSH_KEYS_PER_USER)
    key = {
        "UserName": user.name,
        "SSHPublicKeyId": unique_id("APKA"),
        "Fingerprint": ":".join(["00"] * 16),
        "SSHPublicKeyBody": call["SSHPublicKeyBody"],
        "Status": "Active",
        "UploadDate": call.world.clock.now(),
    }
    user.ssh_keys[key["SSHPublicKeyId"]] = key
    return {"SSHPublicKey": key}


@operation("iam", "GetSSHPublicKey")
def get_ssh_public_key(call: Call) -> Record:
    return {"SSHPublicKey": _found(user_of(call).ssh_keys, call["SSHPublicKeyId"], "SSH key")}


@operation("iam", "ListSSHPublicKeys")
def list_ssh_public_keys(call: Call) -> Record:
    shown = ("UserName", "SSHPublicKeyId", "Status", "UploadDate")
    found = list(user_of(call).ssh_keys.values())
    return page(call, found, "SSHPublicKeys", lambda key: {name: key[name] for name in shown})


@operation("iam", "UpdateSSHPublicKey")
def update_ssh_public_key(call: Call) -> None:
    _found(user_of(call).ssh_keys, call["SSHPublicKeyId"], "SSH key")["Status"] = call["Status"]


@operation("iam", "DeleteSSHPublicKey")
def delete_ssh_public_key(call: Call) -> None:
    records = user_of(call).ssh_keys
    _found(records, call["SSHPublicKeyId"], "SSH key")
    del records[call["SSHPublicKeyId"]]


@operation("iam", "CreateServiceSpecificCredential")
def create_service_specific_credential(call: Call) -> Record:
    user, service = user_of(call), call["ServiceName"]
    same = [c for c in user.service_credentials.values() if c["ServiceName"] == service]
    if len(same) >= quotas.SERVICE_CREDENTIALS_PER_USER:
        limit = quotas.SERVICE_CREDENTIALS_PER_USER
        raise quotas.limit_exceeded("ServiceSpecificCredentialsPerUser", limit)
    credential = {
        "UserName": user.name,
        "ServiceSpecificCredentialId": unique_id("ACCA"),
        "ServiceUserName": f"{user.name}-at-{user.account_id}",
        "ServiceName": service,
        "Status": "Active",
        "CreateDate": call.world.clock.now(),
    }
    user.service_credentials[credential["ServiceSpecificCredentialId"]] = credential
    return {"ServiceSpecificCredential": {**credential, "ServicePassword": new_secret()}}


@operation("iam", "ListServiceSpecificCredentials")
def list_service_specific_credentials(call: Call) -> Record:
    service = call.get("ServiceName")
    found = user_of(call).service_credentials.values()
    chosen = [each for each in found if service in (None, each["ServiceName"])]
    return {"ServiceSpecificCredentials": chosen, "IsTruncated": False}


@operation("iam", "UpdateServiceSpecificCredential")
def update_service_specific_credential(call: Call) -> None:
    _credential(call)["Status"] = call["Status"]


@operation("iam", "ResetServiceSpecificCredential")
def reset_service_specific_credential(call: Call) -> Record:
    return {"ServiceSpecificCredential": {**_credential(call), "ServicePassword": new_secret()}}


@operation("iam", "DeleteServiceSpecificCredential")
def delete_service_specific_credential(call: Call) -> None:
    _credential(call)
    del user_of(call).service_credentials[call["ServiceSpecificCredentialId"]]


def _credential(call: Call) -> Record:
    records = user_of(call).service_credentials
    return _found(records, call["ServiceSpecificCredentialId"], "service specific credential")


def _found(records: dict[str, Record], record_id: str, noun: str) -> Record:
    if record_id not in records:
        raise no_such_entity(f"The {noun} with id {record_id} cannot be found.")
    return records[record_id]
