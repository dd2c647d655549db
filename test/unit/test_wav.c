/* Recordings as data: what their names tell, which are read, and what is refused. */
#include "data/source_wav.h"
#include "file/audio.h"
#include "file/bytes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "written.h"

enum { HEADER = 44, MOST = 4096 };

static void put_little(uint8_t *to, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

/* A WAV file of 16 bits in memory; returns its bytes. Sample n of channel c is (n + 1) * 40 * (c + 1). */
static size_t make_wav(uint8_t *to, size_t frames, int channels, uint32_t rate) {
    uint32_t bytes = (uint32_t)(frames * (size_t)channels * 2);
    memcpy(to, "RIFF....WAVEfmt ", 16);
    put_little(to + 4, 36 + bytes, 4);
    put_little(to + 16, 16, 4);
    put_little(to + 20, 1, 2);
    put_little(to + 22, (uint32_t)channels, 2);
    put_little(to + 24, rate, 4);
    put_little(to + 28, rate * (uint32_t)channels * 2, 4);
    put_little(to + 32, (uint32_t)channels * 2, 2);
    put_little(to + 34, 16, 2);
    memcpy(to + 36, "data", 4);
    put_little(to + 40, bytes, 4);
    for (size_t n = 0; n < frames; n++)
        for (int c = 0; c < channels; c++)
            put_little(to + HEADER + (n * (size_t)channels + (size_t)c) * 2, (uint32_t)((n + 1) * 40 * (size_t)(c + 1)),
                       2);
    return HEADER + bytes;
}

static void put_wav(const char *name) {
    uint8_t bytes[MOST];
    put_file(in_folder(name), bytes, make_wav(bytes, 400, 1, 8000));
}

/* ----------------------------------------------------------------------------------------------------------- files */

static void samples_are_those_of_the_file(void **state) {
    (void)state;
    uint8_t bytes[MOST];
    sg_audio audio;
    for (int channels = 1; channels <= 2; channels++) {
        size_t size = make_wav(bytes, 300, channels, 8000);
        assert_int_equal(sg_audio_parse("wav", bytes, size, &audio), SG_OK);
        assert_int_equal(audio.count, 300);
        assert_true(audio.rate_hz == 8000);
        for (size_t n = 0; n < 300; n++) /* of two channels their mean, 1.5 times the first */
            assert_true(audio.samples[n] == (double)((n + 1) * 40) * (channels == 2 ? 1.5 : 1) / 32768);
        sg_audio_free(&audio);
    }
}

/* Cut at every byte, a file is refused in one line; but for one that ends with its header, whose data were announced.
 */
static void cut_files_are_refused(void **state) {
    (void)state;
    uint8_t bytes[MOST];
    sg_audio audio;
    size_t size = make_wav(bytes, 20, 1, 8000);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(sg_audio_parse("cut", bytes, cut, &audio), SG_DATA);
        assert_null(audio.samples);
        assert_true(strncmp(sg_error_message(), "cut: ", 5) == 0 && !strchr(sg_error_message(), '\n'));
    }
    assert_message_has("byte 36: its part 'data' tells 40 bytes, but 39 follow: fetch it again");
    assert_int_equal(sg_audio_parse("none", bytes, make_wav(bytes, 0, 1, 8000), &audio), SG_DATA);
    assert_message_has("none: holds no samples");
    make_wav(bytes, 20, 1, 8000);
    put_little(bytes + 20, 0x55, 2);
    assert_int_equal(sg_audio_parse("mp3", bytes, size, &audio), SG_DATA);
    assert_message_has("mp3: its samples are coded as number 85, expected 1 (PCM)");
    assert_int_equal(sg_audio_parse("text", "no sound at all", 15, &audio), SG_DATA);
    assert_message_has("text: is no recording of sound that can be read, expected WAV (RIFF, WAVE) or FLAC");
    assert_int_equal(sg_audio_read(in_folder("missing.wav"), &audio), SG_DATA);
}

/* ----------------------------------------------------------------------------------------------------------- names */

static sg_data_config config_of(const char *name) {
    return (sg_data_config){.set = row_of(&sg_source_wav),
                            .dir = folder,
                            .wav_name = name,
                            .audio = {.channels = 8, .low_hz = 100, .high_hz = 3500, .range_db = 50, .normalise = true},
                            .encoder = sg_kind_find(sg_encoder_kinds, "lif"),
                            .encoder_max_rate = 100,
                            .encoder_tau_ms = 20};
}

