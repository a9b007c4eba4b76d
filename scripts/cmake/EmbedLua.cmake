# Writes NAME.lua.h for one script: its name, its text as Redis gets it, and the SHA1 by which EVALSHA calls it.
# Run as  cmake -DIN=x.lua -DLIB=folder -DOUT=x.lua.h -P EmbedLua.cmake
# A script's header may say "-- Uses: a, b": the texts of lib/a.lua and lib/b.lua are put before its body, so that
# a rule shared by several arrows (how a failed attempt ends) stands in one place.
file(READ ${IN} body)
get_filename_component(name ${IN} NAME_WE)
set(flags "")
if(body MATCHES "-- Flags: ([a-z,-]+)")
  set(flags "#!lua flags=${CMAKE_MATCH_1}\n")
else()
  set(flags "#!lua\n")
endif()
set(text "")
if(body MATCHES "-- Uses: ([a-z_, ]+)")
  string(REGEX REPLACE "[, ]+" ";" uses "${CMAKE_MATCH_1}")
  foreach(use IN LISTS uses)
    file(READ ${LIB}/${use}.lua part)
    string(APPEND text "${part}")
  endforeach()
endif()
string(APPEND text "${body}")
# Comments and indentation are for readers; Redis keeps and hashes only what it runs.
string(REGEX REPLACE "\n[ ]*--[^\n]*" "" text "\n${text}")
string(REGEX REPLACE "\n[ ]+" "\n" text "${text}")
string(REGEX REPLACE "\n\n+" "\n" text "${text}")
string(REGEX REPLACE "^\n" "" text "${text}")
set(text "${flags}${text}")
string(SHA1 sha "${text}")
file(WRITE ${OUT} "// Made from ${name}.lua by EmbedLua.cmake; do not edit.\n#pragma once\n#include \"common/redis/script.h\"\nnamespace stint::lua {\ninline constexpr redis::Script k_${name}{\"${name}\", \"${sha}\",\n                                       R\"LUA(${text})LUA\"};\n}  // namespace stint::lua\n")
