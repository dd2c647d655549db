# SURGRAD_SANITIZE: the flags, and in SURGRAD_TEST_ENVIRONMENT what the tests need around them.

# Tests run side by side: threads that wait must not keep a processor busy.
set(SURGRAD_TEST_ENVIRONMENT OMP_WAIT_POLICY=passive)

if(SURGRAD_SANITIZE STREQUAL "address")
  add_compile_options(-O1 -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined,float-cast-overflow)

elseif(SURGRAD_SANITIZE STREQUAL "thread")
  # The sanitizer must see OpenMP's barriers. gcc's libgomp hides them, so that every parallel loop looks like a race;
  # clang's libomp tells them to it through its tool archer. Other libraries (HDF5, ...) are not instrumented.
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "SURGRAD_SANITIZE=thread needs clang with libomp: configure with CC=clang or --preset tsan.")
  endif()
  string(REGEX MATCH "^[0-9]+" LLVM_MAJOR ${CMAKE_C_COMPILER_VERSION})
  find_library(ARCHER archer REQUIRED HINTS /usr/lib/llvm-${LLVM_MAJOR}/lib)
  add_compile_options(-O1 -fno-omit-frame-pointer -fsanitize=thread)
  add_link_options(-fsanitize=thread)
  list(APPEND SURGRAD_TEST_ENVIRONMENT OMP_TOOL_LIBRARIES=${ARCHER}
       "TSAN_OPTIONS=ignore_noninstrumented_modules=1 halt_on_error=1")

elseif(SURGRAD_SANITIZE)
  message(FATAL_ERROR "SURGRAD_SANITIZE is \"${SURGRAD_SANITIZE}\"; it can be address, thread or empty.")
endif()
