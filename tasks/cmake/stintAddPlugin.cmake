# stint_add_plugin(NAME source...): a task plugin NAME.so, in C or C++. It exports its entry and nothing else, so that it
# never meets symbols of another plugin in the same process.
set(STINT_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(stint_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE stint::task)
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    LINK_DEPENDS ${STINT_PLUGIN_MAP})
  target_link_options(${name} PRIVATE -Wl,--version-script=${STINT_PLUGIN_MAP})
endfunction()
