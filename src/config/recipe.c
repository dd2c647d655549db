#include "config/recipe.h"

#include "surgrad.h"

#include <stdio.h>
#include <string.h>

/* The first line of a recipe without its "# ", kept for each recipe the first time it is asked for. */
static const char *summary_of(size_t i) {
    enum { RECIPES = 64, LINE = 160 };
    static _Thread_local char lines[RECIPES][LINE];
    const char *text = sg_recipes[i].text + strspn(sg_recipes[i].text, "# ");
    if (i >= RECIPES)
        return "";
    snprintf(lines[i], LINE, "%.*s", (int)strcspn(text, "\n"), text);
    return lines[i];
}

bool sg_recipe_at(size_t i, const char **name, const char **summary) {
    if (i >= sg_recipe_count)
        return false;
    *name = sg_recipes[i].name;
    *summary = summary_of(i);
    return true;
}

const char *sg_recipe_text(const char *name) {
    for (size_t i = 0; i < sg_recipe_count; i++)
        if (strcmp(sg_recipes[i].name, name) == 0)
            return sg_recipes[i].text;
    return NULL;
}
