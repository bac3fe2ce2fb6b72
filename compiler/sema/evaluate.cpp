#include "compiler/sema/evaluate.h"

#include <algorithm>
#include <charconv>

#include "compiler/json/number.h"
#include "compiler/json/pattern.h"
#include "compiler/sema/literals.h"

namespace cambium::sema {
namespace {

using ir::ExprKind;
using ir::Function;
using ir::Op;
using ir::Scalar;

// What an expression gives: a text, numbers and truth values canonical; null.
struct Found {
  bool null = false;
  Scalar scalar = Scalar::null;
  std::string text;
};
using Maybe = std::optional<Found>;

Found truth(bool value) {
  return {false, Scalar::boolean, value ? "true" : "false"};
}
Found number(size_t value) {
  return {false, Scalar::int64, std::to_string(value)};
}
bool isTrue(const Found& f) {
  return !f.null && f.text == "true";
}
bool isFalse(const Found& f) {
  return !f.null && f.text == "false";
}

class Evaluation {
public:
  explicit Evaluation(const ir::Expr& value) : value_(value) {}

  Maybe eval(const ir::Expr& e) {
    switch (e.kind) {
      case ExprKind::literal:
      case ExprKind::member: return known(e);
      case ExprKind::value: return eval(value_);
      case ExprKind::call: return call(e);
      case ExprKind::unary: return unary(e);
      case ExprKind::binary: return binary(e);
      case ExprKind::isNull: {
        const auto x = eval(e.args[0]);
        return x ? Maybe(truth(x->null != e.negated)) : x;
      }
      case ExprKind::inList: return inList(e);
      case ExprKind::between: return between(e);
      case ExprKind::caseWhen: return caseWhen(e);
      case ExprKind::property:
      case ExprKind::like:
      case ExprKind::list:
      case ExprKind::aggregate:
      case ExprKind::native:
      case ExprKind::error: return std::nullopt;
    }
    return std::nullopt;
  }

private:
  static Maybe known(const ir::Expr& e) {
    if (e.type.scalar == Scalar::null) return Found{true, Scalar::null, ""};
    return Found{false, e.type.scalar, e.text};
  }

  // <0, 0, >0; nothing if the two have no order that is known here.
  static std::optional<int> compare(const Found& a, const Found& b) {
    if (ir::isNumeric(a.scalar) && ir::isNumeric(b.scalar)) {
      const auto x = json::parseNumber(a.text), y = json::parseNumber(b.text);
      return x && y ? std::optional(json::compare(*x, *y)) : std::nullopt;
    }
    if (a.scalar == Scalar::duration && b.scalar == Scalar::duration) {
      const auto x = durationMilliseconds(a.text), y = durationMilliseconds(b.text);
      return x && y ? std::optional(*x < *y ? -1 : *x > *y) : std::nullopt;
    }
    const bool text = ir::isTextual(a.scalar) && ir::isTextual(b.scalar);
    if (!text && a.scalar != b.scalar) return std::nullopt;
    if (a.scalar == Scalar::json || a.scalar == Scalar::bytes) return std::nullopt;
    const int order = a.text.compare(b.text);
    // How texts are ordered is the database's to say; enums have no order.
    const bool ordered = !text && a.scalar != Scalar::enumeration;
    return order == 0 || ordered ? std::optional(order) : std::nullopt;
  }

  static Maybe equal(const Found& a, const Found& b) {
    if (a.null || b.null) return Found{true, Scalar::boolean, ""};
    const auto order = compare(a, b);
    if (order) return truth(*order == 0);
    const bool bothTexts = ir::isTextual(a.scalar) && ir::isTextual(b.scalar);
    const bool bothMembers = a.scalar == Scalar::enumeration && b.scalar == a.scalar;
    return bothTexts || bothMembers ? Maybe(truth(false)) : std::nullopt;
  }

  Maybe call(const ir::Expr& e) {
    std::vector<Found> args;
    for (const auto& arg : e.args) {
      auto x = eval(arg);
      if (!x) return x;
      args.push_back(*x);
    }
    if (e.function == Function::coalesce) {
      const auto first = std::ranges::find(args, false, &Found::null);
      return first == args.end() ? Found{true, Scalar::null, ""} : *first;
    }
    const auto null = std::ranges::find(args, true, &Found::null);
    if (null != args.end() || args.empty()) return std::nullopt;
    const std::string& text = args[0].text;
    switch (e.function) {
      case Function::length: return number(codePoints(text));
      case Function::startsWith: return truth(text.starts_with(args[1].text));
      case Function::contains: return truth(text.find(args[1].text) != std::string::npos);
      case Function::matches: {
        const auto pattern = json::Pattern::compile(args[1].text);
        return pattern ? Maybe(truth(pattern->search(text))) : std::nullopt;
      }
      case Function::trim: {
        const auto first = text.find_first_not_of(' ');
        if (first == std::string::npos) return Found{false, Scalar::text, ""};
        return Found{false, Scalar::text,
                     text.substr(first, text.find_last_not_of(' ') + 1 - first)};
      }
      case Function::lower:
      case Function::upper: return cased(text, e.function == Function::lower);
      default: return std::nullopt;
    }
  }

