# SPDX-License-Identifier: Apache-2.0
# Tests that are scripts, and the labels by which ./dev picks tests.
find_package(Python3 COMPONENTS Interpreter REQUIRED)
add_test(NAME tidy-self-test COMMAND Python3::Interpreter tidy/tidy.py --self-test
         WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
add_test(NAME tidy-tree COMMAND Python3::Interpreter tidy/tidy.py ${PROJECT_SOURCE_DIR}
         WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set(poison ${CMAKE_CURRENT_SOURCE_DIR}/tidy/poison.sh ${CMAKE_C_COMPILER})
add_custom_target(poison COMMAND ${poison} VERBATIM)
add_test(NAME tidy-poison COMMAND ${poison})

# Commands of the documents that belong together.
add_test(NAME docs-upgrades
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/docs/upgrades.py
                 $<TARGET_FILE:snapsim> ${PROJECT_SOURCE_DIR})

add_test(NAME demo-word-count
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/demo/test_word_count.sh $<TARGET_FILE:snapsim>)

# The builds of other presets that are there; without any the test is skipped.
set(programs $<TARGET_FILE:snapsim>)
foreach(preset gcc-o0 gcc-o3 clang-o0 clang profiled)
    list(APPEND programs ${PROJECT_SOURCE_DIR}/build/${preset}/snapsim)
endforeach()
add_test(NAME hash-compilers COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/hash/test_hashes.sh ${programs})
set_tests_properties(hash-compilers PROPERTIES SKIP_RETURN_CODE 77)

# Verdicts in each runtime that a scenario names, and in virtual time in every build.
add_test(NAME verdicts-of-scenarios
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/threads/test_verdicts.sh $<TARGET_FILE:snapsim>
                 virtual)
add_test(NAME threads-verdicts
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/threads/test_verdicts.sh $<TARGET_FILE:snapsim>)

# The full numbers: seeds that the everyday run does not try, which runs some of each. Two honest
# jobs a seed of the ledger and one of run-ahead are 20,000, and 2,000 run on threads. The broken
# jobs, the third of a seed and those of sabotage, come on top.
function(snap_long_test question program jobs first_seed)
    if(TARGET ${program})
        add_test(NAME long-${question} COMMAND ${program} ${jobs} ${first_seed})
        set_tests_properties(long-${question} PROPERTIES TIMEOUT 7200)
    endif()
endfunction()
snap_long_test(swarm-runahead swarm_runahead 4000 1000000)
foreach(part RANGE 3)
    snap_long_test(swarm-ledger-${part} swarm_ledger 2000 10${part}0000)
    snap_long_test(threads-same-verdict-${part} threads_same_verdict 500 10${part}0000)
endforeach()
snap_long_test(swarm-files swarm_files 3000 1000000)
snap_long_test(kills test_cli_killed 200 1000)
snap_long_test(swarm-sabotage swarm_sabotage 4000 1000000)
snap_long_test(swarm-saved-world swarm_saved_world 500 1000000)

# An operator of its own, which finds its states in Flink's files, and Flink in its.
add_executable(flink_shelves flink/shelves.c)
target_link_libraries(flink_shelves PRIVATE snapsim_library)
add_test(NAME conform-named-states
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/flink/named_states.py
                 $<TARGET_FILE:flink_shelves> $<TARGET_FILE:snapsim>
                 ${CMAKE_CURRENT_SOURCE_DIR}/fixtures/flink/named-states)

# Snapshots to and from real Flink; without a JDK and Maven all of it is skipped, by a line of its.
if(TARGET snapsim AND NOT SNAP_SANITIZE)
    set(both_ways Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/flink/both_ways.py
                  $<TARGET_FILE:snapsim> ${PROJECT_SOURCE_DIR})
    add_test(NAME flink-both-ways COMMAND ${both_ways} ${CMAKE_BINARY_DIR}/flink)
    add_test(NAME long-flink-both-ways COMMAND ${both_ways} ${CMAKE_BINARY_DIR}/flink-long --long)
    set_tests_properties(flink-both-ways long-flink-both-ways PROPERTIES
                         TIMEOUT 3600 RESOURCE_LOCK flink)
endif()

# A test's label is the word its name begins with; the others are unit tests.
get_property(tests DIRECTORY PROPERTY TESTS)
add_custom_target(threads-tests DEPENDS snapsim)
foreach(test IN LISTS tests)
    set(labels "conform|fuzz|truth|tidy|demo|hash|swarm|threads|long|fault|example|install|flink")
    if(test MATCHES "^(${labels})[-_]")
        set(label ${CMAKE_MATCH_1})
    elseif(test MATCHES "^test_(story|threads)_")
        set(label ${CMAKE_MATCH_1})
    else()
        set(label unit)
    endif()
    set_property(TEST ${test} APPEND PROPERTY LABELS ${label})
    if(label STREQUAL threads AND TARGET ${test})
        add_dependencies(threads-tests ${test})
    endif()
endforeach()
