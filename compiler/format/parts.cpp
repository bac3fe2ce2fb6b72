// format/parts.cpp: what elements are made of: names, types, annotations, expressions.
#include <algorithm>

#include "compiler/format/printer.h"

namespace cambium::format {

using syntax::Expr;
using syntax::ExprKind;
using syntax::Op;

namespace {

// From loose to tight, as the tree builder has them.
int precedence(Op op) {
  switch (op) {
    case Op::orOp: return 1;
    case Op::andOp: return 2;
    case Op::notOp: return 3;
    case Op::equal:
    case Op::notEqual:
    case Op::less:
    case Op::lessEqual:
    case Op::greater:
    case Op::greaterEqual:
    case Op::isOp:
    case Op::like: return 4;
    case Op::add:
    case Op::subtract: return 6;
    case Op::multiply:
    case Op::divide:
    case Op::modulo: return 7;
    case Op::negate: return 8;
    case Op::none: break;
  }
  return 0;
}

// Of anything written between two operands; 0 = nothing of the kind.
int infixPrecedence(const Expr& e) {
  if (e.kind == ExprKind::call && e.infix) return 5;
  return e.kind == ExprKind::binary && e.op != Op::isOp && e.op != Op::like ? precedence(e.op) : 0;
}

std::string_view sign(const Expr& e) {
  if (e.infix) return "||";
  switch (e.op) {
    case Op::orOp: return "or";
    case Op::andOp: return "and";
    case Op::equal: return "==";
    case Op::notEqual: return "!=";
    case Op::less: return "<";
    case Op::lessEqual: return "<=";
    case Op::greater: return ">";
    case Op::greaterEqual: return ">=";
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::divide: return "/";
    case Op::modulo: return "%";
    case Op::like: return e.negated ? "not like" : "like";
    case Op::isOp: return e.negated ? "is not" : "is";
    case Op::notOp: return "not";
    case Op::negate: return "-";
    case Op::none: break;
  }
  return {};
}

bool isPlainWord(std::string_view name) {
  static constexpr std::string_view kReserved[] = {"true", "false", "null", "and", "or",
                                                   "not",  "in",    "is",   "case"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto wordChar = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::ranges::all_of(name, wordChar) &&
         std::ranges::find(kReserved, name) == std::end(kReserved);
}

}  // namespace

void Printer::title(Layout& l, const std::optional<syntax::Text>& text) const {
  if (!text) return;
  l.line();
  l.text(textOf(text->span));
}

void Printer::names(Layout& l, const std::vector<syntax::Name>& list) const {
  l.open();
  l.indent(4);
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) {
      l.text(",");
      l.line();
    }
    l.text(textOf(list[i]));
  }
  l.indent(-4);
  l.close();
}

void Printer::qname(Layout& l, const syntax::QName& name) const {
  for (size_t i = 0; i < name.parts.size(); ++i) {
    if (i > 0) l.text(".");
    l.text(textOf(name.parts[i]));
  }
}

void Printer::qnames(Layout& l, const std::vector<syntax::QName>& list) const {
  l.open();
  l.indent(4);
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) {
      l.text(",");
      l.line();
    }
    qname(l, list[i]);
  }
  l.indent(-4);
  l.close();
}

void Printer::type(Layout& l, const syntax::TypeRef& t) const {
  qname(l, t.name);
  if (!t.args.empty()) arguments(l, t.args, {}, 0);
  if (t.elementOptional) l.text("?");
  if (t.list) l.text("[]");
  if (t.optional) l.text("?");
}

void Printer::annotations(Layout& l, const std::vector<syntax::Annotation>& list) const {
  for (const syntax::Annotation& a : list) {
    l.line();
    l.text("@");
    qname(l, a.name);
    if (!a.args.empty()) arguments(l, a.args, a.labels, 0);
  }
}

void Printer::filter(Layout& l, const std::optional<ExprId>& where) const {
  if (!where) return;
  l.line();
  l.text("where ");
  expr(l, *where);
}

void Printer::arguments(Layout& l, const syntax::ExprIds& args,
                        const std::vector<syntax::Name>& labels, size_t first) const {
  l.open();
  l.text("(");
  l.indent(4);
  for (size_t i = first; i < args.size(); ++i) {
    if (i > first) {
      l.text(",");
      l.line();
    } else {
      l.softline();
    }
    if (i < labels.size() && labels[i]) {
      l.text(textOf(labels[i]), ": ");
    }
    expr(l, args[i]);
  }
  l.indent(-4);
  if (args.size() > first) l.softline();
  l.text(")");
  l.close();
}

