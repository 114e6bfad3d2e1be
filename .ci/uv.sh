# Finds what ./start and ./check need before Python code can run: uv, and a Python of 3.12 or newer. Sourced, not run.
# Sets $uv, and $UV_PYTHON where uv would not find the interpreter by itself (it does not see those of pyenv), and
# $quiet: an installation takes a while and shows its progress, a warm start is silent.

suits() { # a Python that is new enough and complete
    "$1" -c 'import sqlite3, ssl, sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() { # the newest first
    pyenv="${PYENV_ROOT:-$HOME/.pyenv}/versions"
    for candidate in python3.14 "$pyenv"/3.14.*/bin/python3 python3.13 "$pyenv"/3.13.*/bin/python3 \
        python3.12 "$pyenv"/3.12.*/bin/python3 python3; do
        if suits "$candidate"; then
            # The interpreter itself and not a shim, whose choice depends on the folder it is called in.
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

find_uv() {
    for candidate in uv "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv" "$cache/bin/uv"; do
        if "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

bring_uv() { # by whatever Python there is, also an old one
    for candidate in "${UV_PYTHON:-python3}" python3 python; do
        "$candidate" -m venv "$cache" >/dev/null 2>&1 &&
            "$cache/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.8' >/dev/null 2>&1 && return
        # Debian cuts venv out of its Python; pip alone will do.
        "$candidate" -m pip install --quiet --disable-pip-version-check --target "$cache" 'uv>=0.8' >/dev/null 2>&1 && return
    done
    return 1
}

fail() {
    echo "$*" >&2
    exit 2
}

prepare() { # $1: the folder of the project
    cache="${XDG_CACHE_HOME:-$HOME/.cache}/alongside/uv"
    # An environment that works keeps its Python: naming another one would make uv build it anew.
    suits "$1/.venv/bin/python" && installed=yes || installed=
    if [ -z "$installed" ] && [ -z "${UV_PYTHON:-}" ] && found=$(find_python); then
        export UV_PYTHON="$found"
    fi
    uv=$(find_uv) || { echo "Bringing uv, which installs the rest …" && bring_uv && uv=$(find_uv); } ||
        fail "Alongside is installed by uv, which is missing and could not be fetched: see https://docs.astral.sh/uv/ and try again."
    [ -n "$installed" ] || [ -n "${UV_PYTHON:-}" ] || "$uv" python find --quiet '>=3.12' >/dev/null 2>&1 ||
        { echo "Bringing Python 3.13 …" && "$uv" python install --quiet 3.13 >/dev/null 2>&1; } ||
        fail "Alongside needs Python 3.12 or newer; none was found here and none could be fetched: install one from https://www.python.org/downloads/ and try again."
    quiet=${installed:+--quiet}
}
