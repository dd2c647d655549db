# What libsurgrad is built on, as SURGRAD_DEPENDENCIES: the libraries in SURGRAD_MODULES (parts.cmake), and those of the
# system. The installed CMake package includes this file too, for those who link the static library.

# Finds libraries by pkg-config: each NAME:module becomes the target PkgConfig::SURGRAD_NAME, or a word in
# SURGRAD_MISSING. The prefix leaves ZLIB_FOUND and the like to projects that look for these libraries too.
macro(surgrad_find)
  set(SURGRAD_MISSING "")
  foreach(row ${ARGV})
    string(REGEX MATCH "^(.*):(.*)$" row ${row})
    pkg_check_modules(SURGRAD_${CMAKE_MATCH_1} QUIET IMPORTED_TARGET ${CMAKE_MATCH_2})
    if(NOT SURGRAD_${CMAKE_MATCH_1}_FOUND)
      list(APPEND SURGRAD_MISSING ${CMAKE_MATCH_2})
    endif()
  endforeach()
endmacro()

# The same, but nothing may be missing.
macro(surgrad_need)
  surgrad_find(${ARGV})
  if(SURGRAD_MISSING)
    list(JOIN SURGRAD_MISSING ", " SURGRAD_MISSING)
    message(FATAL_ERROR "pkg-config does not find: ${SURGRAD_MISSING}. Install these libraries with their headers; on "
                        "Debian tools/deps.sh does it, elsewhere it lists what is needed.")
  endif()
endmacro()

find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set(SURGRAD_DEPENDENCIES Threads::Threads m)
foreach(row ${SURGRAD_MODULES})
  string(REGEX REPLACE ":.*" "" row ${row})
  list(APPEND SURGRAD_DEPENDENCIES PkgConfig::SURGRAD_${row})
endforeach()
