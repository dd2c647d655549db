#include "target.h"

#include "data/idx.h"

#include <stdlib.h>

/* Sums what was parsed, so that a sanitiser sees every value read. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    for (int rank = 1; rank <= 3; rank++) {
        sg_idx idx;
        unsigned sum = 0;
        if (sg_idx_parse("bytes", bytes, size, rank, &idx) == SG_OK)
            for (size_t i = 0; i < idx.count; i++)
                sum += idx.values[i];
        if (sum > 255 * idx.count)
            abort();
        sg_idx_free(&idx);
    }
    sg_text text = {0};
    sg_idx_describe("bytes", bytes, size, &text);
    free(text.data);
    return 0;
}
