"""Settings: what is read, and that everything wrong is said at once and in two languages."""

import base64
from pathlib import Path

import pytest

from services.kernel.config import EX_CONFIG, Misconfigured, check, environment, load

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
TOKEN = "aaa.bbb.ccc"
AUDIT = {
    "HUB_DATABASE_URL": "postgresql+psycopg://audit:secret@db/audit",
    "HUB_AMQP_URL": "amqp://audit:secret@broker/hub",
    "HUB_TOKEN_PUBLIC_KEY": KEY,
    "HUB_SERVICE_TOKEN": TOKEN,
    "HUB_LOG_ORIGIN": "hub.example/audit/v1",
    "HUB_LOG_KEY": KEY,
}
INTAKE = AUDIT | {"HUB_KEYS_URL": "sqlite:////var/keys.db", "HUB_KEK": KEY}


def test_a_service_needs_only_what_it_uses() -> None:
    settings = load(AUDIT, "audit")
    assert settings.database_url == "postgresql+psycopg://audit:secret@db/audit"
    assert settings.listen == ("127.0.0.1", 8000)
    assert settings.max_body == 65536
    assert settings.single_events
    assert not settings.demo


def test_all_that_is_wrong_is_listed_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = INTAKE | {"HUB_AMQP_URL": "broker", "HUB_LISTEN": "8000", "HUB_MAX_BODY": "a lot", "HUB_DATBASE_URL": "x"}
    del wrong["HUB_KEK"], wrong["HUB_DATABASE_URL"]
    with pytest.raises(SystemExit) as ended:
        load(wrong, "intake")
    assert ended.value.code == EX_CONFIG == 78
    assert isinstance(ended.value, Misconfigured)
    assert [p.name for p in ended.value.problems] == [
        "HUB_DATABASE_URL", "HUB_KEK", "HUB_AMQP_URL", "HUB_LISTEN", "HUB_MAX_BODY", "HUB_DATBASE_URL",
    ]  # fmt: skip
    said = capsys.readouterr().err
    assert said.startswith("intake: 6 settings wrong or missing / 6 项设置有误或缺失\n")
    assert "HUB_KEK: missing; expected 32 bytes in base64url" in said
    assert "HUB_LISTEN: not understood; expected host:port / 无法识别; 应为 主机:端口" in said
    assert "HUB_DATBASE_URL: no such setting; expected HUB_DATABASE_URL" in said


def test_what_is_said_about_a_wrong_secret_does_not_hold_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Misconfigured):
        load(INTAKE | {"HUB_KEK": "hunter2", "HUB_DATABASE_URL": "mysql://root:hunter2@db/x"}, "intake")
    assert "hunter2" not in capsys.readouterr().err


def test_the_object_does_not_show_its_secrets() -> None:
    shown = repr(load(INTAKE, "intake"))
    assert "secret" not in shown
    assert TOKEN not in shown
    assert "keks" not in shown


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kek"
    file.write_text(f"{KEY}\n")
    settings = load({k: v for k, v in INTAKE.items() if k != "HUB_KEK"} | {"HUB_KEK_FILE": str(file)}, "intake")
    assert settings.keks == (bytes(range(32)),)


def test_a_file_that_cannot_be_read_is_a_wrong_setting(tmp_path: Path) -> None:
    given = {k: v for k, v in INTAKE.items() if k != "HUB_KEK"} | {"HUB_KEK_FILE": str(tmp_path / "none")}
    settings, problems = check(given, "intake")
    assert settings is None
    assert [p.wrong_en for p in problems] == ["its file cannot be read (FileNotFoundError)"]


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    _, problems = check(INTAKE | {"HUB_KEK_FILE": str(tmp_path / "kek")}, "intake")
    assert [p.wrong_zh for p in problems] == ["同时给出了值和文件"]


def test_while_a_key_changes_two_are_known() -> None:
    other = base64.urlsafe_b64encode(bytes(32)).decode()
    assert load(INTAKE | {"HUB_KEK": f"{other},{KEY}"}, "intake").keks == (bytes(32), bytes(range(32)))


def test_a_publisher_is_reached_under_the_hub_or_at_its_own_address() -> None:
    settings = load(AUDIT | {"HUB_URL": "https://hub.example/", "HUB_INTAKE_URL": "http://intake:8000"}, "audit")
    assert settings.url_of("intake") == "http://intake:8000/intake/v1"
    assert settings.url_of("referral") == "https://hub.example/referral/v1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_DATABASE_URL", "sqlite://"),
        ("HUB_DATABASE_URL", "postgresql://user@host/name"),
        ("HUB_AMQP_URL", "http://broker"),
        ("HUB_URL", "hub.example"),
        ("HUB_URL", "http://hub.example?x=1"),
        ("HUB_LISTEN", "0.0.0.0:99999"),
        ("HUB_TOKEN_PUBLIC_KEY", "c2hvcnQ"),
        ("HUB_SERVICE_TOKEN", "secret"),
        ("HUB_MAX_BODY", "10"),
        ("HUB_LOG_LEVEL", "debug"),
        ("HUB_DEMO", "perhaps"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str) -> None:
    settings, problems = check(AUDIT | {name: value}, "audit")
    assert settings is None
    assert [p.name for p in problems] == [name]


def test_the_environment_is_a_copy() -> None:
    assert environment() is not environment()
