// syntax/ast_builder.h: from the parser's events to the tree. The events say where rules begin and
// end; between them lie their tokens. After a syntax error rules may be incomplete and tokens may
// be left over: both are passed over in silence, they have been reported. One function for each
// rule; each is called at its rule's enter event and leaves the cursor after its exit event.
#pragma once

#include <utility>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/scanner.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/tree.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {

using Rules = grammar::fast::CambiumParser;  // Rules::RuleExpr, …
static_assert(Rules::RuleJsonValue < ParseEvent::kExit, "the last rule of the grammar");

class AstBuilder {
public:
  AstBuilder(FileId file, std::string_view text, const ScannedText& scanned,
             const std::vector<ParseEvent>& events, const std::vector<SyntaxError>& errors,
             DiagnosticSink& sink);
  SyntaxTree build();

  // Longest path in an expression: chains such as a + b + … are as deep as they are long.
  static constexpr unsigned kMaxExprDepth = 1000;

private:
  // ---- the cursor (ast_builder.cpp)
  // Runs through the rule at the cursor: its own tokens go to onToken(token), each child rule to
  // onRule(number), which must pass it.
  template <class OnToken, class OnRule>
  void visit(OnToken&& onToken, OnRule&& onRule) {
    ++event_;
    while (true) {
      const ParseEvent event = events_[event_];
      while (token_ < event.token) onToken(tokens_[token_++]);
      if (!event.enters()) break;
      onRule(event.rule);
    }
    ++event_;
  }
  template <class OnRule>
  void visitRules(OnRule&& onRule) {
    visit([](const Token&) {}, onRule);
  }
  // The same where the rule has a list in braces.
  template <class OnRule>
  void visitBody(Span& body, OnRule&& onRule) {
    visit([&](const Token& t) { brace(t, body); }, onRule);
  }
  void brace(const Token& t, Span& body) const {
    if (t.kind == TokenKind::LBRACE && !body) body = {file_, t.begin, t.begin};
    if (t.kind == TokenKind::RBRACE && body) body.end = t.end;
  }
  void pass();  // over the rule at the cursor
  // How many of that number lie directly below the rule at the cursor. Reads all of it: for rules
  // that do not nest.
  size_t childCount(uint16_t rule) const;
  uint32_t here() const { return events_[event_].token; }  // first token of the rule at the cursor
  Span spanOf(const Token& t) const { return {file_, t.begin, t.end}; }
  Span spanFrom(uint32_t firstToken) const;  // to the last token passed
  std::string_view textOf(const Token& t) const { return text_.substr(t.begin, t.end - t.begin); }
  std::string_view textOf(Span s) const { return text_.substr(s.begin, s.end - s.begin); }
  Doc doc(uint32_t firstToken);
  void collectComments();
  void twice(Span span, std::string_view what);
  // Whether the parser stumbled over one of these tokens.
  bool stumbled(uint32_t firstToken, uint32_t lastToken) const {
    return !stumbles_.empty() && isStumble(firstToken, lastToken);
  }
  bool isStumble(uint32_t firstToken, uint32_t lastToken) const;
  // Or will, on the rest of this line.
  bool stumbledAhead() const;
  bool hasQuiet(uint32_t firstToken, uint32_t lastToken) const;
  void collectUnread();

  // ---- names and values
  Name nameOf(const Token& t) const;
  Name label(const Token& t) const;
  Name name();
  QName qname();
  std::vector<Name> names();
  std::vector<QName> qnames();
  Text text();
  Text textOfToken(const Token& t);
  std::string unescape(const Token& t);
  ExprId number();  // rule number or duration
  ExprId numberOf(const Token& t, bool wantDuration);
  std::string path();

