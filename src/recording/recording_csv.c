/* Tables of text. A line is an event; columns by the names in the first line, or by options, or by custom: t, x, y, p
 * where there are four, t and unit where there are two. A column `sample` makes many samples. Where options say so, a
 * line is a frame of a time series instead, and its columns are channels. Strict: what is no number is refused with its
 * line and column. Columns label, group and split tell of a sample in each of its lines. */
#include "base/memory.h"
#include "base/memory_limit.h"
#include "base/number.h"
#include "recording/columns.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 32, NAME = 64, BLOCK = 256, LONGEST_LINE = SG_STREAM_WINDOW - 1 };

/* A cell of a line: not ended by a 0. */
typedef struct cell {
    const char *text;
    size_t size;
} cell;

/* Columns that tell of a sample, the same in all of its lines, as texts. */
static const sg_column told_columns[] = {SG_COLUMN_LABEL, SG_COLUMN_GROUP, SG_COLUMN_SPLIT};

enum { LABEL, GROUP, SPLIT, TOLD };

static const char *const told_names[TOLD] = {"label", "group", "split"};

typedef struct table {
    sg_recording *recording;
    char separator; /* ' ': any blanks */
    uint64_t line;  /* from 1 */
    sg_column column[CELLS];
    size_t columns;
    double us;   /* of a unit of time; 0 until it is known */
    double told; /* by the head */
    bool begun;  /* a sample, in a table of many */
    double sample;
    char said[TOLD][NAME]; /* of the sample */

    double t[BLOCK], x[BLOCK], y[BLOCK], p[BLOCK];
    size_t used;
    uint64_t first; /* line of the first in the block */
    bool has[SG_COLUMNS];

    float *values; /* (room) of a time series, frame after frame */
    size_t count, room;
    uint32_t channels; /* 0: lines are events */
} table;

/* ---------------------------------------------------------------------------------------------------------- lines */

/* The next line without its end; *size is SIZE_MAX at the end of the file. What sg_stream_pass takes is *whole. */
static sg_status see_line(table *t, const char **line, size_t *size, size_t *whole) {
    const uint8_t *bytes;
    sg_stream *stream = t->recording->stream;
    size_t seen = sg_stream_see(stream, 1, &bytes);
    const uint8_t *end = seen ? memchr(bytes, '\n', seen) : NULL;
    if (seen && !end) {
        seen = sg_stream_see(stream, SG_STREAM_WINDOW, &bytes);
        end = memchr(bytes, '\n', seen);
    }
    *size = SIZE_MAX;
    if (seen == 0)
        return sg_stream_status(stream);
    *size = end ? (size_t)(end - bytes) : seen;
    *whole = *size + (end != NULL);
    if (*size > LONGEST_LINE)
        return sg_fail(SG_DATA, "%s: line %llu is longer than %d bytes, expected an event",
                       sg_columns_path(t->recording), (unsigned long long)t->line + 1, LONGEST_LINE);
    *line = (const char *)bytes;
    while (*size && isspace((unsigned char)(*line)[*size - 1]))
        (*size)--;
    return SG_OK;
}

static bool is_blank(char sign) {
    return sign == ' ' || sign == '\t';
}

static cell trim(const char *text, const char *end) {
    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    if (end - text >= 2 && *text == '"' && end[-1] == '"') {
        text++;
        end--;
    }
    return (cell){text, (size_t)(end - text)};
}

/* Cuts a line into cells; how many there are, or CELLS + 1. */
static size_t cut(char separator, const char *line, size_t size, cell cells[CELLS]) {
    const char *at = line, *end = line + size;
    size_t count = 0;
    while (at < end || (count && separator != ' ' && at == end)) {
        const char *stop = at;
        if (count == CELLS)
            return CELLS + 1;
        if (separator == ' ') {
            while (stop < end && !is_blank(*stop))
                stop++;
        } else {
            stop = memchr(at, separator, (size_t)(end - at));
            stop = stop ? stop : end;
        }
        cells[count++] = trim(at, stop);
        if (stop == end)
            break;
        at = stop + 1;
        while (separator == ' ' && at < end && is_blank(*at))
            at++;
    }
    return count;
}

