/* Tables of labels: labels.csv. */
#include "import/walk.h"

#include "base/number.h"
#include "file/bytes.h"
#include "file/columns.h"
#include "file/path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Columns of the table, below 0 where it has none. */
typedef struct labels {
    sg_items *items;
    sg_columns table;
    char folder[PATH_MAX];
    int file, label, group, split, start, end;
} labels;

static sg_status find_columns(labels *all) {
    static const char *const
        file[] = {"file", "filename", "path", "recording", NULL},
        *const label[] = {"label", "class", NULL}, *const group[] = {"group", "speaker", "user", "subject", NULL},
        *const split[] = {"split", "set", "part", NULL}, *const start[] = {"start_us", "startTime_usec", NULL},
        *const end[] = {"end_us", "endTime_usec", NULL};
    all->file = sg_columns_find(&all->table, file);
    all->label = sg_columns_find(&all->table, label);
    all->group = sg_columns_find(&all->table, group);
    all->split = sg_columns_find(&all->table, split);
    all->start = sg_columns_find(&all->table, start);
    all->end = sg_columns_find(&all->table, end);
    if (all->file < 0)
        return sg_fail(SG_DATA, "%s: has no column 'file', expected a header with file,label[,group][,split]",
                       all->table.path);
    if ((all->start < 0) != (all->end < 0))
        return sg_fail(SG_DATA, "%s: has one of the columns start_us and end_us, expected both or none",
                       all->table.path);
    return SG_OK;
}

/* The text of a cell for the list, or NULL where it is empty. */
static sg_status keep_cell(labels *all, size_t row, int column, const char **kept) {
    const char *cell = sg_columns_at(&all->table, row, column);
    *kept = *cell ? sg_items_keep(all->items, cell) : NULL;
    return *cell && !*kept ? SG_MEMORY : SG_OK;
}

static sg_status read_split(const labels *all, size_t row, int *split) {
    const char *cell = sg_columns_at(&all->table, row, all->split);
    *split = sg_split_of_word(cell);
    if (*split >= 0 || !*cell)
        return SG_OK;
    return sg_columns_fail(&all->table, row, "split is '%.40s', expected train, test or validation", cell);
}

static sg_status read_time(const sg_columns *table, size_t row, int column, double *us) {
    const char *cell = sg_columns_at(table, row, column), *end;
    if (sg_parse_number(cell, &end, us) && !*end)
        return SG_OK;
    return sg_columns_fail(table, row, "found '%.40s', expected a time in microseconds", cell);
}

sg_status sg_walk_add_cut(const sg_columns *table, size_t row, int start, int end, const char *class_name,
                          sg_item *item) {
    sg_cut *cuts, cut = {.class_name = class_name, .label = SG_LABEL_NONE};
    SG_TRY(read_time(table, row, start, &cut.start_us));
    SG_TRY(read_time(table, row, end, &cut.end_us));
    if (!class_name)
        return sg_columns_fail(table, row, "has no label, expected one for each part of a recording");
    if (!(cut.end_us > cut.start_us) || (item->cut_count > 0 && cut.start_us < item->cuts[item->cut_count - 1].end_us))
        return sg_columns_fail(table, row,
                               "%.17g to %.17g us, expected a part that ends after it begins, and begins "
                               "after the one before has ended",
                               cut.start_us, cut.end_us);
    cuts = realloc(item->cuts, (item->cut_count + 1) * sizeof *cuts);
    if (!cuts)
        return sg_fail(SG_MEMORY, "%s: no memory for its rows", table->path);
    item->cuts = cuts;
    cuts[item->cut_count++] = cut;
    return SG_OK;
}

static sg_status add_item(labels *all, size_t row, const char *path, const char *class_name) {
    sg_item item = {.class_name = class_name, .label = SG_LABEL_NONE};
    if (!sg_file_exists(path))
        return sg_columns_fail(&all->table, row, "there is no file %.1024s", path);
    SG_TRY(sg_recording_find(path, &item.format));
    SG_TRY(keep_cell(all, row, all->group, &item.group));
    SG_TRY(read_split(all, row, &item.split));
    item.path = sg_items_keep(all->items, path);
    return item.path ? sg_items_add(all->items, &item) : SG_MEMORY;
}

/* Rows of one file that follow each other, with times, are parts of one item. */
static sg_status add_row(labels *all, size_t row) {
    char path[PATH_MAX];
    const char *cell = sg_columns_at(&all->table, row, all->file), *class_name;
    sg_items *items = all->items;
    const bool has_times = all->start >= 0;
    if (!*cell)
        return sg_columns_fail(&all->table, row, "names no file");
    SG_TRY(sg_absolute_path(path, sizeof path, all->folder, cell));
    SG_TRY(keep_cell(all, row, all->label, &class_name));
    bool again = has_times && row > 0 && strcmp(items->items[items->count - 1].path, path) == 0;
    if (!again)
        SG_TRY(add_item(all, row, path, has_times ? NULL : class_name));
    return has_times
               ? sg_walk_add_cut(&all->table, row, all->start, all->end, class_name, &items->items[items->count - 1])
               : SG_OK;
}

static sg_status add_rows(labels *all, const char *path) {
    SG_TRY(sg_run_directory_of(all->folder, sizeof all->folder, path));
    SG_TRY(sg_columns_read(path, &all->table));
    SG_TRY(find_columns(all));
    for (size_t row = 0; row < all->table.rows; row++)
        SG_TRY(add_row(all, row));
    return all->table.rows ? SG_OK : sg_fail(SG_DATA, "%s: has no row below its header", path);
}

sg_status sg_walk_labels(sg_items *items, const char *path) {
    labels all = {.items = items};
    sg_status status = add_rows(&all, path);
    sg_columns_close(&all.table);
    return status;
}
