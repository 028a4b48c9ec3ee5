# The library that is installed, put together from the rooms base to detector: static, or shared
# with -DBUILD_SHARED_LIBS=ON, where cmake/facecascade.map keeps everything but the public
# interface hidden. (The target is called facecascade_library, since facecascade is the program.)
find_package(hwy REQUIRED)
find_package(Threads REQUIRED)

add_library(facecascade_library)
foreach(room ${FACECASCADE_LIBRARY_ROOMS})
  target_sources(facecascade_library PRIVATE $<TARGET_OBJECTS:facecascade_${room}>)
endforeach()
add_library(facecascade::facecascade ALIAS facecascade_library)

set(map ${PROJECT_SOURCE_DIR}/cmake/facecascade.map)
set_target_properties(facecascade_library PROPERTIES
  OUTPUT_NAME facecascade
  EXPORT_NAME facecascade
  LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${map})
target_compile_features(facecascade_library INTERFACE cxx_std_20)
target_include_directories(facecascade_library INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(facecascade_library PRIVATE Threads::Threads hwy::hwy)
if(BUILD_SHARED_LIBS)
  target_link_options(facecascade_library PRIVATE LINKER:--version-script=${map})
endif()
