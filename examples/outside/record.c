/* Records what a layer's neurons do while samples are shown, as CSV:   ./record [MODEL.h5] >record.csv
 *
 * Without a model, a small network with drawn weights is shown patterns. One line for each sample, step and neuron:
 * sample,step,neuron,membrane,spike. The membrane is the one that is compared with the threshold, before a reset. */
#include <stdio.h>
#include <stdlib.h>
#include <surgrad.h>

enum { SHOWN = 2 /* samples */, LAYER = 0 };

static const char yaml[] = "steps: 40\nloss: {kind: mean_ce}\n"
                           "data: {set: patterns, split: shuffled, classes: 2, samples: 10}\npatterns: {rate: 60}\n"
                           "layers:\n  - {size: 5, link: {sd: 0.5}}\n  - {size: 2, neuron: {kind: li}}\n";

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    fprintf(stderr, "record: %s\n", sg_error_message());
    exit(1);
}

static void print(const uint8_t *raster, const float *membrane, size_t steps, size_t neurons) {
    printf("sample,step,neuron,membrane,spike\n");
    for (size_t s = 0; s < SHOWN; s++)
        for (size_t t = 0; t < steps; t++)
            for (size_t n = 0; n < neurons; n++) {
                size_t j = (s * steps + t) * neurons + n; /* the arrays are (SHOWN, T, N) */
                printf("%zu,%zu,%zu,%g,%d\n", s, t, n, membrane[j], raster[j]);
            }
}

int main(int argc, char **argv) {
    sg_config *config;
    sg_data *data;
    sg_network *network = NULL;
    sg_layer_info layer = SG_SIZED(sg_layer_info);
    if (argc > 1)
        need(sg_model_load(argv[1], &config, &network));
    else
        need(sg_config_parse("record", yaml, sizeof yaml - 1, &config));
    need(sg_data_open(config, &data));
    sg_data_view part = sg_data_get(data);
    if (!network)
        need(sg_network_create(config, sg_events_get(part.events).channels, &network));
    need(sg_network_layer(network, LAYER, &layer));

    size_t steps = sg_network_steps(network), count = SHOWN * steps * layer.neurons;
    sg_layer_record record = {LAYER, malloc(count), malloc(count * sizeof(float)), NULL, NULL};
    if (!record.raster || !record.membrane)
        return 1;
    need(sg_network_record(network, part.events, part.test, SHOWN, 0, &record, 1));
    print(record.raster, record.membrane, steps, layer.neurons);
    free(record.raster);
    free(record.membrane);
    sg_network_free(network);
    sg_data_free(data);
    sg_config_free(config);
    return 0;
}
