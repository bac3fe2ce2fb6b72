#include "plugins/mariadb/sql_tree.h"

#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <vector>

#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_nodes.h"
#include "plugins/mariadb/sql_tokens.h"

namespace cambium::dialect::mariadb {
namespace {

using Kind = SqlToken::Kind;
using Op = Tree::Op;

// What the server calls a function that has two names.
const std::map<std::string, std::string, std::less<>>& otherNames() {
  static const std::map<std::string, std::string, std::less<>> all = {
      {"lower", "lcase"},          {"upper", "ucase"},         {"substring", "substr"},
      {"mid", "substr"},           {"ceil", "ceiling"},        {"character_length", "char_length"},
      {"day", "dayofmonth"},       {"length", "octet_length"}, {"power", "pow"},
      {"now", "current_timestamp"}};
  return all;
}

class Parser {
public:
  Parser(std::vector<SqlToken> tokens, std::string_view schema, Server server)
      : tokens_(std::move(tokens)), schema_(schema), server_(server) {
    if (tokens_.empty()) fail();
  }

  std::optional<Tree> wholeExpression() {
    Tree out = expression();
    if (!atEnd()) fail();
    return failed_ ? std::nullopt : std::optional(std::move(out));
  }
  std::optional<std::string> wholeQuery() {
    std::string out = query();
    if (!atEnd()) fail();
    return failed_ ? std::nullopt : std::optional(std::move(out));
  }

private:
  // ---- tokens
  const SqlToken& peek(size_t ahead = 0) const {
    static const SqlToken end;
    return failed_ || at_ + ahead >= tokens_.size() ? end : tokens_[at_ + ahead];
  }
  bool atEnd() const { return peek().kind == Kind::end; }
  bool accept(std::string_view word) {
    if (!peek().is(word)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail();
  }
  void fail() { failed_ = true; }

  // ---- operators, loosest first
  Tree expression() {
    Tree left = conjunction();
    while (accept("or")) left = junction(Op::either, std::move(left), conjunction());
    return left;
  }
  Tree conjunction() {
    Tree left = inverse();
    while (accept("and") || accept("&&")) left = junction(Op::both, std::move(left), inverse());
    return left;
  }
  Tree inverse() {
    if (++depth_ > kDeepest) fail();
    Tree out = !failed_ && accept("not") ? negation(inverse()) : predicate();
    --depth_;
    return out;
  }

  Tree predicate() {
    Tree left = bits(kBitOr);
    while (!failed_) {
      const size_t start = at_;
      const bool isNot = accept("not");
      if (accept("between")) {
        Tree low = bits(kBitOr);
        expect("and");
        left = node(isNot ? Op::notBetween : Op::between,
                    {std::move(left), std::move(low), bits(kBitOr)});
      } else if (accept("in")) {
        left = within(std::move(left), isNot);
      } else if (accept("like")) {
        left = node(isNot ? Op::notLike : Op::like, {std::move(left), unary()});
        if (accept("escape")) left.kids.push_back(unary());
      } else if (accept("regexp") || accept("rlike")) {
        left = node(Op::binary, {std::move(left), bits(kBitOr)}, "regexp");
        if (isNot) left = negation(std::move(left));
      } else if (isNot) {
        at_ = start;
        return left;
      } else if (accept("is")) {
        left = is(std::move(left));
      } else if (const std::string op = comparison(); !op.empty()) {
        left = compared(std::move(left), op, bits(kBitOr));
      } else {
        return left;
      }
    }
    return left;
  }

  std::string comparison() {
    for (const std::string_view op : {"=", "<=>", "<>", "<=", ">=", "<", ">"})
      if (peek().kind == Kind::symbol && accept(op)) return std::string(op);
    return {};
  }

  // MySQL says `0 <> a` of a column that stands where a truth is asked for.
  Tree compared(Tree left, const std::string& op, Tree right) const {
    const bool asked = server_ == Server::mysql && (op == "=" || op == "<>") &&
                       left.op == Op::atom && left.text == "0" && right.op == Op::name;
    if (asked) std::swap(left, right);
    return node(Op::binary, {std::move(left), std::move(right)}, op);
  }

  // A truth within an expression. MySQL compares a column with 0 there, too.
  Tree truth() {
    Tree out = expression();
    return server_ == Server::mysql && out.op == Op::name ? unequalZero(std::move(out)) : out;
  }

  Tree is(Tree left) {
    const bool isNot = accept("not");
    if (accept("null")) return node(isNot ? Op::isNotNull : Op::isNull, {std::move(left)});
    for (const char* word : {"true", "false", "unknown"})
      if (accept(word))
        return node(Op::binary, {std::move(left), leaf(word)}, isNot ? "is not" : "is");
    fail();
    return left;
  }

  // One value alone is compared.
  Tree within(Tree left, bool isNot) {
    expect("(");
    if (peek().is("select")) {
      Tree rows = leaf(query());
      expect(")");
      return node(isNot ? Op::notInList : Op::inList, {std::move(left), std::move(rows)});
    }
    std::vector<Tree> kids{std::move(left)};
    do kids.push_back(expression());
    while (accept(","));
    expect(")");
    if (kids.size() == 2) return node(Op::binary, std::move(kids), isNot ? "<>" : "=");
    return node(isNot ? Op::notInList : Op::inList, std::move(kids));
  }

  // Operators of numbers and bits, from `level` on.
  Tree bits(Binding level) {
    if (level > kBitXor) return unary();
    Tree left = bits(Binding(level + 1));
    for (std::string op = operatorOf(level); !failed_ && !op.empty(); op = operatorOf(level))
      left = node(Op::binary, {std::move(left), bits(Binding(level + 1))}, op);
    return left;
  }
  std::string operatorOf(Binding level) {
    struct Known {
      const char *written, *op;
      Binding level;
    };
    constexpr std::array<Known, 12> kKnown = {{{"|", "|", kBitOr},
                                               {"&", "&", kBitAnd},
                                               {"<<", "<<", kShift},
                                               {">>", ">>", kShift},
                                               {"+", "+", kSum},
                                               {"-", "-", kSum},
                                               {"*", "*", kProduct},
                                               {"/", "/", kProduct},
                                               {"%", "MOD", kProduct},
                                               {"div", "DIV", kProduct},
                                               {"mod", "MOD", kProduct},
                                               {"^", "^", kBitXor}}};
    for (const auto& known : kKnown)
      if (known.level == level && accept(known.written)) return known.op;
    return {};
  }

  Tree unary() {
    if (++depth_ > kDeepest) fail();
    Tree out = failed_ ? Tree{} : signedOperand();
    --depth_;
    while (accept("collate")) {
      out = node(Op::binary, {std::move(out), leaf(peek().text)}, "collate");
      ++at_;
    }
    return out;
  }
  Tree signedOperand() {
    if (accept("-")) {
      Tree of = unary();
      const bool number = of.op == Op::atom && !of.text.empty() &&
                          (std::isdigit(static_cast<unsigned char>(of.text[0])) != 0);
      if (of.op == Op::atom && of.text.size() > 1 && of.text[0] == '-')
        return leaf(of.text.substr(1));  // twice
      return number ? leaf("-" + of.text) : node(Op::minus, {std::move(of)});
    }
    if (accept("+")) return unary();
    if (accept("!")) return negation(unary());
    return primary();
  }

  // ---- operands
  Tree primary() {
    const SqlToken& token = peek();
    switch (token.kind) {
      case Kind::number: ++at_; return leaf(token.text);
      case Kind::text: ++at_; return leaf(textLiteral(token.text));
      case Kind::hex: ++at_; return leaf("x'" + lowered(token.text) + "'");
      case Kind::name: return name();
      case Kind::symbol:
        if (accept("(")) return parenthesis();
        break;
      case Kind::word: return word();
      case Kind::end: break;
    }
    fail();
    return {};
  }

  Tree parenthesis() {
    if (peek().is("select")) {
      Tree out = leaf("(" + query() + ")");
      expect(")");
      return out;
    }
    Tree first = expression();
    if (accept(")")) return first;
    std::vector<Tree> kids{std::move(first)};
    while (accept(",")) kids.push_back(expression());
    expect(")");
    return node(Op::list, std::move(kids));
  }

  Tree name() { return leaf(path(3), Op::name); }

  // Names with dots between them, quoted. Of a path of `whole` parts the first is the schema: ours
  // goes.
  std::string path(size_t whole) {
    std::vector<std::string> parts;
    do {
      if (peek().kind != Kind::name && peek().kind != Kind::word) fail();
      parts.push_back(peek().text);
      ++at_;
    } while (!failed_ && accept("."));
    if (parts.size() == whole && parts[0] == schema_) parts.erase(parts.begin());
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ".") + quote(part);
    return out;
  }

