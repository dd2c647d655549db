/* Gradients of networks drawn at random from all that is legal: none may be called wrong, few may be beyond checking.
 *
 *     test_random_networks [NETWORKS [FIRST [CONVOLUTIONAL]]]
 *
 * Where but a share of a long test is run (share.h), there are so many fewer networks.
 */
#include "drawn_network.h"
#include "share.h"

static size_t networks = 40, convolutional = 20, timed = 20, numbered = 20, first = 1;

/* Called wrong once: a gradient through a triangle's foot, one that overflows single precision, and two in which the
 * reset of a resting neuron did. */
static const uint64_t once_wrong[] = {30142, 40494, 80221, 80896};

/* What the rows of many networks came to. */
static size_t groups, smooth_floors, kernel_floors;
static double worst_smooth, worst_kernel;

static void take_row(void *user, const sg_gradient_row *row) {
    const drawn *d = user;
    groups++;
    smooth_floors += row->smooth_floor > SG_SMOOTH_TOLERANCE * row->largest;
    kernel_floors += row->kernel_floor > SG_KERNEL_TOLERANCE * row->largest;
    worst_smooth = fmax(worst_smooth, row->smooth_error);
    worst_kernel = fmax(worst_kernel, row->kernel_error);
    if (row->smooth_error > SG_SMOOTH_TOLERANCE || row->kernel_error > SG_KERNEL_TOLERANCE)
        printf("network %llu, layers.%zu.%s: smooth error %.1e, kernel error %.1e, largest %.1e\n",
               (unsigned long long)d->number, row->layer, row->group, row->smooth_error, row->kernel_error,
               row->largest);
}

/* The whole configuration, for `surgrad check-grad FILE --seed NUMBER`. */
static void print_network(const drawn *d) {
    char *text;
    if (sg_config_text(d->config, &text) != SG_OK)
        return;
    printf("# network %llu\n%s", (unsigned long long)d->number, text);
    sg_free(text);
}

static void check_networks(drawn *draw_one(uint64_t number), size_t count) {
    size_t wrong = 0, unchecked = 0;
    for (size_t i = 0; i < count; i++) {
        bool good;
        drawn *d = draw_one(first + i);
        if (sg_check_gradients(d->config, d->number, take_row, d, &good) != SG_OK) {
            printf("network %llu: %s\n", (unsigned long long)d->number, sg_error_message());
            unchecked++;
        } else if (!good) {
            print_network(d);
            wrong++;
        }
        fflush(stdout);
        drop(d);
    }
    printf("%zu networks: %zu called wrong, %zu beyond checking\n", count, wrong, unchecked);
    printf("%zu groups: largest errors %.1e and %.1e, floors above the tolerance in %zu and %zu\n", groups,
           worst_smooth, worst_kernel, smooth_floors, kernel_floors);
    assert_int_equal(wrong, 0);
    assert_true(unchecked * 25 <= count);
}

static void right_gradients_are_called_right(void **state) {
    (void)state;
    check_networks(draw, networks);
}

static void those_of_convolutions_too(void **state) {
    (void)state;
    check_networks(draw_convolutional, convolutional);
}

static void those_of_eventprop_too(void **state) {
    (void)state;
    check_networks(draw_in_time, timed);
}

/* Puts a loss of numbers in the place of one of classes with the same read-out. False where it is another one. */
static bool take_numbers(drawn *d) {
    static const char *const classes[] = {"mean_ce", "last_ce", "step_ce"};
    static const char *const of[][3] = {{"mean_mse", "mean_bce", "cosine"},
                                        {"last_mse", "last_mse", "last_mse"},
                                        {"step_mse", "step_bce", "step_mse"}};
    char loss[SG_VALUE_TEXT];
    assert_int_equal(sg_config_get(d->config, "loss.kind", loss, sizeof loss), SG_OK);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(loss, classes[i]) == 0) {
            set(d, "loss.kind", of[i][d->number % 3]);
            sg_config_reset_useless(d->config);
            return sg_config_check(d->config) == SG_OK;
        }
    return false;
}

static drawn *draw_with_numbers(uint64_t number) {
    drawn *d = draw(number);
    while (!take_numbers(d)) {
        drop(d);
        d = draw(number += 1 << 20);
    }
    return d;
}

static void those_of_numbers_too(void **state) {
    (void)state;
    check_networks(draw_with_numbers, numbered);
}

static void what_was_called_wrong_is_not(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof once_wrong / sizeof *once_wrong; i++) {
        bool good;
        drawn *d = draw(once_wrong[i]);
        if (sg_check_gradients(d->config, d->number, take_row, d, &good) == SG_OK)
            assert_true(good);
        drop(d);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_gradients_are_called_right), cmocka_unit_test(those_of_convolutions_too),
        cmocka_unit_test(those_of_eventprop_too),           cmocka_unit_test(those_of_numbers_too),
        cmocka_unit_test(what_was_called_wrong_is_not),
    };
    networks = share_of(networks), convolutional = share_of(convolutional), timed = share_of(timed),
    numbered = share_of(numbered);
    if (argc > 1)
        networks = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first = strtoul(argv[2], NULL, 10);
    if (argc > 3)
        convolutional = strtoul(argv[3], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
