#include "picture_file.h"

#include "gnuplot.h"
#include "message.h"
#include "output_file.h"
#include "run_dir.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS_A_LINE = 20 };

/* Okabe and Ito's colours, which most eyes tell apart; a light grid; no frame where there is no axis. */
static const char style[] = "set border 3 lc rgb '#666666'\n"
                            "set tics nomirror out scale 0.5 textcolor rgb '#333333'\n"
                            "set grid lc rgb '#e4e4e4' lw 1\n"
                            "set key top outside horizontal left reverse Left samplen 2\n"
                            "set linetype 1 lc rgb '#0072b2' lw 2\n"
                            "set linetype 2 lc rgb '#d55e00' lw 2\n"
                            "set linetype 3 lc rgb '#009e73' lw 2\n"
                            "set linetype 4 lc rgb '#cc79a7' lw 2\n"
                            "set linetype 5 lc rgb '#e69f00' lw 2\n"
                            "set linetype 6 lc rgb '#56b4e9' lw 2\n"
                            "set linetype 7 lc rgb '#000000' lw 2\n"
                            "set linetype 8 lc rgb '#f0e442' lw 2\n"
                            "set linetype cycle 8\n";

static const char text_style[] = "set key top outside horizontal left\n";

static int draw(const char *what, const char *terminal, const char *looks, const char *script, char **picture,
                size_t *size) {
    char *whole;
    if (asprintf(&whole, "%s%s%s", terminal, looks, script) < 0)
        return sg_cli_out_of_memory();
    int code = sg_cli_gnuplot(what, whole, picture, size);
    free(whole);
    return code;
}

static int save(const char *path, const char *terminal, const char *script) {
    char *picture;
    size_t size;
    int code = draw(path, terminal, style, script, &picture, &size);
    if (code)
        return code;
    sg_cli_output output;
    code = sg_cli_output_open(path, &output);
    if (code == 0) {
        fwrite(picture, 1, size, output.file);
        code = sg_cli_output_close(&output, true);
    }
    free(picture);
    if (code)
        return code;
    sg_cli_name name;
    printf("%s\n", sg_cli_shown(name, path));
    return 0;
}

int sg_cli_picture_save(const char *dir, const char *name, int width, int height, const char *script) {
    static const struct { const char *ending, *name; } kinds[] = {{"svg", "svg"}, {"png", "pngcairo"}};
    int code = 0;
    for (size_t i = 0; code == 0 && i < sizeof kinds / sizeof *kinds; i++) {
        char path[SG_CLI_PATH], terminal[128];
        snprintf(terminal, sizeof terminal, "set terminal %s size %d,%d font 'Sans,11' background rgb 'white'\n",
                 kinds[i].name, width, height);
        code = sg_cli_path(path, "%s/%s.%s", dir, name, kinds[i].ending);
        if (code == 0)
            code = save(path, terminal, script);
    }
    return code;
}

int sg_cli_picture_print(const char *name, int height, const char *script) {
    char terminal[64], *picture = NULL;
    size_t size;
    snprintf(terminal, sizeof terminal, "set terminal dumb 80 %d\n", height / PIXELS_A_LINE);
    int code = draw(name, terminal, text_style, script, &picture, &size);
    for (size_t i = 0; code == 0 && i < size; i++)
        if (picture[i] != '\f') /* gnuplot's mark of a new page */
            putchar(picture[i]);
    free(picture);
    return code;
}