void Printer::expr(Layout& l, ExprId id) const {
  const Expr& e = tree_[id];
  if (!e.parenthesized) return exprBody(l, e);
  l.open();
  l.text("(");
  l.indent(4);
  l.softline();
  exprBody(l, e);
  l.indent(-4);
  l.softline();
  l.text(")");
  l.close();
}

void Printer::exprBody(Layout& l, const Expr& e) const {
  switch (e.kind) {
    case ExprKind::error: return;
    case ExprKind::name:
      l.text(isPlainWord(e.text) ? std::string(e.text) : "`" + std::string(e.text) + "`");
      return;
    case ExprKind::number:
    case ExprKind::duration:
    case ExprKind::json: return l.text(e.text);
    case ExprKind::string: return l.text(textOf(e.opSpan));
    case ExprKind::trueLiteral: return l.text("true");
    case ExprKind::falseLiteral: return l.text("false");
    case ExprKind::nullLiteral: return l.text("null");
    case ExprKind::member:
      expr(l, e.args[0]);
      l.text(".");
      return l.text(textOf(e.opSpan));
    case ExprKind::call:
      if (e.infix) return chain(l, e);
      if (e.method) {
        expr(l, e.args[0]);
        l.text(".");
      }
      l.text(textOf(e.opSpan));
      return arguments(l, e.args, e.labels, e.method ? 1 : 0);
    case ExprKind::unary: {
      l.text(sign(e));
      const Expr& operand = tree_[e.args[0]];
      // Two signs in a row would begin what looks like a comment of another language.
      const bool twoSigns =
          operand.kind == ExprKind::unary && operand.op == Op::negate && !operand.parenthesized;
      if (e.op == Op::notOp || twoSigns) l.text(" ");
      return expr(l, e.args[0]);
    }
    case ExprKind::binary:
      if (infixPrecedence(e)) return chain(l, e);
      l.open();
      expr(l, e.args[0]);
      l.text(" ", sign(e), " ");
      expr(l, e.args[1]);
      return l.close();
    case ExprKind::inList:
      expr(l, e.args[0]);
      l.text(e.negated ? " not in " : " in ");
      return arguments(l, e.args, {}, 1);
    case ExprKind::between:
      expr(l, e.args[0]);
      l.text(e.negated ? " not between " : " between ");
      expr(l, e.args[1]);
      l.text(" and ");
      return expr(l, e.args[2]);
    case ExprKind::caseWhen: {
      l.open();
      l.text("case");
      l.indent(2);
      for (size_t i = 0; i + 1 < e.args.size(); i += 2) {
        l.line();
        l.text("when ");
        expr(l, e.args[i]);
        l.text(" then ");
        expr(l, e.args[i + 1]);
      }
      if (e.hasElse) {
        l.line();
        l.text("else ");
        expr(l, e.args.back());
      }
      l.indent(-2);
      l.line();
      l.text("end");
      return l.close();
    }
    case ExprKind::list:
    case ExprKind::tuple: {
      l.open();
      l.text(e.kind == ExprKind::list ? "[" : "(");
      l.indent(4);
      for (size_t i = 0; i < e.args.size(); ++i) {
        if (i > 0) {
          l.text(",");
          l.line();
        } else {
          l.softline();
        }
        expr(l, e.args[i]);
      }
      l.indent(-4);
      if (!e.args.empty()) l.softline();
      l.text(e.kind == ExprKind::list ? "]" : ")");
      return l.close();
    }
  }
}

// a + b - c: operators that bind alike break together, each at the beginning of its line.
void Printer::chain(Layout& l, const Expr& e) const {
  const int level = infixPrecedence(e);
  std::vector<const Expr*> links{&e};
  while (true) {
    const Expr& left = tree_[links.back()->args[0]];
    if (left.parenthesized || infixPrecedence(left) != level) break;
    links.push_back(&left);
  }
  l.open();
  expr(l, links.back()->args[0]);
  l.indent(4);
  for (auto it = links.rbegin(); it != links.rend(); ++it) {
    l.line();
    l.text(sign(**it), " ");
    expr(l, (*it)->args[1]);
  }
  l.indent(-4);
  l.close();
}

// { a = 1, b = 2 }
void Printer::assigns(Layout& l, const std::vector<syntax::Assign>& list) const {
  l.open();
  l.text("{");
  l.indent(2);
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) l.text(",");
    l.line();
    l.text(textOf(list[i].name), " = ");
    expr(l, list[i].value);
  }
  l.indent(-2);
  l.line();
  l.text("}");
  l.close();
}

}  // namespace cambium::format
