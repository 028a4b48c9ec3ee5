# A room is a folder under src/, one target, and includes only the rooms it names
# (scripts/check-includes holds the code against the same directions).

# facecascade_room(NAME SOURCES a.cc ... [ROOMS other ...] [LIBRARIES target ...])
# A static library facecascade_NAME; what it names is passed on to those who use it.
function(facecascade_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  add_library(facecascade_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(facecascade_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src
                                                        ${PROJECT_SOURCE_DIR}/include)
  foreach(other ${ROOM_ROOMS})
    target_link_libraries(facecascade_${name} PUBLIC facecascade_${other})
  endforeach()
  target_link_libraries(facecascade_${name} PUBLIC ${ROOM_LIBRARIES})
endfunction()

# facecascade_test(ROOM SOURCES a_test.cc ... [LIBRARIES target ...] [LABELS label ...])
# The program ROOM_test, linked with the room, all it stands on, and GoogleTest. Tests of the
# library's rooms get the label "library" and are built by the target library_tests, too.
function(facecascade_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name}_test ${TEST_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${TEST_LIBRARIES} GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name}_test PRIVATE
    FACECASCADE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  add_test(NAME ${name} COMMAND ${name}_test)
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME room)
  if(room IN_LIST FACECASCADE_LIBRARY_ROOMS)
    list(APPEND TEST_LABELS library)
    add_dependencies(library_tests ${name}_test)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}")
endfunction()
