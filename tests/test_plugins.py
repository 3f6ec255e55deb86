"""Plugins are found by the metadata of installed packages, imported when asked for, and blamed by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner import plugins
from crfner.errors import CrfnerError

GROUP = "crfner.tests"


def install(folder: Path, package: str, source: str, *entries: str) -> None:
    """What pip leaves behind: a module, and a folder of metadata that names its entry points."""
    (folder / f"{package}.py").write_text(source)
    metadata = folder / f"{package}-1.2.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *entries]) + "\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_what_packages_offer_is_found_by_name_and_loaded(site: Path) -> None:
    install(
        site, "plugin_of_numbers", "three = 3\nfour = 4\n", "b = plugin_of_numbers:four", "a = plugin_of_numbers:three"
    )
    found = plugins.named(GROUP)
    assert list(found) == ["a", "b"]
    assert [plugin.load(int) for plugin in found.values()] == [3, 4]
    assert found["a"].packages == ("plugin_of_numbers 1.2",)
    assert not plugins.named("crfner.others")


def test_finding_plugins_imports_none_and_a_broken_one_is_blamed_when_it_is_loaded(site: Path) -> None:
    install(site, "plugin_that_breaks", "raise OSError('no disk')\n", "x = plugin_that_breaks:x")
    found = plugins.named(GROUP)
    with pytest.raises(CrfnerError, match=r"'x' of the package plugin_that_breaks 1.2 .* \(OSError: no disk\); mend"):
        found["x"].load()


def test_a_plugin_of_another_type_is_refused(site: Path) -> None:
    install(site, "plugin_of_text", "x = 'text'\n", "x = plugin_of_text:x", "y = plugin_of_text:missing")
    with pytest.raises(CrfnerError, match=r"should be a builtins\.int, not a str"):
        plugins.named(GROUP)["x"].load(int)
    with pytest.raises(CrfnerError, match="AttributeError"):
        plugins.named(GROUP)["y"].load(int)


def test_a_name_that_two_packages_offer_names_both(site: Path) -> None:
    install(site, "plugin_one", "x = 1\n", "x = plugin_one:x")
    install(site, "plugin_two", "x = 2\n", "x = plugin_two:x")
    with pytest.raises(CrfnerError, match=r"plugin_one 1.2 and plugin_two 1.2 both offer 'x' to crfner.tests"):
        plugins.named(GROUP)["x"].load()
