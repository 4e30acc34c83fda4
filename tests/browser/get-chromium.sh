#!/bin/sh
# Get a Chromium for the browser tests. Says nothing where there is one ($CHROMIUM names another).
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}

found() {
  if [ -n "${CHROMIUM:-}" ]; then
    command -v "$CHROMIUM" >/dev/null && return
    echo "CHROMIUM is set to \"$CHROMIUM\", which is not a program. Next: correct or unset it." >&2
    exit 1
  fi
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
  do
    command -v "$name" >/dev/null && return
  done
  "$python" - 2>/dev/null <<'PYTHON'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
}

by_apt() {
  command -v apt-get >/dev/null || return
  if [ "$(id -u)" = 0 ]; then
    as_root=env
  elif sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
  else
    return 1
  fi
  # A sans-serif, an emoji and a small CJK font: a bare machine has none, and tests take pictures.
  fonts="fonts-dejavu-core fonts-noto-color-emoji fonts-wqy-microhei"
  $as_root apt-get -qq update && for name in chromium-headless-shell chromium; do
    # shellcheck disable=SC2086 # several words
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -qq --yes install --no-install-recommends \
      $name $fonts && return
  done
  return 1
}

found && exit
echo "No Chromium found: getting one for the browser tests …" >&2
by_apt >&2 && found && exit
"$python" -m playwright install chromium >&2 && found && exit

cat >&2 <<'MESSAGE'

There is no Chromium or Chrome here, and neither apt-get nor Playwright could install one.
Next, one of these, then run the same command again:
  install it                    Debian, Fedora, Arch: the package "chromium"; else Google Chrome
  name one that is elsewhere    export CHROMIUM=/path/to/chrome
  do without the browser tests  make test-fast
MESSAGE
exit 1
