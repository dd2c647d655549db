"""What bindings for Python do with surgrad_cdef.h and libsurgrad.so:   cdef.py HEADER LIBRARY

Exits with 77, skipped, where there is no cffi."""
import sys

try:
    import cffi
except ImportError:
    print("cdef.py: skipped, as there is no cffi (Debian: python3-cffi)")
    sys.exit(77)

ffi = cffi.FFI()
with open(sys.argv[1]) as header:
    ffi.cdef(header.read())
lib = ffi.dlopen(sys.argv[2])


def text(pointer):
    return ffi.string(pointer).decode()


def get(config, key):
    value = ffi.new("char[]", lib.SG_VALUE_TEXT)
    assert lib.sg_config_get(config, key, value, len(value)) == lib.SG_OK, text(lib.sg_error_message())
    return text(value)


version = [int(part) for part in text(lib.sg_version()).split(".")]
assert version == [lib.SG_VERSION_MAJOR, lib.SG_VERSION_MINOR, lib.SG_VERSION_PATCH]
assert lib.sg_version_number() == version[0] * 10000 + version[1] * 100 + version[2]

out = ffi.new("sg_config **")
assert lib.sg_config_create(out) == lib.SG_OK
config = ffi.gc(out[0], lib.sg_config_free)
assert lib.sg_config_set(config, b"layers.0.size", b"12") == lib.SG_OK
assert get(config, b"layers.0.size") == "12"

assert lib.sg_config_set(config, b"optimizer.lr", b"1") == lib.SG_CONFIG
assert "optimiser" in text(lib.sg_error_message()), text(lib.sg_error_message())
assert text(lib.sg_status_text(lib.SG_CONFIG)) == "the configuration is wrong"

info = ffi.new("sg_option_info *", {"size": ffi.sizeof("sg_option_info")})
assert lib.sg_option_at(0, info) and text(info.key) and text(info.help)

# A structure that begins with its size, and arrays that go in.
options = ffi.new("sg_run_options *", {"size": ffi.sizeof("sg_run_options"), "threads": 1})
assert options.threads == 1
arrays = {
    "first": ffi.new("uint64_t[]", [0, 1, 3]),
    "step": ffi.new("uint16_t[]", [4, 0, 9]),
    "channel": ffi.new("uint32_t[]", [2, 1, 0]),
    "label": ffi.new("uint32_t[]", [0, 1]),
}
view = ffi.new("sg_events_view *", {"samples": 2, "steps": 10, "channels": 3, "classes": 2, **arrays})
store = ffi.new("sg_events **")
assert lib.sg_events_create(view, store) == lib.SG_OK, text(lib.sg_error_message())
events = ffi.gc(store[0], lib.sg_events_free)
back = lib.sg_events_get(events)
assert (back.samples, back.steps, back.channels, back.step[2]) == (2, 10, 3, 9)
