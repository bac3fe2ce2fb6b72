#include "compiler/syntax/ast_builder.h"

#include <algorithm>

#include <fmt/core.h>

#include "compiler/syntax/escapes.h"

namespace cambium::syntax {

AstBuilder::AstBuilder(FileId file, std::string_view text, const ScannedText& scanned,
                       const std::vector<ParseEvent>& events,
                       const std::vector<SyntaxError>& errors, DiagnosticSink& sink)
    : file_(file),
      text_(text),
      tokens_(scanned.tokens),
      comments_(scanned.comments),
      events_(events),
      sink_(sink) {
  for (const SyntaxError& error : errors) stumbles_.push_back(error.token);
  std::ranges::sort(stumbles_);
  anyQuiet_ = std::ranges::any_of(tokens_, &Token::quiet);
  documentation_.resize(comments_.size());
  tree_.file = file;
  tree_.tokenCount = uint32_t(tokens_.size());
  tree_.exprs.reserve(tokens_.size() / 4);
  exprDepth_.reserve(tokens_.size() / 4);
}

// What the lines that were reported, by the parser or before it, may have meant to declare: inside
// braces their first words, outside every word.
void AstBuilder::collectUnread() {
  if (stumbles_.empty() && !anyQuiet_) return;
  std::vector<bool> marked(tokens_.size());
  std::vector<bool> inBraces(tokens_.size());
  int depth = 0;
  for (uint32_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].kind == TokenKind::RBRACE && depth > 0) --depth;
    inBraces[i] = depth > 0;
    if (tokens_[i].kind == TokenKind::LBRACE) ++depth;
  }
  const auto mark = [&](uint32_t at) {
    uint32_t i = at;
    while (i > 0 && !tokens_[i].startsLine) --i;
    if (marked[i]) return;
    marked[i] = true;
    const uint32_t line = i;
    do {
      const Token& t = tokens_[i];
      const bool first = i == line || tokens_[i - 1].kind == TokenKind::LBRACE ||
                         isSoftWord(tokens_[i - 1].kind) || (i == line + 1 && i == at);
      if (t.kind == TokenKind::LABEL) tree_.unread.push_back(label(t));
      if (isNameLike(t.kind) && (first || !inBraces[line])) tree_.unread.push_back(nameOf(t));
    } while (++i < tokens_.size() && !tokens_[i].startsLine);
  };
  for (const uint32_t at : stumbles_) mark(at);
  for (uint32_t i = 0; i < tokens_.size(); ++i)
    if (tokens_[i].quiet) mark(i);
  std::ranges::stable_sort(tree_.unread, {}, &Name::text);
}

SyntaxTree AstBuilder::build() {
  collectUnread();
  visitRules([&](uint16_t rule) { rule == Rules::RuleItem ? item(tree_) : pass(); });
  sayLateImports();
  collectComments();
  return std::move(tree_);
}

// ---------------------------------------------------------------- the cursor

void AstBuilder::pass() {
  unsigned depth = 0;
  do {
    if (events_[event_].enters())
      ++depth;
    else
      --depth;
  } while (depth > 0 && ++event_ < events_.size());
  token_ = events_[event_].token;
  ++event_;
}

size_t AstBuilder::childCount(uint16_t rule) const {
  size_t count = 0;
  unsigned depth = 0;
  for (size_t i = event_; i < events_.size(); ++i) {
    if (!events_[i].enters()) {
      if (--depth == 0) break;
      continue;
    }
    if (depth++ == 1 && events_[i].rule == rule) ++count;
  }
  return count;
}

Span AstBuilder::spanFrom(uint32_t firstToken) const {
  const Token& first = tokens_[firstToken];
  const Token& last = tokens_[std::max(firstToken, token_ > 0 ? token_ - 1 : 0)];
  return {file_, first.begin, std::max(first.begin, last.end)};
}

