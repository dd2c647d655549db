#include "data/wav_files.h"

#include "base/number.h"
#include "data/events.h"
#include "file/bytes.h"
#include "file/kind.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 4096, FIELD = 256 };

/* ------------------------------------------------------------------------------------------------------- patterns */

typedef struct field_values {
    char label[FIELD], group[FIELD], number[FIELD], any[FIELD];
} field_values;

static const struct {
    const char *text;
    size_t offset; /* in field_values */
} fields[] = {{"{label}", offsetof(field_values, label)},
              {"{group}", offsetof(field_values, group)},
              {"{number}", offsetof(field_values, number)},
              {"*", offsetof(field_values, any)}};

enum { FIELDS = sizeof fields / sizeof *fields };

/* The field that `pattern` begins with, or FIELDS. */
static size_t field_at(const char *pattern) {
    size_t i = 0;
    while (i < FIELDS && strncmp(pattern, fields[i].text, strlen(fields[i].text)) != 0)
        i++;
    return i;
}

/* Bytes of `pattern` before its next field or its end. */
static size_t literal_length(const char *pattern) {
    size_t length = 0;
    while (pattern[length] && field_at(pattern + length) == FIELDS)
        length++;
    return length;
}

/* Where a field ends in `name`: before the literal that follows, or as far as the literal at the end is from it. */
static const char *field_end(const char *name, const char *literal, size_t length, bool is_last) {
    size_t left = strlen(name);
    if (is_last)
        return left >= length ? name + left - length : NULL;
    for (const char *at = name; *at; at++)
        if (strncmp(at, literal, length) == 0)
            return at;
    return NULL;
}

/* Takes a field off the beginning of *name; `pattern` goes on behind the field. */
static bool take_field(const char *pattern, const char **name, char value[FIELD]) {
    size_t length = literal_length(pattern);
    const char *end = field_end(*name, pattern, length, pattern[length] == 0);
    if (!end || end == *name || end - *name >= FIELD || memchr(*name, '/', (size_t)(end - *name)))
        return false;
    memcpy(value, *name, (size_t)(end - *name));
    value[end - *name] = 0;
    *name = end;
    return true;
}

static bool fits(const char *pattern, const char *name, field_values *values) {
    *values = (field_values){0};
    for (size_t length; *pattern; pattern += length) {
        size_t field = field_at(pattern);
        length = field < FIELDS ? strlen(fields[field].text) : literal_length(pattern);
        if (field < FIELDS) {
            if (!take_field(pattern + length, &name, (char *)values + fields[field].offset))
                return false;
        } else if (strncmp(name, pattern, length) != 0) {
            return false;
        } else {
            name += length;
        }
    }
    return *name == 0;
}

static size_t slashes(const char *pattern) {
    size_t count = 0;
    for (; *pattern; pattern++)
        count += *pattern == '/';
    return count;
}

/* ---------------------------------------------------------------------------------------------------------- lists */

/* The next "7" or "3-9" of a list; false where it is none. */
static bool next_range(const char **list, int64_t *low, int64_t *high) {
    if (!sg_parse_integer(*list, list, low) || *low < 0)
        return false;
    *high = *low;
    if (**list == '-') {
        ++*list;
        if (**list < '0' || **list > '9' || !sg_parse_integer(*list, list, high) || *high < *low)
            return false;
    }
    if (**list == ',')
        return *++*list != 0;
    return **list == 0;
}

static bool in_ranges(const char *list, int64_t number) {
    int64_t low, high;
    while (*list && next_range(&list, &low, &high))
        if (number >= low && number <= high)
            return true;
    return false;
}

static bool is_named(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; *at && length > 0; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
        if (strcspn(at, ",") == length && strncmp(at, name, length) == 0)
            return true;
    return false;
}

static bool is_set(const char *text) {
    return !sg_is_empty(text);
}

