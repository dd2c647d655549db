/* The recipes that ship, as text. The table is made at build time from recipes/ (cmake/recipes.cmake). */
#ifndef SG_CONFIG_RECIPE_H
#define SG_CONFIG_RECIPE_H

#include <stddef.h>

typedef struct sg_recipe {
    const char *name;
    const char *text; /* YAML; its first line is a comment that says what the recipe is */
} sg_recipe;

extern const sg_recipe sg_recipes[];
extern const size_t sg_recipe_count;

#endif
