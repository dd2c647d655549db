/* What folders and tables of labels say of recordings. */
#include "import/items.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "bin_files.h"

/* "Train/3/a.bin 3 train -" and so on: name, label, split, group, of each item; then "|" and the names of classes. */
static const char *tell(const sg_items *items) {
    static const char *const splits[] = {"?", "train", "test", "validate"};
    static char text[2048];
    text[0] = 0;
    for (size_t i = 0; i < items->count; i++) {
        const sg_item *item = &items->items[i];
        sprintf(text + strlen(text), "%s%s %d %s %s", i ? "; " : "", item->path + strlen(folder) + 1, (int)item->label,
                splits[item->split + 1], item->group ? item->group : "-");
        for (size_t c = 0; c < item->cut_count; c++)
            sprintf(text + strlen(text), " %g-%g:%d", item->cuts[c].start_us, item->cuts[c].end_us,
                    (int)item->cuts[c].label);
    }
    sprintf(text + strlen(text), " | %zu", items->classes);
    for (size_t i = 0; i < items->classes && items->names; i++)
        sprintf(text + strlen(text), " %s", items->names[i]);
    return text;
}

static void assert_items(const char *source, const char *expected) {
    sg_items items = {0};
    assert_int_equal(sg_items_add_source(&items, in_folder(source)), SG_OK);
    assert_int_equal(sg_items_number(&items), SG_OK);
    assert_string_equal(tell(&items), expected);
    sg_items_free(&items);
}

static void assert_refused(const char *source, const char *message) {
    sg_items items = {0};
    sg_status status = sg_items_add_source(&items, in_folder(source));
    assert_int_equal(status, SG_DATA);
    assert_message_has(message);
    sg_items_free(&items);
}

static const bin_event one[] = {{1000, 1, 2, 1}};

static void folders_tell_split_and_class(void **state) {
    (void)state;
    make_folder("n");
    make_folder("n/Train");
    make_folder("n/Test");
    make_folder("n/Train/2");
    make_folder("n/Train/10");
    make_folder("n/Test/2");
    put_bin("n/Train/2/b.bin", one, 1);
    put_bin("n/Train/2/a.bin", one, 1);
    put_bin("n/Train/10/a.bin", one, 1);
    put_bin("n/Test/2/a.bin", one, 1);
    put_lines("n/README.txt", "what this is\n");
    assert_items("n", "n/Test/2/a.bin 2 test -; n/Train/2/a.bin 2 train -; n/Train/2/b.bin 2 train -; "
                      "n/Train/10/a.bin 10 train - | 11");
    assert_items("n/Train/", "n/Train/2/a.bin 2 train -; n/Train/2/b.bin 2 train -; n/Train/10/a.bin 10 train - | 11");
    assert_items("n/Train/2/a.bin", "n/Train/2/a.bin -1 ? - | 0");
}

static void classes_with_names_are_counted_in_their_order(void **state) {
    (void)state;
    make_folder("c");
    make_folder("c/wolf");
    make_folder("c/cat10");
    make_folder("c/cat9");
    put_bin("c/wolf/a.bin", one, 1);
    put_bin("c/cat10/a.bin", one, 1);
    put_bin("c/cat9/a.bin", one, 1);
    assert_items("c", "c/cat9/a.bin 0 ? -; c/cat10/a.bin 1 ? -; c/wolf/a.bin 2 ? - | 3 cat9 cat10 wolf");
}

static void a_table_tells_labels_groups_and_splits(void **state) {
    (void)state;
    make_folder("t");
    put_bin("t/a.bin", one, 1);
    put_bin("t/b.bin", one, 1);
    put_bin("t/c.bin", one, 1);
    put_lines("t/labels.csv", "file,label,group,split\na.bin,up,ann,train\nb.bin,,bob,Test\nc.bin,down,,val\n");
    const char *expected = "t/a.bin 1 train ann; t/b.bin -1 test bob; t/c.bin 0 validate - | 2 down up";
    assert_items("t", expected);
    assert_items("t/labels.csv", expected);
}

static void a_table_cuts_recordings(void **state) {
    (void)state;
    make_folder("k");
    put_bin("k/a.bin", one, 1);
    put_bin("k/b.bin", one, 1);
    put_lines("k/labels.csv", "file,label,start_us,end_us\na.bin,1,100,200\na.bin,0,200,300.5\nb.bin,1,0,50\n");
    assert_items("k", "k/a.bin -1 ? - 100-200:1 200-300.5:0; k/b.bin -1 ? - 0-50:1 | 2");
}

static void damaged_tables_are_refused_with_their_line(void **state) {
    (void)state;
    static const struct {
        const char *table, *message;
    } cases[] = {
        {"name,label\na.bin,1\n", "labels.csv: has no column 'file'"},
        {"file,label\n", "labels.csv: has no row below its header"},
        {"file,label\nnone.bin,1\n", "labels.csv:2: there is no file "},
        {"file,label\n,1\n", "labels.csv:2: names no file"},
        {"file,label,split\na.bin,1,later\n", "labels.csv:2: split is 'later', expected train, test or validation"},
        {"file,label,start_us\na.bin,1,0\n", "has one of the columns start_us and end_us"},
        {"file,label,start_us,end_us\na.bin,1,0,x\n", "labels.csv:2: found 'x', expected a time"},
        {"file,label,start_us,end_us\na.bin,,0,5\n", "labels.csv:2: has no label"},
        {"file,label,start_us,end_us\na.bin,1,5,5\n", "labels.csv:2: 5 to 5 us, expected"},
        {"file,label,start_us,end_us\na.bin,1,0,9\na.bin,1,8,12\n", "labels.csv:3: 8 to 12 us, expected"},
    };
    make_folder("d");
    put_bin("d/a.bin", one, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_lines("d/labels.csv", cases[i].table);
        assert_refused("d", cases[i].message);
    }
}

