# Every library from outside, once. All are Debian packages (scripts/setup); their headers are SYSTEM, so that their
# warnings are not ours. hiredis and libuv are linked statically, so that a plugin that brings its own copies never
# meets ours (see docs/architecture.md, "Plugins beside our libraries").
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_library(HIREDIS_A libhiredis.a REQUIRED)
find_library(UV_A libuv_a.a REQUIRED)
find_path(TOMLPLUSPLUS_H toml++/toml.h REQUIRED)

add_library(ext_hiredis INTERFACE)
target_link_libraries(ext_hiredis INTERFACE ${HIREDIS_A})
add_library(ext_uv INTERFACE)
target_link_libraries(ext_uv INTERFACE ${UV_A} Threads::Threads dl rt)
# Compiled once, in common/config/toml/implementation.cc: a program that links libstint-client.a needs no library of it.
add_library(ext_toml INTERFACE)
target_compile_definitions(ext_toml INTERFACE TOML_HEADER_ONLY=0)
# Header only on purpose: nothing of theirs is exported from our programs.
add_library(ext_spdlog INTERFACE)
target_compile_definitions(ext_spdlog INTERFACE SPDLOG_HEADER_ONLY SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)