static char separator_of(const char *line, size_t size) {
    static const char separators[] = {',', ';', '\t'};
    for (size_t i = 0; i < sizeof separators; i++)
        if (memchr(line, separators[i], size))
            return separators[i];
    return ' ';
}

/* ---------------------------------------------------------------------------------------------------------- numbers */

/* Whole numbers of a few digits, as nearly all are, are read here. */
static bool parse_short(cell c, double *value) {
    enum { DIGITS = 15 };
    uint64_t number = 0;
    if (c.size == 0 || c.size > DIGITS)
        return false;
    for (size_t i = 0; i < c.size; i++) {
        const unsigned digit = (unsigned)(unsigned char)c.text[i] - '0';
        if (digit > 9)
            return false;
        number = number * 10 + digit;
    }
    *value = (double)number;
    return true;
}

static bool is_true_or_false(const char *text, double *value) {
    *value = strcasecmp(text, "true") == 0;
    return *value == 1 || strcasecmp(text, "false") == 0;
}

static bool parse(cell c, double *value) {
    char text[NAME];
    const char *end;
    if (parse_short(c, value))
        return true;
    if (c.size == 0 || c.size >= sizeof text)
        return false;
    memcpy(text, c.text, c.size);
    text[c.size] = 0;
    if (is_true_or_false(text, value))
        return true;
    return strspn(text, "+-.0123456789eE") == c.size && sg_parse_number(text, &end, value) && *end == 0;
}

static sg_status bad_cell(const table *t, size_t column, cell c, const char *expected) {
    return sg_fail(SG_DATA, "%s: line %llu, column %zu: '%.*s', expected %s", sg_columns_path(t->recording),
                   (unsigned long long)t->line, column + 1, (int)(c.size < NAME ? c.size : NAME), c.text, expected);
}

/* ------------------------------------------------------------------------------------------------------------ head */

static sg_status check_columns(table *t) {
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i] != SG_COLUMN_OTHER) {
            if (t->has[t->column[i]])
                return sg_fail(SG_DATA, "%s: line %llu names %s twice", sg_columns_path(t->recording),
                               (unsigned long long)t->line, sg_column_names(t->column[i]));
            t->has[t->column[i]] = true;
        }
    if (!t->has[SG_COLUMN_T] || !t->has[SG_COLUMN_X])
        return sg_fail(SG_DATA,
                       "%s: line %llu: no column %s among %zu, expected t and x (or unit), and perhaps y, p, sample, "
                       "label: name them in the first line, or tell the columns (t,x,y,p)",
                       sg_columns_path(t->recording), (unsigned long long)t->line, t->has[SG_COLUMN_T] ? "x" : "t",
                       t->columns);
    const sg_sensor sensor = {.polarities = t->has[SG_COLUMN_P] ? 0 : 1};
    return sg_recording_tell_sensor(t->recording, &sensor);
}

/* Which of what is told of a sample a column is; TOLD: none. */
static int told_by(sg_column column) {
    int i = 0;
    while (i < TOLD && told_columns[i] != column)
        i++;
    return i;
}

static sg_column name_of(cell c, double *us) {
    char name[NAME];
    snprintf(name, sizeof name, "%.*s", (int)(c.size < NAME ? c.size : NAME - 1), c.text);
    const sg_column column = sg_column_named(name, us);
    return column <= SG_COLUMN_LABEL || told_by(column) < TOLD ? column : SG_COLUMN_OTHER;
}

static sg_status take_names(table *t, const cell *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double us;
        t->column[i] = name_of(cells[i], &us);
        if (t->column[i] == SG_COLUMN_T)
            t->told = us;
    }
    t->columns = count;
    return check_columns(t);
}

/* Whether cells are the names of t and x, perhaps among others. */
static bool names_events(const cell *cells, size_t count) {
    bool has[SG_COLUMNS + 1] = {false};
    double us;
    for (size_t i = 0; i < count; i++)
        has[name_of(cells[i], &us)] = true;
    return has[SG_COLUMN_T] && has[SG_COLUMN_X];
}