static void slayer_lists_name_numbered_files(void **state) {
    (void)state;
    make_folder("s");
    put_bin("s/1.bs2", one, 1);
    put_bin("s/2.bs2", one, 1);
    put_bin("s/7.bs2", one, 1);
    put_lines("s/train1K.txt", "#sample #class\r\n1\t5\r\n2\t0\r\n");
    put_lines("s/test100.txt", "#sample #class\n7\t1\n");
    assert_items("s", "s/7.bs2 1 test -; s/1.bs2 5 train -; s/2.bs2 0 train - | 6");
    assert_items("s/train1K.txt", "s/1.bs2 5 train -; s/2.bs2 0 train - | 6");
    put_lines("s/test100.txt", "#sample #class\n8\t1\n");
    assert_refused("s", "test100.txt:2: there is no 8.bs2");
    put_lines("s/test100.txt", "#sample #class\n7\n");
    assert_refused("s", "test100.txt:2: expected the number of a sample and its class");
    put_file(in_folder("s/test100.txt"), "#sample #class\n7\t1\n\0002\t0\n", 24);
    assert_refused("s", "test100.txt: is no text: byte 19 is 0");
}

/* A number that begins as the name of a file does is not that file. */
static void numbers_of_slayer_lists_are_whole_names(void **state) {
    (void)state;
    char name[256], text[512], nines[211];
    make_folder("l");
    memset(nines, '9', sizeof nines - 1);
    nines[sizeof nines - 1] = 0;
    snprintf(name, sizeof name, "l/%.200s.bs2", nines);
    put_bin(name, one, 1);
    snprintf(text, sizeof text, "#sample #class\n%s\t1\n", nines);
    put_lines("l/test.txt", text);
    assert_refused("l", "test.txt:2: there is no 999");
}

static const char aedat3[] = "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n";

static void dvs_gesture_is_cut_as_the_field_cuts_it(void **state) {
    (void)state;
    make_folder("g");
    put_lines("g/user01_led.aedat", aedat3);
    put_lines("g/user02_led.aedat", aedat3);
    put_lines("g/user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,10,20\n11,20,40\n");
    put_lines("g/user02_led_labels.csv", "class,startTime_usec,endTime_usec\n8,10,20\n");
    const char *names = " | 11 hand clapping right hand wave left hand wave right arm clockwise right arm "
                        "counter-clockwise left arm clockwise left arm counter-clockwise arm roll air drums air "
                        "guitar other";
    char expected[512];
    snprintf(expected, sizeof expected, "%s%s",
             "g/user01_led.aedat -1 ? user01 10-20:0 20-40:10; g/user02_led.aedat -1 ? user02 10-20:7", names);
    assert_items("g", expected);
    put_lines("g/trials_to_train.txt", "user02_led.aedat\n");
    put_lines("g/trials_to_test.txt", "user01_led.aedat\r\n");
    snprintf(expected, sizeof expected, "%s%s",
             "g/user02_led.aedat -1 train user02 10-20:7; g/user01_led.aedat -1 test user01 10-20:0 20-40:10", names);
    assert_items("g", expected);
    put_lines("g/trials_to_test.txt", "user03_led.aedat\n");
    assert_refused("g", "trials_to_test.txt: names user03_led.aedat, whose table of labels is not there");
    put_file(in_folder("g/trials_to_test.txt"), "user01_led.aedat\n\0user02_led.aedat\n", 35);
    assert_refused("g", "trials_to_test.txt: is no text: byte 17 is 0");
    put_lines("g/trials_to_test.txt", "");
    put_lines("g/user02_led_labels.csv", "class,startTime_usec,endTime_usec\n12,10,20\n");
    assert_refused("g", "user02_led_labels.csv:2: class is '12', expected 1 to 11");
}

static void what_is_no_recording_is_counted_or_refused(void **state) {
    (void)state;
    sg_items items = {0};
    make_folder("o");
    make_folder("empty");
    put_lines("o/licence", "do what you like with it\n");
    assert_refused("empty", "empty: has no recording: the folder is empty");
    assert_refused("o", "o: has no recording; ");
    assert_refused("none", "none: there is no such file");
    put_bin("o/a.bin", one, 1);
    assert_int_equal(sg_items_add_source(&items, in_folder("o")), SG_OK);
    assert_int_equal(items.count, 1);
    assert_int_equal(items.skipped, 1);
    sg_items_free(&items);
    put_lines("o/b.bin", ""); /* it has the name of a recording, so that it is damaged */
    assert_refused("o", "b.bin: is empty");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_tell_split_and_class),
        cmocka_unit_test(classes_with_names_are_counted_in_their_order),
        cmocka_unit_test(a_table_tells_labels_groups_and_splits),
        cmocka_unit_test(a_table_cuts_recordings),
        cmocka_unit_test(damaged_tables_are_refused_with_their_line),
        cmocka_unit_test(slayer_lists_name_numbered_files),
        cmocka_unit_test(numbers_of_slayer_lists_are_whole_names),
        cmocka_unit_test(dvs_gesture_is_cut_as_the_field_cuts_it),
        cmocka_unit_test(what_is_no_recording_is_counted_or_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
