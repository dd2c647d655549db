#include "json.h"

#include "message.h"
#include "text.h"

#include <stdio.h>

int sg_cli_print_json(cJSON *object, bool indented) {
    char *text = indented ? cJSON_Print(object) : cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    if (!text)
        return sg_cli_out_of_memory();
    sg_cli_write_json(stdout, text);
    putchar('\n');
    cJSON_free(text);
    return 0;
}
