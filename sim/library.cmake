# SPDX-License-Identifier: Apache-2.0
# libsnapsim: all folders but the program's as one library, installed with the public headers and
# snapsim.pc.
include(GNUInstallDirs)

set(objects)
foreach(folder base model protocol state flink storage operators actor snapshot task jobmanager
        runtime trace verify scenario api)
    if(TARGET snap_${folder})
        get_target_property(type snap_${folder} TYPE)
        if(type STREQUAL "STATIC_LIBRARY")
            list(APPEND objects $<TARGET_OBJECTS:snap_${folder}>)
        endif()
    endif()
endforeach()

set(kind STATIC)
if(SNAP_SHARED)
    set(kind SHARED)
endif()
add_library(snapsim_library ${kind} ${objects})
set_target_properties(snapsim_library PROPERTIES OUTPUT_NAME snapsim LINKER_LANGUAGE C
                      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_include_directories(snapsim_library PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(snapsim_library PUBLIC PkgConfig::YAML PkgConfig::JANSSON PkgConfig::XXHASH
                      Threads::Threads m)

# Programs of other compilers link it too: it is code and nothing else.
if(SNAP_WHOLE_COMPILE AND NOT SNAP_SHARED)
    add_custom_command(TARGET snapsim_library POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} --wildcard --remove-section=.gnu.lto_*
                --remove-section=.gnu.debuglto_* $<TARGET_FILE:snapsim_library> VERBATIM)
endif()

set(pc_optional "")
if(ROCKSDB_FOUND)
    target_link_libraries(snapsim_library PUBLIC PkgConfig::ROCKSDB)
    set(pc_optional " rocksdb")
endif()

# A program that links the static library needs what the library needs.
set(pc_requires "Requires: yaml-0.1 jansson libxxhash${pc_optional}")
set(pc_libs "-lsnapsim -lm -pthread")
if(SNAP_SHARED)
    set(pc_requires "Requires.private: yaml-0.1 jansson libxxhash${pc_optional}")
    set(pc_libs "-lsnapsim")
endif()
if(SNAP_SANITIZE)
    string(APPEND pc_libs " -fsanitize=${SNAP_SANITIZE}")
endif()
# From the .pc file back to the prefix, so that an installation may be moved.
file(RELATIVE_PATH pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
configure_file(snapsim.pc.in ${CMAKE_CURRENT_BINARY_DIR}/snapsim.pc @ONLY)

install(TARGETS snapsim_library ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES snap.h snap_operator.h snap_state.h snap_values.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/snapsim)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/snapsim.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
