# The documents as they are installed: flat, beside each other. Links from one to the other are kept; of links into the source tree
# only the text is.
function(stint_install_document source)
  get_filename_component(name ${source} NAME)
  set(out ${PROJECT_BINARY_DIR}/documents/${name})
  file(READ ${source} text)
  string(REGEX REPLACE "\\]\\((\\.\\./)?docs/([a-z-]+\\.md)" "](\\2" text "${text}")
  string(REGEX REPLACE "\\]\\(\\.\\./README\\.md" "](README.md" text "${text}")
  set(folders "client|common|config|daemon|docs|scripts|tasks|tests|worker")
  string(REGEX REPLACE "\\[([^][]+)\\]\\((\\.\\./)?(${folders})(/[^)]*)?\\)" "\\1" text "${text}")
  file(WRITE ${out} "${text}")
  install(FILES ${out} DESTINATION ${CMAKE_INSTALL_DOCDIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
endfunction()
