/* Shows which pixels speak for a class: the gradient with respect to inputs, as a picture of characters:   ./saliency
 *
 * Samples are pictures of 8 x 8 pixels that fire once where they are bright: a row (class 0) or a column (class 1), and
 * a few pixels of noise. What tells them apart are the ends of a line: in the middle, both may be bright. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <surgrad.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, SAMPLES = 256, STEPS = 20, CLASSES = 2, EPOCHS = 40 };

static const char yaml[] =
    "steps: 20\nloss: {kind: mean_ce}\nlayers:\n  - {size: 32}\n  - {size: 2, neuron: {kind: li}}\n";

static void need(sg_status status) {
    if (status == SG_OK)
        return;
    fprintf(stderr, "saliency: %s\n", sg_error_message());
    exit(1);
}

/* Row or column 2 .. 5 is bright. Channel y * SIDE + x is the pixel of row y, column x. */
static sg_events *make_events(void) {
    static uint64_t first[SAMPLES + 1];
    static uint16_t step[SAMPLES * PIXELS];
    static uint32_t channel[SAMPLES * PIXELS], label[SAMPLES];
    const sg_shape shape = {1, SIDE, SIDE};
    sg_events *events;
    uint64_t count = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        uint32_t line = 2 + s / 2 % 4;
        label[s] = s % 2;
        for (uint32_t i = 0; i < PIXELS; i++)
            if ((label[s] ? i % SIDE : i / SIDE) == line || rand() % 16 == 0) {
                step[count] = 2;
                channel[count++] = i;
            }
        first[s + 1] = count;
    }
    const sg_events_view arrays = {.samples = SAMPLES,
                                   .steps = STEPS,
                                   .channels = PIXELS,
                                   .classes = CLASSES,
                                   .first = first,
                                   .step = step,
                                   .channel = channel,
                                   .label = label,
                                   .shape = shape};
    need(sg_events_create(&arrays, &events));
    return events;
}

/* What a spike more in each pixel (PIXELS) would add to the label's output less the other one, over all steps. */
static void saliency(const sg_network *network, const sg_config *config, const sg_events *events, uint32_t sample,
                     double *pixels) {
    static float by_inputs[STEPS * PIXELS];
    uint32_t label = sg_events_get(events).label[sample];
    double by_outputs[CLASSES];
    by_outputs[label] = 1;
    by_outputs[1 - label] = -1;
    need(sg_input_gradients(network, config, events, &sample, 1, 0, by_outputs, by_inputs));
    for (size_t i = 0; i < PIXELS; i++) {
        pixels[i] = 0;
        for (size_t t = 0; t < STEPS; t++)
            pixels[i] += by_inputs[t * PIXELS + i];
    }
}

/* The sample at the left, and the pixels that speak for its label at the right, the more the darker. */
static void print(sg_events_view view, uint32_t sample, const double *pixels) {
    static const char shades[] = " .:-=+*#%@";
    char bright[PIXELS];
    double most = 1e-30;
    memset(bright, '.', sizeof bright);
    for (uint64_t e = view.first[sample]; e < view.first[sample + 1]; e++)
        bright[view.channel[e]] = '#';
    for (size_t i = 0; i < PIXELS; i++)
        most = pixels[i] > most ? pixels[i] : most;
    printf("sample %u, a %s\n", sample, view.label[sample] ? "column" : "row");
    for (size_t y = 0; y < SIDE; y++) {
        printf("  %.*s  |", SIDE, bright + y * SIDE);
        for (size_t x = 0; x < SIDE; x++)
            printf("%c", shades[pixels[y * SIDE + x] > 0 ? (int)(9 * pixels[y * SIDE + x] / most) : 0]);
        printf("|\n");
    }
}

int main(void) {
    uint32_t samples[SAMPLES];
    double pixels[PIXELS];
    sg_events *events = make_events();
    sg_config *config;
    sg_network *network;
    sg_trainer *trainer;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    for (uint32_t s = 0; s < SAMPLES; s++)
        samples[s] = s;
    need(sg_config_parse("saliency", yaml, sizeof yaml - 1, &config));
    need(sg_network_create_shaped(config, sg_events_get(events).shape, &network));
    need(sg_trainer_create(network, config, 0, &trainer));
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        need(sg_trainer_step(trainer, events, samples, SAMPLES, &batch));
    printf("%zu of %d training samples right\n", batch.correct, SAMPLES);
    for (uint32_t s = 0; s < 2; s++) {
        saliency(network, config, events, s, pixels);
        print(sg_events_get(events), s, pixels);
    }
    sg_trainer_free(trainer);
    sg_network_free(network);
    sg_config_free(config);
    sg_events_free(events);
    return 0;
}
