#include "settings.h"

#include "fetch.h"
#include "message.h"

#include <string.h>

/* Whether the message is about a key that the command line set: its line in the file would then mislead. */
static bool is_set_here(const sg_cli_arguments *arguments, const char *message) {
    for (size_t i = 0; i < arguments->setting_count; i++) {
        size_t length = strlen(arguments->settings[i].key);
        if (strncmp(message, arguments->settings[i].key, length) == 0 && message[length] == ':')
            return true;
    }
    return false;
}

static int check(const char *source, const sg_cli_arguments *arguments, const sg_config *config) {
    sg_status status = sg_config_check(config);
    if (status == SG_OK)
        return 0;
    if (is_set_here(arguments, sg_error_message()))
        return sg_cli_fail_in("command line", status);
    return sg_cli_fail(sg_config_check_in(config, source));
}

int sg_cli_apply(const char *source, const sg_cli_arguments *arguments, sg_config *config) {
    for (size_t i = 0; i < arguments->setting_count; i++) {
        sg_status status = sg_config_set(config, arguments->settings[i].key, arguments->settings[i].value);
        if (status != SG_OK)
            return sg_cli_fail_in("command line", status);
    }
    return check(source, arguments, config);
}

int sg_cli_configure(const char *source, const sg_cli_arguments *arguments, sg_config **config) {
    sg_status status = sg_config_load(source, config);
    if (status != SG_OK)
        return sg_cli_fail(status);
    int code = sg_cli_apply(source, arguments, *config);
    if (code) {
        sg_config_free(*config);
        *config = NULL;
    }
    return code;
}

static bool can_fetch(const char *set) {
    const char *name;
    for (size_t i = 0; (name = sg_fetch_name(i)); i++)
        if (strcmp(name, set) == 0)
            return true;
    return false;
}

int sg_cli_need_data(const sg_config *config) {
    char set[SG_VALUE_TEXT], dir[SG_VALUE_TEXT];
    sg_status status = sg_config_get(config, "data.set", set, sizeof set);
    if (status == SG_OK)
        status = sg_config_get(config, "data.dir", dir, sizeof dir);
    if (status != SG_OK)
        return sg_cli_fail(status);
    if (dir[0] || !can_fetch(set) || sg_fetch_ready(set, NULL))
        return 0;
    sg_cli_message("the data set %s is not here yet, or not as it should be; fetching it", set);
    return sg_cli_fetch(set, NULL);
}

int sg_cli_open_data(const sg_config *config, sg_data **data) {
    int code = sg_cli_need_data(config);
    if (code)
        return code;
    sg_status status = sg_data_open(config, data);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}
