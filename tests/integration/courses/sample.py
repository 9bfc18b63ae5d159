"""A course folder with a real, short video."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from tests.unit.courses.texts import COURSE, ORDER


def make_folder(folder: Path, course: str = COURSE, drill: str = ORDER, seconds: int = 2) -> Path:
    """Write the sample course into `folder`."""
    for name in ("media", "texts", "drills"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "course.toml").write_text(course, encoding="utf-8")
    _make_video(folder / "media/see.mp4", seconds)
    (folder / "media/see.zh.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:02.000\n你好\n", encoding="utf-8")
    (folder / "texts/see.md").write_text("# 看\n\n你好。\n\n![图](media/shop.png)\n", encoding="utf-8")
    (folder / "texts/read.md").write_text(
        "# 读\n\n**停机**后再修。\n\n<script>x</script>\n", encoding="utf-8"
    )
    Image.new("RGB", (8, 8), "white").save(folder / "media/shop.png")
    (folder / "drills/do.toml").write_text(drill, encoding="utf-8")
    return folder


def _make_video(place: Path, seconds: int) -> None:
    """A real H.264 mp4 of so many seconds, its index in front."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i",
        f"color=c=white:s=64x36:r=5:d={seconds}", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags",
        "+faststart", str(place),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
