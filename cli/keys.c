#include "keys.h"

#include "surgrad.h"

#include <stdio.h>
#include <string.h>

/* As other programs call them. */
static const struct {
    const char *word, *key;
} others[] = {
    {"learning_rate", "optimiser.lr"},
    {"batch_size", "batch"},
    {"num_epochs", "epochs"},
    {"optimizer", "optimiser.kind"},
    {"optimiser", "optimiser.kind"},
    {"loss", "loss.kind"},
    {"hidden", "layers.0.size"},
    {"hidden_size", "layers.0.size"},
    {"num_steps", "steps"},
    {"timesteps", "steps"},
    {"time_steps", "steps"},
    {"dataset", "data.set"},
    {"encoder", "encoder.kind"},
    {"encoding", "encoder.kind"},
    {"surrogate", "layers.all.surrogate.kind"},
    {"scheduler", "schedule.kind"},
    {"schedule", "schedule.kind"},
    {"dropout", "layers.0.link.dropout"},
    {"neuron", "layers.all.neuron.kind"},
};

/* "layers.N.size" -> "layers.all.size" */
static void copy_key(const char *from, char key[SG_CLI_KEY]) {
    static const char layers[] = "layers.N.";
    size_t length = strlen(layers);
    if (strncmp(from, layers, length) == 0)
        snprintf(key, SG_CLI_KEY, "layers.all.%s", from + length);
    else
        snprintf(key, SG_CLI_KEY, "%s", from);
}

static bool ends_in(const char *key, const char *word) {
    size_t length = strlen(key), tail = strlen(word);
    return length > tail && key[length - tail - 1] == '.' && strcmp(key + length - tail, word) == 0;
}

bool sg_cli_find_key(const char *word, char key[SG_CLI_KEY]) {
    char sought[SG_CLI_KEY];
    sg_option_info info = SG_SIZED(sg_option_info);
    snprintf(sought, sizeof sought, "%.*s", (int)strcspn(word, "="), word);
    for (char *c = sought; *c; c++)
        *c = *c == '-' ? '_' : *c;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(sought, others[i].word) == 0)
            return copy_key(others[i].key, key), true;
    for (size_t i = 0; sg_option_at(i, &info); i++)
        if (strcmp(sought, info.key) == 0 || ends_in(info.key, sought))
            return copy_key(info.key, key), true;
    return false;
}