// The last unbroken run of /// lines before a token. One that trails something on its line
// documents nothing.
Doc AstBuilder::doc(uint32_t firstToken) {
  while (comment_ < comments_.size() && comments_[comment_].before < firstToken) ++comment_;
  size_t end = comment_;
  while (end < comments_.size() && comments_[end].before == firstToken) ++end;
  const auto isDoc = [&](size_t i) {
    return comments_[i].kind == TokenKind::DOC && comments_[i].ownLine;
  };
  size_t last = end;
  while (last > comment_ && !isDoc(last - 1)) --last;
  Doc result;
  if (last > comment_) {
    size_t first = last - 1;
    const auto adjacent = [&](size_t i) {
      const auto between =
          text_.substr(comments_[i].end, comments_[i + 1].begin - comments_[i].end);
      return std::ranges::count(between, '\n') <= 1;
    };
    while (first > comment_ && isDoc(first - 1) && adjacent(first - 1)) --first;
    for (size_t i = first; i < last; ++i) {
      auto line = text_.substr(comments_[i].begin + 3, comments_[i].end - comments_[i].begin - 3);
      if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
      while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
      if (i > first) result.text += '\n';
      result.text += line;
      documentation_[i] = true;
    }
    result.span = {file_, comments_[first].begin, comments_[last - 1].end};
  }
  comment_ = end;
  return result;
}

void AstBuilder::collectComments() {
  for (size_t i = 0; i < comments_.size(); ++i) {
    const CommentToken& c = comments_[i];
    const bool block =
        c.kind == TokenKind::BLOCK_COMMENT || c.kind == TokenKind::UNTERMINATED_COMMENT;
    if (!documentation_[i]) tree_.comments.push_back({{file_, c.begin, c.end}, block, c.ownLine});
  }
}

bool AstBuilder::isStumble(uint32_t firstToken, uint32_t lastToken) const {
  const auto at = std::ranges::lower_bound(stumbles_, firstToken);
  return at != stumbles_.end() && *at <= lastToken;
}

bool AstBuilder::stumbledAhead() const {
  if (stumbles_.empty()) return false;
  uint32_t end = token_;
  while (end < tokens_.size() && !tokens_[end].startsLine) ++end;
  return end > token_ && stumbled(token_, end - 1);
}

bool AstBuilder::hasQuiet(uint32_t firstToken, uint32_t lastToken) const {
  if (!anyQuiet_) return false;
  for (uint32_t i = firstToken; i <= lastToken && i < tokens_.size(); ++i)
    if (tokens_[i].quiet) return true;
  return false;
}

void AstBuilder::twice(Span span, std::string_view what) {
  sink_.add(report<Code::SYN024>(span, what).help("leave one of them out"));
}

// ---------------------------------------------------------------- names and values

Name AstBuilder::nameOf(const Token& t) const {
  auto text = textOf(t);
  if (t.kind == TokenKind::QUOTED_ID) text = text.substr(1, text.size() - 2);
  return {text, spanOf(t)};
}

// Without the colon and what lies before it.
Name AstBuilder::label(const Token& t) const {
  const auto text = textOf(t);
  size_t end = 0;
  if (text.front() == '`') {
    end = text.find('`', 1) + 1;
    return {text.substr(1, end - 2), {file_, t.begin, uint32_t(t.begin + end)}};
  }
  constexpr std::string_view kFullWidthColon = "\xEF\xBC\x9A";
  const auto goesOn = [&](char c) {
    return c != ':' && c != '/' && uint8_t(c) > ' ' &&
           (c != kFullWidthColon[0] || !text.substr(end).starts_with(kFullWidthColon));
  };
  while (end < text.size() && goesOn(text[end])) ++end;
  return {text.substr(0, end), {file_, t.begin, uint32_t(t.begin + end)}};
}

Name AstBuilder::name() {
  const Token& t = tokens_[here()];
  const bool valid = isNameLike(t.kind) && !stumbled(here(), here());
  pass();
  return valid ? nameOf(t) : Name{};
}

QName AstBuilder::qname() {
  QName q;
  const uint32_t first = here();
  visitRules([&](uint16_t) {
    if (Name part = name()) q.parts.push_back(part);
  });
  q.span = spanFrom(first);
  return q;
}

std::vector<Name> AstBuilder::names() {
  std::vector<Name> list;
  visitRules([&](uint16_t) {
    if (Name n = name()) list.push_back(n);
  });
  return list;
}

std::vector<QName> AstBuilder::qnames() {
  std::vector<QName> list;
  visitRules([&](uint16_t) { list.push_back(qname()); });
  return list;
}

Text AstBuilder::text() {
  Text result;
  visit([&](const Token& t) { result = textOfToken(t); }, [&](uint16_t) { pass(); });
  return result;
}

// A string that has no end was reported and stays a value.

