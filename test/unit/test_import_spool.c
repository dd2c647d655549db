/* A store that is larger than memory: spilled, settled and written part by part, it is the one made in memory. */
#include "base/random.h"
#include "data/event_writer.h"
#include "data/events_file.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "folder.h"

enum { SAMPLES = 9, STEPS = 500, EVENTS = 60000 }; /* more events than a part of the file or of the spool has */

static const sg_shape loose = {4, 600, 800}, tight = {2, 30, 40};

/* The same events each time; many are doubles. */
static sg_status write_all(sg_event_writer *writer, bool counts) {
    const sg_event_layout layout = {.name = "drawn",
                                    .steps = 2 * STEPS,
                                    .classes = 10,
                                    .shape = loose,
                                    .dt_ms = 2,
                                    .has_split = true,
                                    .allows_doubles = true,
                                    .counts = counts};
    sg_event_layout end = layout;
    end.steps = STEPS;
    end.classes = 3;
    end.shape = tight;
    SG_TRY(sg_event_writer_open(writer, &layout));
    uint64_t index = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        SG_TRY(sg_event_writer_begin(writer, s % 2, s % 3));
        for (size_t e = 0; e < (s == 4 ? 0 : EVENTS); e++, index++) {
            const uint32_t draw = (uint32_t)(sg_random_uniform(1, SG_STREAM_SPLIT, index) * 0x1p32);
            const uint32_t x = draw % 40, y = draw / 40 % 30, p = draw / 1200 % 2, step = draw / 2400 % STEPS;
            sg_event_writer_add(writer, step, (p * loose.height + y) * loose.width + x, 1);
        }
    }
    return sg_event_writer_settle(writer, tight, &end);
}

static sg_events *make_in_memory(bool counts) {
    sg_event_writer writer = {0};
    sg_events *events;
    assert_int_equal(write_all(&writer, counts), SG_OK);
    assert_int_equal(sg_event_writer_take(&writer, &events), SG_OK);
    sg_event_writer_close(&writer);
    return events;
}

static void spill_to_file(bool counts, const char *path) {
    sg_event_spool spool;
    sg_events *events;
    assert_int_equal(sg_event_spool_open(&spool, path, counts), SG_OK);
    sg_event_writer writer = {.spill = sg_event_spool_add, .spill_user = &spool};
    spool.from = loose;
    spool.to = tight;
    assert_int_equal(write_all(&writer, counts), SG_OK);
    assert_int_equal(sg_event_writer_take(&writer, &events), SG_OK);
    assert_int_equal(sg_events_save_spooled(events, &spool, path), SG_OK);
    sg_events_free(events);
    sg_event_writer_close(&writer);
    sg_event_spool_close(&spool);
}

static void assert_same(const sg_events *a, const sg_events *b) {
    const sg_events_view x = sg_events_get(a), y = sg_events_get(b);
    assert_int_equal(x.samples, y.samples);
    assert_int_equal(x.steps, y.steps);
    assert_int_equal(x.classes, y.classes);
    assert_memory_equal(&x.shape, &y.shape, sizeof x.shape);
    assert_memory_equal(x.first, y.first, (x.samples + 1) * sizeof *x.first);
    assert_memory_equal(x.step, y.step, x.first[x.samples] * sizeof *x.step);
    assert_memory_equal(x.channel, y.channel, x.first[x.samples] * sizeof *x.channel);
    assert_memory_equal(x.label, y.label, x.samples * sizeof *x.label);
    assert_memory_equal(x.split, y.split, x.samples * sizeof *x.split);
}

static void check_spilled(bool counts) {
    sg_events *expected = make_in_memory(counts), *found;
    const char *path = in_folder("spilled.h5");
    assert_int_equal(expected->steps, STEPS);
    assert_int_equal(expected->channels, 2400);
    assert_true(expected->first[SAMPLES] > SG_SPOOL_BLOCK);
    assert_int_equal(sg_events_check(expected, "settled"), SG_OK);
    spill_to_file(counts, path);
    assert_int_equal(sg_events_load(path, &found), SG_OK);
    assert_same(expected, found);
    sg_events_free(expected);
    sg_events_free(found);
}

static void a_spilled_store_is_that_of_memory(void **state) {
    (void)state;
    check_spilled(false);
    check_spilled(true);
}

/* Files written on disk are sealed: a changed byte is found before HDF5 sees it. */
static void the_file_is_sealed(void **state) {
    (void)state;
    sg_events *events;
    const char *path = in_folder("sealed.h5");
    spill_to_file(false, path);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 100000, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 100000, SEEK_SET), 0);
    fputc(byte ^ 1, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(sg_events_load(path, &events), SG_DATA);
    assert_null(events);
    assert_message_has("damaged");
}

/* Equal content gives equal bytes. */
static void the_file_is_the_same_each_time(void **state) {
    (void)state;
    char bytes[2][4096];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        const char *path = in_folder(i ? "again.h5" : "once.h5");
        spill_to_file(false, path);
        FILE *file = fopen(path, "rb");
        sizes[i] = fread(bytes[i], 1, sizeof bytes[i], file);
        fclose(file);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
}

static void what_cannot_be_written_is_told(void **state) {
    (void)state;
    sg_event_spool spool;
    sg_h5 *file;
    assert_int_equal(sg_event_spool_open(&spool, in_folder("none/x.h5"), false), SG_IO_ERROR);
    assert_message_has("none/x.h5: a file of its events beside it cannot be made");
    sg_event_spool_close(&spool);
    assert_int_equal(sg_h5_create_on_disk(in_folder("none/x.h5"), 1000, &file), SG_IO_ERROR);
    assert_null(file);
    assert_int_equal(sg_h5_create_on_disk(in_folder("huge.h5"), UINT64_MAX / 4, &file), SG_IO_ERROR);
    assert_null(file);
    assert_message_has("huge.h5: no room for its");
    assert_int_not_equal(access(in_folder("huge.h5.tmp"), F_OK), 0);
}

/* A file that is not published is gone, and the one before stays. */
static void what_is_not_published_is_dropped(void **state) {
    (void)state;
    sg_h5 *file;
    put_file(in_folder("old.h5"), "old", 3);
    assert_int_equal(sg_h5_create_on_disk(in_folder("old.h5"), 1 << 20, &file), SG_OK);
    assert_int_equal(access(in_folder("old.h5.tmp"), F_OK), 0);
    sg_h5_close(file);
    assert_int_not_equal(access(in_folder("old.h5.tmp"), F_OK), 0);
    assert_int_equal(access(in_folder("old.h5"), F_OK), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spilled_store_is_that_of_memory), cmocka_unit_test(the_file_is_sealed),
        cmocka_unit_test(the_file_is_the_same_each_time),    cmocka_unit_test(what_cannot_be_written_is_told),
        cmocka_unit_test(what_is_not_published_is_dropped),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
