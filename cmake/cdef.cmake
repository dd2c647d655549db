# surgrad_cdef.h: the header for parsers without a preprocessor, as bindings have them.
include_guard()
find_program(SURGRAD_AWK awk REQUIRED)
set(SURGRAD_CDEF ${PROJECT_BINARY_DIR}/surgrad_cdef.h)
add_custom_command(OUTPUT ${SURGRAD_CDEF}
  COMMAND ${SURGRAD_AWK} -v out=${SURGRAD_CDEF} -f ${CMAKE_CURRENT_LIST_DIR}/cdef.awk ${SURGRAD_HEADER}
  DEPENDS ${SURGRAD_HEADER} ${CMAKE_CURRENT_LIST_DIR}/cdef.awk VERBATIM)
add_custom_target(surgrad_cdef ALL DEPENDS ${SURGRAD_CDEF})
