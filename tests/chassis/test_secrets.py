"""A secret opens with its key, in its place, and nowhere else."""

import json

import pytest

from chassis.secrets import BadKeyFile, CannotOpen, Keyring

HERE, THERE = "provisioning.router/c/1/password", "provisioning.router/c/2/password"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "service.key"


@pytest.fixture
def keyring(path):
    return Keyring.create(path)


def test_what_was_sealed_opens_again_also_after_a_restart(keyring, path):
    sealed = keyring.seal("s3cret ñ", HERE)
    assert "s3cret" not in sealed and sealed.startswith(f"1:{keyring.newest}:")
    assert keyring.open(sealed, HERE) == Keyring.load(path).open(sealed, HERE) == "s3cret ñ"


def test_the_same_text_is_sealed_differently_each_time(keyring):
    assert keyring.seal("a", HERE) != keyring.seal("a", HERE)


def test_a_sealed_text_moved_to_another_row_does_not_open(keyring):
    with pytest.raises(CannotOpen):
        keyring.open(keyring.seal("a", HERE), THERE)


@pytest.mark.parametrize(
    "change", [lambda s: s[:-6] + "AAAAA=", lambda s: "2" + s[1:], lambda s: "x", lambda s: "1:a:b"]
)
def test_a_changed_text_does_not_open(keyring, change):
    with pytest.raises(CannotOpen):
        keyring.open(change(keyring.seal("a long secret", HERE)), HERE)


def test_another_keyring_does_not_open_it(keyring, tmp_path):
    other = Keyring.create(tmp_path / "other.key")
    with pytest.raises(CannotOpen):
        other.open(keyring.seal("a", HERE), HERE)


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens(keyring, path):
    old = keyring.seal("a", HERE)
    rotated = Keyring.rotate(path)
    new = rotated.seal("a", HERE)
    assert rotated.open(old, HERE) == rotated.open(new, HERE) == "a"
    assert (rotated.is_current(old), rotated.is_current(new)) == (False, True)
    with pytest.raises(CannotOpen):
        keyring.open(new, HERE)


def test_the_file_is_its_owners_alone(keyring, path):
    assert path.stat().st_mode & 0o777 == 0o600
    Keyring.rotate(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(BadKeyFile, match="chmod 600"):
        Keyring.load(path)


def test_a_key_file_is_never_overwritten(keyring, path):
    with pytest.raises(FileExistsError):
        Keyring.create(path)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", json.dumps({"keys": []}), json.dumps({"keys": [{"id": "a", "key": "x"}]})]
)
def test_a_file_that_is_no_key_file_is_refused(path, content):
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BadKeyFile):
        Keyring.load(path)


def test_a_missing_file_is_refused(path):
    with pytest.raises(BadKeyFile):
        Keyring.load(path)


def test_derived_keys_differ_by_purpose_and_keep_the_older_ones_after_a_rotation(tmp_path):
    first = Keyring.create(tmp_path / "keys.json")
    assert first.derive("cookies") != first.derive("links")
    rotated = Keyring.rotate(tmp_path / "keys.json")
    assert rotated.derive("cookies")[1:] == first.derive("cookies")
