# The status page, one file inside kapacitor-udfd. npm is needed for its charts only: a build without it
# says so, and so does the page.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
find_program(KAPACITOR_UDF_NPM npm DOC "fetches uPlot for the status page; empty: no charts")
if(NOT KAPACITOR_UDF_NPM)
  message(STATUS "npm is not there: the status page of kapacitor-udfd is built without its charts")
  set(KAPACITOR_UDF_NPM "")
endif()

set(page_source ${CMAKE_CURRENT_SOURCE_DIR}/src/watch/page)
set(page_out ${CMAKE_CURRENT_BINARY_DIR}/page/watch)
add_custom_command(
  OUTPUT ${page_out}/page_html.inc ${page_out}/page_policy.inc
  COMMAND ${Python3_EXECUTABLE} -B ${page_source}/build.py ${page_out} "${KAPACITOR_UDF_NPM}"
  DEPENDS ${page_source}/build.py ${page_source}/page.html ${page_source}/page.css ${page_source}/page.js
    ${page_source}/chart.js ${page_source}/start.js ${page_source}/package-lock.json
  VERBATIM)
target_sources(kapacitor_udf_watch PRIVATE ${page_out}/page_html.inc)
target_include_directories(kapacitor_udf_watch PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/page)
# Whoever looks at the sources one by one needs it, too.
add_custom_target(page_sources DEPENDS ${page_out}/page_html.inc)
add_dependencies(kapacitor_udf_watch page_sources)