static sg_status take_customs(table *t, size_t count) {
    static const char *const customs[CELLS + 1] = {[2] = "t,x", [4] = "t,x,y,p"};
    const sg_recording_options *options = t->recording->listener->options;
    const char *told = options ? options->columns : NULL;
    if (!told && !customs[count])
        return sg_fail(SG_DATA,
                       "%s: line %llu: %zu columns without names: name them in the first line, or tell the columns "
                       "(t,x,y,p)",
                       sg_columns_path(t->recording), (unsigned long long)t->line, count);
    SG_TRY(sg_columns_parse(told ? told : customs[count], t->column, CELLS, &t->columns));
    if (t->columns != count)
        return sg_fail(SG_DATA, "%s: line %llu has %zu columns, but columns '%s' names %zu",
                       sg_columns_path(t->recording), (unsigned long long)t->line, count, told, t->columns);
    return check_columns(t);
}

static bool is_series(const table *t) {
    const sg_recording_options *options = t->recording->listener->options;
    return options && options->series && t->recording->listener->values;
}

/* All columns but a time are channels. */
static sg_status take_channels(table *t, const cell *cells, size_t count, bool names) {
    double us;
    for (size_t i = 0; i < count; i++) {
        const sg_column column = names ? name_of(cells[i], &us) : SG_COLUMN_VALUES;
        if (column == SG_COLUMN_SAMPLE || column == SG_COLUMN_LABEL)
            return bad_cell(t, i, cells[i], "the frames of one sample: tell labels by folders, or in labels.csv");
        t->column[i] = column == SG_COLUMN_T ? SG_COLUMN_OTHER : SG_COLUMN_VALUES;
        t->channels += t->column[i] == SG_COLUMN_VALUES;
    }
    t->columns = count;
    return t->channels ? SG_OK : bad_cell(t, 0, cells[0], "one channel at least");
}

/* The first line that is neither empty nor a comment: names, or an event. *names tells which. */
static sg_status take_head(table *t, const cell *cells, size_t count, bool *names) {
    const sg_recording_options *options = t->recording->listener->options;
    double value;
    *names = false;
    for (size_t i = 0; i < count; i++)
        *names |= !parse(cells[i], &value) && cells[i].size && !memchr("+-.0123456789", cells[i].text[0], 13);
    if (is_series(t))
        return take_channels(t, cells, count, *names);
    return *names && !(options && options->columns) ? take_names(t, cells, count) : take_customs(t, count);
}

/* ---------------------------------------------------------------------------------------------------------- events */

static sg_status flush(table *t) {
    const double *p = t->has[SG_COLUMN_P] ? t->p : NULL;
    const sg_event_rows rows = {t->t, t->x, t->y, p, t->used, t->us, t->first, "line"};
    t->used = 0;
    return rows.count ? sg_columns_add(t->recording, &rows) : SG_OK;
}

/* A time whose unit is not told must be a whole number, in every line. */
static sg_status check_unit(table *t, double time) {
    return t->us > 0 && t->told > 0 ? SG_OK
                                    : sg_columns_unit(t->recording, "times", t->told, time == floor(time), &t->us);
}

/* The column of something that is told of a sample; for messages. */
static size_t place_of(const table *t, int told) {
    size_t i = 0;
    while (i < t->columns && t->column[i] != told_columns[told])
        i++;
    return i;
}

/* A label is a number, or a name. */
static sg_status take_label(const table *t, cell label, sg_recorded_sample *sample) {
    double value;
    if (label.size && parse(label, &value)) {
        if (value != floor(value) || value < 0 || value > UINT32_MAX)
            return bad_cell(t, place_of(t, LABEL), label, "a label that is a whole number, or a name");
        sample->label = (int64_t)value;
    } else if (label.size) {
        sample->class_name = t->said[LABEL];
    }
    return SG_OK;
}

static sg_status begin_sample(table *t, double number, const cell told[TOLD]) {
    sg_recorded_sample sample = {.label = -1, .split = -1, .number = (uint64_t)number};
    for (int i = 0; i < TOLD; i++)
        snprintf(t->said[i], NAME, "%.*s", (int)told[i].size, told[i].text);
    SG_TRY(take_label(t, told[LABEL], &sample));
    if (told[GROUP].size)
        sample.group = t->said[GROUP];
    if (told[SPLIT].size && (sample.split = sg_split_named(told[SPLIT].text, told[SPLIT].size)) < 0)
        return bad_cell(t, place_of(t, SPLIT), told[SPLIT], "train, test or validation");
    t->begun = true;
    t->sample = number;
    SG_TRY(flush(t));
    return sg_recording_begin(t->recording, &sample);
}