  Tree word() {
    const std::string text = peek().text;
    if (text == "case") return caseWhen();
    if (text == "interval") return interval();
    if (text == "true" || text == "false") {
      ++at_;
      return leaf(text == "true" ? "1" : "0");
    }
    if (text == "null") {
      ++at_;
      return leaf("NULL");
    }
    if (peek(1).kind == Kind::text) return typedLiteral(text);
    if (peek(1).is("(")) {
      ++at_;
      return call(text);
    }
    if (peek(1).is(".")) return name();
    // A word alone: a function without arguments, or a name without quotes.
    ++at_;
    if (text == "current_timestamp" || text == "current_date" || text == "utc_timestamp" ||
        text == "utc_date")
      return node(Op::call, {}, text);
    return leaf(quote(text), Op::name);
  }

  Tree typedLiteral(const std::string& type) {
    ++at_;
    std::string text = textLiteral(peek().text);
    ++at_;
    if (type == "_utf8mb4") return leaf(std::move(text));
    if (type != "date" && type != "time" && type != "timestamp") fail();
    std::string upper = type;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return leaf(upper + text);
  }

  Tree caseWhen() {
    expect("case");
    Tree out = node(Op::caseWhen, {});
    const bool what = !peek().is("when");
    if (what) {
      out.text += 'w';
      out.kids.push_back(expression());
    }
    while (!failed_ && accept("when")) {
      out.kids.push_back(what ? expression() : truth());
      expect("then");
      out.kids.push_back(expression());
    }
    if (accept("else")) {
      out.text += 'e';
      out.kids.push_back(expression());
    }
    expect("end");
    return out;
  }

