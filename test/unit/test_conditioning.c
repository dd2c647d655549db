/* How recordings are conditioned, as a text: every option comes back, and what cannot be read is refused. */
#include "data/conditioning.h"
#include "data/data_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const sg_import_config odd = {.sensor = "34x34",
                                     .window_ms = 100.1 / 3,
                                     .pieces_ms = 250.1,
                                     .zero = SG_ZERO_FILE,
                                     .binning = SG_BIN_NEAREST,
                                     .counts = true,
                                     .polarity = SG_POLARITY_MERGED,
                                     .crop = "32x32+1+1",
                                     .downsample = 4,
                                     .hot_hz = 12.5,
                                     .refractory_ms = 2,
                                     .most = 1000};

static void every_option_comes_back(void **state) {
    const sg_conditioning made = {odd, 250.1 / 97, {2, 8, 8}};
    const char *text;
    sg_conditioning found;
    size_t options = 0;
    (void)state;
    assert_int_equal(sg_conditioning_text(&made, &text), SG_OK);
    assert_int_equal(sg_conditioning_parse(text, &found), SG_OK);
    assert_true(found.dt_ms == made.dt_ms);
    assert_memory_equal(&found.places, &made.places, sizeof made.places);
    const sg_data_config a = {.import = made.config}, b = {.import = found.config}, none = {0};
    for (size_t i = 0; i < sg_data_option_count; i++) {
        assert_true(sg_option_is_same(&sg_data_options[i], &a, &b));
        options += !sg_option_is_same(&sg_data_options[i], &a, &none);
    }
    assert_int_equal(options, 12); /* all that there are */
}

static void what_cannot_be_read_is_refused(void **state) {
    static const struct {
        const char *text, *found;
    } cases[] = {
        {"dt: 1\n", "neither dt nor places"},
        {"dt: 1\nplaces: 1 2\n", "'places: 1 2'"},
        {"dt: 1\nplaces: 1 2 3 4\n", "'places: 1 2 3 4'"},
        {"dt: 1\nplaces: 0 2 3\n", "'places: 0 2 3'"},
        {"dt: -1\nplaces: 1 2 3\n", "'dt: -1'"},
        {"dt: 1\nplaces: 1 2 3\nwhat\n", "'what'"},
        {"dt: 1\nplaces: 1 2 3\ndata.set: idx\n", "'data.set: idx'"},
        {"dt: 1\nplaces: 1 2 3\ndata.later: 4\n", "'data.later: 4'"},
        {"dt: 1\nplaces: 1 2 3\ndata.window: 4\n", "'data.window: 4'"},
        {"", "neither dt nor places"},
    };
    sg_conditioning found;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(sg_conditioning_parse(cases[i].text, &found), SG_OK);
        if (!strstr(sg_error_message(), cases[i].found))
            fail_msg("'%s': %s", cases[i].text, sg_error_message());
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_comes_back),
        cmocka_unit_test(what_cannot_be_read_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
