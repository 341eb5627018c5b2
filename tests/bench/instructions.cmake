# Instructions per point, compared with those in instructions.txt. They are of one compiler, one kind of
# processor and the optimisation that users get, so everything counted is built once more here: whatever
# the preset, without its -O1, poison and LTO.
add_test(NAME instructions.selftest COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/instructions_selftest.sh)
set_tests_properties(instructions.selftest PROPERTIES LABELS instructions TIMEOUT 60)

find_program(VALGRIND valgrind)
find_path(VALGRIND_INCLUDE_DIR valgrind/callgrind.h)
set(uncounted)
if(KAPACITOR_UDF_SANITIZE)
  set(uncounted "a build with sanitizers")
elseif(NOT (CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^12\\."))
  set(uncounted "the figures are those of gcc 12")
elseif(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(uncounted "the figures are those of x86_64")
elseif(NOT TARGET kapacitor_udf_functions)
  set(uncounted "without KAPACITOR_UDF_PROGRAMS there are no functions")
elseif(NOT VALGRIND OR NOT VALGRIND_INCLUDE_DIR)
  set(uncounted "no valgrind")
endif()
if(uncounted)
  message(STATUS "Instructions per point are not compared: ${uncounted}")
  return()
endif()

# The sources of a target, wherever it is defined.
function(sources_of target result)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(files)
  foreach(source IN LISTS sources)
    if(source MATCHES "\\.(cpp|cc)$")
      get_filename_component(file ${source} ABSOLUTE BASE_DIR ${folder})
      list(APPEND files ${file})
    endif()
  endforeach()
  set(${result} ${files} PARENT_SCOPE)
endfunction()

sources_of(kapacitor_udf_proto proto_sources)
sources_of(kapacitor_udf_core core_sources)
# Of the functions those that the paths are made of (tests/bench/workload.hpp).
set(function_sources ${PROJECT_SOURCE_DIR}/udf/functions/statistics/moving_average.cpp
                     ${PROJECT_SOURCE_DIR}/udf/functions/statistics/ewma.cpp
                     ${PROJECT_SOURCE_DIR}/udf/functions/detection/outliers.cpp
                     ${PROJECT_SOURCE_DIR}/udf/functions/points/input.cpp)
set(built_with -O3 -DNDEBUG)

# Warnings are given where these sources are built for their own sake.
add_library(kapacitor_udf_counted STATIC
  ${proto_sources} ${core_sources} ${function_sources})
add_dependencies(kapacitor_udf_counted kapacitor_udf_proto)  # where the messages are generated
target_compile_features(kapacitor_udf_counted PUBLIC cxx_std_20)
target_compile_options(kapacitor_udf_counted PUBLIC ${built_with})
foreach(target IN ITEMS kapacitor_udf_core kapacitor_udf_functions kapacitor_udf_internals)
  target_include_directories(kapacitor_udf_counted SYSTEM PUBLIC
    $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
endforeach()
# Of the base only texts are used, and none of them for a point that is answered.
target_link_libraries(kapacitor_udf_counted PUBLIC protobuf::libprotobuf kapacitor_base)

add_executable(instructions instructions.cpp)
target_link_libraries(instructions PRIVATE kapacitor_udf_counted kapacitor_udf_build_flags)
target_include_directories(instructions PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_include_directories(instructions SYSTEM PRIVATE ${VALGRIND_INCLUDE_DIR})
list(JOIN built_with " " built_with)
target_compile_definitions(instructions PRIVATE KAPACITOR_UDF_BUILT_WITH="${built_with}")
set_target_properties(instructions PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
set_target_properties(kapacitor_udf_counted instructions PROPERTIES
  CXX_CLANG_TIDY "" INTERPROCEDURAL_OPTIMIZATION OFF UNITY_BUILD OFF POSITION_INDEPENDENT_CODE ON)

add_test(NAME instructions.per_point
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/instructions.sh $<TARGET_FILE:instructions>)
set_tests_properties(instructions.per_point PROPERTIES LABELS instructions TIMEOUT 300)
