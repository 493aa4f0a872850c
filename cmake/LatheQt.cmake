# SPDX-License-Identifier: GPL-3.0-or-later
set(CMAKE_AUTOMOC ON)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets PrintSupport Svg SvgWidgets Network DBus LinguistTools)
if(LATHE_TESTS)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()
add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:QT_NO_CAST_FROM_BYTEARRAY>
                        $<$<COMPILE_LANGUAGE:CXX>:QT_NO_KEYWORDS>)

# lathe_plugin(NAME SOURCES … [LIBS …]): a pane as a shared library that the plugin host loads; NAME.json beside
# the sources is its face. Engine symbols come from lathe_app, which carries the engine whole, so that there is one
# copy of it in the process. Tests link lathe_plugin_NAME_objects.
function(lathe_plugin name)
    cmake_parse_arguments(P "" "" "SOURCES;LIBS" ${ARGN})
    add_library(lathe_plugin_${name}_objects STATIC ${P_SOURCES})
    target_include_directories(lathe_plugin_${name}_objects PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(lathe_plugin_${name}_objects PUBLIC lathe_app ${P_LIBS})
    # The entry (Q_PLUGIN_METADATA) lives in NAME_plugin.cpp, outside the objects that tests link.
    add_library(lathe_plugin_${name} MODULE ${name}_plugin.cpp ${name}_plugin.h)
    target_link_libraries(lathe_plugin_${name} PRIVATE lathe_plugin_${name}_objects)
    set_target_properties(lathe_plugin_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${LATHE_PLUGIN_DIR})
    install(TARGETS lathe_plugin_${name} LIBRARY DESTINATION ${LATHE_PLUGIN_DIR})
endfunction()

# lathe_qt_test(NAME SOURCES … LIBS …): a Qt Test program on the offscreen platform.
function(lathe_qt_test name)
    if(NOT LATHE_TESTS)
        return()
    endif()
    cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
    add_executable(${name} ${T_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE ${T_LIBS} Qt6::Test)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "gui;${T_LABELS}" TIMEOUT ${T_TIMEOUT} ENVIRONMENT
        "QT_QPA_PLATFORM=offscreen;LATHE_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};LATHE_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()