static void names_tell_label_group_and_number(void **state) {
    (void)state;
    sg_data_config config = config_of("{label}_{group}_{number}.wav");
    sg_wav_files files;
    config.wav_test_numbers = "0-1,7";
    config.wav_test_groups = "eve,di";
    put_wav("3_ann_0.wav"), put_wav("3_ann_2.wav"), put_wav("11_bo_b_7.wav"), put_wav("0_di_5.wav"), put_wav("x_1.wav");
    assert_int_equal(sg_wav_find(&config, &files), SG_OK);
    const struct {
        const char *group;
        uint32_t label;
        int number, split;
    } expected[] = {{"di", 0, 5, SG_TEST}, {"bo", 11, -1, SG_TRAIN}, {"ann", 3, 0, SG_TEST}, {"ann", 3, 2, SG_TRAIN}};
    assert_int_equal(files.count, 4); /* in the order of their names, byte by byte */
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(files.files[i].group, expected[i].group);
        assert_int_equal(files.files[i].label, expected[i].label);
        assert_int_equal(files.files[i].number, expected[i].number);
        assert_int_equal(files.files[i].split, expected[i].split);
    }
    assert_true(files.are_numbers && files.has_labels);
    assert_int_equal(files.classes, 12);
    assert_int_equal(files.others, 1);
    assert_string_equal(files.first_other, in_folder("x_1.wav"));
    sg_wav_files_free(&files);
}

