#include "plugins/import/sql_expr_parser.h"

#include <algorithm>

#include "plugins/import/schema.h"

namespace cambium::importing {
namespace {

enum Level : int { kOr = 1, kAnd, kNot, kCompare, kBits, kAdd, kMultiply, kConcat, kUnary };

SqlExpr unknown(std::string what) {
  return sqlExpr(SqlKind::unknown, std::move(what));
}

// How tightly the operator at the cursor binds; 0 = there is none.
int levelOf(const Token& token, const Token& following) {
  static constexpr struct {
    std::string_view word;
    int level;
  } kTable[] = {
      {"or", kOr},         {"xor", kOr},         {"and", kAnd},         {"&&", kAnd},
      {"=", kCompare},     {"==", kCompare},     {"<>", kCompare},      {"!=", kCompare},
      {"<", kCompare},     {"<=", kCompare},     {">", kCompare},       {">=", kCompare},
      {"<=>", kCompare},   {"is", kCompare},     {"in", kCompare},      {"between", kCompare},
      {"like", kCompare},  {"glob", kCompare},   {"regexp", kCompare},  {"rlike", kCompare},
      {"match", kCompare}, {"isnull", kCompare}, {"notnull", kCompare}, {"&", kBits},
      {"|", kBits},        {"<<", kBits},        {">>", kBits},         {"+", kAdd},
      {"-", kAdd},         {"*", kMultiply},     {"/", kMultiply},      {"%", kMultiply},
      {"div", kMultiply},  {"mod", kMultiply},   {"||", kConcat},       {"->", kConcat},
      {"->>", kConcat},    {"collate", kConcat}};
  if (token.is("not"))
    return following.is("in") || following.is("between") || following.is("like") ||
                   following.is("glob") || following.is("regexp") || following.is("rlike") ||
                   following.is("null")
               ? kCompare
               : 0;
  for (const auto& row : kTable)
    if (token.is(row.word)) return row.level;
  return 0;
}

class Parser {
public:
  explicit Parser(Cursor& in) : in_(in) {}

  SqlExpr expression(int least = kOr) {
    if (++depth_ > kDeepest) return tooDeep();
    SqlExpr left = prefix();
    for (int length = 0;; ++length) {
      const int level = levelOf(in_.peek(), in_.peek(1));
      if (level == 0 || level < least) break;
      left = infix(std::move(left), level);
      // Operators in a row lie in each other, too.
      if (length > kLongest) left = unknown("so long an expression");
    }
    --depth_;
    return left;
  }

private:
  static constexpr int kDeepest = 200, kLongest = 1000;

  SqlExpr tooDeep() {
    while (!in_.atEnd()) in_.next();
    return unknown("an expression nested too deep");
  }

  SqlExpr prefix() {
    if (in_.accept("not") || in_.accept("!"))
      return sqlExpr(SqlKind::unary, "not", {expression(kNot)});
    if (in_.accept("+")) return expression(kUnary);
    if (in_.accept("-")) {
      SqlExpr e = expression(kUnary);
      if (e.kind != SqlKind::number) return sqlExpr(SqlKind::unary, "-", {std::move(e)});
      e.text = e.text.starts_with('-') ? e.text.substr(1) : "-" + e.text;
      return e;
    }
    if (in_.accept("~")) {
      expression(kUnary);
      return unknown("the operator `~`");
    }
    return primary();
  }

  SqlExpr infix(SqlExpr left, int level) {
    const bool negated = in_.accept("not");
    const std::string op = lowered(in_.next().value);
    if (op == "isnull" || op == "notnull" || (negated && op == "null")) {
      SqlExpr e = sqlExpr(SqlKind::isNull, "", {std::move(left)});
      e.negated = op != "isnull";
      return e;
    }
    if (op == "is") {
      const bool isNot = in_.accept("not");
      if (in_.accept("null")) {
        SqlExpr e = sqlExpr(SqlKind::isNull, "", {std::move(left)});
        e.negated = isNot;
        return e;
      }
      expression(kCompare + 1);
      return unknown("IS between two values");
    }
    if (op == "in") return inList(std::move(left), negated);
    if (op == "between") {
      SqlExpr e = sqlExpr(SqlKind::between, "", {std::move(left)});
      e.negated = negated;
      e.args.push_back(expression(kBits));
      in_.accept("and");
      e.args.push_back(expression(kBits));
      return e;
    }
    SqlExpr right = expression(level + 1);
    if (op == "like") {
      if (in_.accept("escape")) {
        expression(kBits);
        return unknown("LIKE … ESCAPE");
      }
      SqlExpr e = sqlExpr(SqlKind::like, "", {std::move(left), std::move(right)});
      e.negated = negated;
      return e;
    }
    if (op == "regexp" || op == "rlike") {
      SqlExpr e = sqlExpr(SqlKind::call, "matches", {std::move(left), std::move(right)});
      return negated ? sqlExpr(SqlKind::unary, "not", {std::move(e)}) : e;
    }
    static constexpr std::string_view kPlain[] = {"and", "or", "=", "<>", "<", "<=", ">",
                                                  ">=",  "+",  "-", "*",  "/", "%",  "||"};
    const std::string plain = op == "=="    ? "="
                              : op == "!="  ? "<>"
                              : op == "&&"  ? "and"
                              : op == "mod" ? "%"
                                            : op;
    if (op == "collate") return unknown("COLLATE");
    if (std::ranges::find(kPlain, plain) == std::end(kPlain))
      return unknown("the operator `" + op + "`");
    return sqlExpr(SqlKind::binary, plain, {std::move(left), std::move(right)});
  }

