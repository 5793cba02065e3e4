# The headers that most files include are parsed once, before everything else: their parsing was most
# of the time that a file took. A file still names what it uses; with CRUDDUR_PRECOMPILE=OFF the
# compiler says which include is missing.

option(CRUDDUR_PRECOMPILE "Precompile the headers that most files include" ON)

# precompile(NAME libraries…): cmake/precompiled/NAME.h, for targets that say use_precompiled.
function(precompile name)
  set(folder ${CMAKE_SOURCE_DIR}/cmake/precompiled)
  add_library(precompiled_${name} OBJECT EXCLUDE_FROM_ALL ${folder}/precompiled.cc)
  target_link_libraries(precompiled_${name} PRIVATE ${ARGN})
  target_precompile_headers(precompiled_${name} PRIVATE ${folder}/${name}.h)
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
