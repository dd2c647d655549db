# The version has one place, include/surgrad.h: SURGRAD_HEADER_VERSION is MAJOR.MINOR.PATCH as it stands there.
cmake_path(SET SURGRAD_HEADER NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../include/surgrad.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${SURGRAD_HEADER})
foreach(part MAJOR MINOR PATCH)
  file(STRINGS ${SURGRAD_HEADER} line REGEX "^#define SG_VERSION_${part} [0-9]+$")
  if(NOT line MATCHES "^#define SG_VERSION_${part} ([0-9]+)$")
    message(FATAL_ERROR "${SURGRAD_HEADER} has no line `#define SG_VERSION_${part} NUMBER`, or more than one.")
  endif()
  set(SURGRAD_HEADER_${part} ${CMAKE_MATCH_1})
endforeach()
set(SURGRAD_HEADER_VERSION ${SURGRAD_HEADER_MAJOR}.${SURGRAD_HEADER_MINOR}.${SURGRAD_HEADER_PATCH})

# A new MINOR may change the interface while MAJOR is 0, so each is another library to the linker.
set(SURGRAD_SOVERSION ${SURGRAD_HEADER_MAJOR})
if(SURGRAD_HEADER_MAJOR EQUAL 0)
  set(SURGRAD_SOVERSION 0.${SURGRAD_HEADER_MINOR})
endif()
