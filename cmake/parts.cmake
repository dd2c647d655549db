# The parts of the library that a build can do without, and SURGRAD_MODULES, the libraries that are left to find. A part
# that is left out is one file, src/file/NAME_none.c, in the place of those that need its libraries.
function(surgrad_part is_in names none)
  if(${is_in})
    set(names ${none})
  endif()
  list(FILTER SURGRAD_SOURCES EXCLUDE REGEX "/src/file/(${names})[.]c$")
  set(SURGRAD_SOURCES ${SURGRAD_SOURCES} PARENT_SCOPE)
endfunction()

surgrad_part(SURGRAD_FETCH "download|archive|zip" fetch_none)
surgrad_part(SURGRAD_HDF5 "h5_(apart|cage|chunks|detail|disk|heap|list|range|pack|read|rows|seal|texts?|turn|write)" h5_none)
surgrad_part(SURGRAD_AUDIO "audio" audio_none)

set(SURGRAD_MODULES ZLIB:zlib LZ4:liblz4 ZSTD:libzstd FYAML:libfyaml)
if(SURGRAD_FETCH)
  list(APPEND SURGRAD_MODULES CURL:libcurl ARCHIVE:libarchive)
endif()
if(SURGRAD_HDF5)
  list(APPEND SURGRAD_MODULES HDF5:hdf5>=1.10.3)
endif()
if(SURGRAD_AUDIO)
  list(APPEND SURGRAD_MODULES SNDFILE:sndfile)
endif()