  SqlExpr inList(SqlExpr left, bool negated) {
    if (!in_.accept("(")) {
      in_.next();
      return unknown("IN a table");
    }
    if (in_.atAny({"select", "with", "values"})) {
      in_.skipParentheses();
      return unknown("a subquery");
    }
    SqlExpr e = sqlExpr(SqlKind::inList, "", {std::move(left)});
    e.negated = negated;
    arguments(e.args);
    return e.args.size() > 1 ? e : unknown("an empty list");
  }

  // Up to and past the closing parenthesis.
  void arguments(std::vector<SqlExpr>& out) {
    while (!in_.atEnd() && !in_.accept(")")) {
      if (in_.accept(",")) continue;
      const size_t before = in_.position();
      out.push_back(expression());
      if (in_.position() == before) in_.next();
    }
  }

  SqlExpr primary() {
    const Token token = in_.peek();
    switch (token.kind) {
      case TokenKind::number:
        in_.next();
        if (token.value == "b0" || token.value == "b1")  // of one bit, which is a truth value
          return sqlExpr(SqlKind::boolean, token.value == "b1" ? "true" : "false");
        if (token.value.starts_with("0x") || token.value.starts_with("b"))
          return unknown("a binary literal");
        return sqlExpr(SqlKind::number, token.value);
      case TokenKind::text: return textOf();
      case TokenKind::name:
      case TokenKind::word: return named();
      case TokenKind::symbol:
        if (in_.accept("(")) return parenthesised();
        if (!in_.at(")") && !in_.at(",") && !in_.at(";")) in_.next();
        return unknown("`" + token.value + "`");
      case TokenKind::broken:
      case TokenKind::end: return unknown("the end of the text");
    }
    return unknown("`" + token.value + "`");
  }

  SqlExpr textOf() {
    std::string text = in_.next().value;
    while (in_.peek().kind == TokenKind::text) text += in_.next().value;  // 'a' 'b'
    return sqlExpr(SqlKind::text, std::move(text));
  }

  SqlExpr parenthesised() {
    if (in_.atAny({"select", "with"})) {
      in_.skipParentheses();
      return unknown("a subquery");
    }
    std::vector<SqlExpr> items;
    arguments(items);
    return items.size() == 1 ? std::move(items[0]) : unknown("a row of values");
  }

  SqlExpr named() {
    const Token first = in_.next();
    if (first.kind == TokenKind::word) {
      if (first.is("null")) return sqlExpr(SqlKind::null);
      if (first.is("true") || first.is("false"))
        return sqlExpr(SqlKind::boolean, lowered(first.value));
      if (first.is("case")) return caseWhen();
      if (first.is("exists")) {
        if (in_.accept("(")) in_.skipParentheses();
        return unknown("a subquery");
      }
      if (first.is("interval")) {
        expression(kUnary);
        if (in_.peek().kind == TokenKind::word) in_.next();
        return unknown("INTERVAL");
      }
      for (const std::string_view word :
           {"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"})
        if (first.is(word)) {
          if (in_.accept("(")) in_.skipParentheses();
          if (word == "current_time") return unknown("CURRENT_TIME");
          return sqlExpr(SqlKind::call, word == "current_timestamp" ? "now" : std::string(word));
        }
    }
    if (in_.at("(")) return call(first);
    std::string name = first.value;
    while (in_.at(".") && in_.peek(1).isName()) {
      in_.next();
      name = in_.next().value;
    }
    return sqlExpr(SqlKind::name, std::move(name));
  }

  SqlExpr call(const Token& name) {
    in_.next();
    SqlExpr e = sqlExpr(SqlKind::call, lowered(name.value));
    if (name.is("cast") || name.is("convert")) {
      e.args.push_back(expression());
      std::string type;
      if (in_.accept("as") || in_.accept(","))
        while (!in_.atEnd() && !in_.at(")")) {
          if (in_.accept("(")) {
            in_.skipParentheses();
            continue;
          }
          type += (type.empty() ? "" : " ") + lowered(in_.next().value);
        }
      in_.accept(")");
      return sqlExpr(SqlKind::cast, type, std::move(e.args));
    }
    if (in_.accept("*")) {
      in_.accept(")");
      return unknown("`" + e.text + "(*)`");
    }
    in_.accept("distinct");
    arguments(e.args);
    return e;
  }

  SqlExpr caseWhen() {
    SqlExpr e = sqlExpr(SqlKind::caseWhen);
    const bool operand = !in_.at("when");
    if (operand) expression();
    while (in_.accept("when")) {
      e.args.push_back(expression());
      in_.accept("then");
      e.args.push_back(expression());
    }
    if (in_.accept("else")) {
      e.hasElse = true;
      e.args.push_back(expression());
    }
    in_.accept("end");
    return operand ? unknown("CASE with an operand") : e;
  }

  Cursor& in_;
  int depth_ = 0;
};

}  // namespace

SqlExpr parseExpression(Cursor& in) {
  return Parser(in).expression();
}

SqlExpr parseDefault(Cursor& in) {
  // Only so much: `DEFAULT 1 NOT NULL` goes on with something else.
  const Token& first = in.peek();
  if (first.kind == TokenKind::name && first.quote == '"')
    return sqlExpr(SqlKind::text, in.next().value);
  SqlExpr e = Parser(in).expression(kUnary);
  // A bare word is a text where it names no function.
  if (e.kind == SqlKind::name) e.kind = SqlKind::text;
  return e;
}

}  // namespace cambium::importing
