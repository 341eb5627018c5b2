# What a service needs, where systemd looks for it below the prefix: units, the user, the folders. The
# drop-ins are for those who want them: an administrator copies them.
set(KAPACITOR_UDF_BIN_DIR ${CMAKE_INSTALL_FULL_BINDIR})
set(KAPACITOR_UDF_CONFIG_DIR ${CMAKE_INSTALL_FULL_SYSCONFDIR}/kapacitor-udf)
set(units ${CMAKE_CURRENT_BINARY_DIR}/systemd)
configure_file(systemd/kapacitor-udfd.service.in ${units}/kapacitor-udfd.service @ONLY)

install(FILES
  ${units}/kapacitor-udfd.service systemd/kapacitor-udfd.socket systemd/kapacitor-udfd@.socket
  DESTINATION lib/systemd/system COMPONENT programs)
install(FILES systemd/kapacitor-udf.sysusers
  DESTINATION lib/sysusers.d RENAME kapacitor-udf.conf COMPONENT programs)
install(FILES systemd/kapacitor-udf.tmpfiles
  DESTINATION lib/tmpfiles.d RENAME kapacitor-udf.conf COMPONENT programs)
install(DIRECTORY systemd/kapacitor-udfd.service.d
  DESTINATION ${CMAKE_INSTALL_DATADIR}/kapacitor-udf/systemd COMPONENT programs)

# Of a system's own prefix it is /etc, of another one below that. One that is there stays as it is.
set(config_dir ${CMAKE_INSTALL_SYSCONFDIR}/kapacitor-udf)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(config_dir ${KAPACITOR_UDF_CONFIG_DIR})
endif()
install(CODE "
  set(dir \"${config_dir}\")
  if(NOT IS_ABSOLUTE \"\${dir}\")
    set(dir \"\${CMAKE_INSTALL_PREFIX}/\${dir}\")
  endif()
  if(NOT EXISTS \"\$ENV{DESTDIR}\${dir}/kapacitor-udfd.toml\")
    file(INSTALL \"${CMAKE_CURRENT_SOURCE_DIR}/systemd/kapacitor-udfd.toml\" DESTINATION \"\${dir}\")
  endif()" COMPONENT programs)
