// syntax/antlr/token_stream.h: our tokens as ANTLR wants to see them. Looking ahead costs nothing;
// the runtime's token objects are made only where an error needs one.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "CommonToken.h"
#include "TokenStream.h"
#include "compiler/syntax/token.h"

namespace cambium::syntax {

class FlatTokenStream final : public antlr4::TokenStream {
public:
  // `tokens` ends with endOfFile and outlives the stream; the error strategy may mend kinds in it.
  explicit FlatTokenStream(std::vector<Token>& tokens) : tokens_(tokens), at_(tokens.data()) {}

  size_t kind() const { return size_t(ssize_t(at_->kind)); }
  void advance() { ++at_; }  // not at the end of the file
  size_t position() const { return size_t(at_ - tokens_.data()); }
  std::vector<Token>& tokens() { return tokens_; }

  size_t LA(ssize_t k) override { return k == 1 ? kind() : look(k); }
  void consume() override;
  size_t index() override { return position(); }
  void seek(size_t index) override { at_ = tokens_.data() + index; }
  size_t size() override { return tokens_.size(); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  antlr4::Token* LT(ssize_t k) override;
  antlr4::Token* get(size_t index) const override;
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

private:
  size_t look(ssize_t k) const;

  std::vector<Token>& tokens_;
  const Token* at_;
  mutable std::unordered_map<size_t, std::unique_ptr<antlr4::CommonToken>> made_;
};

}  // namespace cambium::syntax
