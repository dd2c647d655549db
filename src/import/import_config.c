#include "import/import_config.h"

#include "import/area.h"

sg_status sg_import_check(const sg_import_config *config) {
    sg_area area;
    SG_TRY(sg_area_parse("data.sensor", config->sensor, false, &area));
    SG_TRY(sg_area_parse("data.crop", config->crop, true, &area));
    if (config->window_ms > 0 && config->pieces_ms > 0 && config->window_ms > config->pieces_ms)
        return sg_fail(SG_CONFIG,
                       "data.window: %g ms are longer than the pieces, data.pieces, of %g ms: use at most that",
                       config->window_ms, config->pieces_ms);
    return SG_OK;
}
