/* stdin, stdout and stderr for archives whose code is of the kind for programs (-fPIE, as Debian's are), so that they
 * can become part of a shared library. Such code reads these three of libc's variables at a fixed distance, where a
 * shared library must look them up. The linker (--wrap) has all of them read these copies instead, which are the
 * library's own.
 */
#include <stdio.h>

extern FILE *__real_stdin, *__real_stdout, *__real_stderr;
__attribute__((visibility("hidden"))) FILE *__wrap_stdin, *__wrap_stdout, *__wrap_stderr;

static void __attribute__((constructor)) copy_streams(void) {
    __wrap_stdin = __real_stdin;
    __wrap_stdout = __real_stdout;
    __wrap_stderr = __real_stderr;
}
