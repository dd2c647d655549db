# Writes OUT, a C file with the text of every recipe in RECIPES, sorted by name.
set(rows "")
set(texts "")
foreach(recipe ${RECIPES})
  get_filename_component(name ${recipe} NAME_WE)
  file(READ ${recipe} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND texts "static const char ${name}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", ${name}},\n")
endforeach()
file(WRITE ${OUT} "/* Made from recipes/ by cmake/recipes.cmake. */
#include \"config/recipe.h\"

${texts}
const sg_recipe sg_recipes[] = {
${rows}};
const size_t sg_recipe_count = sizeof sg_recipes / sizeof *sg_recipes;
")
