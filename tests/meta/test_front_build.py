"""The front-end build takes the place of the former files without a moment in which one of them is not there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from partnership.frontend import MODULES, ROOT, npm


def test_a_build_never_loses_a_file_that_is_served(tmp_path: Path) -> None:
    static = tmp_path / "static"
    shutil.copytree(ROOT / "static" / "src", static / "src")
    shutil.copy(ROOT / "static" / "build.mjs", static)
    (tmp_path / "node_modules").symlink_to(MODULES)
    command, environment = ["node", str(static / "build.mjs")], npm()[1]
    subprocess.run(command, env=environment, check=True)
    kept, gone = static / "built" / "css" / "app.css", static / "built" / "js" / "former.js"
    gone.write_text("")
    again = subprocess.Popen(command, env=environment)
    there = kept.exists()
    while again.poll() is None:
        there = there and kept.exists()
    assert again.returncode == 0
    assert there
    assert kept.stat().st_size > 10_000
    assert not gone.exists(), "what is no longer made is not served"
    assert [each.name for each in static.iterdir() if each.name.startswith("built")] == ["built"]

    (static / "src" / "scss" / "app.scss").write_text("a {")
    assert subprocess.run(command, env=environment, stderr=subprocess.DEVNULL).returncode
    assert kept.stat().st_size > 10_000, "a build that fails leaves the former files"
