"""Writes surgrad/_cdef.py, the module by which cffi calls the library:   make_cdef.py HEADER OUT

HEADER is surgrad_cdef.h, which the build makes of include/surgrad.h. The module holds what cffi made of it, so that
nothing is parsed when surgrad is imported, and one package serves every version of Python."""
import sys

import cffi


def main() -> None:
    header, out = sys.argv[1:]
    ffi = cffi.FFI()
    with open(header, encoding="utf-8") as text:
        ffi.cdef(text.read())
    ffi.set_source("surgrad._cdef", None)
    ffi.emit_python_code(out)


main()
