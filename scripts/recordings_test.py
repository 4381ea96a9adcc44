"""Keeps recordings in a bucket of an S3 server whose objects are locked, and reports' tables in another; asks the server
what it was given.

    cargo=(cargo test --workspace --all-features)
    recordings_test.py --test "${cargo[*]} --test recordings s3::" --lake "${cargo[*]} --test lake s3::"
"""

import argparse
import base64
import hashlib
import json
import logging
import os
import shlex
import subprocess

import boto3
from moto.server import ThreadedMotoServer

BUCKET, PREFIX = "locked", "calls/recordings"
LAKE = "tables"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}

# Of more than this goes up in parts.
PART_BYTES = 8 << 20


def make_buckets(endpoint):
    """Nobody deletes a version from the first within a week; the other is as usual."""
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=KEYS["AWS_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    s3.create_bucket(Bucket=LAKE)
    s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 7}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": retention}
    s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=lock)
    return s3


def watch(requests):
    """Notes of each request of the test what it says of its content; the server has no such list."""
    from moto.moto_server import werkzeug_app

    inner = werkzeug_app.DomainDispatcherApplication.__call__

    def call(self, environ, start_response):
        agent = environ.get("HTTP_USER_AGENT", "")
        if environ["REQUEST_METHOD"] == "PUT" and "Boto" not in agent:
            checksum = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
            requests.append((environ["PATH_INFO"], checksum))
            if checksum:
                # S3 is content with the checksum; moto wants to be told that there is one.
                environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = "SHA256"
        return inner(self, environ, start_response)

    werkzeug_app.DomainDispatcherApplication.__call__ = call


def check(s3, requests):
    """Every PUT had a checksum; what is there is what it says, is locked, and nothing was written twice."""
    assert requests and all(checksum for _, checksum in requests), requests
    versions = s3.list_object_versions(Bucket=BUCKET)
    names = [version["Key"] for version in versions["Versions"]]
    assert len(names) == len(set(names)), names
    large = 0
    for version in versions["Versions"]:
        name, number = version["Key"], version["VersionId"]
        assert name.startswith(PREFIX + "/"), name
        found = s3.get_object(Bucket=BUCKET, Key=name, VersionId=number)
        content = found["Body"].read()
        large += len(content) > PART_BYTES
        if len(content) <= PART_BYTES:
            # What came in parts moto does not lock.
            assert found["ObjectLockMode"] == "COMPLIANCE", found
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            assert (f"/{BUCKET}/{name}", digest) in requests, name
    assert large >= 2, names
    # What was deleted is hidden, and its version still there.
    markers = [marker["Key"] for marker in versions["DeleteMarkers"]]
    assert set(markers) and set(markers) <= set(names), markers
    return len(names)


def check_lake(s3):
    """What is there is the manifest and the files that it or the one before names; the largest came in parts."""
    listed = s3.list_objects_v2(Bucket=LAKE)["Contents"]
    there = {found["Key"]: found for found in listed}
    manifest = PREFIX + "/400/manifest.json"
    read = json.load(s3.get_object(Bucket=LAKE, Key=manifest)["Body"])
    files = [file for segment in read["segments"] for file in segment["files"].values()]
    files += read["directory"].values()
    named = {f"{PREFIX}/{file['path']}": file["bytes"] for file in files}
    dropped = {f"{PREFIX}/{path}" for path in read["dropped"]}
    assert named.keys() | dropped | {manifest} == there.keys(), (there.keys(), named, dropped)
    assert len(dropped) < len(named), dropped
    assert all(there[name]["Size"] == size for name, size in named.items()), named
    large = [found for name, found in there.items() if found["Size"] > PART_BYTES]
    assert large and all("-" in found["ETag"] for found in large), listed
    assert not s3.list_multipart_uploads(Bucket=LAKE).get("Uploads"), "parts of no object"
    return len(there)


def passes(test, environment, count):
    done = subprocess.run(test, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0 and f"{count} passed" in done.stdout, done.stdout + done.stderr


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--test", required=True, type=shlex.split, help="runs the test of recordings")
    arguments.add_argument("--lake", required=True, type=shlex.split, help="runs the test of tables")
    options = arguments.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    requests = []
    watch(requests)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        s3 = make_buckets(endpoint)
        server_of = KEYS | {"AWS_ENDPOINT": endpoint, "AWS_ALLOW_HTTP": "true"}
        passes(options.test, server_of | {"CALLBOOK_TEST_S3": f"s3://{BUCKET}/{PREFIX}"}, 1)
        count, checked = check(s3, requests), len(requests)
        passes(options.lake, server_of | {"CALLBOOK_TEST_S3": f"s3://{LAKE}/{PREFIX}"}, 2)
        tables = check_lake(s3)
    finally:
        server.stop()
    print(f"{count} objects in a locked bucket, {checked} requests with their checksums; {tables} of tables")


if __name__ == "__main__":
    main()
