# grammar/*.g4 → the generated parser (in the tool), the table of tokens (for the scanner), and the oracles of the tests: the generated lexer
# and the same parser on the stock runtime.
find_program(ANTLR4_TOOL antlr4 REQUIRED)

function(cambium_generate_parser)
  set(out ${CMAKE_BINARY_DIR}/generated/grammar)
  file(MAKE_DIRECTORY ${out})
  add_custom_command(
    OUTPUT ${out}/CambiumLexer.cpp ${out}/CambiumLexer.h ${out}/CambiumLexer.tokens
    COMMAND ${ANTLR4_TOOL} -Werror -Dlanguage=Cpp -package cambium::grammar -o ${out} ${CMAKE_SOURCE_DIR}/grammar/CambiumLexer.g4
    DEPENDS grammar/CambiumLexer.g4 VERBATIM COMMENT "Generating the lexer")
  add_custom_command(
    OUTPUT ${out}/token_table.def
    COMMAND ${CMAKE_COMMAND} -DTOKENS=${out}/CambiumLexer.tokens -DOUT=${out}/token_table.def -P ${CMAKE_SOURCE_DIR}/cmake/token_table.cmake
    DEPENDS ${out}/CambiumLexer.tokens cmake/token_table.cmake VERBATIM COMMENT "Generating the table of tokens")
  # The parser derives from our FastParser (compiler/syntax/antlr/); a second one, derived from the stock Parser, is the oracle of the tests.
  foreach(flavour fast stock)
    set(dir ${out}/${flavour})
    file(MAKE_DIRECTORY ${dir})
    set(super)
    if(flavour STREQUAL fast)
      set(super -DsuperClass=FastParser)
    endif()
    add_custom_command(
      OUTPUT ${dir}/CambiumParser.cpp ${dir}/CambiumParser.h
      COMMAND ${ANTLR4_TOOL} -Werror -Dlanguage=Cpp -no-listener -no-visitor ${super} -package cambium::grammar::${flavour} -lib ${out} -o ${dir}
              ${CMAKE_SOURCE_DIR}/grammar/CambiumParser.g4
      DEPENDS grammar/CambiumParser.g4 ${out}/CambiumLexer.tokens VERBATIM COMMENT "Generating the ${flavour} parser")
  endforeach()

  # Our antlr4-runtime.h (compiler/syntax/antlr/) stands in for the runtime's: it must be found first.
  function(cambium_generated_library target dir file)
    add_library(${target} STATIC ${dir}/${file}.cpp)
    # The tool writes u8"" literals, which C++20 no longer takes for char.
    target_compile_options(${target} PRIVATE -fno-char8_t -w)
    target_include_directories(${target} SYSTEM PUBLIC ${CMAKE_SOURCE_DIR}/compiler/syntax/antlr ${CMAKE_BINARY_DIR}/generated ${ANTLR4_INCLUDE_DIR})
    target_include_directories(${target} SYSTEM PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC antlr4_static PRIVATE cambium_common)
    add_dependencies(${target} cambium_tokens)
  endfunction()
  # Token numbers are shared: whoever compiles a scanner needs the table first.
  add_custom_target(cambium_tokens DEPENDS ${out}/CambiumLexer.h ${out}/token_table.def)
  cambium_generated_library(cambium_parser ${out}/fast CambiumParser)
  cambium_generated_library(cambium_lexer ${out} CambiumLexer)
  cambium_generated_library(cambium_stock_parser ${out}/stock CambiumParser)
  set_target_properties(cambium_lexer cambium_stock_parser PROPERTIES EXCLUDE_FROM_ALL ON)
endfunction()
