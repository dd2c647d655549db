# Flags that give other numbers from machine to machine are refused here, because compilers define no macro for some of
# them (clang for -funsafe-math-optimizations). src/base/arithmetic.h refuses the others wherever they come from.
set(SURGRAD_UNSAFE -ffast-math -Ofast -funsafe-math-optimizations -fassociative-math -freciprocal-math
                   -ffinite-math-only -fno-honor-nans -fno-honor-infinities -fno-signed-zeros -fapprox-func
                   -ffp-model=fast -fsingle-precision-constant -fdenormal-fp-math=[a-z,-]+ -mdaz-ftz -mfpmath=387)
list(JOIN SURGRAD_UNSAFE "|" SURGRAD_UNSAFE)
string(TOUPPER "${CMAKE_BUILD_TYPE}" SURGRAD_BUILD_TYPE)
foreach(variable CMAKE_C_FLAGS CMAKE_C_FLAGS_${SURGRAD_BUILD_TYPE} CMAKE_EXE_LINKER_FLAGS CMAKE_SHARED_LINKER_FLAGS)
  if(" ${${variable}} " MATCHES " (${SURGRAD_UNSAFE}) ")
    message(FATAL_ERROR "${variable} (CFLAGS, LDFLAGS) has ${CMAKE_MATCH_1}, with which results would differ from "
                        "machine to machine and numbers that are not finite would not be noticed: leave it out.")
  endif()
endforeach()