static sg_status check_sample(table *t, double number, const cell told[TOLD]) {
    if (number != floor(number) || number < 0 || number > 0x1p53)
        return sg_fail(SG_DATA, "%s: line %llu: sample is %.9g, expected a whole number, at most 2^53",
                       sg_columns_path(t->recording), (unsigned long long)t->line, number);
    for (int i = 0; i < TOLD; i++)
        if (told[i].size >= NAME)
            return sg_fail(SG_DATA, "%s: line %llu: a %s of more than %d bytes", sg_columns_path(t->recording),
                           (unsigned long long)t->line, told_names[i], NAME - 1);
    if (!t->begun || number > t->sample)
        return begin_sample(t, number, told);
    if (number < t->sample)
        return sg_fail(SG_DATA, "%s: line %llu: sample %.0f comes after sample %.0f: sort the lines by sample",
                       sg_columns_path(t->recording), (unsigned long long)t->line, number, t->sample);
    for (int i = 0; i < TOLD; i++)
        if (strlen(t->said[i]) != told[i].size || memcmp(t->said[i], told[i].text, told[i].size) != 0)
            return sg_fail(SG_DATA, "%s: line %llu: the %s '%.*s' is not that of the sample's lines before, '%s'",
                           sg_columns_path(t->recording), (unsigned long long)t->line, told_names[i], (int)told[i].size,
                           told[i].text, t->said[i]);
    return SG_OK;
}

static sg_status add_event(table *t, const cell *cells) {
    double value[SG_COLUMNS + 1] = {0};
    cell told[TOLD] = {{"", 0}, {"", 0}, {"", 0}};
    for (size_t i = 0; i < t->columns; i++) {
        const int which = told_by(t->column[i]);
        if (which < TOLD)
            told[which] = cells[i];
        else if (t->column[i] != SG_COLUMN_OTHER && !parse(cells[i], &value[t->column[i]]))
            return bad_cell(t, i, cells[i], "a number");
    }
    SG_TRY(check_unit(t, value[SG_COLUMN_T]));
    if (t->has[SG_COLUMN_SAMPLE] || t->has[SG_COLUMN_LABEL] || t->has[SG_COLUMN_GROUP] || t->has[SG_COLUMN_SPLIT])
        SG_TRY(check_sample(t, value[SG_COLUMN_SAMPLE], told));
    if (t->line != t->first + t->used) /* the block's lines follow one another, so that messages can count them */
        SG_TRY(flush(t));
    if (t->used == 0)
        t->first = t->line;
    t->t[t->used] = value[SG_COLUMN_T];
    t->x[t->used] = value[SG_COLUMN_X];
    t->y[t->used] = value[SG_COLUMN_Y];
    t->p[t->used] = value[SG_COLUMN_P];
    return ++t->used == BLOCK ? flush(t) : SG_OK;
}

/* ---------------------------------------------------------------------------------------------------------- frames */

static sg_status make_room(table *t) {
    size_t room = t->room ? 2 * t->room : 4096, bytes;
    if (!sg_size_multiply(room, sizeof *t->values, &bytes))
        bytes = SIZE_MAX;
    SG_TRY(sg_check_memory(bytes, "a time series", "use shorter recordings"));
    float *moved = realloc(t->values, bytes);
    if (!moved)
        return sg_fail(SG_MEMORY, "%s: no memory for %zu numbers of a time series", sg_columns_path(t->recording),
                       room);
    t->values = moved;
    t->room = room;
    return SG_OK;
}

static sg_status add_frame(table *t, const cell *cells) {
    for (size_t i = 0; i < t->columns; i++) {
        double value;
        if (t->column[i] == SG_COLUMN_OTHER)
            continue;
        if (!parse(cells[i], &value) || fabs(value) > SG_VALUE_MOST)
            return bad_cell(t, i, cells[i], "a number");
        if (t->count == t->room)
            SG_TRY(make_room(t));
        t->values[t->count++] = (float)value;
    }
    return SG_OK;
}

static sg_status tell_frames(const table *t) {
    const sg_recording_listener *listener = t->recording->listener;
    const sg_series series = {t->values, t->count / t->channels, t->channels, 0};
    return listener->values(listener->user, &series);
}

