// ir/expr.h: a checked expression. Names inside it are resolved relative to one entity (its scope),
// by name and not by id, so that an expression means the same in a sealed version read back years
// later.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/function.h"
#include "compiler/ir/type.h"
#include "compiler/source/source.h"

namespace cambium::ir {

enum class ExprKind : uint8_t {
  literal,    // `text` canonical by type: bool true/false; numbers without _ or leading +; strings
              // the value itself; null ""
  property,   // `path`: property names from the scope entity; more than one follows references
  value,      // the value that a refinement (`type … where`) is about
  member,     // enum member `text` of type.enumeration
  call,       // `function`(args…)
  unary,      // op args[0]: notOp, negate
  binary,     // args[0] op args[1]
  isNull,     // args[0] is null   (negated: is not null)
  inList,     // args[0] in args[1…]
  between,    // args[0] between args[1] and args[2]
  like,       // args[0] like args[1]
  caseWhen,   // when args[0] then args[1] …, `hasElse`: else args.back()
  list,       // [args…]
  aggregate,  // `aggregate` over the rows that `path`, which ends at a `many`, leads to. First
              // operand: what is aggregated, over such a row (not for count); last, if there is one
              // more: the condition on the row
  native,     // sql(dialect: "…"): `path` are the dialects, sorted, args their texts
  error,
};

enum class Aggregate : uint8_t { none, count, sum, min, max, avg };

enum class Op : uint8_t {
  none,
  orOp,
  andOp,
  notOp,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate
};

struct Expr {
  ExprKind kind = ExprKind::error;
  Op op = Op::none;
  Function function = Function::none;
  Aggregate aggregate = Aggregate::none;
  bool negated = false;
  bool hasElse = false;
  Type type;
  std::string text;
  std::vector<std::string> path;
  std::vector<Expr> args;
  Span span;  // not part of its meaning: ignored by ==, not sealed

  friend bool operator==(const Expr& a, const Expr& b) {
    return a.kind == b.kind && a.op == b.op && a.function == b.function &&
           a.aggregate == b.aggregate && a.negated == b.negated && a.hasElse == b.hasElse &&
           a.type == b.type && a.text == b.text && a.path == b.path && a.args == b.args;
  }
};

// Canonical text in the language's own syntax, with just the parentheses needed (plans, reports,
// drift).
std::string toString(const Expr&, const Model&);

// First path segments of every property reference in it, in order of first use, each once.
std::vector<std::string> propertiesUsed(const Expr&);

// Whether its value can be null at run time. More than `type.optional` says: a division by zero and
// the conversion of a text that is no number have no result although their type is required.
bool mayBeNull(const Expr&);

}  // namespace cambium::ir
