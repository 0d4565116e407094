# SPDX-License-Identifier: Apache-2.0
# Readers of Flink's files get any bytes: libFuzzer, in the preset "fuzz" only (clang).
option(SNAP_FUZZ "Build the fuzz targets" OFF)
set(SNAP_FUZZ_SECONDS 10 CACHE STRING "How long each fuzz target runs as a test")
if(SNAP_FUZZ)
    set(corpus ${CMAKE_CURRENT_BINARY_DIR}/corpus)
    add_executable(fuzz_corpus fuzz/make_corpus.c)
    target_link_libraries(fuzz_corpus PRIVATE snap_storage)
    # Snapshots as a whole, also such as the jobs themselves write.
    add_executable(fuzz_restore_corpus fuzz/make_restore_corpus.c)
    target_link_libraries(fuzz_restore_corpus PRIVATE snap_api)
    target_include_directories(fuzz_restore_corpus PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    add_custom_command(OUTPUT ${corpus}/made
        COMMAND ${CMAKE_COMMAND} -E rm -rf ${corpus}
        COMMAND fuzz_corpus ${CMAKE_CURRENT_SOURCE_DIR}/fixtures/flink/snapshots ${corpus}
        COMMAND fuzz_restore_corpus ${CMAKE_CURRENT_SOURCE_DIR}/fixtures/flink/snapshots ${corpus}
        COMMAND ${CMAKE_COMMAND} -E touch ${corpus}/made
        DEPENDS fuzz_corpus fuzz_restore_corpus VERBATIM)
    add_custom_target(fuzz-corpus DEPENDS ${corpus}/made)
    add_custom_target(fuzz-targets DEPENDS fuzz-corpus)
    foreach(target metadata keyed operator channel sst changelog restore)
        add_executable(fuzz_${target} fuzz/${target}.c fuzz/stop.c)
        target_link_libraries(fuzz_${target} PRIVATE snap_flink)
        set(bytes_max 65536)
        target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz-targets fuzz_${target})
        if(target STREQUAL metadata)
            target_link_libraries(fuzz_${target} PRIVATE snap_view)
        elseif(target STREQUAL restore)
            target_link_libraries(fuzz_${target} PRIVATE snap_api)
            target_include_directories(fuzz_${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
            set(bytes_max 262144)
        endif()
        # New inputs go to a folder of their own; what fails is kept in the working directory.
        file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/found/${target})
        add_test(NAME fuzz-${target}
                 COMMAND fuzz_${target} -max_total_time=${SNAP_FUZZ_SECONDS} -timeout=10
                         -rss_limit_mb=1024 -max_len=${bytes_max} -print_final_stats=1
                         ${CMAKE_CURRENT_BINARY_DIR}/found/${target} ${corpus}/${target})
    endforeach()
endif()
