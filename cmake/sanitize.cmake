# SURGRAD_SANITIZE: the flags, and in SURGRAD_TEST_ENVIRONMENT what the tests need around them.

set(SURGRAD_TEST_ENVIRONMENT "")

if(SURGRAD_SANITIZE)
  add_compile_definitions(SURGRAD_SANITIZED)
endif()

if(SURGRAD_SANITIZE STREQUAL "address")
  add_compile_options(-O1 -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined,float-cast-overflow)

elseif(SURGRAD_SANITIZE STREQUAL "thread")
  add_compile_options(-O1 -fno-omit-frame-pointer -fsanitize=thread)
  add_link_options(-fsanitize=thread)
  list(APPEND SURGRAD_TEST_ENVIRONMENT TSAN_OPTIONS=halt_on_error=1)

elseif(SURGRAD_SANITIZE)
  message(FATAL_ERROR "SURGRAD_SANITIZE is \"${SURGRAD_SANITIZE}\"; it can be address, thread or empty.")
endif()
