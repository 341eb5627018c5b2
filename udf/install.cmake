# What `cmake --install` puts where: the libraries with their CMake package, the programs, and the
# scripts and configuration to begin with.
option(KAPACITOR_UDF_INSTALL "install rules of kapacitor_udf" ${KAPACITOR_UDF_TOP_LEVEL})
if(NOT KAPACITOR_UDF_INSTALL)
  return()
endif()
include(CMakePackageConfigHelpers)

# Code for every linker beside the compiler's own intermediate form, which only itself can read.
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  foreach(library IN ITEMS kapacitor_base kapacitor_udf_core kapacitor_udf kapacitor_udf_proto)
    target_compile_options(${library} PRIVATE -ffat-lto-objects)
  endforeach()
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kapacitor_udf)
install(TARGETS kapacitor_base kapacitor_udf_core kapacitor_udf EXPORT kapacitor_udf-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library
  FILES_MATCHING PATTERN "*.hpp")
install(EXPORT kapacitor_udf-targets NAMESPACE kapacitor:: DESTINATION ${package_dir} COMPONENT library)

configure_package_config_file(kapacitor_udf-config.cmake.in kapacitor_udf-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(kapacitor_udf-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/kapacitor_udf-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/kapacitor_udf-config-version.cmake
  DESTINATION ${package_dir} COMPONENT library)

# The path of the folder of libraries, up to the prefix: an install can be moved.
file(RELATIVE_PATH up /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" up "${up}")
set(pc_prefix "\${pcfiledir}/${up}")
configure_file(kapacitor-udf.pc.in kapacitor-udf.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/kapacitor-udf.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)

if(KAPACITOR_UDF_PROGRAMS)
  install(TARGETS kapacitor-udfd kapacitor-udf-host
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
  include(systemd/install.cmake)
endif()
set(doc_dir ${CMAKE_INSTALL_DATAROOTDIR}/doc/kapacitor-udf)
install(FILES ${PROJECT_SOURCE_DIR}/kapacitor.conf ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${doc_dir} COMPONENT programs)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tick DESTINATION ${doc_dir} COMPONENT programs
  FILES_MATCHING PATTERN "*.tick" PATTERN "README.md" PATTERN stack EXCLUDE)
include(pages/install.cmake)