  // ---- declarations (ast_builder.cpp, ast_builder_other.cpp)
  void item(SyntaxTree& tree);
  void sayLateImports();
  bool sayDate(const Token& t);
  void sayTwoWords(Span first, Span second);  // `unique index`
  PackageDecl packageDecl();
  ImportDecl importDecl();
  EnvironmentDecl environmentDecl(Doc doc);
  EnvItem envItem();
  EnumDecl enumDecl(Doc doc);
  Enumerator enumerator();
  TypeDecl typeDecl(Doc doc);
  TagsDecl tagsDecl(Doc doc);
  ViewDecl viewDecl(Doc doc);
  TemplateDecl templateDecl(Doc doc);
  RoleDecl roleDecl(Doc doc);
  GrantDecl grantDecl();
  PolicyDecl policyDecl(Doc doc);
  MigrationDecl migrationDecl();
  MigrationItem migrationItem();
  Assign assign();
  std::vector<Assign> assigns();
  SchemaDecl schemaDecl(Doc doc);
  SettingDecl setting();
  NamespaceDecl namespaceDecl(Doc doc);
  NamespaceItem namespaceItem();

  // ---- entities (ast_builder_entity.cpp)
  EntityDecl entityDecl(Doc doc, bool mixin);
  void member(std::vector<Member>& members);
  void keyMember(std::vector<Member>& members, Doc doc, uint32_t first);
  PropertyDecl property(Doc doc, uint32_t first, bool key);
  void propType(PropertyDecl& p);
  void modifier(PropertyDecl& p);
  void onAction(PropertyDecl& p, Span on, bool update, RefAction action);
  RefAction action();
  void suffix(TypeRef& type);
  TypeRef typeRef();
  template <class Decl>
  Decl indexLike(const Doc& doc, uint32_t first);
  std::vector<IndexPart> keyList();
  CheckDecl checkDecl(Doc doc, uint32_t first);
  GroupDecl groupDecl(Doc doc, uint32_t first);
  Annotation annotation();
  ExprId filter();

  // ---- expressions (ast_builder_expr.cpp)
  struct BinaryOperator {
    TokenKind kind = TokenKind::endOfFile;
    bool negated = false;
    int precedence = 0;
    Span span;
    explicit operator bool() const { return precedence > 0; }
  };
  ExprId expr();
  BinaryOperator peekOperator() const;
  BinaryOperator takeOperator();
  ExprId climb(ExprId left, int minimum);
  ExprId operand(int minimum);
  ExprId combine(ExprId left, const BinaryOperator& op, int minimum);
  bool sayOrMeant(ExprId);
  bool sayEqualMeant(const PropertyDecl&, Span sign);
  Diagnostic orMeant(Span sign) const;
  ExprId isNull(ExprId left, const BinaryOperator& op, ExprId right);
  ExprId inList(ExprId left, const BinaryOperator& op, ExprId right);
  ExprId between(ExprId left, const BinaryOperator& op);
  ExprId primary();
  ExprId callOf(Expr callee);  // at rule call
  ExprId caseWhen(uint32_t first);
  void arguments(ExprIds& args, std::vector<Name>& labels);
  ExprId literal(const Token& t);
  ExprId jsonText(uint32_t first);  // at rule jsonObject
  void checkJsonMembers(uint32_t firstToken, uint32_t lastToken);
  ExprId add(Expr&& e);
  ExprId errorExpr(Span span);
  Expr& at(ExprId id) { return tree_.exprs[id]; }

  const FileId file_;
  const std::string_view text_;
  const std::vector<Token>& tokens_;
  const std::vector<CommentToken>& comments_;
  const std::vector<ParseEvent>& events_;
  DiagnosticSink& sink_;
  SyntaxTree tree_;
  size_t event_ = 0;
  uint32_t token_ = 0;
  size_t comment_ = 0;               // comments before it belong to tokens already asked for
  std::vector<uint32_t> stumbles_;   // tokens, ascending
  bool anyQuiet_ = false;            // some token is quiet
  std::vector<Span> lateImports_;    // the words `import` that follow a declaration
  std::vector<bool> documentation_;  // comments that became documentation
  std::vector<uint16_t> exprDepth_;  // of each expression
  bool tooDeepReported_ = false;
};

}  // namespace cambium::syntax