sg_status sg_wav_check(const sg_data_config *config) {
    int64_t low, high;
    if (!is_set(config->wav_name))
        return sg_fail(SG_CONFIG, "wav.name: is empty, expected a pattern such as {label}_{group}_{number}.wav");
    for (const char *at = config->wav_name; (at = strpbrk(at, "{}*")); at += strlen(fields[field_at(at)].text))
        if (field_at(at) == FIELDS || field_at(at + strlen(fields[field_at(at)].text)) < FIELDS)
            return sg_fail(SG_CONFIG,
                           "wav.name: found '%.80s', expected {label}, {group}, {number} and *, with other letters "
                           "between two of them",
                           at);
    for (const char *at = is_set(config->wav_test_numbers) ? config->wav_test_numbers : ""; *at;)
        if (!next_range(&at, &low, &high))
            return sg_fail(SG_CONFIG,
                           "wav.test_numbers: found '%.80s', expected numbers and ranges such as 0-4 or "
                           "1,3,10-12",
                           config->wav_test_numbers);
    if (is_set(config->wav_test_numbers) && !strstr(config->wav_name, "{number}"))
        return sg_fail(SG_CONFIG, "wav.test_numbers: needs a {number} in wav.name, which is '%s'", config->wav_name);
    if (is_set(config->wav_test_groups) && !strstr(config->wav_name, "{group}"))
        return sg_fail(SG_CONFIG, "wav.test_groups: needs a {group} in wav.name, which is '%s'", config->wav_name);
    return SG_OK;
}

/* ---------------------------------------------------------------------------------------------------------- files */

void sg_wav_files_free(sg_wav_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].path);
        free(files->files[i].label_text);
        free(files->files[i].group);
    }
    free(files->files);
    free(files->first_other);
    *files = (sg_wav_files){0};
}

static sg_status grow(sg_wav_files *files) {
    size_t room = files->capacity ? 2 * files->capacity : 256;
    sg_wav_file *moved = realloc(files->files, room * sizeof *moved);
    if (!moved)
        return sg_fail(SG_MEMORY, "no memory for the names of %zu recordings", room);
    files->files = moved;
    files->capacity = room;
    return SG_OK;
}

/* A {number} that is none, or too large, belongs to no range. */
static int64_t number_of(const char *text) {
    int64_t number;
    return *text >= '0' && *text <= '9' && sg_parse_integer(text, &text, &number) && *text == 0 ? number : -1;
}

static sg_status add_file(const sg_data_config *config, sg_wav_files *files, const char *path,
                          const field_values *values) {
    if (files->count == files->capacity)
        SG_TRY(grow(files));
    sg_wav_file *file = &files->files[files->count++];
    *file = (sg_wav_file){.path = sg_text_copy(path),
                          .label_text = sg_text_copy(values->label),
                          .group = sg_text_copy(values->group),
                          .number = number_of(values->number),
                          .label = SG_NO_LABEL};
    bool is_test = in_ranges(is_set(config->wav_test_numbers) ? config->wav_test_numbers : "", file->number) ||
                   is_named(is_set(config->wav_test_groups) ? config->wav_test_groups : "", values->group);
    file->split = is_test ? SG_TEST : SG_TRAIN;
    return file->path && file->label_text && file->group ? SG_OK : SG_MEMORY;
}

static sg_status note_other(sg_wav_files *files, const char *path) {
    if (files->others++ == 0 && !(files->first_other = sg_text_copy(path)))
        return SG_MEMORY;
    return SG_OK;
}

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static sg_status add_folder(const sg_data_config *config, sg_wav_files *files, const char *folder, size_t depth);

/* `depth`: folders that the pattern has still below this one. A file's own part of the path is what the pattern names.
 */
static sg_status add_entry(const sg_data_config *config, sg_wav_files *files, const char *folder, const char *name,
                           size_t depth) {
    char path[PATH];
    field_values values;
    SG_TRY(sg_join_path(path, sizeof path, folder, name));
    if (is_folder(path))
        return depth > 0 ? add_folder(config, files, path, depth - 1) : SG_OK;
    return fits(config->wav_name, path + strlen(config->dir) + 1, &values) ? add_file(config, files, path, &values)
                                                                           : note_other(files, path);
}

