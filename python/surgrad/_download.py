"""Downloads by Python's own urllib, so that a wheel needs no libcurl and no OpenSSL of its own."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request as request
from typing import Any

DONE, REFUSED, LOST, UNWRITTEN = range(4)  # sg_download_end

_STALL_SECONDS = 30
_CHUNK = 1 << 16  # bytes

# http, https and file, and nothing else that a server may redirect to.
_opener = request.OpenerDirector()
for _handler in (
    request.ProxyHandler(),
    request.HTTPHandler(),
    request.HTTPSHandler(),
    request.HTTPRedirectHandler(),
    request.HTTPDefaultErrorHandler(),
    request.HTTPErrorProcessor(),
    request.FileHandler(),
    request.UnknownHandler(),
):
    _opener.add_handler(_handler)


def download(url: str, path: bytes, limit: int, agent: str) -> tuple[int, str]:
    """Writes the bytes of `url` to the file `path`, at most `limit`: how it ended, and why it failed."""
    try:
        asked = request.Request(url, headers={"User-Agent": agent})
        with _opener.open(asked, timeout=_STALL_SECONDS) as answer:
            return _write(answer, path, limit)
    except urllib.error.HTTPError as error:
        return REFUSED, "the server answered %d %s" % (error.code, error.reason)
    except (OSError, http.client.HTTPException) as error:
        missing = url.startswith("file:")
        return (REFUSED if missing else LOST), str(getattr(error, "reason", error)) or type(error).__name__


def _write(answer: Any, path: bytes, limit: int) -> tuple[int, str]:
    promised = int(answer.headers.get("Content-Length") or -1)
    done = 0
    try:
        file = open(path, "wb")
    except OSError as error:
        return UNWRITTEN, str(error.strerror)
    with file:
        while chunk := answer.read(_CHUNK):
            done += len(chunk)
            if done > limit:
                return REFUSED, "has more than %d bytes, the most that were expected" % limit
            try:
                file.write(chunk)
                file.flush()
            except OSError as error:
                return UNWRITTEN, str(error.strerror)
    if done < promised:
        return LOST, "the connection broke off after %d of %d bytes" % (done, promised)
    return DONE, ""
