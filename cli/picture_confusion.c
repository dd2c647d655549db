#include "message.h"
#include "pictures.h"

#include <inttypes.h>
#include <stdlib.h>

enum { COUNTS_SHOWN = 20 };

static void write_cells(FILE *g, const uint64_t *confusion, uint32_t classes, uint32_t outputs) {
    fputs("$d << EOD\n", g);
    for (uint32_t label = 0; label < classes; label++) {
        const uint64_t *row = confusion + (size_t)label * outputs;
        uint64_t total = 0;
        for (uint32_t n = 0; n < outputs; n++)
            total += row[n];
        for (uint32_t n = 0; n < outputs; n++)
            fprintf(g, "%u %u %g %" PRIu64 "\n", n, label, total ? 100.0 * (double)row[n] / (double)total : 0, row[n]);
    }
    fputs("EOD\n", g);
}

/* An image takes no row or column alone; boxes do. */
static void plot_cells(FILE *g, uint32_t classes, uint32_t outputs) {
    fputs(classes == 1 || outputs == 1
              ? "plot $d using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid noborder fillcolor palette"
              : "plot $d using 1:2:3 with image",
          g);
    if (outputs <= COUNTS_SHOWN && classes <= COUNTS_SHOWN)
        fputs(", $d using 1:2:($4 > 0 ? sprintf('%d', $4) : ''):($3 > 50 ? 0xffffff : 0x333333) with labels font ',9' "
              "textcolor rgb variable",
              g);
    fputs("\n", g);
}

int sg_cli_draw_confusion(const sg_cli_scene *scene, FILE *g) {
    sg_data_view data = sg_data_get(scene->data);
    uint32_t classes = sg_events_get(data.events).classes,
             outputs = sg_cli_layer(scene, sg_network_layers(scene->network) - 1).neurons;
    uint64_t *confusion = sg_cli_room((size_t)classes * outputs, sizeof *confusion);
    sg_evaluation result = SG_SIZED(sg_evaluation);
    sg_status status = sg_evaluate(scene->network, scene->config, data.events, data.test, data.test_count,
                                   scene->threads, &result, NULL, confusion);
    if (status != SG_OK) {
        free(confusion);
        return sg_cli_fail(status);
    }
    fprintf(g,
            "set xlabel 'predicted'\nset ylabel 'label'\nset title 'test accuracy %.4f'\nunset grid\nunset key\n"
            "set palette defined (0 '#ffffff', 1 '#0072b2')\nset cblabel 'share of the label (%%)'\nset size ratio -1\n"
            "set xrange [-0.5:%g]\nset yrange [%g:-0.5]\nset xtics %g\nset ytics %g\nset cbrange [0:100]\n",
            result.accuracy, outputs - 0.5, classes - 0.5, sg_cli_tics(outputs, COUNTS_SHOWN),
            sg_cli_tics(classes, COUNTS_SHOWN));
    write_cells(g, confusion, classes, outputs);
    plot_cells(g, classes, outputs);
    free(confusion);
    return 0;
}
