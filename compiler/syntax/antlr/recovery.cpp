#include "compiler/syntax/antlr/recovery.h"

#include <algorithm>

#include "atn/RuleTransition.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {
namespace {

using Rules = grammar::fast::CambiumParser;

// Elements of lists: after one of them the parser can go on with the next.
bool isElement(size_t rule) {
  switch (rule) {
    case Rules::RuleItem:
    case Rules::RuleMember:
    case Rules::RuleEnvItem:
    case Rules::RuleEnumerator:
    case Rules::RuleViewItem:
    case Rules::RuleMigrationItem:
    case Rules::RuleSetting:
    case Rules::RuleNsItem:
    case Rules::RuleImportItem:
    case Rules::RuleAssign: return true;
    default: return false;
  }
}

// Rules with a list in braces.
bool hasBraces(size_t rule) {
  switch (rule) {
    case Rules::RuleImportDecl:
    case Rules::RuleEnvironmentDecl:
    case Rules::RuleEntityDecl:
    case Rules::RuleMixinDecl:
    case Rules::RuleGroupDecl:
    case Rules::RuleEnumDecl:
    case Rules::RuleTagsDecl:
    case Rules::RuleViewDecl:
    case Rules::RuleTemplateDecl:
    case Rules::RuleMigrationDecl:
    case Rules::RuleAssigns:
    case Rules::RuleSchemaDecl:
    case Rules::RuleNamespaceDecl: return true;
    default: return false;
  }
}

bool isOpener(TokenKind kind) {
  return kind == TokenKind::LBRACE || kind == TokenKind::LPAREN || kind == TokenKind::LBRACK;
}
bool isCloser(TokenKind kind) {
  return kind == TokenKind::RBRACE || kind == TokenKind::RPAREN || kind == TokenKind::RBRACK;
}
// The kinds of a pair are neighbours.
TokenKind closerOf(TokenKind opener) {
  return TokenKind(int(opener) + 1);
}

antlr4::ParserRuleContext* parentOf(antlr4::RuleContext* context) {
  return static_cast<antlr4::ParserRuleContext*>(
      static_cast<antlr4::RuleContext*>(context->parent));
}

size_t kindOf(const Token& t) {
  return size_t(ssize_t(t.kind));
}

}  // namespace

uint32_t Recovery::column(uint32_t token) const {
  const uint32_t begin = tokens_[token].begin;
  const size_t newline = begin == 0 ? std::string_view::npos : text_.rfind('\n', begin - 1);
  return newline == std::string_view::npos ? begin + 1 : uint32_t(begin - newline);
}

// Keeps open_ at what is open before `token`. A closing brace closes whatever was left open inside
// it.
void Recovery::followBrackets(uint32_t token) {
  if (token < followed_) {
    followed_ = 0;
    open_.clear();
  }
  for (; followed_ < token; ++followed_) {
    const TokenKind kind = tokens_[followed_].kind;
    if (isOpener(kind)) open_.push_back(followed_);
    if (!isCloser(kind)) continue;
    auto match = open_.size();
    while (match > 0 && closerOf(tokens_[open_[match - 1]].kind) != kind) --match;
    if (match > 0 && (match == open_.size() || kind == TokenKind::RBRACE)) open_.resize(match - 1);
  }
}

bool Recovery::beginsDeclaration(uint32_t token) const {
  switch (tokens_[token].kind) {
    case TokenKind::ENTITY:
    case TokenKind::MIXIN:
    case TokenKind::ENUM:
    case TokenKind::TYPE:
    case TokenKind::TAGS:
    case TokenKind::VIEW:
    case TokenKind::TEMPLATE:
    case TokenKind::ROLE:
    case TokenKind::GRANT:
    case TokenKind::POLICY:
    case TokenKind::MIGRATION:
    case TokenKind::SCHEMA:
    case TokenKind::NAMESPACE:
    case TokenKind::ENVIRONMENT:
    case TokenKind::PACKAGE:
    case TokenKind::IMPORT_:
    case TokenKind::DRAFT:
    case TokenKind::DELETED:
    case TokenKind::EXTERNAL: break;
    default: return false;
  }
  if (token > 0 && !tokens_[token].startsLine && tokens_[token - 1].kind != TokenKind::RBRACE)
    return false;
  const TokenKind next = tokens_[token + 1].kind;
  return isNameLike(next) || next == TokenKind::SLASH || next == TokenKind::LBRACE;
}

