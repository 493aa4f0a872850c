# SPDX-License-Identifier: Apache-2.0
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
if(LATHE_TESTS)
    find_path(LATHE_DOCTEST_INCLUDE doctest/doctest.h REQUIRED)
endif()

# lathe_module(NAME SOURCES … [DEPS …] [LIBS …]): one engine folder as the static library lathe_NAME.
# DEPS are engine modules, LIBS are outside libraries; headers are included as "NAME/header.h".
function(lathe_module name)
    cmake_parse_arguments(M "" "" "SOURCES;DEPS;LIBS;PRIVATE_LIBS" ${ARGN})
    add_library(lathe_${name} STATIC ${M_SOURCES})
    target_include_directories(lathe_${name} PUBLIC ${CMAKE_SOURCE_DIR}/engine)
    list(TRANSFORM M_DEPS PREPEND lathe_)
    target_link_libraries(lathe_${name} PUBLIC ${M_DEPS} ${M_LIBS} fmt::fmt-header-only Threads::Threads
                                        PRIVATE ${M_PRIVATE_LIBS})
endfunction()

# lathe_program(NAME SOURCES … DEPS …): a program in bin/.
function(lathe_program name)
    cmake_parse_arguments(P "" "" "SOURCES;DEPS;LIBS" ${ARGN})
    add_executable(${name} ${P_SOURCES})
    list(TRANSFORM P_DEPS PREPEND lathe_)
    target_link_libraries(${name} PRIVATE ${P_DEPS} ${P_LIBS})
    install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# lathe_test(NAME SOURCES … DEPS … [LABELS …] [PROGRAMS …]): a doctest program, one ctest entry.
# PROGRAMS are targets that the test starts; it finds them through LATHE_BIN_DIR.
function(lathe_test name)
    if(NOT LATHE_TESTS)
        return()
    endif()
    cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;DEPS;LIBS;LABELS;PROGRAMS" ${ARGN})
    add_executable(${name} ${T_SOURCES} ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(${name} SYSTEM PRIVATE ${LATHE_DOCTEST_INCLUDE})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    list(TRANSFORM T_DEPS PREPEND lathe_)
    target_link_libraries(${name} PRIVATE ${T_DEPS} ${T_LIBS})
    if(T_PROGRAMS)
        add_dependencies(${name} ${T_PROGRAMS})
    endif()
    add_test(NAME ${name} COMMAND ${name})
    if(NOT T_LABELS)
        set(T_LABELS unit)
    endif()
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 300)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT} ENVIRONMENT
        "LATHE_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};LATHE_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()

# lathe_model_host(TARGET): a program that loads models of one's own. It carries the engine whole and shows it to
# them, so that both use one tape and one registry.
function(lathe_model_host target)
    set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
    foreach(module core tensor autograd nn)
        list(APPEND whole $<TARGET_FILE:lathe_${module}>)
        add_dependencies(${target} lathe_${module})
    endforeach()
    # Not the WHOLE_ARCHIVE feature: the same libraries also come as ordinary dependencies.
    target_link_options(${target} PRIVATE -Wl,--whole-archive ${whole} -Wl,--no-whole-archive)
endfunction()

# lathe_model_plugin(NAME SOURCES …): models of one's own (engine/nn/plugin.h) as lib/lathe/models/NAME.so. It links
# nothing: the program that loads it has the engine.
function(lathe_model_plugin name)
    cmake_parse_arguments(P "" "" "SOURCES" ${ARGN})
    add_library(${name} MODULE ${P_SOURCES})
    target_include_directories(${name} PRIVATE $<TARGET_PROPERTY:lathe_nn,INTERFACE_INCLUDE_DIRECTORIES>)
    target_link_libraries(${name} PRIVATE fmt::fmt-header-only)
    set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/lathe/models)
endfunction()
