// syntax/antlr/recovery.h: what the parser does at a syntax error: notes it once, and goes on where
// the next member or declaration begins. Works the same on FastParser and on the stock runtime.
//
// An error is met in one of three ways: at a loop or option whose next token fits nothing (sync),
// at a token that must be there (recoverInline), or as an exception of the generated code
// (reportError). Small slips are mended on the spot: a wrong closing bracket is taken for the right
// one, a missing sign or name is taken as there, one surplus token is passed over. Everything else
// gets a plan: the token at which to go on, found by looking at brackets, line starts and
// indentation; then rules are left, by rethrowing, until a list is reached that can go on with that
// token.
#pragma once

#include "ANTLRErrorStrategy.h"
#include "Parser.h"
#include "ParserRuleContext.h"
#include "compiler/syntax/antlr/lookahead_table.h"
#include "compiler/syntax/antlr/nesting.h"
#include "compiler/syntax/syntax_error.h"

namespace cambium::syntax {

class Recovery final : public antlr4::ANTLRErrorStrategy {
public:
  // All must outlive the strategy; kinds of tokens may be mended.
  Recovery(std::string_view text, std::vector<Token>& tokens, const LookaheadTable& table)
      : text_(text), tokens_(tokens), table_(table) {}

  const std::vector<SyntaxError>& errors() const { return errors_; }
  // Errors were met, reported or not.
  bool failed() const { return failed_; }

  void reset(antlr4::Parser*) override {}
  antlr4::Token* recoverInline(antlr4::Parser*) override;
  void recover(antlr4::Parser*, std::exception_ptr) override;
  void sync(antlr4::Parser*) override;
  bool inErrorRecoveryMode(antlr4::Parser*) override { return unwinding_; }
  void reportMatch(antlr4::Parser*) override {}
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override;

private:
  // The list in which the error lies: its bracket, the tokens that may follow one of its elements,
  // the column of its elements.
  struct List {
    size_t brackets = 0;  // how many are open around its elements
    size_t state = 0;     // the parser's state after an element
    uint32_t column = 1;
  };
  static constexpr size_t kNoState = ~size_t{0};

  uint32_t position(antlr4::Parser* p) const { return uint32_t(p->getInputStream()->index()); }
  void note(antlr4::Parser*, SyntaxError::Kind);
  void followBrackets(uint32_t token);
  void plan(antlr4::Parser*, size_t localState);
  List innermostList(antlr4::Parser*, size_t localState, uint32_t at) const;
  bool mendCloser(antlr4::Parser*);
  bool mendReserved(antlr4::Parser*, bool nameFits, bool valueFits);
  bool mendLabel(antlr4::Parser*, bool nameFits);
  bool mendSign(antlr4::Parser*, TokenKind wanted, antlr4::atn::ATNState* behind);
  bool braceIsMissing(antlr4::Parser*) const;
  bool endOfAssignsIsMissing(antlr4::Parser*) const;
  bool beginsDeclaration(uint32_t token) const;
  bool isWithinList(antlr4::Parser*) const;
  uint32_t column(uint32_t token) const;
  [[noreturn]] void unwind(antlr4::Parser*);

  std::string_view text_;
  std::vector<Token>& tokens_;
  const LookaheadTable& table_;
  std::vector<SyntaxError> errors_;
  std::vector<uint32_t> open_;  // brackets open at followed_
  uint32_t followed_ = 0;
  bool failed_ = false;
  bool unwinding_ = false;
  uint32_t resume_ = 0;  // where to go on
  bool resumeAtDeclaration_ = false;
  bool resumeInPlace_ = false;
  bool resumeKnown_ = true;  // the list can go on with that token; otherwise it is the next error
  uint32_t resumedAt_ =
      SyntaxError::kNone;  // where we went on last: a second error there is the same one
};

}  // namespace cambium::syntax