void Recovery::note(antlr4::Parser* p, SyntaxError::Kind kind) {
  failed_ = true;
  const uint32_t at = position(p);
  const bool again = at == resumedAt_ && resumeKnown_;
  if (tokens_[at].quiet || again) return;
  if (errors_.size() > kMaxSyntaxErrors) return;
  SyntaxError error;
  error.kind = errors_.size() == kMaxSyntaxErrors ? SyntaxError::Kind::tooMany : kind;
  error.token = at;
  followBrackets(at);
  if (!open_.empty()) error.opener = open_.back();
  error.endsDeclaration =
      tokens_[at].kind == TokenKind::endOfFile || (tokens_[at].startsLine && beginsDeclaration(at));
  for (const ssize_t expected :
       p->getATN().getExpectedTokens(p->getState(), p->getContext()).toList())
    error.expected.push_back(TokenKind(expected));
  for (auto* c = p->getContext(); c; c = parentOf(c))
    error.rules.push_back(uint16_t(c->getRuleIndex()));
  errors_.push_back(std::move(error));
}

Recovery::List Recovery::innermostList(antlr4::Parser* p, size_t localState, uint32_t at) const {
  List list;
  list.state = kNoState;
  size_t owners = 0;
  auto* const context = p->getContext();
  const bool inBraces = hasBraces(context->getRuleIndex()) && localState != kNoState &&
                        table_.contains(localState, size_t(TokenKind::RBRACE));
  if (inBraces || context->getRuleIndex() == Rules::RuleFile) list.state = localState;
  for (auto* c = context; c; c = parentOf(c)) {
    if (hasBraces(c->getRuleIndex())) ++owners;
    if (list.state == kNoState && isElement(c->getRuleIndex())) {
      const auto* call = p->getATN().states[c->invokingState]->transitions[0];
      list.state = static_cast<const antlr4::atn::RuleTransition*>(call)->followState->stateNumber;
    }
  }
  // The outermost braces belong to the lists, further ones to JSON.
  for (size_t i = 0; i < open_.size() && owners > 0; ++i)
    if (tokens_[open_[i]].kind == TokenKind::LBRACE) {
      list.brackets = i + 1;
      --owners;
    }
  if (list.brackets == 0) return list;
  const uint32_t brace = open_[list.brackets - 1];
  // Of lines that begin at different columns the widest counts: people are not tidy.
  uint32_t widest = 0;
  unsigned depth = 0;
  for (uint32_t i = brace + 1; i <= at; ++i) {
    if (tokens_[i].startsLine && depth == 0) widest = std::max(widest, column(i));
    if (isOpener(tokens_[i].kind)) ++depth;
    if (isCloser(tokens_[i].kind) && depth > 0) --depth;
  }
  if (widest > 0) {
    list.column = widest;
    return list;
  }
  uint32_t line = brace;
  while (line > 0 && !tokens_[line].startsLine) --line;
  list.column = column(line) + 1;
  return list;
}

