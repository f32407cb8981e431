"""Tokens at rest: opened by their key, for their chat, unaltered, or not at all."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault import KeyFormatError, Vault, VaultError, key_file, load_or_create_keys, new_key, prepend_key

OLD, NEW = new_key(), new_key()
GOOD = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="


@given(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_what_is_sealed_opens_for_its_context(plain: bytes, context: str) -> None:
    vault = Vault([OLD])
    assert vault.open(vault.seal(plain, context), context) == plain


def test_the_same_text_is_sealed_differently_each_time_and_never_shows() -> None:
    vault = Vault([OLD])
    sealed = {vault.seal(b"canary-token", "chat:1") for _ in range(20)}
    assert len(sealed) == 20
    assert not any("canary" in text for text in sealed)


def test_a_sealed_text_of_another_chat_is_refused() -> None:
    vault = Vault([OLD])
    sealed = vault.seal(b"token", "chat:1")
    for other in ("chat:2", "chat:11", "update:1", ""):
        with pytest.raises(VaultError):
            vault.open(sealed, other)


def test_no_altered_text_opens_whichever_character_was_changed() -> None:
    vault = Vault([OLD])
    sealed = vault.seal(b"token", "chat:1")
    for place, character in enumerate(sealed):
        altered = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
        if altered.rstrip("=") == sealed.rstrip("="):
            continue
        with pytest.raises(VaultError):
            vault.open(altered, "chat:1")


FOREIGN = ("", "v1", "v1..", "v1.00000000.AAAA", "plain-token", "v2.{name}.AAAA", "v1.{name}.", "v1.{name}.AA", "v1.{name}.ключ")


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_no_sealed_text_is_refused(text: str) -> None:
    vault = Vault([OLD])
    name = vault.seal(b"", "").split(".")[1]
    with pytest.raises(VaultError):
        vault.open(text.replace("{name}", name), "chat:1")


def test_while_a_key_is_rotated_both_are_read_and_the_new_one_seals() -> None:
    before = Vault([OLD]).seal(b"token", "chat:1")
    vault = Vault([NEW, OLD])
    after = vault.seal(b"token", "chat:1")
    assert vault.open(before, "chat:1") == vault.open(after, "chat:1") == b"token"
    assert (vault.is_current(before), vault.is_current(after)) == (False, True)
    assert Vault([NEW]).open(after, "chat:1") == b"token"
    with pytest.raises(VaultError, match="not configured"):
        Vault([NEW]).open(before, "chat:1")
    with pytest.raises(VaultError, match="not configured"):
        Vault([OLD]).open(after, "chat:1")


def test_a_key_that_came_later_is_read_when_it_is_first_met() -> None:
    keys = [OLD]
    vault = Vault(keys, reread=lambda: keys)
    keys.insert(0, NEW)
    sealed = Vault([NEW]).seal(b"token", "chat:1")
    assert vault.open(sealed, "chat:1") == b"token"
    assert vault.is_current(sealed)
    assert vault.open(Vault([OLD]).seal(b"older", "chat:1"), "chat:1") == b"older"
    with pytest.raises(VaultError, match="not configured"):
        vault.open(Vault([new_key()]).seal(b"token", "chat:1"), "chat:1")


def test_a_key_that_is_known_is_not_looked_for_again() -> None:
    asked: list[str] = []
    vault = Vault([NEW, OLD], reread=lambda: asked)
    for key in (OLD, NEW):
        assert vault.open(Vault([key]).seal(b"token", "chat:1"), "chat:1") == b"token"
    with pytest.raises(KeyFormatError, match="at least one"):
        vault.open(Vault([new_key()]).seal(b"token", "chat:1"), "chat:1")


def test_what_an_earlier_version_sealed_opens() -> None:
    vault = Vault(["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="])
    sealed = "v1.60854e67.jC5HYSLM1g9oocCo_NxYobsBLaHspV7UAiOXNgYGyrc0HmwUbQI="
    assert vault.open(sealed, "chat:42") == b"demo-token"
    assert vault.is_current(sealed)
    again = vault.seal(b"demo-token", "chat:42")
    assert (len(again), again[:12]) == (len(sealed), sealed[:12])
    for version in ("", "v0", "v2"):
        with pytest.raises(VaultError, match="not configured"):
            vault.open(sealed.replace("v1", version), "chat:42")
    with pytest.raises(VaultError, match="altered, or sealed for something else"):
        vault.open(sealed, "chat:43")


def test_a_name_depends_on_the_newest_key_and_on_every_byte() -> None:
    fixed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    name = Vault([fixed]).digest(b"demo-token")
    assert name == Vault([fixed, OLD]).digest(b"demo-token") == "1f683ebddf95168a80d2a7af3f00f8df"
    assert len({name, Vault([OLD, fixed]).digest(b"demo-token"), Vault([fixed]).digest(b"demo-tokeN")}) == 3


def test_the_same_key_twice_is_one_key() -> None:
    assert repr(Vault([OLD, OLD, NEW])) == "Vault(2 keys)"


@pytest.mark.parametrize("key", ["", "short", "x" * 44, GOOD[:-4], GOOD + "AAAA", f"{GOOD[:20]}!{GOOD[20:]}", "ключ", "!" * 43])
def test_a_bad_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(KeyFormatError) as refused:
        Vault([key])
    assert str(refused.value) == "a key must be 32 bytes in URL-safe Base64"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_vault_needs_a_key() -> None:
    with pytest.raises(KeyFormatError, match="at least one"):
        Vault([])


def test_a_vault_and_its_errors_show_no_key() -> None:
    vault = Vault([OLD])
    assert OLD not in repr(vault)
    with pytest.raises(VaultError) as refused:
        vault.open(Vault([NEW]).seal(b"canary", "chat:1"), "chat:1")
    assert OLD not in str(refused.value)
    assert NEW not in str(refused.value)


def test_a_key_has_room_for_spaces_around_it() -> None:
    assert Vault([f" {OLD}\n"]).open(Vault([OLD]).seal(b"token", "c"), "c") == b"token"


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = key_file(tmp_path / "data" / "bot.sqlite3")
    assert path.name == "bot.sqlite3.key"
    keys = load_or_create_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_keys(path) == keys
    assert Vault(keys).open(Vault(keys).seal(b"token", "c"), "c") == b"token"


def test_a_key_file_that_was_left_empty_by_a_kill_gets_its_key(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3.key"
    path.touch(0o600)
    keys = load_or_create_keys(path)
    assert len(keys) == 1
    assert load_or_create_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_key_goes_first_and_the_old_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3.key"
    old = load_or_create_keys(path)
    prepend_key(path, NEW)
    assert load_or_create_keys(path) == [NEW, *old]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text("ascii") == f"{NEW}\n{old[0]}\n"


def test_a_key_file_ends_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3.key"
    (key,) = load_or_create_keys(path)
    assert path.read_text("ascii") == f"{key}\n"


@pytest.mark.parametrize("begin", [load_or_create_keys, lambda path: prepend_key(path, NEW)])
def test_the_folder_of_a_key_file_is_made_with_it(tmp_path: Path, begin: Callable[[Path], object]) -> None:
    path = tmp_path / "not" / "there" / "bot.sqlite3.key"
    begin(path)
    assert load_or_create_keys(path)


def test_a_key_file_that_was_damaged_is_refused_as_a_bad_key(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3.key"
    path.write_bytes(b"\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87\n")
    with pytest.raises(KeyFormatError):
        Vault(load_or_create_keys(path))
