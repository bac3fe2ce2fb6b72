#include "compiler/catalog/sql.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

namespace cambium::catalog {

namespace {

// How tightly an expression binds, loosest first; SQL's order, which all engines share as far as it
// is used here.
enum Binding : int { kAnything, kOr, kAnd, kNot, kComparison, kSum, kProduct, kUnary, kAtom };

Binding bindingOf(ir::Op op) {
  using ir::Op;
  switch (op) {
    case Op::orOp: return kOr;
    case Op::andOp: return kAnd;
    case Op::notOp: return kNot;
    case Op::equal:
    case Op::notEqual:
    case Op::less:
    case Op::lessEqual:
    case Op::greater:
    case Op::greaterEqual: return kComparison;
    case Op::add:
    case Op::subtract: return kSum;
    case Op::multiply:
    case Op::divide:
    case Op::modulo: return kProduct;
    case Op::negate: return kUnary;
    case Op::none: break;
  }
  return kAtom;
}

const char* spelling(ir::Op op) {
  using ir::Op;
  switch (op) {
    case Op::orOp: return "OR";
    case Op::andOp: return "AND";
    case Op::notOp: return "NOT ";
    case Op::equal: return "=";
    case Op::notEqual: return "<>";
    case Op::less: return "<";
    case Op::lessEqual: return "<=";
    case Op::greater: return ">";
    case Op::greaterEqual: return ">=";
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::divide: return "/";
    case Op::modulo: return "%";
    case Op::negate: return "-";
    case Op::none: break;
  }
  return "";
}

class Writer {
public:
  explicit Writer(const SqlContext& context) : context_(context) {}

  // The expression, in parentheses if it binds less tightly than its place demands.
  std::string write(const ir::Expr& e, Binding atLeast) const {
    auto [text, binding] = expression(e);
    return binding < atLeast ? "(" + text + ")" : text;
  }

private:
  struct Written {
    std::string text;
    Binding binding;
  };

  // The same for an operand, as the dialect can compute with it.
  std::string writeArg(const ir::Expr& e, size_t index, Binding atLeast) const {
    auto [text, binding] = expression(e.args[index]);
    if (context_.traits.operand) {
      std::string changed = context_.traits.operand(e, index, text);
      if (changed != text) return changed;  // brings its own parentheses
    }
    return binding < atLeast ? "(" + text + ")" : text;
  }

  Written expression(const ir::Expr& e) const {
    using ir::ExprKind;
    switch (e.kind) {
      case ExprKind::literal:
      case ExprKind::member: {
        std::string text = context_.traits.literal(e);
        const Binding binding = !text.empty() && text.front() == '-' ? kUnary : kAtom;
        return {std::move(text), binding};
      }
      case ExprKind::property: return {context_.property(e.path), kAtom};
      case ExprKind::value: return {context_.value, kAtom};
      case ExprKind::call: {
        std::vector<std::string> arguments;
        for (size_t i = 0; i < e.args.size(); ++i) arguments.push_back(writeArg(e, i, kOr));
        // A dialect's spelling of a call brings its own parentheses, too.
        return {context_.traits.call(e.function, arguments, e).value_or("NULL"), kAtom};
      }
      case ExprKind::unary:
        return {spelling(e.op) + writeArg(e, 0, e.op == ir::Op::notOp ? kNot : kAtom),
                bindingOf(e.op)};
      case ExprKind::binary: return binary(e);
      case ExprKind::isNull:
        return {writeArg(e, 0, kSum) + (e.negated ? " IS NOT NULL" : " IS NULL"), kComparison};
      case ExprKind::inList: {
        std::string text = writeArg(e, 0, kSum) + (e.negated ? " NOT IN (" : " IN (");
        for (size_t i = 1; i < e.args.size(); ++i)
          text += (i > 1 ? ", " : "") + writeArg(e, i, kOr);
        return {text + ")", kComparison};
      }
      case ExprKind::between:
        return {writeArg(e, 0, kSum) + (e.negated ? " NOT BETWEEN " : " BETWEEN ") +
                    writeArg(e, 1, kSum) + " AND " + writeArg(e, 2, kSum),
                kComparison};
      case ExprKind::like:
        if (auto special = dialectForm(e, writeArg(e, 0, kSum), writeArg(e, 1, kSum)))
          return {std::move(*special), kAtom};
        return {writeArg(e, 0, kSum) + (e.negated ? " NOT LIKE " : " LIKE ") + writeArg(e, 1, kSum),
                kComparison};
      case ExprKind::caseWhen: {
        std::string text = "CASE";
        const size_t pairs = (e.args.size() - (e.hasElse ? 1 : 0)) / 2;
        for (size_t i = 0; i < pairs; ++i)
          text += " WHEN " + writeArg(e, 2 * i, kOr) + " THEN " + writeArg(e, 2 * i + 1, kOr);
        if (e.hasElse) text += " ELSE " + writeArg(e, e.args.size() - 1, kOr);
        return {text + " END", kAtom};
      }
      case ExprKind::list: {
        std::vector<std::string> elements;
        for (size_t i = 0; i < e.args.size(); ++i) elements.push_back(writeArg(e, i, kOr));
        return {context_.traits.list(e, elements), kAtom};
      }
      case ExprKind::aggregate:
        return {context_.aggregate ? context_.aggregate(e) : std::string("NULL"), kAtom};
      case ExprKind::native: {
        const auto at = std::ranges::find(e.path, context_.traits.dialect);
        if (at == e.path.end()) break;
        const std::string& said = e.args[size_t(at - e.path.begin())].text;
        return {context_.native ? context_.native(said) : said, kAnything};
      }
      case ExprKind::error: break;
    }
    return {"NULL", kAtom};
  }

