# Compiler and flags for everything.

# GCC before 13 destroys an aggregate or closure temporary inside a co_await expression twice.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines: use clang 19 "
                      "(cmake --preset dev) or GCC 13 and later")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
find_program(CCACHE ccache)
if(CCACHE)
  # Paths below the checkout don't count, so every checkout on a machine shares what is compiled.
  # The sloppiness is what ccache asks for precompiled headers. Their content names the checkout, so
  # they are told apart by the sums that precompile() writes beside them.
  set(launcher /usr/bin/env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
               CCACHE_PCH_EXTSUM=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror=return-type -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # So that a precompiled header is the same whenever it is compiled.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
add_link_options(-fuse-ld=lld)
# Line tables are what a sanitizer's report and a backtrace need; full debug information would
# double the time to link.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
if(CRUDDUR_SANITIZE)
  add_compile_options(-fsanitize=${CRUDDUR_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=${CRUDDUR_SANITIZE})
endif()
if(CRUDDUR_FUZZ)
  # Coverage for the fuzzer in everything, its main function in the fuzz targets alone.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