  // Beyond ASCII the databases differ.
  static Maybe cased(std::string text, bool lower) {
    for (char& ch : text) {
      if (static_cast<unsigned char>(ch) > 0x7F) return std::nullopt;
      if (lower && ch >= 'A' && ch <= 'Z') ch = char(ch | 32);
      if (!lower && ch >= 'a' && ch <= 'z') ch = char(ch & ~32);
    }
    return Found{false, Scalar::text, std::move(text)};
  }

  Maybe unary(const ir::Expr& e) {
    auto x = eval(e.args[0]);
    if (!x || x->null) return x;
    if (e.op == Op::notOp) return truth(!isTrue(*x));
    if (e.op != Op::negate || !ir::isNumeric(x->scalar)) return std::nullopt;
    const bool zero = x->text == "0";
    x->text = x->text.starts_with('-') ? x->text.substr(1) : zero ? x->text : "-" + x->text;
    return x;
  }

  Maybe binary(const ir::Expr& e) {
    const auto a = eval(e.args[0]), b = eval(e.args[1]);
    if (e.op == Op::andOp || e.op == Op::orOp) return logic(a, b, e.op == Op::andOp);
    if (!a || !b) return std::nullopt;
    if (a->null || b->null) return Found{true, Scalar::boolean, ""};
    if (e.op == Op::equal) return equal(*a, *b);
    if (e.op == Op::notEqual) {
      const auto same = equal(*a, *b);
      return same ? Maybe(truth(!isTrue(*same))) : same;
    }
    const auto order = compare(*a, *b);
    switch (e.op) {
      case Op::less: return order ? Maybe(truth(*order < 0)) : std::nullopt;
      case Op::lessEqual: return order ? Maybe(truth(*order <= 0)) : std::nullopt;
      case Op::greater: return order ? Maybe(truth(*order > 0)) : std::nullopt;
      case Op::greaterEqual: return order ? Maybe(truth(*order >= 0)) : std::nullopt;
      case Op::modulo: return remainder(*a, *b);
      default: return std::nullopt;
    }
  }

  static Maybe remainder(const Found& a, const Found& b) {
    const auto whole = [](const std::string& text) {
      int64_t value = 0;
      const char* const end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, value);
      return read.ec == std::errc{} && read.ptr == end ? std::optional(value) : std::nullopt;
    };
    const auto x = whole(a.text), y = whole(b.text);
    if (!x || !y || *y == 0 || *y == -1) return std::nullopt;
    return Found{false, a.scalar, std::to_string(*x % *y)};
  }

  static Maybe logic(const Maybe& a, const Maybe& b, bool isAnd) {
    for (const auto& side : {a, b})
      if (side && (isAnd ? isFalse(*side) : isTrue(*side))) return side;
    if (!a || !b) return std::nullopt;
    return a->null ? a : b;
  }

  Maybe inList(const ir::Expr& e) {
    auto x = eval(e.args[0]);
    if (!x || x->null) return x;
    bool unknown = false;
    for (size_t i = 1; i < e.args.size(); ++i) {
      const auto item = eval(e.args[i]);
      const auto same = item ? equal(*x, *item) : std::nullopt;
      if (same && isTrue(*same)) return truth(!e.negated);
      unknown = unknown || !same || same->null;
    }
    return unknown ? std::nullopt : Maybe(truth(e.negated));
  }

  Maybe between(const ir::Expr& e) {
    const auto x = eval(e.args[0]), low = eval(e.args[1]), high = eval(e.args[2]);
    if (!x || !low || !high) return std::nullopt;
    if (x->null || low->null || high->null) return Found{true, Scalar::boolean, ""};
    const auto left = compare(*low, *x), right = compare(*x, *high);
    if (!left || !right) return std::nullopt;
    return truth((*left <= 0 && *right <= 0) != e.negated);
  }

  Maybe caseWhen(const ir::Expr& e) {
    const size_t pairs = (e.args.size() - e.hasElse) / 2;
    for (size_t i = 0; i < pairs; ++i) {
      auto when = eval(e.args[2 * i]);
      if (!when) return when;
      if (isTrue(*when)) return eval(e.args[2 * i + 1]);
    }
    return e.hasElse ? eval(e.args.back()) : Found{true, Scalar::null, ""};
  }

  const ir::Expr& value_;
};

}  // namespace

std::optional<bool> holds(const ir::Expr& condition, const ir::Expr& value) {
  const auto found = Evaluation(value).eval(condition);
  return found ? std::optional(!isFalse(*found)) : std::nullopt;
}

std::optional<Misfit> refusedBy(const std::vector<const ir::Expr*>& conditions,
                                const ir::Expr& value) {
  for (const auto* condition : conditions) {
    if (value.kind != ir::ExprKind::list) {
      if (!holds(*condition, value).value_or(true)) return Misfit{condition, &value};
      continue;
    }
    for (const auto& item : value.args)
      if (!holds(*condition, item).value_or(true)) return Misfit{condition, &item};
  }
  return std::nullopt;
}

}  // namespace cambium::sema