// Looks for the token at which the parser can go on.
void Recovery::plan(antlr4::Parser* p, size_t localState) {
  const uint32_t at = position(p);
  followBrackets(at);
  const List list = innermostList(p, localState, at);
  const auto follows = [&](TokenKind kind) {
    return list.state != kNoState && table_.contains(list.state, size_t(ssize_t(kind)));
  };
  const auto goOn = [&](uint32_t token, bool declaration, bool inPlace, bool known) {
    resume_ = token;
    resumeAtDeclaration_ = declaration;
    resumeInPlace_ = inPlace;
    resumeKnown_ = known;
    unwinding_ = true;
    if (inPlace) return;
    open_.resize(declaration
                     ? 0
                     : std::min(open_.size(), list.brackets));  // what was not closed is forgotten
    followed_ = token;
  };
  if (errors_.size() > kMaxSyntaxErrors)
    return goOn(uint32_t(tokens_.size() - 1), true, false, true);

  std::vector<TokenKind> inner;  // brackets open within the element
  for (size_t i = list.brackets; i < open_.size(); ++i) inner.push_back(tokens_[open_[i]].kind);
  const size_t innerAtError = inner.size();
  for (uint32_t i = at == resumedAt_ ? at + 1 : at;; ++i) {
    const Token& t = tokens_[std::min<size_t>(i, tokens_.size() - 1)];
    if (t.kind == TokenKind::endOfFile)
      return goOn(uint32_t(tokens_.size() - 1), true, false, true);
    const bool atMargin = t.startsLine && column(i) <= list.column;
    if (beginsDeclaration(i) &&
        (list.brackets == 0 || (t.startsLine && column(i) <= 1) || (atMargin && !follows(t.kind))))
      return goOn(i, true, false, true);
    if (list.brackets == 0 && inner.empty() && i > at && t.startsLine && column(i) <= 1 &&
        isNameLike(t.kind))
      return goOn(i, true, false, false);  // a declaration whose first word is wrong, too
    const bool own = list.state == localState;
    if (inner.empty() && list.brackets > 0 && t.startsLine && follows(t.kind))
      return goOn(i, false, own, true);
    // In the middle of a line most words that could begin an element are something else.
    const bool element = t.kind == TokenKind::LABEL || t.kind == TokenKind::RBRACE ||
                         t.kind == TokenKind::COMMA || t.startsLine;
    if (localState != kNoState && inner.size() == innerAtError &&
        table_.contains(localState, kindOf(t)) && (!own || element))
      return goOn(i, false, true, true);
    if (inner.empty() && list.brackets > 0) {
      if (element && follows(t.kind)) return goOn(i, false, own, true);
      if (t.kind == TokenKind::RBRACE) return goOn(i, false, false, true);
      if (i > at && atMargin && isNameLike(t.kind)) return goOn(i, false, false, false);
    } else if (atMargin && list.brackets > 0 && follows(t.kind)) {
      return goOn(i, false, own, true);  // a bracket was never closed
    }
    if (isOpener(t.kind)) inner.push_back(t.kind);
    if (!isCloser(t.kind)) continue;
    while (t.kind == TokenKind::RBRACE && !inner.empty() && inner.back() != TokenKind::LBRACE)
      inner.pop_back();
    if (inner.empty()) {
      if (t.kind == TokenKind::RBRACE && list.brackets > 0) return goOn(i, false, false, true);
    } else if (closerOf(inner.back()) == t.kind) {
      inner.pop_back();
    }
  }
}

void Recovery::unwind(antlr4::Parser* p) {
  throw antlr4::InputMismatchException(p);
}

// `(a, b]`: the bracket is taken for the right one, unless it closes something further out.
bool Recovery::mendCloser(antlr4::Parser* p) {
  const uint32_t at = position(p);
  Token& t = tokens_[at];
  if (!isCloser(t.kind)) return false;
  followBrackets(at);
  if (open_.empty()) return false;
  const TokenKind right = closerOf(tokens_[open_.back()].kind);
  if (right == t.kind ||
      !p->getATN().getExpectedTokens(p->getState(), p->getContext()).contains(ssize_t(right)))
    return false;
  // One too many, unless it stands where the brace would.
  const bool sameLine = [&] {
    for (uint32_t i = at; i > open_.back(); --i)
      if (tokens_[i].startsLine) return false;
    return true;
  }();
  if (right == TokenKind::RBRACE && !t.startsLine && !sameLine) return false;
  const bool closesOuter =
      std::ranges::any_of(open_, [&](uint32_t o) { return closerOf(tokens_[o].kind) == t.kind; });
  if (closesOuter && (t.startsLine || t.kind == TokenKind::RBRACE)) return false;
  note(p, SyntaxError::Kind::wrongCloser);
  t.kind = right;
  return true;
}

// `entity A` and then members on the next lines: go on as if the brace were there.
bool Recovery::braceIsMissing(antlr4::Parser* p) const {
  if (!table_.contains(p->getState(), size_t(TokenKind::LBRACE))) return false;
  const size_t rule = p->getContext()->getRuleIndex();
  if (!hasBraces(rule) || !tokens_[position(p)].startsLine) return false;
  for (const auto* state : p->getATN().states) {
    if (!state || state->ruleIndex != rule) continue;
    for (const auto* transition : state->transitions)
      if (!transition->isEpsilon() && transition->label().contains(ssize_t(TokenKind::LBRACE)))
        return table_.contains(transition->target->stateNumber, p->getInputStream()->LA(1));
  }
  return false;
}

// `up { a = b`, and on the next line `down {` or another item of the migration.
bool Recovery::endOfAssignsIsMissing(antlr4::Parser* p) const {
  const uint32_t at = position(p);
  if (p->getContext()->getRuleIndex() != Rules::RuleAssigns || !tokens_[at].startsLine ||
      !table_.contains(p->getState(), size_t(TokenKind::RBRACE)))
    return false;
  switch (tokens_[at].kind) {
    case TokenKind::UP:
    case TokenKind::DOWN:
    case TokenKind::RENAME:
    case TokenKind::CONVERT:
    case TokenKind::SPLIT:
    case TokenKind::MERGE:
    case TokenKind::FILL:
    case TokenKind::APPROVE: return tokens_[at + 1].kind != TokenKind::EQ;
    default: return false;
  }
}

