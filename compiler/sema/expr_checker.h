// sema/expr_checker.h: the checker as a class, so that its parts may call each other. Private to
// expr_*.cpp.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/sema/expressions.h"

namespace cambium::sema {

// How far a literal follows the type that the other side has.
enum class Adapt : uint8_t {
  strict,   // it becomes a value of that type: what does not fit is an error
  compare,  // whole numbers must be in range, the rest may be finer
  soft,     // it follows if it fits and keeps its natural type otherwise
};

class Checker {
public:
  explicit Checker(const Scope& scope) : s_(scope), c_(scope.c), tree_(scope.tree) {}

  ir::Expr check(syntax::ExprId id, const ir::Type* want, Adapt adapt);
  ir::Expr condition(syntax::ExprId id);
  // Reports when `e` cannot become a `target`.
  void assign(const ir::Expr& e, const ir::Type& target, std::string_view what);
  std::string typeText(const ir::Type& t) const;

  // Paths of properties (expr_guards.cpp).
  using Paths = std::set<std::vector<std::string>>;

private:
  using Syntax = syntax::Expr;
  // expr_checker.cpp
  ir::Expr dispatch(syntax::ExprId id, const ir::Type* want, Adapt adapt);
  ir::Expr name(const Syntax& e, const ir::Type* want);
  ir::Expr member(syntax::ExprId id, const Syntax& e, const ir::Type* want);
  ir::Expr property(const Syntax& e, const ir::Property& p);
  ir::Expr unknownWord(const Syntax& e, const ir::Type* want = nullptr);
  void noMember(Span at, const ir::Enum& en, std::string_view name, std::string_view word);
  bool unread(std::string_view word) const;
  void sayValue(Diagnostic& d, Span span) const;
  // expr_paths.cpp
  std::vector<syntax::Name> words(syntax::ExprId id) const;
  bool looksIntoOtherRows() const;
  const ir::Property* follow(const std::vector<syntax::Name>& path, bool& optional);
  ir::Expr path(const Syntax& e, const std::vector<syntax::Name>& path);
  ir::Expr aggregate(const Syntax& e);
  bool sayAggregate(const Syntax& e, Span at);
  ir::Expr aggregateOperands(const Syntax& e, const Scope& rows, ir::Expr out);
  static ir::Type aggregateType(ir::Aggregate which, const ir::Type& of);
  ir::Expr native(const Syntax& e, const ir::Type* want);
  ir::Expr enumMember(Span span, ir::EnumId id, std::string_view text, bool qualified);
  ir::Expr caseWhen(const Syntax& e, const ir::Type* want, Adapt adapt);
  ir::Expr list(const Syntax& e, const ir::Type* want, Adapt adapt);
  const ir::Property* findProperty(std::string_view name) const;
  bool anchored(syntax::ExprId id, unsigned depth = 0) const;
  // expr_literals.cpp
  ir::Expr number(const Syntax& e, bool negative, const ir::Type* want, Adapt adapt);
  ir::Expr string(const Syntax& e, const ir::Type* want, Adapt adapt);
  // expr_operators.cpp
  ir::Expr unary(const Syntax& e, const ir::Type* want, Adapt adapt);
  ir::Expr binary(const Syntax& e, const ir::Type* want, Adapt adapt);
  std::string temporalHelp(const Syntax& e, const ir::Type& a, const ir::Type& b) const;
  ir::Expr arithmetic(const Syntax& e, const ir::Type* want, Adapt adapt);
  ir::Expr comparison(const Syntax& e);
  ir::Expr logic(const Syntax& e);
  ir::Expr isNull(const Syntax& e);
  ir::Expr inList(const Syntax& e);
  ir::Expr between(const Syntax& e);
  ir::Expr like(const Syntax& e);
  bool comparable(const ir::Expr& a, const ir::Expr& b, bool ordered, const Syntax& e,
                  std::string_view op);
  void pair(syntax::ExprId a, syntax::ExprId b, Adapt adapt, const ir::Type* want, ir::Expr& left,
            ir::Expr& right);
  bool refuseAmbiguous(syntax::ExprId id, const ir::Type& other);
  bool truth(const ir::Expr& e);
  // expr_calls.cpp
  ir::Expr call(const Syntax& e, const ir::Type* want, Adapt adapt);
  bool placed(const Syntax& e, ir::Function f);
  bool patternFits(const ir::Expr& pattern);
  void methodCall(const Syntax& e, Span at);
  bool orMeant(const Syntax& e, const ir::Type& a, const ir::Type& b);
  bool commonArguments(const Syntax& e, ir::Expr& out, const ir::Type* want, ir::Type& common);
  bool argumentsTogether(const Syntax& e, const ir::Type* want, ir::Expr& out, ir::Type& common);
  bool argumentsByLetter(const Syntax& e, const std::vector<char>& letters, const ir::Type* want,
                         ir::Expr& out);
  bool argumentFits(const ir::Expr& arg, char letter) const;
  ir::Type resultType(ir::Function f, const ir::Expr& call, const ir::Type& common) const;

  // expr_guards.cpp
  static Paths notNull(const ir::Expr& condition, bool isTrue);
  static bool optionalWhere(const ir::Expr& e, const Paths& present);
  static bool optionalCase(const ir::Expr& e);
  static bool optionalLogic(ir::Op op, const ir::Expr& a, const ir::Expr& b);

  // expr_types.cpp
  const ir::Enum& enumOf(ir::EnumId id) const;
  bool sameEnum(ir::EnumId a, ir::EnumId b) const;
  std::optional<ir::Type> common(const ir::Type& a, const ir::Type& b) const;
  bool fits(const ir::Expr& e, const ir::Type& target) const;
  void sayNearMiss(Diagnostic& d, const ir::Expr& e, const ir::Type& target) const;
  std::string fixForNull(const ir::Expr& e, const ir::Type& target) const;

  static ir::Expr poison(Span span);
  static ir::Expr make(ir::ExprKind kind, ir::Type type, Span span);
  // Where nothing may depend on the row.
  bool constant() const { return s_.use == Use::defaultValue || s_.use == Use::template_; }
  static bool isError(const ir::Expr& e) { return e.type.scalar == ir::Scalar::error; }

  const Scope& s_;
  Context& c_;
  const SyntaxTree& tree_;
  unsigned depth_ = 0;
  bool nullTest_ = false;  // directly below `is null`, where a reference of several columns is fine
};

// What an operator stands over, moved: the elements of a list in braces are copied, each with all
// that is below it.
template <class... Operands>
std::vector<ir::Expr> operands(Operands&&... of) {
  std::vector<ir::Expr> out;
  out.reserve(sizeof...(of));
  (out.push_back(std::forward<Operands>(of)), ...);
  return out;
}

inline ir::Type plain(ir::Scalar scalar, bool optional = false) {
  ir::Type t;
  t.scalar = scalar;
  t.optional = optional;
  return t;
}

std::string_view spelled(syntax::Op op);

}  // namespace cambium::sema
