"""nginx with the article as a file, compressed beforehand: what serving costs at least.

It sends the headers that our answers have: else the two would not be the same page.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from pathlib import Path

from .servers import Spec, free_port

# As its documentation would have it; connections stay open, as they do to the others.
_SETTINGS = """\
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  gzip_static on;
  keepalive_requests 1000000000;
  types {{ text/html html; }}
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/html;
    location = {file} {{ {headers} }}
    location = {again} {{ {headers_again} }}
  }}
}}
"""
FILE, AGAIN = "/article.html", "/again.html"  # for all readers, and for those who have it
_OF_NGINX = {"content-type", "content-length", "etag", "last-modified"}  # which it says itself


def nginx(page: bytes, folder: Path, said: Mapping[str, str], again: Mapping[str, str]) -> Spec:
    """Put *page* into *folder* as two files; returns how nginx serves them from there.

    *said* are the headers of our answer with this page, and *again* those of our 304.
    """
    html = folder / "html"
    html.mkdir()
    for path in (FILE, AGAIN):
        (html / path[1:]).write_bytes(page)
        (html / f"{path[1:]}.gz").write_bytes(gzip.compress(page, 9))
    # Started by root, it would else become another user, who cannot read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    port = free_port()
    settings = _SETTINGS.format(
        **{"user": user, "folder": folder, "port": port, "file": FILE, "again": AGAIN},
        headers=_added(said),
        headers_again=_added(again),
    )
    (folder / "nginx.conf").write_text(settings, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    return Spec("nginx", command, serves=FILE, port=port)


def _added(headers: Mapping[str, str]) -> str:
    """Write settings that add *headers*, as far as nginx does not say them itself."""
    named = [pair for pair in headers.items() if pair[0].lower() not in _OF_NGINX]
    return " ".join(f'add_header {name} "{value}";' for name, value in named)
