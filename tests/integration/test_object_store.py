"""``ocrtool read`` from and to an object store: an S3-compatible server that runs within the test.

Needs ``pip install s3fs 'moto[s3]' flask flask-cors boto3``, which are no part of the extra for tests: they take 130
MB, and their versions depend on each other so that pip may take ten minutes to choose some.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_engine import fake_reader
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.jobs import read as read_job

pytest.importorskip("s3fs")
server_module = pytest.importorskip("moto.server")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[object]:
    """An S3 client with a bucket of pages; the environment says where the server is, as it does for any S3."""
    import boto3
    import s3fs

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(read_job, "load_reader", fake_reader)
    monkeypatch.chdir(tmp_path)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="scans")
    for name, width in (("a/p1.png", 41), ("a/p2.png", 42), ("b/p1.png", 43)):
        put(client, name, width)
    client.put_object(Bucket="scans", Key="a/notes.txt", Body=b"no image")
    yield client
    server.stop()
    s3fs.S3FileSystem.clear_instance_cache()


def put(client: object, name: str, width: int) -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((20, width), np.uint8)).save(file, "PNG")
    client.put_object(Bucket="scans", Key=name, Body=file.getvalue())  # type: ignore[attr-defined]


def read(*arguments: str) -> int:
    return cli.run(["read", *arguments])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_folders_patterns_and_files(bucket: object, jobs: str, capfd: pytest.CaptureFixture) -> None:
    for arguments, widths in (
        (("s3://scans/",), [41, 42, 43]),
        (("s3://scans/a",), [41, 42]),
        (("s3://scans/*/p1.png",), [41, 43]),
        (("s3://scans/b/p1.png", "s3://scans/a/p2.png"), [43, 42]),
    ):
        assert read(*arguments, "--jobs", jobs) == 0
        assert [int(page.split()[0]) for page in capfd.readouterr().out.split("\f")] == widths


def test_what_is_not_there(bucket: object, capfd: pytest.CaptureFixture) -> None:
    assert read("s3://scans/gone.png", "s3://scans/a/p1.png") == 1
    out, error = capfd.readouterr()
    assert (out, error) == ("41 by 20 mean 0\n", "ocrtool: s3://scans/gone.png: no such file or folder\n")


def test_resuming_reads_what_the_server_says_has_changed(bucket: object, capfd: pytest.CaptureFixture) -> None:
    arguments = ("s3://scans/", "-o", "out", "--resume", "-vv", "--jobs", "1")
    read_again = []
    for change in ("", "", "a/p2.png"):
        if change:
            put(bucket, change, 52)
        capfd.readouterr()
        assert read(*arguments) == 0
        read_again.append(capfd.readouterr().err.count("1 page(s) in"))
    assert read_again == [3, 0, 1]
    assert Path("out/p2.txt").read_text() == "52 by 20 mean 0\n"


def texts(client: object, bucket: str = "texts") -> dict[str, str]:
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])  # type: ignore[attr-defined]
    return {
        each["Key"]: client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()  # type: ignore[attr-defined]
        for each in found
    }


EXPECTED = {f"out/{name}.txt": f"{width} by 20 mean 0\n" for name, width in (("a_p1", 41), ("p2", 42), ("b_p1", 43))}


def test_outputs_go_into_a_bucket_and_a_run_is_resumed(bucket: object, capfd: pytest.CaptureFixture) -> None:
    bucket.create_bucket(Bucket="texts")  # type: ignore[attr-defined]
    arguments = ("s3://scans/", "-o", "s3://texts/out/", "--resume", "--journal", "kept", "-vv", "--jobs", "1")
    read_again = []
    for lost in ("", "", "out/p2.txt"):
        if lost:
            bucket.delete_object(Bucket="texts", Key=lost)  # type: ignore[attr-defined]
        capfd.readouterr()
        assert read(*arguments) == 0
        read_again.append(capfd.readouterr().err.count("1 page(s) in"))
        assert texts(bucket) == EXPECTED
    assert read_again == [3, 0, 1]


def test_a_bucket_that_is_not_there_is_not_made(bucket: object, capfd: pytest.CaptureFixture) -> None:
    assert read("s3://scans/", "-o", "s3://typo/out/") == 1
    error = capfd.readouterr().err.splitlines()
    assert len(error) == 4 and all("s3://typo/out/" in line and "cannot be written" in line for line in error[:3])
    assert error[3] == "ocrtool: no more is read, since 3 outputs in a row could not be written"
    assert "typo" not in [each["Name"] for each in bucket.list_buckets()["Buckets"]]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_cluster_reads_from_one_bucket_what_is_written_to_another(bucket: object, tmp_path: Path) -> None:
    """Workers fetch the pages; the machine of the command writes."""
    pytest.importorskip("distributed")
    from dask_cluster import Cluster

    bucket.create_bucket(Bucket="texts")  # type: ignore[attr-defined]
    cluster = Cluster(tmp_path)
    try:
        assert read("s3://scans/", "-o", "s3://texts/out/", "--scheduler", cluster.address) == 0
    finally:
        cluster.close()
    assert texts(bucket) == EXPECTED
