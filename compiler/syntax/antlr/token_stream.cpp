#include "compiler/syntax/antlr/token_stream.h"

namespace cambium::syntax {

size_t FlatTokenStream::look(ssize_t k) const {
  const ssize_t index = ssize_t(position()) + (k > 0 ? k - 1 : k);
  if (k == 0 || index < 0) return 0;
  return size_t(ssize_t(tokens_[std::min(size_t(index), tokens_.size() - 1)].kind));
}

void FlatTokenStream::consume() {
  if (at_->kind != TokenKind::endOfFile) ++at_;
}

antlr4::Token* FlatTokenStream::LT(ssize_t k) {
  const ssize_t index = ssize_t(position()) + (k > 0 ? k - 1 : k);
  if (k == 0 || index < 0) return nullptr;
  return get(std::min(size_t(index), tokens_.size() - 1));
}

antlr4::Token* FlatTokenStream::get(size_t index) const {
  auto& slot = made_[index];
  if (!slot) {
    const Token& token = tokens_[index];
    slot = std::make_unique<antlr4::CommonToken>(size_t(ssize_t(token.kind)));
    slot->setStartIndex(token.begin);
    slot->setStopIndex(token.end - 1);
    slot->setTokenIndex(index);
  }
  return slot.get();
}

}  // namespace cambium::syntax
