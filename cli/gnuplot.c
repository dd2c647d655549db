#include "gnuplot.h"

#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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
                            "set linetype 6 lc rgb '#56b4e9' lw 2\n";

int sg_cli_need_gnuplot(void) {
    if (system("gnuplot --version >/dev/null 2>&1") == 0)
        return 0;
    sg_cli_message(
        "gnuplot: found no such program, which draws the pictures: install it (apt-get install gnuplot-nox)");
    return sg_status_exit_code(SG_IO);
}

void sg_cli_gnuplot_quote(FILE *gnuplot, const char *text) {
    putc('\'', gnuplot);
    for (; *text; text++)
        fputs(*text == '\'' ? "''" : (char[]){*text, 0}, gnuplot);
    putc('\'', gnuplot);
}

static void set_terminal(sg_cli_picture *picture, const char *kind, int width, int height) {
    FILE *gnuplot = picture->gnuplot;
    if (!*picture->path) {
        fprintf(gnuplot, "set terminal dumb 80 %d\n", height / 20);
        return;
    }
    fprintf(gnuplot, "set terminal %s size %d,%d font 'Sans,11' background rgb 'white'\nset output ",
            strcmp(kind, "svg") == 0 ? "svg" : "pngcairo", width, height);
    sg_cli_gnuplot_quote(gnuplot, picture->temporary);
    fputs("\n", gnuplot);
    fputs(style, gnuplot);
}

int sg_cli_picture_begin(sg_cli_picture *picture, const char *dir, const char *name, const char *kind, int width,
                         int height) {
    *picture = (sg_cli_picture){0};
    if (strcmp(kind, "text") != 0) {
        snprintf(picture->path, sizeof picture->path, "%s/%s.%s", dir, name, kind);
        snprintf(picture->temporary, sizeof picture->temporary, "%s.tmp", picture->path);
    }
    fflush(stdout);
    picture->gnuplot = popen("gnuplot", "w");
    if (!picture->gnuplot) {
        sg_cli_message("gnuplot: cannot be started: %s", strerror(errno));
        return sg_status_exit_code(SG_IO);
    }
    set_terminal(picture, kind, width, height);
    return 0;
}

int sg_cli_picture_end(sg_cli_picture *picture) {
    int status = pclose(picture->gnuplot);
    bool drawn = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (drawn && (!*picture->path || rename(picture->temporary, picture->path) == 0))
        return 0;
    sg_cli_message("%s: gnuplot could not draw it; what it says is above", *picture->path ? picture->path : "text");
    if (*picture->path)
        remove(picture->temporary);
    return sg_status_exit_code(SG_IO);
}
