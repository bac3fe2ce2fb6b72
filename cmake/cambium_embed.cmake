# cambium_embed(TARGET NAMESPACE ns TABLE name folder ending …): a static library with, for each table, a function
#   std::span<const File> name();   // File{name relative to the folder, text}, sorted by name
# and a header embedded/embedded.h. Files are found by glob; the texts are raw string literals.
function(cambium_embed target)
  cmake_parse_arguments(arg "" "NAMESPACE" "" ${ARGN})
  set(rest ${arg_UNPARSED_ARGUMENTS})
  set(dir ${CMAKE_BINARY_DIR}/generated/embedded)
  set(specs)
  set(depends)
  while(rest)
    list(POP_FRONT rest keyword name folder ending)
    list(APPEND specs "${name}|${folder}|${ending}")
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${folder}/*${ending})
    list(APPEND depends ${found})
  endwhile()
  string(REPLACE ";" "," joined "${specs}")
  add_custom_command(
    OUTPUT ${dir}/embedded.cpp ${dir}/embedded.h
    COMMAND ${CMAKE_COMMAND} -DSPECS=${joined} -DNAMESPACE=${arg_NAMESPACE} -DROOT=${CMAKE_SOURCE_DIR} -DOUT=${dir}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${depends} cmake/embed_files.cmake VERBATIM COMMENT "Embedding files")
  add_library(${target} STATIC ${dir}/embedded.cpp ${dir}/embedded.h)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
