"""Pictures and sounds inside the texts of questions: told by content, written anew, shown safely (X09, I01)."""

import io
import wave
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from webapp.banks.formats import media, sounds
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.sanitise import MediaLink, clean_text, to_html, to_plain
from webapp.banks.rules.schema import media_token

HEAD = "题型,题干,选项A,选项B,正确答案,解析\n"


def wav(seconds: float = 0.3, rate: int = 8000) -> bytes:
    """A quiet WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x00\x10" * int(seconds * rate))
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(row: str, **files: bytes) -> Parsed:
    members = {"bank.csv": (HEAD + row).encode()}
    members |= {name.replace("__", "."): content for name, content in files.items()}
    return read_bank_file(zipped(members), "bank.zip")


def test_a_sound_is_written_anew_without_anything_but_sound() -> None:
    content = wav()
    titled = (
        content[:4]
        + b"\xff\xff\x00\x00"
        + content[8:]
        + b"LIST\x1a\x00\x00\x00INFOINAM\x0e\x00\x00\x00secret title!\x00"
    )
    made = sounds.checked(titled)
    assert made is not None
    assert made.media_type == "audio/mpeg"
    assert b"secret" not in made.content
    assert 0.25 < sounds.bare_seconds(made.content) < 0.5


def test_a_sound_we_wrote_stays_as_it_is() -> None:
    first = sounds.checked(wav())
    assert first is not None
    assert sounds.checked(first.content) == first
    tagged = sounds.checked(b"ID3\x04\x00\x00\x00\x00\x00\x0aTIT2secret" + first.content)
    assert tagged is None or b"TIT2" not in tagged.content


def test_a_sound_longer_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MAX_SECONDS", 1)
    assert sounds.checked(wav(0.8)) is not None
    assert sounds.checked(wav(3.0)) is None


def test_i01_what_only_says_that_it_is_a_sound_is_refused() -> None:
    for content in (
        b"RIFF\x00\x00\x00\x00WAVEfmt nonsense",
        b"OggS" + b"\x00" * 40,
        b"ID3 nothing",
        b"\x00\x00\x00\x18ftypM4A ",
    ):
        assert sounds.checked(content) is None
    assert sounds.checked(b"#EXTM3U\nfile:///etc/passwd") is None
    assert sounds.checked(b"ffconcat version 1.0\nfile /etc/passwd") is None


def test_pictures_and_sounds_named_in_texts_come_with_the_question() -> None:
    row = "单选,听 [[media:a.wav]] 看 [[media:b.png]],[[media:b.png]] 甲,乙,A,[[media:c.png]]"
    parsed = read(row, a__wav=wav(), b__png=png(), c__png=png(), unused__png=png())
    assert parsed.error_count == 0
    assert {name: file.media_type for name, file in parsed.pictures.items()} == {
        "a.wav": "audio/mpeg",
        "b.png": "image/png",
        "c.png": "image/png",
    }
    assert parsed.questions[0].public.stem == "听 [[media:a.wav]] 看 [[media:b.png]]"


def test_missing_and_bad_files_are_errors_of_their_own_row() -> None:
    row = (
        "单选,缺图 [[media:no.png]],甲,乙,A,\n单选,缺声 [[media:no.mp3]],甲,乙,A,\n"
        "单选,坏图 [[media:bad.png]],甲,乙,A,\n单选,坏声 [[media:bad.wav]],甲,乙,A,\n单选,好,甲,乙,A,"
    )
    parsed = read(row, bad__png=b"no picture", bad__wav=b"RIFF0000WAVE")
    assert [(one.code, one.row, one.value) for one in parsed.problems] == [
        ("picture-missing", 2, "no.png"),
        ("picture-missing", 3, "no.mp3"),
        ("picture-bad", 4, "bad.png"),
        ("sound-bad", 5, "bad.wav"),
    ]
    assert [question.public.stem for question in parsed.questions] == ["好"]


def test_a_missing_sound_program_is_said_at_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> str:
        raise sounds.NoEncoder

    monkeypatch.setattr(sounds, "_encoder", nothing)
    parsed = read("单选,听 [[media:a.wav]],甲,乙,A,", a__wav=wav())
    assert [one.code for one in parsed.problems] == ["sound-bad"]
    assert "ffmpeg" in parsed.problems[0].reason.text


def test_x09_tokens_survive_cleaning_and_become_safe_elements() -> None:
    kept, was_removed = clean_text("<p>看 [[media:图 1.png]] 5 &lt; 6</p>")
    assert (kept, was_removed) == ("看 [[media:图 1.png]] 5 < 6", False)
    links = {"图 1.png": MediaLink("abc-_9", "image/png"), "s.mp3": MediaLink("Q" * 24, "audio/mpeg")}
    page = to_html("看 [[media:图 1.png]] [[media:s.mp3]] [[media:<b>.png]]", links, 'a "picture"')
    assert '<img src="/media/abc-_9" alt="a &quot;picture&quot;" loading="lazy">' in page
    assert f'<audio controls preload="none" src="/media/{"Q" * 24}"' in page
    assert "图 1" not in page
    assert to_plain("看 [[media:图 1.png]]<b>x</b>") == "看 x"


@pytest.mark.parametrize(
    "evil", ['[[shown:picture:"onerror=alert(1)]]', "[[shown:picture:../x]]", '[[media:a"><script>]]']
)
def test_x09_no_token_smuggles_code_into_a_page(evil: str) -> None:
    page = to_html(evil, {'a"><script>': MediaLink("abc", "image/png")} if "script" not in evil else {})
    assert "<img" not in page
    assert "<script" not in page


def test_references_in_html_become_tokens() -> None:
    text = (
        '<p><img alt="x" src="@@PLUGINFILE@@/a%20b.png"/> <audio controls><source src=\'s.mp3\'></audio>'
        '<object data="o.png"></object> <a href="http://x.org/">link</a> <img src=""></p>'
    )
    seen = media.tokens_in_html(
        text,
        lambda ref: "" if ref.startswith("http") else media.safe_name(ref.removeprefix("@@PLUGINFILE@@/")),
    )
    assert "[[media:a b.png|x]]" in seen
    assert "[[media:s.mp3]]" in seen
    assert "[[media:o.png]]" in seen
    assert '<a href="http://x.org/">link</a> <img src="">' in seen


@given(st.text(max_size=60))
def test_a_safe_name_ends_no_token_and_leaves_no_folder(reference: str) -> None:
    name = media.safe_name(reference)
    assert ".." not in name.split("/")
    assert not name.startswith("/")
    if name:
        kept, _removed = clean_text(media_token(name))
        assert kept == media_token(name)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_look_at_sounds(content: bytes) -> None:
    assert sounds.bare_seconds(content) >= 0
    sounds.kind_of(content)
    media.data_uri("data:image/png;base64," + content.decode("latin-1"))
