/* Tables in text files. */
#include "file/columns.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/memory_limit.h"
#include "folder.h"

static sg_status read_text(const char *text, sg_columns *table) {
    put_file(in_folder("table.csv"), text, strlen(text));
    static char path[1024];
    snprintf(path, sizeof path, "%s", in_folder("table.csv"));
    return sg_columns_read(path, table);
}

/* Rows are told with '|' between cells and '/' between rows. */
static void assert_table(const char *text, const char *expected) {
    char found[512] = "";
    sg_columns table;
    assert_int_equal(read_text(text, &table), SG_OK);
    for (size_t row = 0; row < table.rows; row++)
        for (size_t c = 0; c < table.columns; c++)
            sprintf(found + strlen(found), "%s%s", c ? "|" : row ? "/" : "", sg_columns_at(&table, row, (int)c));
    assert_string_equal(found, expected);
    sg_columns_close(&table);
}

static void cells_are_told_apart(void **state) {
    (void)state;
    assert_table("a,b\n1,2\n3,4\n", "1|2/3|4");
    assert_table("a,b\r\n1,2\r\n\r\n3,4", "1|2/3|4");
    assert_table("\xef\xbb\xbf#a;b\n1,5;2\n", "1,5|2");
    assert_table("a\tb\n1, \t2;3\n", "1,|2;3");
    assert_table("a,b\n \"x, y\" ,\"say \"\"no\"\"\"\n", "x, y|say \"no\"");
    assert_table("a,b\n,\n", "|");
    assert_table("a\n\"two\nlines\"\n", "two\nlines");
    assert_table("a,b\n", "");
}

static void damage_is_told_with_its_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {{"a,b\n1,2\n3\n", "table.csv:3: has 1 cells, expected 2"},
                 {"a,b\n1,2,3\n", "table.csv:2: has more cells than the header has names"},
                 {"a,b\n\n1,\"2\n", "table.csv:3: a quote has no end"},
                 {"a,b\n\"1\"x,2\n", "table.csv:2: letters follow the quote"},
                 {"a,b\n\"1\n\n\",2\n3\n", "table.csv:5: has 1 cells"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_columns table;
        assert_int_equal(read_text(cases[i].text, &table), SG_DATA);
        assert_message_has(cases[i].message);
        sg_columns_close(&table);
    }
}

/* Memory is for the cells that there are, not for as many in each line as the header has. */
static void empty_lines_take_no_cells(void **state) {
    (void)state;
    enum { COLUMNS = 200, LINES = 1 << 20 };
    static char text[2 * COLUMNS + LINES + 1];
    sg_columns table;
    for (int i = 0; i < COLUMNS; i++)
        memcpy(text + 2 * i, i < COLUMNS - 1 ? "a," : "a\n", 2);
    memset(text + 2 * COLUMNS, '\n', LINES);
    sg_pretend_memory(64 << 20);
    sg_status status = read_text(text, &table);
    sg_pretend_memory(0);
    assert_int_equal(status, SG_OK);
    assert_true(table.columns == COLUMNS && table.rows == 0);
    sg_columns_close(&table);
}

static void a_file_with_zeros_is_no_text(void **state) {
    (void)state;
    sg_columns table;
    put_file(in_folder("zeros.csv"), "a,b\n1\0,2\n", 9);
    assert_int_equal(sg_columns_read(in_folder("zeros.csv"), &table), SG_DATA);
    assert_message_has("is no text: byte 5 is 0");
    sg_columns_close(&table);
}

static void columns_are_found_by_any_of_their_names(void **state) {
    (void)state;
    static const char *const names[] = {"label", "class", NULL}, *const others[] = {"group", NULL};
    sg_columns table;
    assert_int_equal(read_text("file,Class\nx,1\n", &table), SG_OK);
    assert_int_equal(sg_columns_find(&table, names), 1);
    assert_int_equal(sg_columns_find(&table, others), -1);
    assert_string_equal(sg_columns_at(&table, 0, -1), "");
    assert_int_equal(sg_columns_fail(&table, 0, "is %s", "odd"), SG_DATA);
    assert_message_has("table.csv:2: is odd");
    sg_columns_close(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_told_apart),
        cmocka_unit_test(damage_is_told_with_its_line),
        cmocka_unit_test(empty_lines_take_no_cells),
        cmocka_unit_test(a_file_with_zeros_is_no_text),
        cmocka_unit_test(columns_are_found_by_any_of_their_names),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
