"""One suite for every store of files."""

import hashlib
import io
import os
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chassis.files import BadKey, FileChanged, FileMissing, FileTooLarge, open_store

CONTENT = b"the coupon of a prospect " * 50_000
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def s3_endpoint():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return open_store(f"file://{tmp_path}/files")
    import boto3

    endpoint = request.getfixturevalue("s3_endpoint")
    for name, value in {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"bucket-{uuid.uuid4()}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return open_store(f"s3://{bucket}/alta")


def stage(store, content=CONTENT, max_bytes=10_000_000):
    return store.stage(io.BytesIO(content), max_bytes)


def content(store, key, **options):
    with store.open(key, **options) as stream:
        return stream.read()


def test_a_staged_file_is_measured_and_can_be_read(store):
    staged = stage(store)
    assert (staged.size, staged.sha256) == (len(CONTENT), HASH)
    assert content(store, staged.key) == CONTENT


def test_an_adopted_file_is_under_its_company_and_its_hash(store, company):
    key = store.adopt(stage(store).key, company, HASH)
    assert key == f"objects/{company}/{HASH[:2]}/{HASH}"
    assert content(store, key, company_id=company) == CONTENT and store.size(key) == len(CONTENT)
    with store.local(key) as path:
        assert path.read_bytes() == CONTENT


def test_adopting_takes_the_file_out_of_staging(store, company):
    staged = stage(store)
    store.adopt(staged.key, company, HASH)
    with pytest.raises(FileMissing):
        store.open(staged.key)


def test_adopting_twice_gives_the_same_key(store, company):
    staged = stage(store)
    assert store.adopt(staged.key, company, HASH) == store.adopt(staged.key, company, HASH)


def test_the_same_content_is_kept_once_per_company(store, company, stranger):
    mine, again, theirs = stage(store), stage(store), stage(store)
    assert store.adopt(mine.key, company, HASH) == store.adopt(again.key, company, HASH)
    assert store.adopt(theirs.key, stranger, HASH) != store.adopt(mine.key, company, HASH)


def test_adopting_with_another_hash_is_refused(store, company):
    staged = stage(store)
    with pytest.raises(FileChanged):
        store.adopt(staged.key, company, hashlib.sha256(b"else").hexdigest())
    assert content(store, staged.key) == CONTENT


def test_adopting_what_was_never_staged_is_refused(store, company):
    with pytest.raises(FileMissing):
        store.adopt(f"staged/{uuid.uuid4().hex}", company, HASH)


def test_a_file_over_the_limit_is_refused_and_not_kept(store):
    with pytest.raises(FileTooLarge) as refused:
        stage(store, max_bytes=len(CONTENT) - 1)
    assert refused.value.params == {"max_bytes": len(CONTENT) - 1}
    assert store.forget_staged_before(datetime.now(UTC) + timedelta(hours=1)) == 0


def test_an_endless_stream_is_cut_at_the_limit(store):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            Endless.given += 65_536
            return b"x" * 65_536

    with pytest.raises(FileTooLarge):
        store.stage(Endless(), 1_000_000)
    assert Endless.given < 30_000_000


def test_what_is_put_is_kept(store, company):
    key = store.put(b"%PDF", company)
    assert content(store, key) == b"%PDF"


def test_an_empty_file_is_a_file(store, company):
    assert content(store, store.put(b"", company)) == b""


def test_a_strangers_file_is_not_opened(store, company, stranger):
    key = store.put(b"private", stranger)
    with pytest.raises(BadKey):
        store.open(key, company_id=company)
    with pytest.raises(BadKey), store.local(key, company_id=company):
        pass


def test_a_staged_file_is_no_companys(store, company):
    with pytest.raises(BadKey):
        store.open(stage(store).key, company_id=company)


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "staged/../../etc/passwd",
        "staged/" + "a" * 31 + "/",
        "staged/" + "a" * 32 + "\n",
        "staged/" + "A" * 32,
        f"objects/{uuid.uuid4()}/aa/{HASH}",
        f"objects/../{HASH[:2]}/{HASH}",
        f"objects/{uuid.uuid4()}/{HASH[:2]}/{HASH}/../x",
        "",
        "staged/\0",
    ],
)
def test_keys_that_no_store_makes_are_refused(store, company, key):
    for use in (store.open, store.delete_staged, lambda key: store.adopt(key, company, HASH), store.size):
        with pytest.raises(BadKey):
            use(key)


def test_a_hash_that_is_a_path_is_refused(store, company):
    staged = stage(store)
    for wrong in ("../../x", "", HASH.upper(), HASH + "a"):
        with pytest.raises(BadKey):
            store.adopt(staged.key, company, wrong)


def test_missing_files_are_missing(store, company):
    key = f"objects/{company}/{HASH[:2]}/{HASH}"
    for use in (store.open, store.size):
        with pytest.raises(FileMissing):
            use(key)
    with pytest.raises(FileMissing), store.local(key):
        pass


def test_a_staged_file_can_be_deleted_once_and_again(store):
    staged = stage(store)
    store.delete_staged(staged.key)
    store.delete_staged(staged.key)
    with pytest.raises(FileMissing):
        store.open(staged.key)


def test_what_nobody_adopted_is_forgotten_in_time(store, company):
    kept = store.put(b"kept", company)
    stage(store)
    assert store.forget_staged_before(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert store.forget_staged_before(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert content(store, kept) == b"kept"


def test_many_may_adopt_the_same_file_at_once(store, company):
    staged, found, failed = stage(store), [], []

    def adopt():
        try:
            found.append(store.adopt(staged.key, company, HASH))
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=adopt) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and set(found) == {f"objects/{company}/{HASH[:2]}/{HASH}"}
    assert content(store, found[0]) == CONTENT


def test_an_upload_that_breaks_off_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.stage(Broken(), 1000)
    assert store.forget_staged_before(datetime.now(UTC) + timedelta(hours=1)) == 0


def test_files_of_a_folder_are_closed_to_others(tmp_path, company):
    store = open_store(f"file://{tmp_path}/files")
    store.put(b"private", company)
    modes = [path.stat().st_mode for path in (tmp_path / "files").rglob("*")]
    assert modes and all(mode & 0o007 == 0 for mode in modes)
    assert not list((tmp_path / "files" / "staged").iterdir())


@pytest.mark.parametrize("url", ["", "/var/files", "http://x/y", "file://host/x", "s3://", "file://"])
def test_other_addresses_are_refused(url):
    with pytest.raises(ValueError, match="neither"):
        open_store(url)


def test_a_store_that_does_not_answer_may_be_tried_again(monkeypatch, company):
    from chassis.errors import Transient

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(Transient, match="file-store-away"):
        open_store("s3://bucket").put(b"x", company)
    assert os.environ["AWS_ENDPOINT_URL_S3"].endswith(":9")
