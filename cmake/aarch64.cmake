# Cross-builds for 64-bit ARM with Debian's g++-aarch64-linux-gnu; tests run under qemu-user. Needs
# the libraries of the other architecture: dpkg --add-architecture arm64, then libhwy-dev:arm64,
# libgtest-dev:arm64 and libgmock-dev:arm64.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
# Those libraries, not the cross-compiler's own copies: with an older libc than what else is loaded,
# programs hang where they start a thread.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /)
# Highway's NEON target includes AES, and only where the compiler may use it at once.
set(CMAKE_CXX_FLAGS_INIT "-march=armv8-a+crypto")