static void words_are_numbered_in_their_order(void **state) {
    (void)state;
    sg_data_config config = config_of("{label}/{group}_nohash_{number}.wav");
    sg_wav_files files;
    const char *const names[] = {"yes/a1_nohash_0.wav", "no/b_2_nohash_3.wav", "up/c_nohash_12.wav",
                                 "no/a1_nohash_1.wav"};
    sg_make_folder(in_folder("yes")), sg_make_folder(in_folder("no")), sg_make_folder(in_folder("up"));
    for (size_t i = 0; i < 4; i++)
        put_wav(names[i]);
    assert_int_equal(sg_wav_find(&config, &files), SG_OK);
    const uint32_t labels[] = {0, 0, 1, 2};
    assert_int_equal(files.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(files.files[i].label, labels[i]);
    assert_string_equal(files.files[1].group, "b_2");
    assert_int_equal(files.classes, 3);
    assert_false(files.are_numbers);
    sg_wav_files_free(&files);
    config.wav_name = "{label}/*.wav";
    assert_int_equal(sg_wav_find(&config, &files), SG_OK);
    assert_int_equal(files.count, 4);
    sg_wav_files_free(&files);
    config.wav_name = "*.mp3";
    assert_int_equal(sg_wav_find(&config, &files), SG_DATA);
    assert_message_has("none of its 0 files fits wav.name: '*.mp3'");
}

/* A file by itself has the label that its name tells, where that is a number; a word's number depends on the others. */
static void one_recording_knows_a_number(void **state) {
    (void)state;
    sg_data_config config = config_of("{label}_{group}.wav");
    const struct {
        const char *pattern, *path;
        uint32_t label;
    } cases[] = {{"{label}_{group}.wav", "a/b/4_ann.wav", 4},
                 {"{label}_{group}.wav", "4_ann.wav", 4},
                 {"{label}/*.wav", "a/7/x.wav", 7},
                 {"{label}/*.wav", "7/x.wav", 7},
                 {"{label}_{group}.wav", "a/four_ann.wav", SG_NO_LABEL},
                 {"{label}_{group}.wav", "a/new.wav", SG_NO_LABEL},
                 {"*.wav", "a/4.wav", SG_NO_LABEL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_wav_files files;
        config.wav_name = cases[i].pattern;
        assert_int_equal(sg_wav_one(&config, cases[i].path, &files), SG_OK);
        assert_int_equal(files.count, 1);
        assert_int_equal(files.files[0].label, cases[i].label);
        sg_wav_files_free(&files);
    }
}

static void patterns_and_lists_are_checked(void **state) {
    (void)state;
    const struct {
        const char *name, *numbers, *groups, *message;
    } cases[] = {
        {"", "", "", "wav.name: is empty"},
        {"{label}{group}.wav", "", "", "wav.name: found '{label}{group}.wav', expected"},
        {"{lable}.wav", "", "", "wav.name: found '{lable}.wav'"},
        {"a}.wav", "", "", "wav.name: found '}.wav'"},
        {"{number}.wav", "4-2", "", "wav.test_numbers: found '4-2'"},
        {"{number}.wav", "1,", "", "wav.test_numbers: found '1,'"},
        {"{number}.wav", "x", "", "wav.test_numbers: found 'x'"},
        {"{number}.wav", "-3", "", "wav.test_numbers: found '-3'"},
        {"{number}.wav", "1-", "", "wav.test_numbers: found '1-'"},
        {"{label}.wav", "1", "", "wav.test_numbers: needs a {number}"},
        {"{label}.wav", "", "ann", "wav.test_groups: needs a {group}"},
    };
    sg_data_config config = config_of("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        config.wav_name = cases[i].name;
        config.wav_test_numbers = cases[i].numbers;
        config.wav_test_groups = cases[i].groups;
        assert_int_equal(sg_wav_check(&config), SG_CONFIG);
        assert_message_has(cases[i].message);
    }
    config = config_of("{label}_{group}_{number}.wav");
    config.wav_test_numbers = "0-4,9,12-12";
    config.wav_test_groups = "ann,bo";
    assert_int_equal(sg_wav_check(&config), SG_OK);
}

/* ------------------------------------------------------------------------------------------------------------ data */

static sg_status read_data(sg_data_config *config, uint32_t classes, uint32_t steps, sg_events **events) {
    const sg_source_request request = {&sg_source_wav, config, {.steps = steps, .classes = classes, .dt_ms = 10}};
    return read_source(&request, events);
}

static void recordings_become_events(void **state) {
    (void)state;
    sg_data_config config = config_of("{label}_{number}.wav");
    sg_events *events, *few;
    uint8_t bytes[MOST];
    config.wav_test_numbers = "1";
    put_wav("0_1.wav"), put_wav("1_2.wav"); /* of 50 ms */
    put_file(in_folder("2_3.wav"), bytes, make_wav(bytes, 800, 1, 16000));
    assert_int_equal(read_data(&config, 3, 10, &events), SG_OK);
    assert_int_equal(events->samples, 3);
    assert_int_equal(events->channels, 8);
    const uint32_t labels[] = {0, 1, 2};
    const uint8_t splits[] = {SG_TEST, SG_TRAIN, SG_TRAIN};
    assert_memory_equal(events->label, labels, sizeof labels);
    assert_memory_equal(events->split, splits, sizeof splits);
    assert_true(events->has_split && events->first[1] > 0);
    for (uint64_t e = 0; e < events->first[3]; e++)
        assert_true(events->step[e] < 5);
    /* With fewer steps: what comes before is the same. */
    assert_int_equal(read_data(&config, 3, 3, &few), SG_OK);
    uint64_t kept = 0;
    for (uint64_t e = 0; e < events->first[3]; e++)
        kept += events->step[e] < 3;
    assert_int_equal(few->first[3], kept);
    sg_events_free(few);
    sg_events_free(events);
    assert_int_equal(read_data(&config, 2, 10, &events), SG_DATA);
    assert_message_has("its labels need 3 classes, expected at most 2");
    config.audio.high_hz = 5000;
    assert_int_equal(read_data(&config, 3, 10, &events), SG_DATA);
    assert_message_has("0_1.wav: 8000 samples a second hold frequencies below 4000 Hz, but audio.high is 5000 Hz");
    config = config_of("*_{number}.wav");
    assert_int_equal(read_data(&config, 3, 10, &events), SG_DATA);
    assert_message_has("its recordings have no labels");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_those_of_the_file),
        cmocka_unit_test_setup_teardown(cut_files_are_refused, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(names_tell_label_group_and_number, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(words_are_numbered_in_their_order, folder_make, folder_remove),
        cmocka_unit_test(one_recording_knows_a_number),
        cmocka_unit_test(patterns_and_lists_are_checked),
        cmocka_unit_test_setup_teardown(recordings_become_events, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
