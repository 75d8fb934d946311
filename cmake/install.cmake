# What `cmake --install` puts where, and the Debian package (`scripts/package`). Modules lie beside the program's share folder,
# where it looks for those that come with it (adapter/module_folder).
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # a package wants the program only, not the tests beside it
install(TARGETS orgo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# The program itself writes its manual page and its completion, so that they can't be older than it is.
install(CODE "
  execute_process(COMMAND \"$<TARGET_FILE:orgo>\" help --man
    OUTPUT_FILE \"${CMAKE_BINARY_DIR}/packaging/orgo.1\" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND \"$<TARGET_FILE:orgo>\" completion bash
    OUTPUT_FILE \"${CMAKE_BINARY_DIR}/packaging/orgo.bash\" COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${CMAKE_BINARY_DIR}/packaging/orgo.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/packaging/orgo.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME orgo)
install(DIRECTORY modules/ DESTINATION ${CMAKE_INSTALL_DATADIR}/orgo/modules)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN adr EXCLUDE)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/deb/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES samples/demo/rules.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
configure_file(packaging/orgo.service.in ${CMAKE_BINARY_DIR}/packaging/orgo.service @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/packaging/orgo.service DESTINATION lib/systemd/system)
install(FILES packaging/orgo.sysusers DESTINATION lib/sysusers.d RENAME orgo.conf)
# Configuration is the machine's, never under the prefix: an absolute place, which DESTDIR and CPack know how to move.
# What people have written there stays: an install over an earlier one brings the program, not the configuration.
install(CODE "
  foreach(name config.yaml rules.yaml)
    if(NOT EXISTS \"\$ENV{DESTDIR}/etc/orgo/\${name}\")
      file(INSTALL \"${CMAKE_SOURCE_DIR}/packaging/\${name}\" DESTINATION /etc/orgo)
    endif()
  endforeach()")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME orgo)
set(CPACK_PACKAGE_CONTACT "The Orgo developers <orgo@orgo.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "turns what reaches an organization into tracked work")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Orgo takes in mail, decides by rules whose work it is, opens tasks, tells people and escalates.
 Nothing that was accepted is lost, nothing is done twice, and every decision
 can be explained.")
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The account is made by systemd-sysusers, which a container has only when somebody asks for it.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gpgv, pst-utils, systemd")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${CMAKE_SOURCE_DIR}/packaging/deb/conffiles;${CMAKE_SOURCE_DIR}/packaging/deb/postinst;${CMAKE_SOURCE_DIR}/packaging/deb/prerm;${CMAKE_SOURCE_DIR}/packaging/deb/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
include(CPack)
