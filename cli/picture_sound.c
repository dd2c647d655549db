/* A spectrogram, and the spikes that the network is given of it. */
#include "message.h"
#include "pictures.h"

#include <stdlib.h>
#include <string.h>

enum { TICS = 6 };

static sg_status read_events(const sg_cli_scene *scene, sg_events **events) {
    sg_samples *samples;
    sg_status status = sg_samples_open(scene->config, scene->sound, &samples);
    *events = NULL;
    if (status == SG_OK)
        status = sg_samples_next(samples, events);
    sg_samples_free(samples);
    return status;
}

/* Rows of channels from the lowest on, columns of steps. */
static void write_levels(const sg_cli_scene *scene, const sg_hearing *h, FILE *g) {
    fputs("$levels << EOD\n", g);
    for (size_t row = 0; row < h->rows; row++)
        for (uint32_t c = 0; c < h->channels; c++)
            fprintf(g, "%g %u %g\n", ((double)row + 0.5) * scene->dt_ms, c, h->levels[row * h->channels + c] / 256.0);
    fputs("EOD\n", g);
}

/* Encoders of two spikes, up and down, have the channels twice. The point outside the frame keeps gnuplot from refusing
 * a recording without a spike. */
static void write_spikes(const sg_cli_scene *scene, const sg_hearing *h, const sg_events *events, FILE *g) {
    sg_events_view view = sg_events_get(events);
    fputs("$spikes << EOD\n-1 -9 0\n", g);
    for (uint64_t e = view.first[0]; e < view.first[1]; e++)
        fprintf(g, "%g %u %u\n", (view.step[e] + 0.5) * scene->dt_ms, view.channel[e] % h->channels,
                view.channel[e] / h->channels);
    fputs("EOD\n", g);
}

static void write_frame(const sg_cli_scene *scene, const sg_hearing *h, FILE *g) {
    fprintf(g, "unset key\nunset grid\nset xlabel 'time (ms)'\nset ylabel 'centre of the channel (Hz)'\n"
               "set cblabel 'level'\nset cbrange [0:1]\n"
               "set palette defined (0 '#ffffff', 0.5 '#9ecae1', 1 '#08306b')\nset ytics (");
    for (uint32_t i = 0; i < TICS; i++) {
        uint32_t c = i * (h->channels - 1) / (TICS - 1);
        fprintf(g, "%s'%.0f' %u", i ? ", " : "", h->centre_hz[c], c);
    }
    fprintf(g, ")\nset xrange [0:%g]\nset yrange [-0.5:%g]\n", (double)h->rows * scene->dt_ms, h->channels - 0.5);
}

int sg_cli_draw_sound(const sg_cli_scene *scene, FILE *g) {
    sg_hearing h = SG_SIZED(sg_hearing);
    sg_events *events = NULL;
    sg_status status = sg_hear(scene->config, scene->sound, &h);
    if (status == SG_OK)
        status = read_events(scene, &events);
    if (status == SG_OK) {
        write_levels(scene, &h, g);
        write_spikes(scene, &h, events, g);
        write_frame(scene, &h, g);
        fputs("rgb(map) = map < 1 ? 0xd55e00 : 0x009e73\n"
              "plot $levels using 1:2:3 with image pixels, "
              "$spikes using 1:2:(rgb($3)) with points pt 7 ps 0.35 lc rgb variable\n",
              g);
    }
    sg_events_free(events);
    sg_free(h.levels);
    sg_free(h.centre_hz);
    return status == SG_OK ? 0 : sg_cli_fail(status);
}
