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
# The program ROOM_test, linked with the room, all it stands on, and GoogleTest.
function(facecascade_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name}_test ${TEST_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${TEST_LIBRARIES} GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name}_test PRIVATE
    FACECASCADE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  add_test(NAME ${name} COMMAND ${name}_test)
  set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}")
endfunction()