Text AstBuilder::textOfToken(const Token& t) {
  if (t.kind == TokenKind::RAW_STRING) {
    const auto all = textOf(t);
    return {std::string(all.substr(3, all.size() - 6)), spanOf(t), true};
  }
  if (t.kind == TokenKind::STRING && uint8_t(textOf(t).front()) >= 0x80) {  // “typographic”
    auto body = textOf(t);
    do body.remove_prefix(1);
    while (!body.empty() && (uint8_t(body.front()) & 0xC0) == 0x80);
    while (!body.empty() && (uint8_t(body.back()) & 0xC0) == 0x80) body.remove_suffix(1);
    if (!body.empty()) body.remove_suffix(1);
    return {std::string(body), spanOf(t), false};
  }
  if (t.kind == TokenKind::STRING && !isClosed(textOf(t)))
    return {std::string(textOf(t).substr(1)), spanOf(t), false};
  if (t.kind == TokenKind::STRING) return {unescape(t), spanOf(t), false};
  return {};
}

// ---------------------------------------------------------------- file level

// Imports that follow a declaration do so together, as a rule: told once.
void AstBuilder::sayLateImports() {
  if (lateImports_.empty()) return;
  Diagnostic d =
      report<Code::SYN027>(lateImports_.front(), "imports stand before the declarations");
  if (const size_t more = lateImports_.size() - 1; more > 0)
    d.note(fmt::format("{} more in this file", more));
  sink_.add(std::move(d).help(lateImports_.size() > 1
                                  ? "move the lines up, below `package` if that is in this file"
                                  : "move the line up"));
}

void AstBuilder::item(SyntaxTree& tree) {
  const uint32_t first = here();
  visitRules([&](uint16_t rule) {
    const Span at = spanOf(tokens_[first]);
    switch (rule) {
      case Rules::RulePackageDecl: {
        PackageDecl decl = packageDecl();
        if (tree.package)
          sink_.add(report<Code::SYN027>(at, "the file has two `package` lines")
                        .label(tree.package->span, "the first one")
                        .help("a package is one folder, and one file of it names the package"));
        else if (!tree.decls.empty() || !tree.imports.empty())
          sink_.add(report<Code::SYN027>(at, "`package` stands first in its file")
                        .help("move the line to the top"));
        if (!tree.package) tree.package = std::move(decl);
        return;
      }
      case Rules::RuleImportDecl: {
        tree.imports.push_back(importDecl());
        if (!tree.decls.empty()) lateImports_.push_back(at);
        return;
      }
      case Rules::RuleEnvironmentDecl:
        return void(tree.decls.push_back(environmentDecl(doc(first))));
      case Rules::RuleEntityDecl: return void(tree.decls.push_back(entityDecl(doc(first), false)));
      case Rules::RuleMixinDecl: return void(tree.decls.push_back(entityDecl(doc(first), true)));
      case Rules::RuleEnumDecl: return void(tree.decls.push_back(enumDecl(doc(first))));
      case Rules::RuleTypeDecl: return void(tree.decls.push_back(typeDecl(doc(first))));
      case Rules::RuleTagsDecl: return void(tree.decls.push_back(tagsDecl(doc(first))));
      case Rules::RuleViewDecl: return void(tree.decls.push_back(viewDecl(doc(first))));
      case Rules::RuleTemplateDecl: return void(tree.decls.push_back(templateDecl(doc(first))));
      case Rules::RuleRoleDecl: return void(tree.decls.push_back(roleDecl(doc(first))));
      case Rules::RuleGrantDecl: return void(tree.decls.push_back(grantDecl()));
      case Rules::RulePolicyDecl: return void(tree.decls.push_back(policyDecl(doc(first))));
      case Rules::RuleMigrationDecl: return void(tree.decls.push_back(migrationDecl()));
      case Rules::RuleSchemaDecl: return void(tree.decls.push_back(schemaDecl(doc(first))));
      case Rules::RuleNamespaceDecl: return void(tree.decls.push_back(namespaceDecl(doc(first))));
      default: return pass();
    }
  });
}

