#include "train_run.h"

#include "interrupt.h"
#include "metric.h"
#include "progress.h"

const volatile int *sg_cli_train_listen(void) {
    return sg_cli_interrupt_listen(
        "\nsurgrad: stopping after this batch and saving; Ctrl-C now ends at once, unsaved\n");
}

sg_status sg_cli_train_run(const sg_cli_train_job *job, sg_cli_train_view *view, sg_run_result *result) {
    *view = (sg_cli_train_view){.source = job->source,
                                .threads = job->threads,
                                .resume = job->resume,
                                .metric = sg_cli_metric(job->config),
                                .protocol = sg_data_protocol(job->config)};
    sg_config_get(job->config, "init", view->init, sizeof view->init);
    sg_run_options options = sg_cli_train_view_options(view);
    options.dir = job->dir;
    options.number_dir = job->number_dir;
    options.resume = job->resume;
    options.threads = job->threads;
    options.stop = job->stop;
    options.network = job->network;
    sg_status status = sg_run(job->config, &options, result);
    sg_cli_progress_clear();
    return status;
}
