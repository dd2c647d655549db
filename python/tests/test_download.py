"""Downloads by Python, in the place of libcurl."""

import gzip
import http.server
import threading

import pytest

import surgrad as sg
from surgrad import _download

BODY = bytes(range(256)) * 300


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/gone":
            self.send_error(404)
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", self.server.place)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.server.agent = self.headers["User-Agent"]
        self.wfile.write(BODY if self.path == "/all" else BODY[:1000])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.HTTPServer(("127.0.0.1", 0), _Server) as found:
        found.address = "http://127.0.0.1:%d" % found.server_port
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def fetch(server, path, where, limit=len(BODY)):
    return _download.download(server.address + path, bytes(where), limit, "surgrad/7")


def test_a_file_comes(server, tmp_path):
    server.place = "/all"
    for path in ("/all", "/moved"):
        assert fetch(server, path, tmp_path / "x") == (_download.DONE, "")
        assert (tmp_path / "x").read_bytes() == BODY
    assert server.agent == "surgrad/7"


def test_failures_say_where_the_fault_lies(server, tmp_path):
    x = tmp_path / "x"
    assert fetch(server, "/gone", x) == (_download.REFUSED, "the server answered 404 Not Found")
    assert fetch(server, "/all", x, 5000) == (_download.REFUSED, "has more than 5000 bytes, the most that were expected")
    end, why = fetch(server, "/part", x)
    assert end == _download.LOST and "1000 of %d" % len(BODY) in why
    assert fetch(server, "/all", tmp_path / "absent" / "x") == (_download.UNWRITTEN, "No such file or directory")
    assert _download.download("http://127.0.0.1:9/x", bytes(x), 10, "a")[0] == _download.LOST
    server.place = "ftp://127.0.0.1/x"
    assert fetch(server, "/moved", x)[0] == _download.LOST
    assert _download.download("file:///nothing/here", bytes(x), 10, "a")[0] == _download.REFUSED


def test_the_library_downloads_by_python(tmp_path, monkeypatch):
    asked = []

    def download(url, path, limit, agent):
        asked.append((url, agent))
        with open(path, "wb") as file:
            file.write(gzip.compress(b"not MNIST"))
        return _download.DONE, ""

    monkeypatch.setattr(_download, "download", download)
    monkeypatch.setenv("SURGRAD_MIRROR", "http://mirror.example")
    with pytest.raises(sg.WriteError, match="mirror.example"):
        sg.datasets.fetch("mnist", str(tmp_path))
    assert asked[0][0].startswith("http://mirror.example/mnist/") and asked[0][1] == "surgrad/" + sg.__version__


def test_ctrl_c_is_heard(tmp_path, monkeypatch):
    def download(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(_download, "download", download)
    with pytest.raises(KeyboardInterrupt):
        sg.datasets.fetch("mnist", str(tmp_path))
