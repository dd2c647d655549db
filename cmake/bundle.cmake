# Links a shared library with the archives of what it is built on, so that a wheel stands alone and is small: Debian's
# libhdf5.so and libarchive.so need libcurl, OpenSSL, libxml2 and ICU for what surgrad does not use. Names of what comes
# from archives stay inside of the library, so that another HDF5 in the process, such as h5py's, is not touched. What has
# no archive, or one that does not link, stays the shared library.

# Module of SURGRAD_MODULES; its archives, and shared libraries (-l) that those need; a function that needs them all. The
# libraries under the LGPL stay shared: a user may then replace them, as the licence asks.
set(SURGRAD_ARCHIVES
  "FYAML|fyaml|fy_document_build_from_string"
  "HDF5|hdf5 sz aec z|H5open"
  "ARCHIVE|archive zstd lz4 lzma bz2 z -lnettle|archive_read_support_format_zip"
  "ZSTD|zstd|ZSTD_decompress"
  "LZ4|lz4|LZ4_decompress_safe"
  "ZLIB|z|inflate")

set(SURGRAD_STREAMS ${PROJECT_SOURCE_DIR}/python/standard_streams.c)
set(SURGRAD_BUNDLE_OPTIONS -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--as-needed -Wl,--no-undefined
                           -Wl,--wrap=stdin -Wl,--wrap=stdout -Wl,--wrap=stderr)

# Sets `out` to the libraries of a row, or to nothing where one is not found.
function(surgrad_find_archives out module names)
  set(found "")
  separate_arguments(names)
  foreach(name ${names})
    if(name MATCHES "^-l")
      list(APPEND found ${name})
      continue()
    endif()
    find_library(SURGRAD_${name}_ARCHIVE NAMES lib${name}.a HINTS ${SURGRAD_${module}_LIBRARY_DIRS})
    if(NOT SURGRAD_${name}_ARCHIVE)
      set(${out} "" PARENT_SCOPE)
      return()
    endif()
    list(APPEND found ${SURGRAD_${name}_ARCHIVE})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Whether a shared library can be linked with `libraries` and call `function`.
function(surgrad_try_archives out function libraries)
  set(code ${CMAKE_CURRENT_BINARY_DIR}/try_${function}.c)
  file(WRITE ${code} "int ${function}(void);\nint surgrad_try(void);\nint surgrad_try(void) { return ${function}(); }\n")
  try_compile(${out} ${CMAKE_CURRENT_BINARY_DIR}/try SOURCES ${code} ${SURGRAD_STREAMS}
    COMPILE_DEFINITIONS -fPIC
    LINK_OPTIONS -shared ${SURGRAD_BUNDLE_OPTIONS} LINK_LIBRARIES ${libraries} m Threads::Threads)
  set(${out} ${${out}} PARENT_SCOPE)
endfunction()

# Links `target` with everything that surgrad is built on.
function(surgrad_bundle target)
  set(libraries ${SURGRAD_DEPENDENCIES})
  set(archives "")
  foreach(row ${SURGRAD_ARCHIVES})
    string(REPLACE "|" ";" row ${row})
    list(GET row 0 module)
    list(GET row 1 names)
    list(GET row 2 function)
    if(NOT PkgConfig::SURGRAD_${module} IN_LIST libraries)
      continue()
    endif()
    surgrad_find_archives(found ${module} "${names}")
    if(found)
      surgrad_try_archives(SURGRAD_${module}_LINKS ${function} "${found}")
    endif()
    if(found AND SURGRAD_${module}_LINKS)
      list(REMOVE_ITEM libraries PkgConfig::SURGRAD_${module})
      list(APPEND archives ${found})
    else()
      message(STATUS "surgrad: no archive of ${names} that links, its shared library is used")
    endif()
  endforeach()
  target_sources(${target} PRIVATE ${SURGRAD_STREAMS})
  target_link_options(${target} PRIVATE ${SURGRAD_BUNDLE_OPTIONS})
  target_link_libraries(${target} PRIVATE ${archives} ${libraries})
endfunction()

# The notices that the licences of these libraries ask for, where Debian keeps them; python/LIBRARIES.md names them all.
set(SURGRAD_NOTICES libhdf5-dev libaec-dev libfyaml-dev libarchive-dev liblzma-dev libbz2-dev zlib1g-dev liblz4-dev
                    libzstd-dev libsndfile1 libflac12 libogg0 libvorbis0a libopus0 libmpg123-0 libmp3lame0 libnettle8)

function(surgrad_install_notices destination)
  foreach(package ${SURGRAD_NOTICES})
    install(FILES /usr/share/doc/${package}/copyright DESTINATION ${destination} RENAME ${package}.txt COMPONENT python
            OPTIONAL)
  endforeach()
endfunction()