/* ---------------------------------------------------------------------------------------------------------- reading */

static bool is_comment(const char *line, size_t size) {
    return size && (*line == '#' || *line == '%');
}

/* The comment before the first event may hold the names, as numpy.savetxt writes them. */
static sg_status take_comment(table *t, const char *line, size_t size) {
    cell cells[CELLS];
    const cell text = trim(line + 1, line + size);
    const char separator = separator_of(text.text, text.size);
    const size_t count = cut(separator, text.text, text.size, cells);
    if (t->columns || count > CELLS || is_series(t) || !names_events(cells, count))
        return SG_OK;
    const sg_recording_options *options = t->recording->listener->options;
    return options && options->columns ? SG_OK : take_names(t, cells, count);
}

static sg_status take_line(table *t, const char *line, size_t size) {
    cell cells[CELLS];
    bool names = false;
    if (size == 0)
        return SG_OK;
    if (is_comment(line, size))
        return take_comment(t, line, size);
    if (!t->separator)
        t->separator = separator_of(line, size);
    size_t count = cut(t->separator, line, size, cells);
    if (count > CELLS)
        return sg_fail(SG_DATA, "%s: line %llu has more than %d columns", sg_columns_path(t->recording),
                       (unsigned long long)t->line, CELLS);
    if (!t->columns)
        SG_TRY(take_head(t, cells, count, &names));
    if (count != t->columns)
        return sg_fail(SG_DATA, "%s: line %llu has %zu columns, expected %zu", sg_columns_path(t->recording),
                       (unsigned long long)t->line, count, t->columns);
    return names ? SG_OK : t->channels ? add_frame(t, cells) : add_event(t, cells);
}

static sg_status read_lines(table *t) {
    const char *line = NULL;
    size_t size, whole = 0;
    for (;;) {
        SG_TRY(see_line(t, &line, &size, &whole));
        if (size == SIZE_MAX)
            break;
        if (t->line == 0 && size >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) { /* a mark of UTF-8 */
            line += 3;
            size -= 3;
        }
        t->line++;
        SG_TRY(take_line(t, line, size));
        sg_stream_pass(t->recording->stream, whole);
    }
    if (t->channels)
        return tell_frames(t);
    SG_TRY(flush(t));
    return t->columns ? SG_OK : sg_fail(SG_DATA, "%s: holds no line of events", sg_columns_path(t->recording));
}

static sg_status read(sg_recording *recording) {
    table *t = calloc(1, sizeof *t);
    if (!t)
        return sg_fail(SG_MEMORY, "%s: no memory to read it", sg_columns_path(recording));
    t->recording = recording;
    sg_status status = read_lines(t);
    free(t->values);
    free(t);
    return status;
}

static bool is_text(const char *at, const char *end) {
    for (const char *c = at; c < end; c++)
        if (!isprint((unsigned char)*c) && !isspace((unsigned char)*c) && (unsigned char)*c < 0x80)
            return false;
    return true;
}

/* Whether a line is numbers alone, or names events. */
static bool tells_events(const char *line, size_t size) {
    cell cells[CELLS];
    double value;
    const size_t count = cut(separator_of(line, size), line, size, cells);
    size_t numbers = 0;
    while (count <= CELLS && numbers < count && parse(cells[numbers], &value))
        numbers++;
    return count >= 2 && count <= CELLS && (numbers == count || names_events(cells, count));
}

/* Text whose first line that is no comment tells events; or of a name that leaves no doubt. */
static bool fits(const sg_recording_head *head) {
    const char *at = (const char *)head->bytes, *end = at + head->size;
    if (!is_text(at, end))
        return false;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const cell line = trim(at, stop ? stop : end);
        size_t size = line.size - (line.size && line.text[line.size - 1] == '\r');
        if (size && !is_comment(line.text, size))
            return tells_events(line.text, size) || sg_recording_ends(head->name, ".csv .tsv");
        at = stop ? stop + 1 : end;
    }
    return sg_recording_ends(head->name, ".csv .tsv");
}

const sg_recording_format sg_recording_csv = {
    .head = {"csv", "text: a line for each event, or for each frame of a time series"},
    .endings = ".csv .tsv",
    .many = true,
    .fits = fits,
    .read = read,
};
