# grammar/*.g4 → the generated parser (in the tool) and the generated lexer (the oracle of the scanner, in the tests only).
find_program(ANTLR4_TOOL antlr4 REQUIRED)

function(cambium_generate_parser)
  set(out ${CMAKE_BINARY_DIR}/generated/grammar)
  file(MAKE_DIRECTORY ${out})
  add_custom_command(
    OUTPUT ${out}/CambiumLexer.cpp ${out}/CambiumLexer.h ${out}/CambiumLexer.tokens
    COMMAND ${ANTLR4_TOOL} -Werror -Dlanguage=Cpp -package cambium::grammar -o ${out} ${CMAKE_SOURCE_DIR}/grammar/CambiumLexer.g4
    DEPENDS grammar/CambiumLexer.g4 VERBATIM COMMENT "Generating the lexer")
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

  function(cambium_generated_library target dir file)
    add_library(${target} STATIC ${dir}/${file}.cpp)
    target_compile_options(${target} PRIVATE -fno-char8_t -w)
    target_include_directories(${target} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/generated ${ANTLR4_INCLUDE_DIR} ${CMAKE_SOURCE_DIR}/compiler/syntax/antlr)
    target_include_directories(${target} SYSTEM PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC antlr4_static PRIVATE cambium_common)
  endfunction()
  cambium_generated_library(cambium_parser ${out}/fast CambiumParser)
  cambium_generated_library(cambium_lexer ${out} CambiumLexer)
  cambium_generated_library(cambium_stock_parser ${out}/stock CambiumParser)
  set_target_properties(cambium_lexer cambium_stock_parser PROPERTIES EXCLUDE_FROM_ALL ON)
  # Token numbers are shared: whoever compiles a scanner needs the generated header first.
  add_custom_target(cambium_tokens DEPENDS ${out}/CambiumLexer.h)
  add_dependencies(cambium_parser cambium_tokens)
endfunction()
