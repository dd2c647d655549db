/* Any bytes are a configuration or a one-line error; and what was read, written and read again is the same. */
#include "surgrad.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static char *text_of(const sg_config *config) {
    char *text;
    require(sg_config_text(config, &text) == SG_OK);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sg_config *config, *again;
    if (sg_config_parse("input", (const char *)data, size, &config) != SG_OK) {
        require(!config && *sg_error_message() && !strchr(sg_error_message(), '\n'));
        return 0;
    }
    char *text = text_of(config);
    require(sg_config_parse("text", text, strlen(text), &again) == SG_OK);
    char *text_again = text_of(again);
    require(strcmp(text, text_again) == 0);
    sg_free(text);
    sg_free(text_again);
    sg_config_free(config);
    sg_config_free(again);
    return 0;
}
