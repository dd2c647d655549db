# What `make install` copies, and how other projects find it: pkg-config's surgrad.pc and CMake's find_package(surgrad).
include(CMakePackageConfigHelpers)
set(SURGRAD_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/surgrad)

if(TARGET surgrad)
  install(TARGETS surgrad)
endif()
include(cmake/cdef.cmake)
install(FILES include/surgrad.h ${SURGRAD_CDEF} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${RECIPES} DESTINATION ${CMAKE_INSTALL_DOCDIR}/recipes)

# Two exports, since the static library brings along the libraries it is built on and the shared one does not.
install(TARGETS surgrad_shared EXPORT shared INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS surgrad_static EXPORT static INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(kind shared static)
  install(EXPORT ${kind} NAMESPACE surgrad:: FILE surgrad-${kind}.cmake DESTINATION ${SURGRAD_PACKAGE_DIR})
endforeach()
configure_package_config_file(cmake/surgradConfig.cmake.in surgradConfig.cmake INSTALL_DESTINATION ${SURGRAD_PACKAGE_DIR})
write_basic_package_version_file(surgradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/surgradConfig.cmake ${PROJECT_BINARY_DIR}/surgradConfigVersion.cmake
              cmake/dependencies.cmake DESTINATION ${SURGRAD_PACKAGE_DIR})

# surgrad.pc finds its prefix from where it lies. Libs.private holds the link flags of this build, not Requires.private:
# `pkg-config --static` would ask for static builds of everything below HDF5 and curl, which few systems have.
file(RELATIVE_PATH PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" PC_PREFIX ${PC_PREFIX})
set(PC_PRIVATE -pthread -lm)
foreach(row ${SURGRAD_MODULES})
  string(REGEX REPLACE ":.*" "" name ${row})
  list(APPEND PC_PRIVATE ${SURGRAD_${name}_LDFLAGS})
endforeach()
list(JOIN PC_PRIVATE " " PC_PRIVATE)
configure_file(cmake/surgrad.pc.in surgrad.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/surgrad.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
