# SPDX-License-Identifier: Apache-2.0
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Dev: optimised enough that the trainer's tests are quick, light enough that a rebuild is.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "" FORCE)

add_compile_options(-Wall -Wextra -Wpedantic -Werror $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
                    -Wno-missing-field-initializers)
# GCC 12 sees null dereferences inside its own std::variant and std::expected once inlined.
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)

if(LATHE_SANITIZE)
    add_compile_options(-fsanitize=${LATHE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${LATHE_SANITIZE})
endif()

if(LATHE_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        message(FATAL_ERROR "LATHE_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++-16")
    endif()
    # libstdc++ 12 hides std::expected from clang, which has what it needs but tells an older date.
    add_compile_options(-fsanitize=fuzzer-no-link -D__cpp_concepts=202002L -Wno-builtin-macro-redefined
                        -Wno-macro-redefined -Wno-error)
endif()

find_program(LATHE_CCACHE ccache)
if(LATHE_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${LATHE_CCACHE})
endif()
find_program(LATHE_MOLD mold)
if(LATHE_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

# The same tree when built and when installed: bin/, lib/lathe/plugins/, share/lathe/.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(LATHE_PLUGIN_DIR lib/lathe/plugins)
set(LATHE_SHARE_DIR share/lathe)
