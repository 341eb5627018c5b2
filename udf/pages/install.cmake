# Man pages and completions, made from what the programs say of their own options.
if(NOT KAPACITOR_UDF_PROGRAMS)
  return()
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(pages ${PROJECT_BINARY_DIR}/pages)
file(GLOB pages_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.py)
set(pages_of kapacitor-udfd kapacitor-udf-host kapacitor-udf-generator)
set(executables ${pages_of})
list(TRANSFORM executables REPLACE "(.+)" "$<TARGET_FILE:\\1>")
add_custom_command(OUTPUT ${pages}/made
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/pages.py ${pages} ${executables}
  COMMAND ${CMAKE_COMMAND} -E touch ${pages}/made
  DEPENDS ${pages_of} ${pages_sources}
  COMMENT "Making man pages and completions" VERBATIM)
add_custom_target(pages ALL DEPENDS ${pages}/made)

foreach(section IN ITEMS man1 man5 man8)
  install(DIRECTORY ${pages}/${section} DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT programs)
endforeach()
install(DIRECTORY ${pages}/bash/
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT programs)
# Where distributions put what comes with a package; below another prefix, where zsh looks.
set(zsh_dir site-functions)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(zsh_dir vendor-completions)
endif()
install(DIRECTORY ${pages}/zsh/ DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${zsh_dir} COMPONENT programs)
install(DIRECTORY ${pages}/fish/
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT programs)