  Tree interval() {
    expect("interval");
    Tree of = expression();
    std::string unit = peek().text;
    ++at_;
    return node(Op::interval, {std::move(of)}, std::move(unit));
  }

  Tree call(const std::string& function) {
    expect("(");
    if (function == "cast") {
      Tree of = expression();
      expect("as");
      return node(Op::cast, {std::move(of)}, typeInCast());
    }
    if (function == "convert") {
      Tree of = expression();
      expect("using");
      std::string charset = peek().text;
      ++at_;
      expect(")");
      return node(Op::usingSet, {std::move(of)}, std::move(charset));
    }
    Tree out = node(Op::call, {}, function);
    if (const auto other = otherNames().find(function); other != otherNames().end())
      out.text = other->second;
    if (function == "timestampdiff" || function == "timestampadd") {
      std::string unit = peek().text;
      for (char& c : unit) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      out.kids.push_back(leaf(std::move(unit)));
      ++at_;
      expect(",");
    }
    if (accept("*")) {
      out.kids.push_back(leaf("*"));
      expect(")");
      return out;
    }
    if (!accept(")")) {
      if (accept("distinct")) out.text += "(distinct";  // closed below
      do out.kids.push_back(expression());
      while (accept(","));
      expect(")");
    }
    if (out.text.ends_with("(distinct")) {
      out.text.resize(out.text.size() - 9);
      Tree first = leaf("distinct " + write(out.kids.front()));
      out.kids.front() = std::move(first);
    }
    if (out.text == "count" && out.kids.size() == 1 && out.kids[0].text == "0")
      out.kids[0].text = "*";
    if (out.text == "mod" && out.kids.size() == 2)
      return node(Op::binary, std::move(out.kids), "MOD");
    // MySQL knows the operator by this name.
    if (out.text == "regexp_like" && out.kids.size() == 2)
      return node(Op::binary, std::move(out.kids), "regexp");
    if (out.text == "if" && server_ == Server::mysql && out.kids[0].op == Op::name)
      out.kids[0] = unequalZero(std::move(out.kids[0]));
    return out;
  }

  // Up to the parenthesis that closes the cast. Texts of our sessions are binary ones.
  std::string typeInCast() {
    std::string out;
    unsigned open = 0;
    while (!failed_ && !(open == 0 && peek().is(")"))) {
      const SqlToken& token = peek();
      if (token.kind == Kind::end) fail();
      if (token.is("(")) ++open;
      if (token.is(")")) --open;
      const bool tight = token.kind == Kind::symbol || out.ends_with('(') || out.ends_with(',');
      out += (out.empty() || tight ? "" : " ") + token.text;
      ++at_;
    }
    expect(")");
    // MySQL does not say that it is one.
    const std::string_view charset =
        server_ == Server::mysql ? " charset utf8mb4" : " charset utf8mb4 binary";
    if (out.ends_with(charset)) out.resize(out.size() - charset.size());
    if (out == "char charset binary") out = "binary";
    if (out == "signed integer" || out == "signed int") out = "signed";
    return out;
  }

