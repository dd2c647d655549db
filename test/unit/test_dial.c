/* The numbers of a neuron's equations, from the configuration to raw numbers and back. */
#include "net/neuron_param.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double found, double expected, double tolerance) {
    if (fabs(found - expected) > tolerance * fabs(expected))
        fail_msg("found %.17g, expected %.17g", found, expected);
}

/* Decays that are nearly 1, and those that are nearly 0: what is left and what is lost in a step, and both from the raw
 * number. */
static void decays_keep_their_digits(void **state) {
    (void)state;
    for (int euler = 0; euler < 2; euler++)
        for (double ratio = euler ? 1.001 : 1e-2; ratio < 1e30; ratio *= 7) {
            const sg_layer_config config = {.integration = euler ? SG_INTEGRATE_EULER : SG_INTEGRATE_EXACT,
                                            .param = {[SG_PARAM_TAU_MEM] = 0.5 * ratio}};
            double share = 1 / ratio, left = euler ? 1 - share : exp(-share), lost = euler ? share : -expm1(-share);
            sg_neuron_param_value value = sg_neuron_param_from_config(&config, SG_PARAM_TAU_MEM, 0.5);
            double raw = sg_neuron_param_to_raw(&config, SG_PARAM_TAU_MEM, 0.5, 0.5 * ratio);
            assert_near(value.value, left, 1e-12);
            assert_near(value.rest, lost, 1e-15);
            value = sg_neuron_param_from_raw(SG_PARAM_TAU_MEM, raw);
            assert_near(value.value, left, 1e-12);
            assert_near(value.rest, lost, 1e-13);
            assert_near(sg_neuron_param_slope(SG_PARAM_TAU_MEM, value), left * lost, 1e-12);
        }
}

/* Of a threshold the raw number is the logarithm. */
static void others_are_exponentials(void **state) {
    (void)state;
    const sg_layer_config config = {.param = {[SG_PARAM_THRESHOLD] = 1e-7}};
    sg_neuron_param_value value = sg_neuron_param_from_config(&config, SG_PARAM_THRESHOLD, 1);
    assert_true(value.value == 1e-7);
    value = sg_neuron_param_from_raw(SG_PARAM_THRESHOLD, sg_neuron_param_to_raw(&config, SG_PARAM_THRESHOLD, 1, 1e-7));
    assert_near(value.value, 1e-7, 1e-14);
    assert_near(sg_neuron_param_slope(SG_PARAM_THRESHOLD, value), 1e-7, 1e-14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decays_keep_their_digits),
        cmocka_unit_test(others_are_exponentials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
