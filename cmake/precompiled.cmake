# The headers that most files include are parsed once, before everything else: their parsing was most
# of the time that a file took. A file still names what it uses; with CRUDDUR_PRECOMPILE=OFF the
# compiler says which include is missing.

option(CRUDDUR_PRECOMPILE "Precompile the headers that most files include" ON)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # As CMake's own, but with a path that ccache knows for one; the compiler looks for the .pch beside.
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -include <PCH_HEADER>)
endif()

# precompile(NAME libraries…): cmake/precompiled/NAME.h, for targets that say use_precompiled.
function(precompile name)
  set(folder ${CMAKE_SOURCE_DIR}/cmake/precompiled)
  add_library(precompiled_${name} OBJECT EXCLUDE_FROM_ALL ${folder}/precompiled.cc)
  target_link_libraries(precompiled_${name} PRIVATE ${ARGN})
  target_precompile_headers(precompiled_${name} PRIVATE ${folder}/${name}.h)
  # For ccache: the header and the versions of all packages stand for what is in it. The flags are
  # in its key anyway.
  file(READ ${folder}/${name}.h header)
  execute_process(COMMAND dpkg-query -W OUTPUT_VARIABLE packages ERROR_QUIET)
  string(SHA256 sum "${header}${packages}${CMAKE_CXX_COMPILER_VERSION}")
  file(WRITE ${CMAKE_BINARY_DIR}/CMakeFiles/precompiled_${name}.dir/cmake_pch.hxx.pch.sum ${sum})
endfunction()

function(use_precompiled target name)
  if(CRUDDUR_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM precompiled_${name})
  endif()
endfunction()

precompile(most asio spdlog::spdlog fmt::fmt simdjson::simdjson rocksdb)
if(CRUDDUR_TESTS)
  precompile(tests asio spdlog::spdlog fmt::fmt simdjson::simdjson rocksdb GTest::gmock)
endif()
