#include "sample_lines.h"

#include "memory.h"
#include "message.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef char line_name[48];

static const char *name_of(const sg_cli_lines *lines, line_name name) {
    snprintf(name, sizeof(line_name), "standard input: line %" PRIu64, lines->number);
    return name;
}

static int refuse(const sg_cli_lines *lines, const char *found) {
    line_name name;
    sg_cli_message("%s: %s, expected a sample such as {\"t\": [0.5, 3], \"channel\": [7, 2]}, times in ms",
                   name_of(lines, name), found);
    return sg_cli_exit_code(SG_DATA);
}

static bool reserve(sg_cli_lines *lines, size_t count) {
    if (count <= lines->event_room)
        return true;
    if (!sg_cli_resize(&lines->time_ms, count, sizeof *lines->time_ms) ||
        !sg_cli_resize(&lines->channel, count, sizeof *lines->channel))
        return false;
    lines->event_room = count;
    return true;
}

static bool is_channel(const cJSON *item) {
    return cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= UINT32_MAX &&
           item->valuedouble == floor(item->valuedouble);
}

/* Lists are walked, as the n-th item of one is only found from its first. */
static int take_events(sg_cli_lines *lines, const cJSON *times, const cJSON *channels, size_t *count) {
    if (!cJSON_IsArray(times) || !cJSON_IsArray(channels))
        return refuse(lines, "has no lists \"t\" and \"channel\"");
    *count = (size_t)cJSON_GetArraySize(times);
    if (*count != (size_t)cJSON_GetArraySize(channels))
        return refuse(lines, "its lists \"t\" and \"channel\" are not of one length");
    if (!reserve(lines, *count))
        return sg_cli_out_of_memory();
    const cJSON *time = times->child, *channel = channels->child;
    for (size_t e = 0; e < *count; e++, time = time->next, channel = channel->next) {
        if (!cJSON_IsNumber(time))
            return refuse(lines, "\"t\" holds what is no number");
        if (!is_channel(channel))
            return refuse(lines, "\"channel\" holds what is no whole number of 0 or more");
        lines->time_ms[e] = time->valuedouble;
        lines->channel[e] = (uint32_t)channel->valuedouble;
    }
    return 0;
}

static int parse(sg_cli_lines *lines, const sg_network *network, sg_events **out) {
    line_name name;
    size_t count = 0;
    cJSON *object = cJSON_ParseWithOpts(lines->text, NULL, true);
    if (!object)
        return refuse(lines, "is no JSON");
    int code = take_events(lines, cJSON_GetObjectItemCaseSensitive(object, "t"),
                           cJSON_GetObjectItemCaseSensitive(object, "channel"), &count);
    cJSON_Delete(object);
    if (code)
        return code;
    sg_status status = sg_sample_create(network, name_of(lines, name), lines->time_ms, lines->channel, count, out);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}

static bool is_blank(const char *text) {
    return text[strspn(text, " \t\r\n")] == 0;
}

int sg_cli_lines_next(sg_cli_lines *lines, const sg_network *network, sg_events **out) {
    *out = NULL;
    errno = 0;
    for (ssize_t length; (length = getline(&lines->text, &lines->room, lines->file)) >= 0;) {
        lines->number++;
        if (strlen(lines->text) != (size_t)length)
            return refuse(lines, "holds a 0 byte");
        if (!is_blank(lines->text))
            return parse(lines, network, out);
    }
    if (feof(lines->file))
        return 0;
    sg_cli_message("standard input: cannot be read: %s", strerror(errno));
    return sg_cli_exit_code(errno == ENOMEM ? SG_MEMORY : SG_DATA);
}

void sg_cli_lines_free(sg_cli_lines *lines) {
    free(lines->text);
    free(lines->time_ms);
    free(lines->channel);
    *lines = (sg_cli_lines){0};
}
