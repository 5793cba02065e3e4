# cruddur_module(NAME [DEPENDS module…] [LIBRARIES target…] [TOGETHER filter])
#
# src/NAME/*.cc becomes the static library NAME; beside it *_test.cc become the test program
# NAME_test (each of its tests a CTest test), *_bench.cc NAME_bench, and each x_fuzz.cc NAME_x_fuzz:
# for libFuzzer on the preset fuzz, else a CTest test that takes it through tests/corpus/NAME_x_fuzz.
# A module without sources yet is an interface library.
#
# TOGETHER: the tests that this GoogleTest filter names are one CTest test, NAME/together, because
# they share something that takes long to start.

include(GoogleTest)

function(cruddur_module name)
  cmake_parse_arguments(ARG "" "TOGETHER" "DEPENDS;LIBRARIES" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cc)
  file(GLOB benches CONFIGURE_DEPENDS ${folder}/*_bench.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS ${folder}/*_fuzz.cc)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  list(REMOVE_ITEM sources ${tests} ${benches} ${fuzzers} ${folder}/main.cc)

  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} ${scope} ${ARG_DEPENDS} ${ARG_LIBRARIES})
  if(sources)
    use_precompiled(${name} most)
  endif()

  if(CRUDDUR_TESTS AND tests)
    add_executable(${name}_test ${tests})
    if(CRUDDUR_SANITIZE STREQUAL "thread")
      target_sources(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/cmake/tsan_suppressions.cc)
    endif()
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gmock GTest::gtest_main
                          ${RAPIDCHECK_LIBRARY})
    use_precompiled(${name}_test tests)
    if(ARG_TOGETHER)
      add_test(NAME ${name}/together COMMAND ${name}_test --gtest_filter=${ARG_TOGETHER})
      # Many tests in one: under a sanitizer on a busy machine they take minutes.
      set_tests_properties(${name}/together PROPERTIES TIMEOUT 600)
      set(apart TEST_FILTER -${ARG_TOGETHER})
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}/ DISCOVERY_MODE PRE_TEST ${apart}
                         PROPERTIES TIMEOUT 120)
  endif()
  if(CRUDDUR_BENCH AND benches)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${name} benchmark::benchmark_main)
  endif()
  foreach(fuzzer ${fuzzers})
    get_filename_component(stem ${fuzzer} NAME_WE)
    if(CRUDDUR_FUZZ)
      add_executable(${name}_${stem} ${fuzzer})
      target_link_options(${name}_${stem} PRIVATE -fsanitize=fuzzer)
    elseif(CRUDDUR_TESTS)
      add_executable(${name}_${stem} ${fuzzer} ${CMAKE_SOURCE_DIR}/tests/corpus/run.cc)
      if(CRUDDUR_SANITIZE STREQUAL "thread")
        target_sources(${name}_${stem} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/tsan_suppressions.cc)
      endif()
      add_test(NAME corpus/${name}_${stem}
               COMMAND ${name}_${stem} ${CMAKE_SOURCE_DIR}/tests/corpus/${name}_${stem})
    else()
      continue()
    endif()
    target_link_libraries(${name}_${stem} PRIVATE ${name})
  endforeach()
endfunction()