PackageDecl AstBuilder::packageDecl() {
  PackageDecl d;
  const uint32_t first = here();
  d.doc = doc(first);
  visitRules([&](uint16_t rule) {
    const Span at = spanOf(tokens_[here()]);
    switch (rule) {
      case Rules::RuleQname: d.name = qname(); return;
      case Rules::RuleText:
        if (d.version) twice(at, "`version`");
        d.version = text();
        if (!d.version->span) d.version.reset();
        return;
      case Rules::RuleName:
        if (d.naming) twice(at, "`naming`");
        d.naming = name();
        return;
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

ImportDecl AstBuilder::importDecl() {
  ImportDecl d;
  const uint32_t first = here();
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleQname: d.package = qname(); return;
      case Rules::RuleName: d.as = name(); return;
      case Rules::RuleImportItem: {
        ImportItem item;
        visitRules([&](uint16_t) { (item.name ? item.as : item.name) = name(); });
        d.items.push_back(item);
        return;
      }
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  // What an import that was not understood brings is not known.
  if (stumbledAhead() || stumbled(first, token_ > first ? token_ - 1 : first)) d.package = {};
  return d;
}

EnumDecl AstBuilder::enumDecl(Doc doc) {
  EnumDecl d;
  d.doc = std::move(doc);
  const uint32_t first = here();
  visitBody(d.body, [&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
      case Rules::RuleEnumerator: return void(d.values.push_back(enumerator()));
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

Enumerator AstBuilder::enumerator() {
  Enumerator e;
  const uint32_t first = here();
  e.doc = doc(first);
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: e.name = name(); return;
      case Rules::RuleText: e.title = text(); return;
      case Rules::RuleAnnotation: return void(e.annotations.push_back(annotation()));
      default: return pass();
    }
  });
  e.span = spanFrom(first);
  return e;
}

TypeDecl AstBuilder::typeDecl(Doc doc) {
  TypeDecl d;
  d.doc = std::move(doc);
  const uint32_t first = here();
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleTypeRef: d.type = typeRef(); return;
      case Rules::RuleFilter: d.where = filter(); return;
      case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

TagsDecl AstBuilder::tagsDecl(Doc doc) {
  TagsDecl d;
  d.doc = std::move(doc);
  const uint32_t first = here();
  visit(
      [&](const Token& t) {
        brace(t, d.body);
        d.single = d.single || t.kind == TokenKind::SINGLE;
        d.multiple = d.multiple || t.kind == TokenKind::MULTIPLE;
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleName: d.name = name(); return;
          case Rules::RuleQnames: d.on = qnames(); return;
          case Rules::RuleEnumerator: return void(d.values.push_back(enumerator()));
          default: return pass();
        }
      });
  d.span = spanFrom(first);
  return d;
}

EnvironmentDecl AstBuilder::environmentDecl(Doc doc) {
  EnvironmentDecl d;
  d.doc = std::move(doc);
  const uint32_t first = here();
  visitBody(d.body, [&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleEnvItem: return void(d.items.push_back(envItem()));
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

EnvItem AstBuilder::envItem() {
  EnvItem i;
  const uint32_t first = here();
  TokenKind last = TokenKind::endOfFile;
  const auto set = [&](std::optional<ExprId>& field, std::string_view what) {
    const Span at = spanOf(tokens_[here()]);
    const ExprId value = events_[event_].rule == Rules::RuleExpr ? expr() : number();
    if (field) twice(at, what);
    field = value;
  };
  visit(
      [&](const Token& t) {
        switch (last = t.kind) {
          case TokenKind::PROMOTE: i.kind = EnvItem::Kind::promote; return;
          case TokenKind::DESTRUCTIVE: i.kind = EnvItem::Kind::destructive; return;
          case TokenKind::ACCESS: i.kind = EnvItem::Kind::access; return;
          case TokenKind::LOCK: i.kind = EnvItem::Kind::lock; return;
          case TokenKind::AUTO_APPROVE: i.kind = EnvItem::Kind::autoApprove; return;
          case TokenKind::BACKFILL: i.kind = EnvItem::Kind::backfill; return;
          case TokenKind::SOAK: i.kind = EnvItem::Kind::soak; return;
          default: return;
        }
      },
      [&](uint16_t rule) {
        switch (last) {
          case TokenKind::URL: return set(i.url, "`url`");
          case TokenKind::APPROVALS: return set(i.approvals, "`approvals`");
          case TokenKind::SOAK: return set(i.soak, "`soak`");
          case TokenKind::TIMEOUT: return set(i.timeout, "`timeout`");
          case TokenKind::RETRIES: return set(i.retries, "`retries`");
          case TokenKind::BATCH: return set(i.batch, "`batch`");
          case TokenKind::TARGET: return set(i.target, "`target`");
          case TokenKind::WHEN: return set(i.pauseWhen, "`pause when`");
          default: break;
        }
        if (rule == Rules::RuleName || rule == Rules::RuleChoice)
          i.word = name();
        else
          pass();
      });
  i.span = spanFrom(first);
  if (stumbledAhead()) i.word = {};  // `destructive approval 2`
  return i;
}

}  // namespace cambium::syntax
