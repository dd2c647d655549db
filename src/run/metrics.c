#include "run/metrics.h"

#include "base/number.h"
#include "base/text.h"
#include "file/bytes.h"
#include "learn/loss.h"

#include <stdlib.h>
#include <string.h>

static void add_number(sg_text *text, double value) {
    char number[32];
    sg_format_number(number, sizeof number, value);
    sg_text_add(text, ",%s", number);
}

static void add_header(sg_text *text, const char *metric, size_t layers, bool has_validation) {
    sg_text_add(text, "epoch,train_loss,train_%s,test_loss,test_%s", metric, metric);
    if (has_validation)
        sg_text_add(text, ",validation_loss,validation_%s", metric);
    for (size_t l = 0; l < layers; l++)
        sg_text_add(text, ",layer%zu_rate_hz", l);
    sg_text_add(text, ",lr,gradient_norm");
    for (size_t l = 0; l < layers; l++)
        sg_text_add(text, ",layer%zu_silent", l);
    sg_text_add(text, ",seconds,samples_per_s\n");
}

static void add_row(sg_text *text, const sg_epoch *epoch, size_t layers, bool has_validation) {
    char seconds[32], speed[32];
    sg_format_fixed(seconds, sizeof seconds, 3, epoch->seconds);
    sg_format_fixed(speed, sizeof speed, 0, epoch->samples_per_s);
    sg_text_add(text, "%u", epoch->epoch);
    add_number(text, epoch->train_loss);
    add_number(text, epoch->train_metric);
    add_number(text, epoch->test_loss);
    add_number(text, epoch->test_metric);
    if (has_validation) {
        add_number(text, epoch->validation_loss);
        add_number(text, epoch->validation_metric);
    }
    for (size_t l = 0; l < layers; l++)
        add_number(text, epoch->rate_hz[l]);
    add_number(text, epoch->lr);
    add_number(text, epoch->gradient_norm);
    for (size_t l = 0; l < layers; l++)
        add_number(text, epoch->silent[l]);
    sg_text_add(text, ",%s,%s\n", seconds, speed);
}

sg_status sg_metrics_write(const char *path, const sg_learn_config *learn, const sg_epoch *epochs, size_t count,
                           size_t layers, bool has_validation) {
    sg_text text = {0};
    char *csv;
    add_header(&text, sg_loss_at(learn->loss)->metric->head.name, layers, has_validation);
    for (size_t e = 0; e < count; e++)
        add_row(&text, &epochs[e], layers, has_validation);
    SG_TRY(sg_text_take(&text, &csv));
    sg_status status = sg_bytes_write(path, csv, strlen(csv));
    free(csv);
    return status;
}
