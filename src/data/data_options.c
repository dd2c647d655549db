#include "data/data_config.h"
#include "data/encoder.h"

#define AT(field) offsetof(sg_data_config, field)

SG_OPTION_NAMES(set_name, "mnist", "fashion-mnist", "idx", "events")
SG_OPTION_NAMES(split_name, "standard", "shuffled")

const sg_option sg_data_options[] = {
    {.key = "data.set",
     .type = SG_OPTION_CHOICE,
     .offset = AT(set),
     .fallback = "mnist",
     .choice = set_name,
     .help = "data set: mnist and fashion-mnist are fetched by name, idx is a folder of IDX files (data.dir), events a "
             "file of spikes (data.file)"},
    {.key = "data.dir",
     .type = SG_OPTION_STRING,
     .offset = AT(dir),
     .fallback = "",
     .help = "folder of the IDX files; empty: the cache folder, for mnist and fashion-mnist; needed for idx"},
    {.key = "data.file",
     .type = SG_OPTION_STRING,
     .offset = AT(file),
     .fallback = "",
     .help = "HDF5 file of spike events; needed for set events, unused otherwise"},
    {.key = "data.split",
     .type = SG_OPTION_CHOICE,
     .offset = AT(split),
     .fallback = "standard",
     .choice = split_name,
     .help = "train and test parts: as the data set has them, or of all samples in one order drawn from the seed"},
    {.key = "data.train_fraction",
     .type = SG_OPTION_NUMBER,
     .offset = AT(train_fraction),
     .fallback = "0.85",
     .high = 1,
     .above_low = true,
     .below_high = true,
     .help = "part of the samples that is trained on, for split shuffled; no unit"},
    {.key = "encoder.kind",
     .type = SG_OPTION_CHOICE,
     .offset = AT(encoder),
     .fallback = "latency",
     .choice = sg_encoder_name,
     .help = "how an image becomes spikes; unused for set events"},
    {.key = "encoder.threshold",
     .type = SG_OPTION_NUMBER,
     .offset = AT(encoder_threshold),
     .fallback = "0.25",
     .high = 1,
     .help = "brightness (byte / 256) below which a pixel stays silent, for kind latency; no unit"},
};
const size_t sg_data_option_count = sizeof sg_data_options / sizeof *sg_data_options;
