#include "plugins/mariadb/sql_nodes.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace cambium::dialect::mariadb {
namespace {

using Op = Tree::Op;

std::string opposite(std::string_view op) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPairs = {
      {{"=", "<>"}, {"<>", "="}, {"<", ">="}, {">=", "<"}, {">", "<="}, {"<=", ">"}}};
  for (const auto& [is, other] : kPairs)
    if (is == op) return std::string(other);
  return {};
}

Binding bindingOf(const Tree& t) {
  switch (t.op) {
    case Op::either: return kOr;
    case Op::both: return kAnd;
    case Op::between:
    case Op::notBetween:
    case Op::isNull:
    case Op::isNotNull:
    case Op::inList:
    case Op::notInList:
    case Op::like:
    case Op::notLike: return kComparison;
    case Op::minus: return kUnary;
    case Op::binary: {
      const std::string& o = t.text;
      if (o == "+" || o == "-") return kSum;
      if (o == "*" || o == "/" || o == "DIV" || o == "MOD") return kProduct;
      if (o == "|") return kBitOr;
      if (o == "&") return kBitAnd;
      if (o == "<<" || o == ">>") return kShift;
      if (o == "^") return kBitXor;
      if (o == "xor") return kXor;
      if (o == "collate") return kCollate;
      return kComparison;
    }
    case Op::atom: return !t.text.empty() && t.text[0] == '-' ? kUnary : kAtom;
    default: return kAtom;
  }
}

std::string writeList(const std::vector<Tree>& kids, size_t from = 0) {
  std::string out;
  for (size_t i = from; i < kids.size(); ++i) out += (i > from ? ", " : "") + write(kids[i]);
  return out;
}

std::string writeCase(const Tree& t) {
  std::string out = "case";
  size_t i = 0;
  const bool what = t.text.find('w') != std::string::npos;
  const bool otherwise = t.text.find('e') != std::string::npos;
  if (what) out += " " + write(t.kids[i++]);
  for (; i + 1 < t.kids.size() + (otherwise ? 0 : 1); i += 2)
    out += fmt::format(" when {} then {}", write(t.kids[i]), write(t.kids[i + 1]));
  if (otherwise) out += " else " + write(t.kids.back());
  return out + " end";
}

std::string bare(const Tree& t) {
  const auto kid = [&](size_t i, Binding atLeast = kLoosest) { return write(t.kids[i], atLeast); };
  switch (t.op) {
    case Op::atom:
    case Op::name: return t.text;
    case Op::call: return t.text + "(" + writeList(t.kids) + ")";
    case Op::binary: {
      const Binding own = bindingOf(t);
      return fmt::format("{} {} {}", kid(0, own), t.text, kid(1, Binding(own + 1)));
    }
    case Op::both:
    case Op::either: {
      std::string out;
      for (const auto& one : t.kids)
        out += (out.empty()        ? ""
                : t.op == Op::both ? " and "
                                   : " or ") +
               write(one, Binding(bindingOf(t) + 1));
      return out;
    }
    case Op::negated: return "!" + write(t.kids[0], kAtom);
    case Op::minus: return "-" + kid(0, kCollate);
    case Op::isNull: return kid(0, kBitOr) + " is null";
    case Op::isNotNull: return kid(0, kBitOr) + " is not null";
    case Op::between:
    case Op::notBetween:
      return fmt::format("{} {}between {} and {}", kid(0, kBitOr),
                         t.op == Op::between ? "" : "not ", kid(1, kBitOr), kid(2, kBitOr));
    case Op::inList:
    case Op::notInList:
      return fmt::format("{} {}in ({})", kid(0, kBitOr), t.op == Op::inList ? "" : "not ",
                         writeList(t.kids, 1));
    case Op::like:
    case Op::notLike:
      return fmt::format("{} {}like {}{}", kid(0, kBitOr), t.op == Op::like ? "" : "not ",
                         kid(1, kCollate), t.kids.size() > 2 ? " escape " + kid(2, kCollate) : "");
    case Op::caseWhen: return writeCase(t);
    case Op::cast: return fmt::format("cast({} as {})", kid(0), t.text);
    case Op::usingSet: return fmt::format("convert({} using {})", kid(0), t.text);
    case Op::interval: return fmt::format("interval {} {}", kid(0), t.text);
    case Op::list: return "(" + writeList(t.kids) + ")";
  }
  return t.text;
}

}  // namespace

Tree leaf(std::string text, Op op) {
  return {op, std::move(text), {}};
}
Tree node(Op op, std::vector<Tree> kids, std::string text) {
  return {op, std::move(text), std::move(kids)};
}

Tree unequalZero(Tree name) {
  return node(Op::binary, {std::move(name), leaf("0")}, "<>");
}

Tree negation(Tree t) {
  switch (t.op) {
    case Op::both:
    case Op::either: {
      t.op = t.op == Op::both ? Op::either : Op::both;
      for (auto& kid : t.kids) kid = negation(std::move(kid));
      return t;
    }
    case Op::negated: {
      Tree inner = std::move(t.kids[0]);
      return inner.op == Op::name ? unequalZero(std::move(inner)) : inner;
    }
    case Op::name: return node(Op::binary, {std::move(t), leaf("0")}, "=");
    case Op::isNull: t.op = Op::isNotNull; return t;
    case Op::isNotNull: t.op = Op::isNull; return t;
    case Op::between: t.op = Op::notBetween; return t;
    case Op::notBetween: t.op = Op::between; return t;
    case Op::inList: t.op = Op::notInList; return t;
    case Op::notInList: t.op = Op::inList; return t;
    case Op::like: t.op = Op::notLike; return t;
    case Op::notLike: t.op = Op::like; return t;
    case Op::binary:
      if (const std::string other = opposite(t.text); !other.empty()) {
        t.text = other;
        return t;
      }
      break;
    default: break;
  }
  return node(Op::negated, {std::move(t)});
}

Tree junction(Op op, Tree left, Tree right) {
  Tree out = node(op, {});
  for (Tree* side : {&left, &right}) {
    if (side->op == op)
      std::move(side->kids.begin(), side->kids.end(), std::back_inserter(out.kids));
    else
      out.kids.push_back(side->op == Op::name ? unequalZero(std::move(*side)) : std::move(*side));
  }
  return out;
}

std::string write(const Tree& t, Binding atLeast) {
  std::string out = bare(t);
  return bindingOf(t) < atLeast ? "(" + out + ")" : out;
}

}  // namespace cambium::dialect::mariadb
