# What every target of the project is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(FACECASCADE_ASSERTIONS)
  add_compile_options(-UNDEBUG)
endif()
if(FACECASCADE_SANITIZE)
  add_compile_options(-fsanitize=${FACECASCADE_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FACECASCADE_SANITIZE})
  # GCC's flow analysis raises false alarms in the standard library once sanitizers are on.
  add_compile_options(-Wno-maybe-uninitialized)
endif()
if(FACECASCADE_SCALAR)
  add_compile_definitions(HWY_COMPILE_ONLY_SCALAR)
endif()