static sg_status add_folder(const sg_data_config *config, sg_wav_files *files, const char *folder, size_t depth) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_shown, by_bytes);
    sg_status status = SG_OK;
    if (count < 0)
        return sg_fail(SG_DATA, "%s: is no folder that can be read: name the folder of the recordings (data.dir)",
                       folder);
    for (int i = 0; i < count; i++) {
        if (status == SG_OK)
            status = add_entry(config, files, folder, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* --------------------------------------------------------------------------------------------------------- labels */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Numbers the words that are labels in their order. */
static sg_status number_words(sg_wav_files *files) {
    char **words = sg_array(files->count, sizeof *words);
    size_t distinct = 0;
    if (!words)
        return SG_MEMORY;
    for (size_t i = 0; i < files->count; i++)
        words[i] = files->files[i].label_text;
    qsort(words, files->count, sizeof *words, by_text);
    for (size_t i = 0; i < files->count; i++)
        if (i == 0 || strcmp(words[i], words[distinct - 1]) != 0)
            words[distinct++] = words[i];
    for (size_t i = 0; i < files->count; i++) {
        char **found = bsearch(&files->files[i].label_text, words, distinct, sizeof *words, by_text);
        files->files[i].label = (uint32_t)(found - words);
    }
    free(words);
    return SG_OK;
}

static bool are_numbers(const sg_wav_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        int64_t number = number_of(files->files[i].label_text);
        if (number < 0 || number >= SG_MAX_CLASSES)
            return false;
    }
    return true;
}

/* The pattern tells a label of all files, or of none. */
static sg_status take_labels(sg_wav_files *files) {
    files->has_labels = *files->files[0].label_text != 0;
    files->are_numbers = are_numbers(files);
    if (files->has_labels && !files->are_numbers)
        SG_TRY(number_words(files));
    for (size_t i = 0; i < files->count && files->has_labels; i++) {
        sg_wav_file *file = &files->files[i];
        if (files->are_numbers)
            file->label = (uint32_t)number_of(file->label_text);
        files->classes = file->label >= files->classes ? file->label + 1 : files->classes;
    }
    return SG_OK;
}

void sg_wav_forget_labels(sg_wav_files *files) {
    files->has_labels = false;
    for (size_t i = 0; i < files->count; i++)
        files->files[i].label = SG_NO_LABEL;
}

static sg_status find(const sg_data_config *config, sg_wav_files *files) {
    SG_TRY(add_folder(config, files, config->dir, slashes(config->wav_name)));
    if (files->count == 0)
        return sg_fail(SG_DATA, "%s: none of its %zu files fits wav.name: '%s'%s%s", config->dir, files->others,
                       config->wav_name, files->others ? "; the first is " : "",
                       files->others ? files->first_other : "");
    if (files->others > 0)
        sg_warn("%s: %zu of its files do not fit wav.name: '%s', and are left out; the first is %s", config->dir,
                files->others, config->wav_name, files->first_other);
    return take_labels(files);
}

static sg_status finish(sg_status status, sg_wav_files *files) {
    if (status != SG_OK)
        sg_wav_files_free(files);
    return status;
}

sg_status sg_wav_find(const sg_data_config *config, sg_wav_files *out) {
    *out = (sg_wav_files){0};
    return finish(find(config, out), out);
}

/* A folder that the pattern begins with may have its name in the path. */
static sg_status find_one(const sg_data_config *config, const char *path, sg_wav_files *out) {
    field_values values;
    const char *name = path;
    for (const char *at = path; (at = strchr(at, '/')); at++)
        if (slashes(at + 1) == slashes(config->wav_name))
            name = at + 1;
    if (!fits(config->wav_name, name, &values))
        values = (field_values){0};
    SG_TRY(add_file(config, out, path, &values));
    SG_TRY(take_labels(out));
    if (!out->are_numbers)
        sg_wav_forget_labels(out);
    return SG_OK;
}

sg_status sg_wav_one(const sg_data_config *config, const char *path, sg_wav_files *out) {
    *out = (sg_wav_files){0};
    return finish(find_one(config, path, out), out);
}
