#include "output_file.h"

#include "interrupt.h"
#include "message.h"

#include <errno.h>
#include <string.h>

static int cannot_write(const sg_cli_output *output, int error) {
    sg_cli_message("%s: cannot be written: %s", output->path, strerror(error));
    return sg_cli_exit_code(SG_IO_ERROR);
}

int sg_cli_output_open(const char *path, sg_cli_output *output) {
    *output = (sg_cli_output){.file = stdout};
    if (!path)
        return 0;
    int code = sg_cli_path(output->path, "%s", path);
    if (code == 0)
        code = sg_cli_path(output->aside, "%s.tmp", path);
    if (code == 0)
        code = sg_cli_interrupt_guard(path);
    if (code)
        return code;
    output->file = fopen(output->aside, "wb");
    if (output->file)
        return 0;
    code = cannot_write(output, errno);
    sg_cli_interrupt_unguard();
    return code;
}

int sg_cli_output_close(sg_cli_output *output, bool whole) {
    if (!output->file || output->file == stdout)
        return 0;
    errno = 0;
    bool failed = ferror(output->file) != 0;
    failed = fclose(output->file) != 0 || failed;
    int error = failed ? (errno ? errno : EIO) : 0;
    if (whole && error == 0 && rename(output->aside, output->path) != 0)
        error = errno;
    if (!whole || error)
        remove(output->aside);
    sg_cli_interrupt_unguard();
    return error && whole ? cannot_write(output, error) : 0;
}
