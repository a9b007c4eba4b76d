# Warnings, sanitizers, ccache: the same for every target of ours.
find_program(STINT_CCACHE ccache)
if(STINT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${STINT_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${STINT_CCACHE})
endif()

add_library(stint_flags INTERFACE)
target_include_directories(stint_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(stint_flags INTERFACE
  -Wall -Wextra -Wshadow -Wswitch-enum -Wconversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  -fstack-protector-strong -fvisibility=hidden
  # A file is the same whatever folder it was cloned into, so that ccache serves every checkout.
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
target_link_options(stint_flags INTERFACE -Wl,-z,relro,-z,now)
if(STINT_WERROR)
  target_compile_options(stint_flags INTERFACE -Werror)
endif()
if(STINT_KILL_POINTS)
  target_compile_definitions(stint_flags INTERFACE STINT_KILL_POINTS)
endif()
if(STINT_SANITIZE)
  add_compile_options(-fsanitize=${STINT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STINT_SANITIZE})
  # By a pipe it asks the kernel whether an object can be read: out of descriptors, every one is called invalid.
  add_compile_options(-fno-sanitize=vptr)
  target_compile_definitions(stint_flags INTERFACE STINT_SANITIZED)
  # What is relocated at each start is a third of what a program costs that lives for a moment, as most do in the tests.
  string(APPEND CMAKE_EXE_LINKER_FLAGS " -no-pie")
else()
  target_compile_definitions(stint_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(STINT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# -g1 (functions and lines, no variables) halves the time to compile and link.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
