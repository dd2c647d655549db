/* Trainers: saved and loaded, and their learning rate. */
#include "common.h"

#include <math.h>
#include <stdio.h>

static const char adam[] = "steps: 40\nloss: {kind: mean_ce}\noptimiser: {kind: adam, lr: 0.01}\n"
                           "layers:\n  - {size: 16, link: {sd: 0.5, dropout: 0.2}}\n"
                           "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";

/* A trainer that goes on from its file makes the bits of one that was never saved: optimiser's state, dropout. */
static void a_trainer_goes_on_from_its_file(void) {
    subject first, second;
    open_subject(&first, adam, 1);
    open_subject(&second, adam, 2);
    for (int k = 0; k < 3; k++)
        train_step(&first);
    OK(sg_trainer_save(first.trainer, first.config, in_folder("trainer.h5")));
    train_step(&second);
    OK(sg_trainer_load(second.trainer, in_folder("trainer.h5")));
    CHECK(sg_trainer_steps(second.trainer) == 3 && same_parameters(first.network, second.network));
    for (int k = 0; k < 3; k++)
        CHECK(train_step(&first) == train_step(&second));
    CHECK(same_parameters(first.network, second.network));
    close_subject(&first);
    close_subject(&second);
}

/* Blends are drawn of the training part that the trainer is told, and go on from a file with the same bits. */
static void blends_need_their_partners(void) {
    static const char blend[] = "steps: 40\ndata: {set: events, file: none.h5}\naugment: {blend: 0.7}\n"
                                "loss: {kind: mean_ce}\noptimiser: {kind: adam, lr: 0.01}\n"
                                "layers:\n  - {size: 16, link: {sd: 0.5}}\n"
                                "  - {size: 3, link: {sd: 0.5}, neuron: {kind: li}}\n";
    const uint32_t beyond = SAMPLES;
    sg_batch_result batch = SG_SIZED(sg_batch_result);
    sg_events *others = make_events();
    subject first, second;
    open_subject(&first, blend, 1);
    open_subject(&second, blend, 2);
    REFUSED(sg_trainer_step(first.trainer, first.events, first.samples, SAMPLES, &batch), SG_ARGUMENT, "augment.blend");
    REFUSED(sg_trainer_set_partners(first.trainer, first.events, &beyond, 1), SG_ARGUMENT, "sample");
    OK(sg_trainer_set_partners(first.trainer, first.events, first.samples, SAMPLES));
    OK(sg_trainer_set_partners(second.trainer, second.events, second.samples, SAMPLES));
    REFUSED(sg_trainer_step(first.trainer, others, first.samples, SAMPLES, &batch), SG_ARGUMENT, "augment.blend");
    sg_events_free(others);
    for (int k = 0; k < 3; k++)
        train_step(&first);
    OK(sg_trainer_save(first.trainer, first.config, in_folder("blend.h5")));
    OK(sg_trainer_load(second.trainer, in_folder("blend.h5")));
    for (int k = 0; k < 3; k++)
        CHECK(train_step(&first) == train_step(&second));
    CHECK(same_parameters(first.network, second.network));
    close_subject(&first);
    close_subject(&second);
}

/* A file that is not a trainer's of this network leaves the trainer as it was. */
static void a_wrong_file_changes_nothing(void) {
    FILE *file = fopen(in_folder("not-hdf5.h5"), "w");
    subject work, other;
    open_subject(&work, adam, 1);
    open_subject(&other, plain, 1);
    CHECK(file && fputs("no HDF5", file) >= 0 && fclose(file) == 0);
    REFUSED(sg_trainer_load(work.trainer, in_folder("not-hdf5.h5")), SG_MODEL, "not-hdf5.h5");
    train_step(&other);
    OK(sg_trainer_save(other.trainer, other.config, in_folder("other.h5")));
    REFUSED(sg_trainer_load(work.trainer, in_folder("other.h5")), SG_MODEL, "other.h5");
    close_subject(&other);
    open_subject(&other, adam, 1);
    CHECK(sg_trainer_steps(work.trainer) == 0 && train_step(&work) == train_step(&other));
    CHECK(same_parameters(work.network, other.network));
    close_subject(&work);
    close_subject(&other);
}

/* Half a cosine over 2 epochs of 2 steps, once the trainer knows how long an epoch is. */
static void the_rate_follows_its_schedule(void) {
    subject work;
    open_subject(&work, plain, 1);
    sg_trainer_free(work.trainer);
    OK(sg_config_set(work.config, "epochs", "2"));
    OK(sg_config_set(work.config, "schedule.kind", "cosine"));
    OK(sg_trainer_create(work.network, work.config, 1, &work.trainer));
    CHECK(sg_trainer_lr(work.trainer) == 0.5);
    sg_trainer_set_epoch(work.trainer, 2);
    for (int k = 0; k < 4; k++) {
        sg_batch_result batch = SG_SIZED(sg_batch_result);
        const double expected = 0.25 * (1 + cos(acos(-1.0) * k / 4));
        CHECK(fabs(sg_trainer_lr(work.trainer) - expected) < 1e-9);
        OK(sg_trainer_step(work.trainer, work.events, work.samples, SAMPLES, &batch));
        CHECK(fabs(batch.lr - expected) < 1e-9);
    }
    close_subject(&work);
}

const test_case trainer_cases[] = {
    {"a trainer goes on from its file", a_trainer_goes_on_from_its_file},
    {"blends need their partners", blends_need_their_partners},
    {"a wrong file changes nothing", a_wrong_file_changes_nothing},
    {"the rate follows its schedule", the_rate_follows_its_schedule},
    {NULL, NULL},
};
