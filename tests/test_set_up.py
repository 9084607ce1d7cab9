"""What set-up decides by itself: which index uv asks, which version of uv, which browser."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """A script of the project as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def set_up() -> ModuleType:
    return script("set_up")


@pytest.fixture
def bring_chromium() -> ModuleType:
    return script("bring_chromium")


@pytest.fixture(autouse=True)
def no_uv_configuration(monkeypatch: pytest.MonkeyPatch, set_up: ModuleType) -> None:
    """The machine's own uv configuration must not decide these tests."""
    monkeypatch.setattr(set_up, "uv_configuration", lambda environ: [])


LISTING = r"""
:env:.find-links='/mnt/wheels /mnt/more'
global.cert='/etc/hospital.pem'
global.extra-index-url='https://one.example/simple\nhttps://two.example/simple'
global.index-url='https://global.example/simple'
install.index-url='https://install.example/simple'
user.agent='nothing to us'
"""


def test_pip_ranks_its_settings_environment_command_global(set_up: ModuleType) -> None:
    settings = set_up.pip_settings(LISTING + ":env:.cert='/etc/env.pem'\n")
    assert settings == {
        "find-links": "/mnt/wheels /mnt/more",
        "cert": "/etc/env.pem",
        "extra-index-url": "https://one.example/simple https://two.example/simple",
        "index-url": "https://install.example/simple",
    }


def test_uv_is_told_what_pip_was_told(set_up: ModuleType) -> None:
    settings = set_up.pip_settings(LISTING)
    assert set_up.uv_environment(settings, {"PATH": "p"}) == {
        "PATH": "p",
        "UV_DEFAULT_INDEX": "https://install.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/mnt/wheels,/mnt/more",
        "SSL_CERT_FILE": "/etc/hospital.pem",
    }


def test_a_configured_uv_keeps_its_index(set_up: ModuleType) -> None:
    environ = {"UV_DEFAULT_INDEX": "https://mine.example/simple"}
    result = set_up.uv_environment(set_up.pip_settings(LISTING), environ)
    assert result == environ | {"SSL_CERT_FILE": "/etc/hospital.pem"}


def test_a_file_of_uv_counts_as_configured(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "uv.toml"
    file.write_text("")
    monkeypatch.setattr(set_up, "uv_configuration", lambda environ: [file])
    result = set_up.uv_environment({"index-url": "https://pip.example/simple"}, {})
    assert result == {}


def test_nothing_told_nothing_passed_on(set_up: ModuleType) -> None:
    assert set_up.uv_environment({}, {"HOME": "h"}) == {"HOME": "h"}


def test_uv_is_pinned_and_a_missing_pin_is_said(set_up: ModuleType) -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"uv==[0-9.]+", set_up.pinned("uv", text))
    assert set_up.pinned("b", "a-b==1\nb==2.0 ; python_version < '4'  # via b==9\n") == "b==2.0"
    with pytest.raises(set_up.SetUpError, match="pins no uv; `make update`"):
        set_up.pinned("uv", "uvicorn==1\n")


def test_where_no_way_to_uv_works_each_refusal_is_told(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path)
    refuses = [sys.executable, "-c", "import sys; sys.exit('this one is shut')"]
    monkeypatch.setattr(set_up, "ways_to_uv", lambda uv: {"first": [refuses], "other": [["none"]]})
    monkeypatch.setattr(set_up, "debian_pip", lambda folder: None)
    with pytest.raises(set_up.SetUpError) as caught:
        set_up.bring_uv("uv==1.0")
    message = str(caught.value)
    assert "uv==1.0" in message
    assert "first: this one is shut" in message
    assert "other: " in message
    assert "Next: install uv, or pip" in message


def test_an_old_python_is_refused_with_the_way_out(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_up, "OLDEST", (4, 0))
    assert set_up.main() == 2
    assert "make PYTHON=" in capsys.readouterr().err


DEBIAN = 'PRETTY_NAME="Debian"\nID=debian\nVERSION_ID="12"\n'


def test_chromium_comes_by_apt_on_debian_with_the_right_to(bring_chromium: ModuleType) -> None:
    update, install = bring_chromium.apt_commands(DEBIAN, root=True, sudo=False)
    assert update == ["apt-get", "-q", "update"]
    assert install[:3] == ["apt-get", "-q", "install"]
    assert "chromium" in install
    for command in bring_chromium.apt_commands(DEBIAN, root=False, sudo=True):
        assert command[:2] == ["sudo", "-n"]


@pytest.mark.parametrize(
    ("os_release", "root"), [(DEBIAN, False), ("ID=ubuntu\nID_LIKE=debian\n", True), ("", True)]
)
def test_elsewhere_nothing_is_installed(
    bring_chromium: ModuleType, os_release: str, root: bool
) -> None:
    assert bring_chromium.apt_commands(os_release, root=root, sudo=False) == []


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_missing_browser_fails_in_ci_alone(
    bring_chromium: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: str,
    status: int,
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(bring_chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(bring_chromium, "apt_commands", lambda *_, **__: [])
    assert bring_chromium.main() == status
    assert "install Chromium" in capsys.readouterr().err