// A reserved word where only a name can stand is taken for the name.
bool Recovery::mendReserved(antlr4::Parser* p, bool nameFits, bool valueFits) {
  Token& t = tokens_[position(p)];
  if (!isReserved(t.kind) || !nameFits || valueFits) return false;
  note(p, SyntaxError::Kind::unexpected);
  t.kind = TokenKind::ID;
  return true;
}

// `entity User:`: the label is the name.
bool Recovery::mendLabel(antlr4::Parser* p, bool nameFits) {
  const uint32_t at = position(p);
  Token& t = tokens_[at];
  if (!nameFits || t.kind != TokenKind::LABEL || at == 0) return false;
  switch (tokens_[at - 1].kind) {
    case TokenKind::ENTITY:
    case TokenKind::MIXIN:
    case TokenKind::ENUM:
    case TokenKind::TYPE:
    case TokenKind::ENVIRONMENT:
    case TokenKind::ROLE: break;
    default: return false;
  }
  note(p, SyntaxError::Kind::unexpected);
  const auto label = text_.substr(t.begin, t.end - t.begin);
  t.end = t.begin + uint32_t(label.find_first_of(" \t\r\n:/"));
  t.kind = TokenKind::ID;
  return true;
}

// `rename A to b`: another sign or word where one sign must be, and what follows that sign behind
// it.
bool Recovery::mendSign(antlr4::Parser* p, TokenKind wanted, antlr4::atn::ATNState* behind) {
  const bool sign =
      wanted == TokenKind::ARROW || wanted == TokenKind::EQ || wanted == TokenKind::COLON;
  const uint32_t at = position(p);
  const Token& t = tokens_[at];
  if (!sign || t.startsLine || isOpener(t.kind) || isCloser(t.kind)) return false;
  const antlr4::misc::IntervalSet follow = p->getATN().nextTokens(behind, p->getContext());
  const auto fits = [&](uint32_t i) {
    return i < tokens_.size() && !tokens_[i].startsLine &&
           follow.contains(ssize_t(tokens_[i].kind)) && tokens_[i].kind != TokenKind::LPAREN &&
           tokens_[i].kind != TokenKind::MINUS;
  };
  const bool two = t.kind != TokenKind::ID && tokens_[at + 1].begin == t.end && !fits(at + 1) &&
                   fits(at + 2);  // `=>`
  if (!two && !fits(at + 1)) return false;
  note(p, SyntaxError::Kind::unexpected);
  p->consume();
  if (two) p->consume();
  return true;
}

void Recovery::sync(antlr4::Parser* p) {
  const size_t state = p->getState();
  const auto fits = [&] { return table_.contains(state, p->getInputStream()->LA(1)); };
  if (unwinding_ || fits()) return;
  if (mendCloser(p) && fits()) return;
  if (mendReserved(p, table_.contains(state, size_t(TokenKind::ID)),
                   table_.contains(state, size_t(TokenKind::NUMBER))))
    return;
  if (mendLabel(p, table_.contains(state, size_t(TokenKind::ID)))) return;
  if (braceIsMissing(p) || endOfAssignsIsMissing(p)) return;  // the rule goes on to match it
  const size_t rule = p->getContext()->getRuleIndex();
  const bool ownList = hasBraces(rule) && table_.contains(state, size_t(TokenKind::RBRACE));
  while (true) {
    note(p, SyntaxError::Kind::unexpected);
    plan(p, state);
    const bool stay = resumeInPlace_ || (ownList && !resumeAtDeclaration_ && !resumeKnown_) ||
                      rule == Rules::RuleFile;
    if (!stay) unwind(p);
    unwinding_ = false;
    resumedAt_ = resume_;
    p->getInputStream()->seek(resume_);
    if (resumeInPlace_ || (rule == Rules::RuleFile && resumeKnown_)) return;
  }
}

