#include "options.h"

#include "print.h"
#include "surgrad.h"

#include <stdio.h>
#include <string.h>

/* "    exact  exp(-dt/tau)", a line for each value that the i-th option chooses from. */
static void print_choices_text(size_t i) {
    const char *name, *summary;
    int width = 0;
    for (size_t j = 0; sg_option_choice(i, j, &name, &summary); j++)
        width = (int)strlen(name) > width ? (int)strlen(name) : width;
    for (size_t j = 0; sg_option_choice(i, j, &name, &summary); j++) {
        printf("      %-*s", width + 2, name);
        sg_cli_wrap(stdout, width + 8, width + 8, summary);
    }
}

void sg_cli_options_text(void) {
    sg_option_info info = SG_SIZED(sg_option_info);
    for (size_t i = 0; sg_option_at(i, &info); i++) {
        bool bounded = info.bounds[0] != 0;
        printf("%s%s: %s%s%s, default %s\n    ", i ? "\n" : "", info.key, info.type, bounded ? ", " : "", info.bounds,
               info.fallback[0] ? info.fallback : "none");
        if (info.applies[0])
            printf("for %s\n    ", info.applies);
        sg_cli_wrap(stdout, 4, 4, info.help);
        print_choices_text(i);
    }
}

static void print_introduction(void) {
    printf(
        "# Configuration\n\n"
        "This page is made by `surgrad info options --markdown` from the tables that the program itself reads.\n\n"
        "A configuration says everything that defines a training run. It is a YAML file whose keys are those below;\n"
        "a dotted key is a path, so `optimiser.lr` stands as\n\n"
        "```yaml\noptimiser:\n  lr: 0.01\n```\n\n"
        "and layers are a list, the first one next to the input. What is not said has its default. The shipped\n"
        "recipes (`surgrad info` lists them, `surgrad info NAME` explains one) are such files.\n\n"
        "- Values come from the defaults, then the recipe or file, then the command line: `--set key=value` sets one\n"
        "  option and may be given again. `layers.0.size` is that of the first layer; `layers.all.size` sets every\n"
        "  layer, and `layers.N.` with N the number of layers adds one.\n"
        "- Times have a unit: `20 ms`, `0.5 s`, `50 us`. A time without one is an error.\n"
        "- A switch is `true` or `false` (also `yes`, `no`, `on`, `off`).\n"
        "- A relative path begins at the folder of the file that it stands in, and at the current folder where "
        "`--set`\n"
        "  gives it. `~` is not replaced. A run keeps absolute paths, so that it can be evaluated and gone on with "
        "from\n"
        "  any folder; where its data were moved, `--data` (of `eval`) or `--set data.dir=...` says where they are "
        "now.\n"
        "- An unknown key is an error, which names the line and the nearest known key. A key that older versions "
        "called\n"
        "  otherwise is read with a warning, which names the new one.\n"
        "- The column \"for\" says where an option has an effect, `optimiser.alpha` for example only with\n"
        "  `optimiser.kind: rmsprop`. Elsewhere any value but the default is an error, unless all layers have it and "
        "it\n"
        "  has an effect in one of them.\n"
        "- The whole configuration of a run, every option resolved, is kept as `config.yaml` in its directory.\n");
}

/* A cell of a table: '|' would end it. */
static void print_cell(const char *text, const char *quote) {
    printf(" %s", *text ? quote : "");
    for (const char *c = text; *c; c++)
        printf(*c == '|' ? "\\|" : "%c", *c);
    printf("%s |", *text ? quote : "");
}

static void print_row(const sg_option_info *info) {
    printf("|");
    print_cell(info->key, "`");
    print_cell(info->type, "");
    print_cell(info->fallback, "`");
    print_cell(info->bounds, "");
    print_cell(info->applies, "");
    print_cell(info->help, "");
    printf("\n");
}

static void print_title(const char *section) {
    if (*section)
        printf("\n## `%s`\n\n", section);
    else
        printf("\n## The run\n\n");
    printf("| key | type | default | bounds | for | what it is |\n|---|---|---|---|---|---|\n");
}

/* Whether two options choose from the same values. Compared as text: equal texts may or may not be one in memory. */
static bool same_choices(size_t i, size_t j) {
    const char *name, *summary, *other, *other_summary;
    for (size_t k = 0;; k++) {
        bool more = sg_option_choice(i, k, &name, &summary), others = sg_option_choice(j, k, &other, &other_summary);
        if (!more || !others)
            return k > 0 && more == others;
        if (strcmp(name, other) != 0 || strcmp(summary, other_summary) != 0)
            return false;
    }
}

/* The option before the i-th that chooses from the same values, or i. */
static size_t first_with_choices_of(size_t i) {
    size_t j = 0;
    while (j < i && !same_choices(i, j))
        j++;
    return j;
}

/* What the values of the i-th option are, which has the key `key`, as a list below the table. */
static void print_choices(size_t i, const char *key) {
    const char *name, *summary;
    sg_option_info same = SG_SIZED(sg_option_info);
    size_t first = first_with_choices_of(i);
    if (!sg_option_choice(i, 0, &name, &summary))
        return;
    if (first != i && sg_option_at(first, &same)) {
        printf("\n`%s`: as `%s`.\n", key, same.key);
        return;
    }
    printf("\n`%s`:\n\n", key);
    for (size_t j = 0; sg_option_choice(i, j, &name, &summary); j++)
        printf("- `%s`: %s\n", name, summary);
}

/* Whether an option before the i-th has its section, so that the section was printed with that one. */
static bool section_seen(size_t i, const char *section) {
    sg_option_info info = SG_SIZED(sg_option_info);
    for (size_t j = 0; j < i && sg_option_at(j, &info); j++)
        if (strcmp(info.section, section) == 0)
            return true;
    return false;
}

static void print_section(const char *section) {
    sg_option_info info = SG_SIZED(sg_option_info);
    print_title(section);
    for (size_t i = 0; sg_option_at(i, &info); i++)
        if (strcmp(info.section, section) == 0)
            print_row(&info);
    for (size_t i = 0; sg_option_at(i, &info); i++)
        if (strcmp(info.section, section) == 0)
            print_choices(i, info.key);
}

void sg_cli_options_markdown(void) {
    sg_option_info info = SG_SIZED(sg_option_info);
    print_introduction();
    for (size_t i = 0; sg_option_at(i, &info); i++)
        if (!section_seen(i, info.section))
            print_section(info.section);
}