  Written binary(const ir::Expr& e) const {
    const Binding binding = bindingOf(e.op);
    // Left-associative; comparisons do not associate at all.
    const Binding left = binding == kComparison ? kSum : binding;
    const Binding right = binding == kOr || binding == kAnd ? binding : Binding(binding + 1);
    const std::string a = writeArg(e, 0, left),
                      b = writeArg(e, 1, binding == kComparison ? kSum : right);
    if (auto special = dialectForm(e, a, b)) return {std::move(*special), kAtom};
    return {a + " " + spelling(e.op) + " " + b, binding};
  }

  // A dialect's own form of an operator brings its own parentheses.
  std::optional<std::string> dialectForm(const ir::Expr& e, const std::string& a,
                                         const std::string& b) const {
    return context_.traits.binary ? context_.traits.binary(e, a, b) : std::nullopt;
  }

  const SqlContext& context_;
};

// Calls `onToken(begin, end, isIdentifier)` for the quoted identifiers and for all text between
// them. String literals and comments are text.
template <class OnToken>
void scanSql(std::string_view sql, char quote, OnToken onToken) {
  size_t text = 0, i = 0;
  while (i < sql.size()) {
    const char c = sql[i];
    if (c == quote) {
      size_t end = i + 1;
      while (end < sql.size() &&
             (sql[end] != quote || (end + 1 < sql.size() && sql[end + 1] == quote)))
        end += sql[end] == quote ? 2 : 1;
      end = std::min(end + 1, sql.size());
      onToken(text, i, false);
      onToken(i, end, true);
      text = i = end;
    } else if (c == '\'') {
      for (++i; i < sql.size() && sql[i] != '\''; ++i) {
      }
      ++i;  // a doubled quote starts the next literal at once, which is as good
    } else if (sql.substr(i, 2) == "--") {
      i = std::min(sql.find('\n', i), sql.size());
    } else if (sql.substr(i, 2) == "/*") {
      const size_t end = sql.find("*/", i + 2);
      i = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      ++i;
    }
  }
  onToken(text, sql.size(), false);
}

}  // namespace

std::string toSql(const ir::Expr& expression, const SqlContext& context) {
  return Writer(context).write(expression, kAnything);
}

std::string toSqlTerm(const ir::Expr& expression, const SqlContext& context) {
  return Writer(context).write(expression, kAnd);
}

std::vector<ir::Function> unsupportedFunctions(const ir::Expr& e, const Traits& traits) {
  std::vector<ir::Function> found;
  const auto add = [&](ir::Function f) {
    if (std::find(found.begin(), found.end(), f) == found.end()) found.push_back(f);
  };
  if (e.kind == ir::ExprKind::call) {
    const std::vector<std::string> arguments(e.args.size(), "NULL");
    if (!traits.call(e.function, arguments, e)) add(e.function);
  }
  for (const ir::Expr& argument : e.args)
    for (const ir::Function f : unsupportedFunctions(argument, traits)) add(f);
  return found;
}

std::string renameIdentifier(std::string_view sql, std::string_view from, std::string_view to,
                             const Traits& traits) {
  const std::string before = traits.quote(from), after = traits.quote(to);
  std::string out;
  scanSql(sql, before.front(), [&](size_t begin, size_t end, bool identifier) {
    const std::string_view token = sql.substr(begin, end - begin);
    out += identifier && token == before ? std::string_view(after) : token;
  });
  return out;
}

std::string nativeOver(const std::string& said, const std::vector<std::string>& columns,
                       const Traits& traits,
                       const std::function<std::string(const std::string&)>& column) {
  const std::string sql = traits.canonical ? traits.canonical(said, columns) : said;
  std::string out;
  scanSql(sql, traits.quote("x").front(), [&](size_t begin, size_t end, bool identifier) {
    const std::string token = sql.substr(begin, end - begin);
    const auto own = std::ranges::find_if(
        columns, [&](const auto& name) { return identifier && traits.quote(name) == token; });
    out += own == columns.end() ? token : column(*own);
  });
  return out;
}

namespace {

// A quoted identifier, and how it stands in its statement.
enum class Place : unsigned char { table, column, other };

// The last word of a text that ends before an identifier, in capitals; "." for a point.
std::string wordBefore(std::string_view text) {
  const size_t last = text.find_last_not_of(" \n\t");
  if (last == std::string_view::npos) return {};
  if (text[last] == '.') return ".";
  size_t first = last + 1;
  while (first > 0 && std::isalpha(static_cast<unsigned char>(text[first - 1]))) --first;
  std::string out(text.substr(first, last + 1 - first));
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return out;
}

// Calls `onToken(token, place)` for all of `sql` in order; `place` is empty for what is no quoted
// identifier. A name that is given with AS is an alias wherever it stands before a point.
template <class OnToken>
void scanPlaces(std::string_view sql, const Traits& traits, OnToken onToken) {
  const char quote = traits.quote("x").front();
  std::set<std::string_view> aliases;
  std::string before;
  scanSql(sql, quote, [&](size_t begin, size_t end, bool identifier) {
    const auto token = sql.substr(begin, end - begin);
    if (identifier && before == "AS") aliases.insert(token);
    before = identifier ? std::string() : wordBefore(token);
  });
  before.clear();
  scanSql(sql, quote, [&](size_t begin, size_t end, bool identifier) {
    const auto token = sql.substr(begin, end - begin);
    if (!identifier) {
      before = wordBefore(token);
      onToken(token, std::nullopt);
      return;
    }
    static const std::set<std::string_view> kTableFollows{"FROM", "JOIN", "INTO", "UPDATE", "ON"};
    static const std::set<std::string_view> kGiven{"AS", "VIEW", "TRIGGER"};
    const bool qualifies = sql.substr(end).starts_with('.');
    const Place place = qualifies && aliases.count(token)          ? Place::other
                        : qualifies || kTableFollows.count(before) ? Place::table
                        : kGiven.count(before)                     ? Place::other
                                                                   : Place::column;
    before.clear();
    onToken(token, std::optional(place));
  });
}

}  // namespace

std::string renameTables(std::string_view sql, const std::map<std::string, std::string>& tables,
                         const Traits& traits) {
  std::map<std::string, std::string, std::less<>> quoted;
  for (const auto& [from, to] : tables) quoted.emplace(traits.quote(from), traits.quote(to));
  std::string out;
  scanPlaces(sql, traits, [&](std::string_view token, std::optional<Place> place) {
    const auto renamed = place == Place::table ? quoted.find(token) : quoted.end();
    out += renamed == quoted.end() ? token : std::string_view(renamed->second);
  });
  return out;
}

bool mentionsTable(std::string_view sql, const std::string& table, const Traits& traits) {
  const std::string wanted = traits.quote(table);
  // Of the many tables and views of a catalog hardly any two have to do with each other.
  if (sql.find(wanted) == std::string_view::npos) return false;
  bool found = false;
  scanPlaces(sql, traits, [&](std::string_view token, std::optional<Place> place) {
    found = found || (place == Place::table && token == wanted);
  });
  return found;
}

bool readsColumn(std::string_view viewSql, std::string_view column, const Traits& traits) {
  const std::string wanted = traits.quote(column);
  bool found = false;
  scanPlaces(viewSql, traits, [&](std::string_view token, std::optional<Place> place) {
    found = found || (place == Place::column && token == wanted);
  });
  return found;
}

bool mentions(std::string_view sql, std::string_view identifier, const Traits& traits) {
  const std::string wanted = traits.quote(identifier);
  bool found = false;
  scanSql(sql, wanted.front(), [&](size_t begin, size_t end, bool isIdentifier) {
    found = found || (isIdentifier && sql.substr(begin, end - begin) == wanted);
  });
  return found;
}

}  // namespace cambium::catalog
