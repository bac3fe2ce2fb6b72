// syntax/antlr/fast_parser.h: the base class of the generated parser (ANTLR's option superClass).
// Generated code calls match, enterRule, exitRule, setState, _input->LA, _errHandler->sync,
// _tracker.createInstance and finally by these names; the members declared here are found before
// those of antlr4::Parser and are inlined, which makes the same generated code about ten times
// faster than on the stock runtime.
//
// What it does not do: build ANTLR's parse tree. It notes where rules begin and end (`events`), and
// the tree builder reads those. Contexts live on a stack of their own: a context is gone when its
// rule ends. What goes wrong is handled by the same ANTLRErrorStrategy as on the stock runtime; a
// test compares the two, error for error.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include "Parser.h"
#include "ParserRuleContext.h"
#include "compiler/syntax/antlr/lookahead_table.h"
#include "compiler/syntax/antlr/nesting.h"
#include "compiler/syntax/antlr/token_stream.h"

namespace cambium::syntax {

// A rule begins or ends. There are four times as many as tokens: each is one word.
struct ParseEvent {
  static constexpr uint32_t kExit = 127;
  uint32_t token : 25;  // index of the next token
  uint32_t rule : 7;    // the number of the rule that begins; kExit where one ends
  bool enters() const { return rule != kExit; }
};

class FastParser : public antlr4::Parser {
public:
  explicit FastParser(antlr4::TokenStream* input)
      : Parser(input), _input(static_cast<FlatTokenStream*>(input)) {
    _errHandler.parser = this;
    setBuildParseTree(false);
  }

  // Both must be called before parsing; the table must be that of this parser's ATN.
  void setLookaheadTable(const LookaheadTable& table) { table_ = &table; }
  void setErrorHandler(std::shared_ptr<antlr4::ANTLRErrorStrategy> const& handler) override {
    Parser::setErrorHandler(handler);
    strategy_ = handler.get();
  }

  std::vector<ParseEvent> events;

  // So many rules may be open at once; each level of parentheses takes three to six. Keeps the
  // stack of the process bounded.
  static constexpr size_t kMaxRuleDepth = 2000;

  size_t getState() const final { return state_; }
  void setState(size_t state) { state_ = state; }

  antlr4::Token* match(size_t kind) final {
    if (_input->kind() != kind) [[unlikely]]
      return strategy_->recoverInline(this);
    if (kind != antlr4::Token::EOF) _input->advance();
    return nullptr;  // generated code looks at tokens only where the grammar names them, which ours
                     // does not
  }
  antlr4::Token* consume() final {
    _input->consume();
    return nullptr;
  }
  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) final {
    if (_tracker.depth() > kMaxRuleDepth) [[unlikely]] {
      _tracker.release(context);
      throw NestingTooDeep(this);
    }
    events.push_back({uint32_t(_input->position()), uint32_t(rule)});
    state_ = state;
    _ctx = context;
  }
  void exitRule() {
    events.push_back({uint32_t(_input->position()), ParseEvent::kExit});
    state_ = _ctx->invokingState;
    auto* const done = _ctx;
    _ctx = static_cast<antlr4::ParserRuleContext*>(static_cast<antlr4::RuleContext*>(_ctx->parent));
    _tracker.release(done);
  }
  void enterOuterAlt(antlr4::ParserRuleContext* context, size_t) final { _ctx = context; }

protected:
  // Memory in blocks that never move; the address of a context says how far to go back.
  class ContextStack {
  public:
    template <class T, class Parent>
    T* createInstance(Parent* parent, size_t state) {
      static_assert(sizeof(T) <= kSlot && alignof(T) <= alignof(std::max_align_t));
      if (depth_ == blocks_.size() * kSlotsOfBlock) blocks_.push_back(std::make_unique<Block>());
      void* slot = blocks_[depth_ / kSlotsOfBlock]->slots[depth_ % kSlotsOfBlock].bytes;
      ++depth_;
      return new (slot) T(parent, state);
    }
    void release(antlr4::ParserRuleContext* context) {
      --depth_;
      if (context->exception) context->exception = nullptr;  // all that one without children owns
    }

    size_t depth() const { return depth_; }

  private:
    static constexpr size_t kSlot = 128;
    static constexpr size_t kSlotsOfBlock = 64;
    struct Slot {
      alignas(std::max_align_t) std::byte bytes[kSlot];
    };
    struct Block {
      Slot slots[kSlotsOfBlock];
    };
    std::vector<std::unique_ptr<Block>> blocks_;
    size_t depth_ = 0;
  } _tracker;

  // What generated code believes to be a pointer to the error strategy.
  struct Errors {
    FastParser* parser = nullptr;
    Errors* operator->() { return this; }
    void sync(antlr4::Parser*) {
      if (!parser->table_->contains(parser->state_, parser->_input->kind())) [[unlikely]]
        parser->strategy_->sync(parser);
    }
    void reportMatch(antlr4::Parser*) {
    }  // our strategy knows by the token's place whether anything was matched since
    void recoverInline(antlr4::Parser*) { parser->strategy_->recoverInline(parser); }
    void reportError(antlr4::Parser*, const antlr4::RecognitionException& error) {
      parser->strategy_->reportError(parser, error);
    }
    void recover(antlr4::Parser*, std::exception_ptr error) {
      parser->_ctx->exception = nullptr;
      parser->strategy_->recover(parser, std::move(error));
    }
  } _errHandler;

  template <class F>
  struct AtExit {
    F run;
    ~AtExit() { run(); }
  };
  template <class F>
  static AtExit<F> finally(F run) {
    return {run};
  }

  FlatTokenStream* _input;

private:
  const LookaheadTable* table_ = nullptr;
  antlr4::ANTLRErrorStrategy* strategy_ = nullptr;
  size_t state_ = antlr4::atn::ATNState::INVALID_STATE_NUMBER;
};

}  // namespace cambium::syntax

namespace cambium::grammar::fast {
using syntax::FastParser;
}