  // ---- queries
  std::string alias() {
    if (const bool named = accept("as"); !named && peek().kind != Kind::name) return {};
    std::string out = " AS " + quote(peek().text);
    ++at_;
    return out;
  }

  std::string query() {
    if (++depth_ > kDeepest) fail();
    expect("select");
    std::string out = "SELECT ";
    if (accept("distinct")) out += "DISTINCT ";
    size_t items = 0;
    do {
      if (failed_) break;
      out += (items++ ? ", " : "") + write(expression());
      out += alias();
    } while (accept(","));
    if (accept("from")) out += " FROM " + joined(true);
    if (accept("where")) out += " WHERE " + condition();
    --depth_;
    return out;
  }

  // A column alone is compared with 0.
  std::string condition() {
    Tree out = expression();
    return write(out.op == Op::name ? unequalZero(std::move(out)) : out);
  }

  // `outermost`: what stands on the left of a join needs no parentheses.
  std::string joined(bool outermost) {
    if (++depth_ > kDeepest) fail();
    std::string out = tableReference(outermost);
    while (!failed_) {
      std::string kind;
      if (accept("left")) {
        accept("outer");
        expect("join");
        kind = "LEFT JOIN";
      } else if (accept("join")) {
        kind = "JOIN";
      } else if (peek().is("inner")) {
        accept("inner");
        expect("join");
        kind = "JOIN";
      } else {
        break;
      }
      out += " " + kind + " " + tableReference(false);
      if (accept("on")) out += " ON " + condition();
    }
    --depth_;
    return out;
  }

  std::string tableReference(bool leftmost) {
    if (accept("(")) {
      const std::string inner = joined(true);
      expect(")");
      return leftmost || inner.find(" JOIN ") == std::string::npos ? inner : "(" + inner + ")";
    }
    const std::string table = path(2);
    return table + alias();
  }

  static constexpr unsigned kDeepest = 500;
  std::vector<SqlToken> tokens_;
  std::string schema_;
  Server server_;
  size_t at_ = 0;
  unsigned depth_ = 0;
  bool failed_ = false;
};

// What MySQL takes for a truth without being asked to compare it: no number that a function or CASE
// comes to.
bool isTruth(const Tree& tree) {
  switch (tree.op) {
    case Op::both:
    case Op::either:
    case Op::negated:
    case Op::isNull:
    case Op::isNotNull:
    case Op::between:
    case Op::notBetween:
    case Op::inList:
    case Op::notInList:
    case Op::like:
    case Op::notLike: return true;
    case Op::binary:
      for (const std::string_view op :
           {"=", "<=>", "<>", "<", "<=", ">", ">=", "regexp", "is", "is not", "xor"})
        if (tree.text == op) return true;
      return false;
    case Op::atom:
    case Op::name:
    case Op::call:
    case Op::minus:
    case Op::caseWhen:
    case Op::cast:
    case Op::usingSet:
    case Op::interval:
    case Op::list: return false;
  }
  return false;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

std::string settledExpression(std::string_view sql, Server server) {
  if (auto tree = Parser(sqlTokens(sql), "", server).wholeExpression()) return write(*tree);
  return trimmed(sql);
}

std::string settledCheck(std::string_view sql, Server server) {
  auto tree = Parser(sqlTokens(sql), "", server).wholeExpression();
  if (!tree) return trimmed(sql);
  if (server == Server::mysql && !isTruth(*tree)) *tree = unequalZero(std::move(*tree));
  return write(*tree);
}

std::optional<std::pair<std::string, std::string>> chosen(std::string_view sql, Server server) {
  const auto tree = Parser(sqlTokens(sql), "", server).wholeExpression();
  if (!tree || tree->op != Op::call || tree->text != "if" || tree->kids.size() != 3 ||
      tree->kids[2].text != "NULL")
    return std::nullopt;
  return std::pair(write(tree->kids[0]), write(tree->kids[1]));
}

std::optional<std::string> argumentOf(std::string_view function, std::string_view sql,
                                      Server server) {
  const auto tree = Parser(sqlTokens(sql), "", server).wholeExpression();
  if (!tree || tree->op != Op::call || tree->text != function || tree->kids.empty())
    return std::nullopt;
  return write(tree->kids[0]);
}

std::string settledQuery(std::string_view sql, std::string_view schema, Server server) {
  if (auto text = Parser(sqlTokens(sql), schema, server).wholeQuery()) return *text;
  return trimmed(sql);
}

}  // namespace cambium::dialect::mariadb