antlr4::Token* Recovery::recoverInline(antlr4::Parser* p) {
  if (mendCloser(p)) {
    p->consume();
    return p->getCurrentToken();
  }
  const auto& atn = p->getATN();
  const auto* transition = atn.states[p->getState()]->transitions[0];
  const antlr4::misc::IntervalSet wanted = transition->label();
  if (mendReserved(p, wanted.contains(ssize_t(TokenKind::ID)),
                   wanted.contains(ssize_t(TokenKind::NUMBER)))) {
    p->consume();
    return p->getCurrentToken();
  }
  if (mendLabel(p, wanted.contains(ssize_t(TokenKind::ID)))) {
    p->consume();
    return p->getCurrentToken();
  }
  // `approve delete …`: a word of the language where any other word could stand.
  if (isSoftWord(tokens_[position(p)].kind) && !tokens_[position(p)].startsLine &&
      wanted.contains(ssize_t(TokenKind::ID))) {
    failed_ = true;  // the word itself is told by whoever knows the words that fit
    tokens_[position(p)].kind = TokenKind::ID;
    p->consume();
    return p->getCurrentToken();
  }
  if (wanted.size() == 1 && mendSign(p, TokenKind(wanted.getMinElement()), transition->target))
    return p->getCurrentToken();
  note(p, SyntaxError::Kind::unexpected);
  const uint32_t at = position(p);
  Token& t = tokens_[at];
  // `[a, b]` for `(a, b)`: both brackets.
  if (isOpener(t.kind) && wanted.size() == 1 && isOpener(TokenKind(wanted.getMinElement()))) {
    const TokenKind right = TokenKind(wanted.getMinElement());
    unsigned depth = 0;
    for (size_t i = at; i < tokens_.size(); ++i) {
      if (isOpener(tokens_[i].kind)) ++depth;
      if (!isCloser(tokens_[i].kind) || --depth > 0) continue;
      if (tokens_[i].kind == closerOf(t.kind)) tokens_[i].kind = closerOf(right);
      break;
    }
    t.kind = right;
    p->consume();
    return p->getCurrentToken();
  }
  // One token too many, and then the right one.
  if (t.kind != TokenKind::endOfFile && !isCloser(t.kind) && !tokens_[at + 1].startsLine &&
      wanted.contains(ssize_t(tokens_[at + 1].kind))) {
    p->consume();
    p->consume();
    return p->getCurrentToken();
  }
  // A sign or a name that is missing: go on as if it were there, where what follows it stands here
  // already.
  const bool signOrName =
      wanted.contains(ssize_t(TokenKind::ID)) ||
      (wanted.size() == 1 && wanted.getMinElement() >= ssize_t(TokenKind::LBRACE) &&
       wanted.getMinElement() <= ssize_t(TokenKind::CONCAT));
  const bool mayFollow =
      !isNameLike(t.kind) || t.startsLine || !wanted.contains(ssize_t(TokenKind::ID));
  const bool never = wanted.contains(ssize_t(TokenKind::RBRACE)) ||
                     wanted.contains(ssize_t(TokenKind::LPAREN)) ||
                     wanted.contains(ssize_t(TokenKind::LBRACK));
  if (signOrName && mayFollow && !never &&
      atn.nextTokens(transition->target, p->getContext()).contains(ssize_t(t.kind)) &&
      t.kind != TokenKind::endOfFile && at != resumedAt_) {
    resumedAt_ = at;
    resumeKnown_ = true;
    return p->getCurrentToken();
  }
  plan(p, kNoState);
  unwind(p);
}

void Recovery::reportError(antlr4::Parser* p, const antlr4::RecognitionException& error) {
  if (unwinding_) return;
  const bool tooDeep = dynamic_cast<const NestingTooDeep*>(&error) != nullptr;
  note(p, tooDeep ? SyntaxError::Kind::tooDeep : SyntaxError::Kind::unexpected);
  plan(p, kNoState);
}

bool Recovery::isWithinList(antlr4::Parser* p) const {
  auto* const context = p->getContext();
  const size_t rule = context->getRuleIndex();
  if (rule == Rules::RuleItem) return true;
  if (resumeAtDeclaration_ || !isElement(rule)) return false;
  const auto* call = p->getATN().states[context->invokingState]->transitions[0];
  const size_t follow =
      static_cast<const antlr4::atn::RuleTransition*>(call)->followState->stateNumber;
  return !resumeKnown_ || table_.contains(follow, kindOf(tokens_[resume_]));
}

void Recovery::recover(antlr4::Parser* p, std::exception_ptr error) {
  if (parentOf(p->getContext()) && !isWithinList(p)) std::rethrow_exception(std::move(error));
  unwinding_ = false;
  resumedAt_ = resume_;
  p->getInputStream()->seek(resume_);
}

}  // namespace cambium::syntax
