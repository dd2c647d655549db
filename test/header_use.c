/* Compiled as C99 and as C++: what a program writes that uses the macros of the header. */
#include "surgrad.h"

size_t count_choices(void);

size_t count_choices(void) {
    sg_option_info info = SG_SIZED(sg_option_info);
    size_t count = 0;
    for (size_t i = 0; sg_option_at(i, &info); i++)
        count += info.choices;
    return count;
}
