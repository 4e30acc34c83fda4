"""nginx with the article as a file, compressed beforehand: what serving costs at least."""

from __future__ import annotations

import gzip
import os
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
  }}
}}
"""


def nginx(page: bytes, folder: Path) -> Spec:
    """Put *page* into *folder* as ``article.html``; returns how nginx serves it from there."""
    html = folder / "html"
    html.mkdir()
    (html / "article.html").write_bytes(page)
    (html / "article.html.gz").write_bytes(gzip.compress(page, 9))
    # Started by root, it would else become another user, who cannot read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    port = free_port()
    settings = _SETTINGS.format(user=user, folder=folder, port=port)
    (folder / "nginx.conf").write_text(settings, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    return Spec("nginx", command, serves="/article.html", port=port)
