# SPDX-License-Identifier: Apache-2.0
# Each program of examples/ is built with the library, run, and compared with its expected output;
# and an installed library does for a program what pkg-config says.
set(examples ${PROJECT_SOURCE_DIR}/examples)
set(arguments_run_scenario ${examples}/crash.yaml)

file(GLOB programs CONFIGURE_DEPENDS ${examples}/*.c)
foreach(program IN LISTS programs)
    get_filename_component(name ${program} NAME_WE)
    add_executable(example_${name} ${program})
    target_link_libraries(example_${name} PRIVATE snapsim_library)
    add_test(NAME example_${name}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/same_output.sh
                     ${examples}/${name}.expected $<TARGET_FILE:example_${name}>
                     ${arguments_${name}})
endforeach()

# The examples of the page on scenarios.
add_test(NAME example_scenario-page
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/docs/examples.py
                 $<TARGET_FILE:snapsim> ${PROJECT_SOURCE_DIR})

add_test(NAME install-pkg-config
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/test_install.sh ${CMAKE_BINARY_DIR}
                 ${examples} ${CMAKE_C_COMPILER})
