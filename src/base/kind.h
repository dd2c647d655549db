/* Kinds: what a choice of the configuration chooses from. Each family of kinds (neurons, losses, optimisers, ...) is a
 * table of rows that begin with a head; a new kind is one row, most often in a file of its own. */
#ifndef SG_BASE_KIND_H
#define SG_BASE_KIND_H

#include <stddef.h>

typedef struct sg_kind {
    const char *name;    /* as configurations have it */
    const char *summary; /* what it is, half a line: for the documentation, forms and bindings */
} sg_kind;

/* The head of the i-th kind of a family; NULL past the ends. */
typedef const sg_kind *sg_kinds(int i);

/* The number of the kind of this name, or -1. */
int sg_kind_find(sg_kinds *kinds, const char *name);

/* Declares, in a header, how a family is looked up: FAMILY_at gives the i-th row, FAMILY_kinds its head; both give NULL
 * past the ends. The first member of the type `row` is `sg_kind head`. */
#define SG_KINDS_DECLARE(family, row)                                                                                  \
    const row *family##_at(int i);                                                                                     \
    sg_kinds family##_kinds

/* Defines the two, in a source file, from pointers to the rows. */
#define SG_KINDS_DEFINE(family, row, ...)                                                                              \
    static const row *const family##_rows[] = {__VA_ARGS__};                                                           \
    const row *family##_at(int i) {                                                                                    \
        return i >= 0 && (size_t)i < sizeof family##_rows / sizeof *family##_rows ? family##_rows[i] : NULL;           \
    }                                                                                                                  \
    const sg_kind *family##_kinds(int i) {                                                                             \
        const row *found = family##_at(i);                                                                             \
        return found ? &found->head : NULL;                                                                            \
    }

/* Defines a static family of kinds that are nothing but their heads: SG_KINDS_LIST(f, {"exact", "exp(-dt/tau)"}, ...).
 */
#define SG_KINDS_LIST(function, ...)                                                                                   \
    static const sg_kind *function(int i) {                                                                            \
        static const sg_kind heads[] = {__VA_ARGS__};                                                                  \
        return i >= 0 && (size_t)i < sizeof heads / sizeof *heads ? &heads[i] : NULL;                                  \
    }

#endif
