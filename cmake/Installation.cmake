# What `cmake --install` lays down: headers, library, CMake package and pkg-config file (component
# "library"), and the program (component "program").
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/facecascade)
install(TARGETS facecascade_library EXPORT facecascade COMPONENT library)
install(DIRECTORY include/facecascade DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(EXPORT facecascade NAMESPACE facecascade:: FILE facecascade-targets.cmake
        DESTINATION ${package_folder} COMPONENT library)
configure_package_config_file(cmake/facecascade-config.cmake.in facecascade-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(facecascade-config-version.cmake COMPATIBILITY SameMinorVersion)

# Whoever links a static library links what it stands on, too.
if(BUILD_SHARED_LIBS)
  set(FACECASCADE_PC_REQUIRES Requires.private)
else()
  set(FACECASCADE_PC_REQUIRES Requires)
endif()
# From the folder of the .pc file up to the prefix, so that the installed tree may be moved.
file(RELATIVE_PATH FACECASCADE_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/facecascade.pc.in facecascade.pc @ONLY)

install(FILES ${PROJECT_BINARY_DIR}/facecascade-config.cmake
              ${PROJECT_BINARY_DIR}/facecascade-config-version.cmake
        DESTINATION ${package_folder} COMPONENT library)
install(FILES ${PROJECT_BINARY_DIR}/facecascade.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
if(TARGET facecascade)
  install(TARGETS facecascade RUNTIME COMPONENT program)
endif()
