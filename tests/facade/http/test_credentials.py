"""What a client is made with: the key, the address, and what is refused before anything is sent."""

import pytest

from camb_client import AsyncCambClient, CambClient, CambError, ConfigurationError

clients = pytest.mark.parametrize("client", [CambClient, AsyncCambClient])


@clients
def test_no_key_names_the_variable(client: type[CambClient]) -> None:
    with pytest.raises(ConfigurationError, match="CAMB_API_KEY") as caught:
        client()
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, CambError)


@clients
@pytest.mark.parametrize("key", ["", " ", "secret\n", " secret", "sec\nret", "sécret", "secret\x7f", "\0secret"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_and_not_shown(
    client: type[CambClient], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match=r"^api_key ") as caught:
        client(key)
    if key.strip() and "\0" not in key:
        assert key.strip() not in str(caught.value)
        monkeypatch.setenv("CAMB_API_KEY", key)
        with pytest.raises(ConfigurationError, match=r"^CAMB_API_KEY "):
            client()


@clients
@pytest.mark.parametrize(
    ("key", "says"),
    [('"secret-key"', "quotes"), ("'secret-key'", "quotes"), ("secret-key\n", "line break"),
     ("secret\nkey", "line break"),
     (" secret-key", "blanks"), ("\ufeffsecret-key", "byte order mark"), ("sécret-key", "not ASCII"), ("", "missing"),
     ("secret\x7fkey", "cannot stand")],
)  # fmt: skip
def test_what_is_wrong_with_a_key_is_said(
    client: type[CambClient], key: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMB_API_KEY", key)
    with pytest.raises(ConfigurationError, match=f"^CAMB_API_KEY .*{says}") as caught:
        client()
    assert "key" not in str(caught.value).replace("api_key", "").replace(" a key", "")
    client("secret 'key' with \"quotes\"-in-it")


@clients
def test_key_and_address_come_from_the_environment(client: type[CambClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_API_KEY", "a-key")
    assert "client.camb.ai" in repr(client())
    monkeypatch.setenv("CAMB_BASE_URL", "https://camb.example/apis/")
    assert repr(client()) == f"{client.__name__}(base_url='https://camb.example/apis')"
    assert "other.example" in repr(client(base_url="https://other.example"))


@clients
def test_an_argument_wins_over_the_environment(client: type[CambClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMB_API_KEY", "not valid\n")
    client("valid")


@clients
@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000", "http://localhost/apis", "http://[::1]:80", "http://127.9.9.9", "http://camb.localhost"],
)
def test_plain_http_to_this_machine_is_fine(client: type[CambClient], url: str) -> None:
    client("key", base_url=url)


@clients
@pytest.mark.parametrize(
    "url", ["http://camb.example", "http://192.168.0.1", "http://localhost.example", "http://[::2]"]
)
def test_plain_http_elsewhere_must_be_asked_for(client: type[CambClient], url: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_insecure_http"):
        client("key", base_url=url)
    client("key", base_url=url, allow_insecure_http=True)


@clients
@pytest.mark.parametrize(
    "url",
    ["", "camb.example",
     "ftp://camb.example", "https://", "https://u:hidden@camb.example", "//camb.example",
     "https://camb.example?a=b", "https://camb.example#a", "https://camb.example:port", "https://[::1", "http://a b"],
)  # fmt: skip
def test_an_address_that_cannot_work_is_refused(
    client: type[CambClient], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url ") as caught:
        client("key", base_url=url)
    assert "hidden" not in str(caught.value)
    if url:
        monkeypatch.setenv("CAMB_BASE_URL", url)
        with pytest.raises(ConfigurationError, match=r"^CAMB_BASE_URL "):
            client("key")


@clients
def test_other_types_are_refused(client: type[CambClient]) -> None:
    with pytest.raises(TypeError, match="api_key"):
        client(b"key")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="base_url"):
        client("key", base_url=7)  # type: ignore[arg-type]
