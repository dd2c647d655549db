/* Texts that say what is to be imported. The first byte chooses one of them; it stands in a folder beside two small
 * recordings, and becomes the list of what is read: labels.csv; a list as SLAYER has it; a table of DVS Gesture, after
 * whose list of recordings a byte 0xff stands. */
#include "scratch.h"
#include "small_recordings.h"
#include "target.h"

#include "file/bytes.h"
#include "import/walk.h"

static void put_recording(const char *name, void (*write)(written *to)) {
    written file = {0};
    write(&file);
    scratch_put(name, file.bytes, file.size);
}

static void put_recordings(void) {
    static bool put;
    if (put)
        return;
    put = true;
    put_recording("labels/a.bin", write_nmnist);
    put_recording("labels/b.raw", write_evt3);
    put_recording("slayer/1.bs2", write_nmnist);
    put_recording("slayer/2.bin", write_nmnist);
    put_recording("gesture/user01_led.aedat", write_aedat3);
}

static const char *put_labels(const uint8_t *text, size_t size) {
    scratch_put("labels/labels.csv", text, size);
    return scratch_path("labels");
}

static const char *put_slayer(const uint8_t *text, size_t size) {
    scratch_put("slayer/test.txt", text, size);
    return scratch_path("slayer/test.txt");
}

static const char *put_gesture(const uint8_t *text, size_t size) {
    const uint8_t *mark = memchr(text, 0xff, size);
    const size_t list = mark ? (size_t)(mark - text) : 0;
    scratch_put("gesture/trials_to_train.txt", text, list);
    scratch_put("gesture/user01_led_labels.csv", text + list + !!mark, size - list - !!mark);
    return scratch_path("gesture");
}

/* What holds for every list that was accepted. */
static void check(const sg_items *items) {
    for (size_t i = 0; i < items->count; i++) {
        const sg_item *item = &items->items[i];
        require(sg_file_exists(item->path) && item->format);
        require(item->label >= SG_LABEL_NONE && item->label < SG_MAX_CLASSES);
        for (size_t c = 0; c < item->cut_count; c++) {
            require(item->cuts[c].start_us < item->cuts[c].end_us);
            require(!c || item->cuts[c].start_us >= item->cuts[c - 1].end_us);
            require(item->cuts[c].label >= 0 && item->cuts[c].label < SG_MAX_CLASSES);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *(*const kinds[])(const uint8_t *, size_t) = {put_labels, put_slayer, put_gesture};
    sg_items items = {0};
    if (!size)
        return 0;
    put_recordings();
    const char *source = kinds[*bytes % 3](bytes + 1, size - 1);
    sg_status status = sg_items_add_source(&items, source);
    if (status == SG_OK)
        status = sg_items_number(&items);
    if (status == SG_OK)
        check(&items);
    else
        require_one_line();
    bool is_text = *bytes % 3 != 1 || sg_is_slayer_list(source); /* else it was found to be a recording */
    require(status != SG_OK || !is_text || !memchr(bytes + 1, 0, size - 1));
    sg_items_free(&items);
    return 0;
}
