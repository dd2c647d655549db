#include "exit_code.h"

static const int codes[SG_CLI_STATUSES] = {
    [SG_OK] = 0,   [SG_IO_ERROR] = 1, [SG_MEMORY] = 1,   [SG_ARGUMENT] = 2,  [SG_CONFIG] = 2,
    [SG_DATA] = 3, [SG_MODEL] = 3,    [SG_DIVERGED] = 4, [SG_STOPPED] = 130, /* as a shell tells of a program that
                                                                                Ctrl-C ended */
};

int sg_cli_exit_code(sg_status status) {
    return (size_t)status < SG_CLI_STATUSES ? codes[status] : 1;
}
