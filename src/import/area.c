#include "import/area.h"

#include "base/intern.h"
#include "base/number.h"

/* Reads `mark` and a number of low .. high, where the mark is next; else leaves *value. */
static bool take(const char **text, char mark, int64_t low, int64_t high, uint32_t *value) {
    int64_t number;
    if (mark && **text != mark)
        return true;
    const char *digits = *text + (mark != 0);
    if (*digits < '0' || *digits > '9' || !sg_parse_integer(digits, text, &number) || number < low || number > high)
        return false;
    *value = (uint32_t)number;
    return true;
}

sg_status sg_area_parse(const char *key, const char *text, bool placed, sg_area *area) {
    const char *at = text;
    *area = (sg_area){0};
    if (sg_is_empty(text))
        return SG_OK;
    sg_area found = {.height = 1};
    bool good = take(&at, 0, 1, SG_MOST_WIDTH, &found.width) && take(&at, 'x', 1, SG_MOST_HEIGHT, &found.height);
    if (placed)
        good = good && take(&at, '+', 0, SG_MOST_WIDTH, &found.x) && take(&at, '+', 0, SG_MOST_HEIGHT, &found.y);
    if (!good || *at)
        return sg_fail(SG_CONFIG, "%s: found '%.80s', expected %s, for example %s, of at most %d columns and %d rows",
                       key, text, placed ? "WIDTHxHEIGHT+X+Y or CHANNELS+FIRST" : "WIDTHxHEIGHT or CHANNELS",
                       placed ? "32x32+1+1" : "34x34 or 700", SG_MOST_WIDTH, SG_MOST_HEIGHT);
    *area = found;
    return SG_OK;
}
