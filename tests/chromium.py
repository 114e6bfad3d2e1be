"""A real Chromium for the journeys: the one of this machine, or one that is installed now."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# In a container there is no sandbox, no graphics card, and nothing that the browser should fetch for itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> Path | None:
    """The browser that $CHROMIUM names, or one on the PATH."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ((named,) if named else NAMES))
    return next((Path(path) for path in found if path), None)


def find_or_install() -> Path:
    """A browser that starts; or raise RuntimeError with what was tried."""
    browser = find() or _install()
    try:
        subprocess.run([browser, "--version"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"{browser} does not start ({error}).") from error
    return browser


def _install() -> Path:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise RuntimeError(
            "no Chromium on the PATH, and only root on Debian or Ubuntu can install one: apt-get install chromium."
        )
    quiet = {"check": False, "capture_output": True, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update"], **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], **quiet)
    if found := find():
        return found
    raise RuntimeError(f"apt-get install chromium failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
