#include "plugins/import/cam_expr.h"

#include <algorithm>

namespace cambium::importing {
namespace {

using ir::ExprKind;
using ir::Scalar;

struct FunctionName {
  std::string_view sql;
  ir::Function function;
  size_t least, most;  // arguments
};

constexpr size_t kMany = 100;

constexpr FunctionName kFunctions[] = {
    {"lower", ir::Function::lower, 1, 1},
    {"lcase", ir::Function::lower, 1, 1},
    {"upper", ir::Function::upper, 1, 1},
    {"ucase", ir::Function::upper, 1, 1},
    {"trim", ir::Function::trim, 1, 1},
    {"btrim", ir::Function::trim, 1, 1},
    {"length", ir::Function::length, 1, 1},
    {"char_length", ir::Function::length, 1, 1},
    {"character_length", ir::Function::length, 1, 1},
    {"substring", ir::Function::substring, 2, 3},
    {"substr", ir::Function::substring, 2, 3},
    {"replace", ir::Function::replace, 3, 3},
    {"split_part", ir::Function::splitPart, 3, 3},
    {"starts_with", ir::Function::startsWith, 2, 2},
    {"matches", ir::Function::matches, 2, 2},
    {"left", ir::Function::left, 2, 2},
    {"right", ir::Function::right, 2, 2},
    {"repeat", ir::Function::repeat, 2, 2},
    {"sign", ir::Function::sign, 1, 1},
    {"ceil", ir::Function::ceil, 1, 1},
    {"ceiling", ir::Function::ceil, 1, 1},
    {"floor", ir::Function::floor, 1, 1},
    {"abs", ir::Function::absolute, 1, 1},
    {"round", ir::Function::round, 1, 2},
    {"coalesce", ir::Function::coalesce, 1, kMany},
    {"ifnull", ir::Function::coalesce, 2, 2},
    {"nullif", ir::Function::nullif, 2, 2},
    {"concat", ir::Function::concat, 1, kMany},
    {"gen_random_uuid", ir::Function::uuid, 0, 0},
    {"uuid_generate_v4", ir::Function::uuid, 0, 0},
    {"uuid", ir::Function::uuid, 0, 0},
    {"to_string", ir::Function::toStringFn, 1, 1},
    {"current_date", ir::Function::today, 0, 0},
    {"curdate", ir::Function::today, 0, 0},
};

Failure<std::string> no(std::string why) {
  return Failure{std::move(why)};
}

ir::Type plain(Scalar scalar) {
  ir::Type type;
  type.scalar = scalar;
  return type;
}

ir::Expr literal(Scalar scalar, std::string text) {
  ir::Expr e;
  e.kind = ExprKind::literal;
  e.type = plain(scalar);
  e.text = std::move(text);
  return e;
}

bool isNumber(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.size() < 40 && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }) &&
         std::ranges::count(text, '.') <= 1 && text.back() != '.';
}

std::optional<ir::Op> operatorOf(const std::string& sql) {
  if (sql == "and") return ir::Op::andOp;
  if (sql == "or") return ir::Op::orOp;
  if (sql == "=") return ir::Op::equal;
  if (sql == "<>") return ir::Op::notEqual;
  if (sql == "<") return ir::Op::less;
  if (sql == "<=") return ir::Op::lessEqual;
  if (sql == ">") return ir::Op::greater;
  if (sql == ">=") return ir::Op::greaterEqual;
  if (sql == "+") return ir::Op::add;
  if (sql == "-") return ir::Op::subtract;
  if (sql == "*") return ir::Op::multiply;
  if (sql == "/") return ir::Op::divide;
  if (sql == "%") return ir::Op::modulo;
  return std::nullopt;
}

bool isComparison(ir::Op op) {
  return op >= ir::Op::equal && op <= ir::Op::greaterEqual;
}

class Translator {
public:
  explicit Translator(const ExprScope& scope) : scope_(scope) {}

  Result<ir::Expr> run(const SqlExpr& e, const ir::Type* want) const {
    constexpr size_t kDeepest = 200;
    if (depth_ == kDeepest) return no("it is nested too deep");
    ++depth_;
    auto made = one(e, want);
    --depth_;
    return made;
  }

private:
  Result<ir::Expr> one(const SqlExpr& e, const ir::Type* want) const {
    switch (e.kind) {
      case SqlKind::number: return number(e.text, want);
      case SqlKind::text: return text(e.text, want);
      case SqlKind::boolean:
        if (want && ir::isNumeric(want->scalar) && !want->list)
          return literal(want->scalar, e.text == "true" ? "1" : "0");
        if (want && ir::isTextual(want->scalar) && !want->list)
          return no("it is a truth value, or a bit");
        return literal(Scalar::boolean, e.text);
      case SqlKind::null: return literal(Scalar::null, "");
      case SqlKind::name: return name(e.text);
      case SqlKind::value: return value();
      case SqlKind::call: return call(e, want);
      case SqlKind::unary: return unary(e, want);
      case SqlKind::binary: return binary(e, want);
      case SqlKind::isNull: return isNull(e);
      case SqlKind::inList: return compared(e, ExprKind::inList);
      case SqlKind::between: return compared(e, ExprKind::between);
      case SqlKind::like: return compared(e, ExprKind::like);
      case SqlKind::caseWhen: return caseWhen(e, want);
      case SqlKind::cast: return cast(e, want);
      case SqlKind::list: return list(e, want);
      case SqlKind::unknown: return no("the language has no word for " + e.text);
    }
    return no("the language has no word for it");
  }

  // ---------------------------------------------------------------- literals
  static Result<ir::Expr> number(const std::string& sql, const ir::Type* want) {
    if (want && !want->list) {
      if (want->scalar == Scalar::boolean && (sql == "0" || sql == "1"))
        return literal(Scalar::boolean, sql == "1" ? "true" : "false");
      if (ir::isTextual(want->scalar)) return literal(want->scalar, sql);
    }
    if (!isNumber(sql)) {
      if (sql.starts_with('.') && isNumber("0" + sql)) return literal(Scalar::decimal, "0" + sql);
      return no("the number `" + sql + "` has another form");
    }
    return literal(sql.find('.') == std::string::npos ? Scalar::int64 : Scalar::decimal, sql);
  }

  Result<ir::Expr> text(const std::string& sql, const ir::Type* want) const {
    if (!want) return literal(Scalar::text, sql);
    if (want->list) return listText(sql, *want);
    switch (want->scalar) {
      case Scalar::boolean: {
        const std::string low = lowered(sql);
        const bool yes = low == "t" || low == "true" || low == "1" || low == "y" || low == "yes";
        const bool not_ = low == "f" || low == "false" || low == "0" || low == "n" || low == "no";
        if (!yes && !not_) return no("`" + sql + "` is no truth value");
        return literal(Scalar::boolean, yes ? "true" : "false");
      }
      case Scalar::int16:
      case Scalar::int32:
      case Scalar::int64:
      case Scalar::decimal:
      case Scalar::float32:
      case Scalar::float64:
        if (!isNumber(sql)) return no("`" + sql + "` is no number");
        return literal(want->scalar, sql);
      case Scalar::enumeration: return member(sql, want->enumeration);
      case Scalar::json:
        if (!sql.starts_with('{') && !sql.starts_with('['))
          return no("a JSON default is an object or a list");
        return literal(Scalar::json, sql);
      case Scalar::duration: return no("a span of time has another form");
      case Scalar::bytes: return no("bytes have no literals");
      case Scalar::datetime:
      case Scalar::timestamp:
      case Scalar::date:
        if (sql.starts_with("0000")) return no("`" + sql + "` is no day");
        return moment(sql, want->scalar);
      default: return literal(Scalar::text, sql);
    }
  }

  // A day may stand for its beginning, and PostgreSQL has a word for 1970.
  static Result<ir::Expr> moment(std::string sql, Scalar scalar) {
    constexpr size_t kDay = std::string_view("2026-01-31").size();
    if (lowered(sql) == "epoch") sql = "1970-01-01 00:00:00+00";
    if (sql.empty() || sql[0] < '0' || sql[0] > '9') return literal(Scalar::text, sql);
    if (scalar == Scalar::date) return literal(Scalar::text, sql.substr(0, kDay));
    if (sql.size() == kDay) sql += " 00:00:00";
    if (sql.size() > kDay && sql[kDay] == ' ') sql[kDay] = 'T';
    const size_t zone = sql.find_first_of("+-Zz", std::min(kDay, sql.size()));
    if (scalar == Scalar::datetime) return literal(Scalar::text, sql.substr(0, zone));
    if (zone == std::string::npos)
      return no("`" + sql + "` has no zone: which instant it is depends on the session's");
    std::string offset = sql.substr(zone);
    if (offset.size() == std::string_view("+00").size()) offset += ":00";
    return literal(Scalar::text, sql.substr(0, zone) + offset);
  }

  // '{}' and '{a,b}' of a list.
  Result<ir::Expr> listText(const std::string& sql, const ir::Type& want) const {
    if (sql.size() < 2 || sql.front() != '{' || sql.back() != '}' ||
        sql.find_first_of("\"\\") != std::string::npos)
      return no("`" + sql + "` is no simple list");
    ir::Expr out;
    out.kind = ExprKind::list;
    ir::Type item = want;
    item.list = false;
    for (size_t at = 1; at + 1 < sql.size();) {
      const size_t end = std::min(sql.find(',', at), sql.size() - 1);
      auto one = text(sql.substr(at, end - at), &item);
      if (!one) return one;
      out.args.push_back(std::move(*one));
      at = end + 1;
    }
    return out;
  }

  Result<ir::Expr> member(const std::string& sql, ir::EnumId id) const {
    if (!id) return no("the enum is not carried over");
    // The model's enum stands where the schema's does.
    const Enum& e = scope_.schema.enums[id.index()];
    for (size_t i = 0; i < e.values.size(); ++i) {
      if (e.values[i].text != sql) continue;
      ir::Expr out;
      out.kind = ExprKind::member;
      out.type = plain(Scalar::enumeration);
      out.type.enumeration = id;
      out.text = scope_.model[id].values[i].name;
      return out;
    }
    return no("`" + sql + "` is no member of the enum");
  }

  Result<ir::Expr> list(const SqlExpr& e, const ir::Type* want) const {
    ir::Expr out;
    out.kind = ExprKind::list;
    ir::Type item;
    if (want) item = *want;
    item.list = false;
    for (const SqlExpr& arg : e.args) {
      auto one = run(arg, want ? &item : nullptr);
      if (!one) return one;
      out.args.push_back(std::move(*one));
    }
    return out;
  }

  // ---------------------------------------------------------------- names
  Result<ir::Expr> name(const std::string& column) const {
    const auto operand = scope_.column(column);
    if (!operand) return no(operand.error());
    ir::Expr e;
    e.kind = ExprKind::property;
    e.path = {operand->property};
    e.type = operand->type;
    return e;
  }

  Result<ir::Expr> value() const {
    if (!scope_.value) return no("`value` is known in a domain only");
    ir::Expr e;
    e.kind = ExprKind::value;
    e.type = *scope_.value;
    return e;
  }

  // The type that an operand asks of what it is compared with.
  std::optional<ir::Type> typeOf(const SqlExpr& e) const {
    switch (e.kind) {
      case SqlKind::name: {
        const auto operand = scope_.column(e.text);
        return operand ? std::optional(operand->type) : std::nullopt;
      }
      case SqlKind::value: return scope_.value;
      case SqlKind::cast:
      case SqlKind::unary: return e.args.empty() ? std::nullopt : typeOf(e.args[0]);
      case SqlKind::binary: {
        const auto op = operatorOf(e.text);
        if (!op || isComparison(*op) || *op == ir::Op::andOp || *op == ir::Op::orOp)
          return plain(Scalar::boolean);
        const auto left = typeOf(e.args[0]);
        return left ? left : typeOf(e.args[1]);
      }
      case SqlKind::call:
        if (e.text == "length" || e.text == "char_length") return plain(Scalar::int64);
        if (e.text == "lower" || e.text == "upper" || e.text == "trim") return plain(Scalar::text);
        if (e.text == "coalesce" && !e.args.empty()) return typeOf(e.args[0]);
        return std::nullopt;
      default: return std::nullopt;
    }
  }

  // ---------------------------------------------------------------- operators
  Result<ir::Expr> unary(const SqlExpr& e, const ir::Type* want) const {
    const bool isNot = e.text == "not";
    auto inner = run(e.args[0], isNot ? nullptr : want);
    if (!inner) return inner;
    ir::Expr out;
    out.kind = ExprKind::unary;
    out.op = isNot ? ir::Op::notOp : ir::Op::negate;
    out.args.push_back(std::move(*inner));
    return out;
  }

  Result<ir::Expr> binary(const SqlExpr& e, const ir::Type* want) const {
    const bool isMysql = scope_.schema.dialect == "mariadb";
    if (e.text == "||" && isMysql) return no("`||` is no sure operator: it depends on a setting");
    if (e.text == "/" && isMysql) return no("`/` gives a fraction there, of whole numbers, too");
    if (e.text == "||") {
      if (hasOptional(e)) return no(kNullJoined);
      SqlExpr joined = sqlExpr(SqlKind::call, "concat");
      flatten(e, joined.args);
      return call(joined, want);
    }
    const auto op = operatorOf(e.text);
    if (!op) return no("the language has no operator `" + e.text + "`");
    std::optional<ir::Type> left, right;
    if (isComparison(*op)) {
      left = typeOf(e.args[0]);
      right = typeOf(e.args[1]);
    } else if (*op != ir::Op::andOp && *op != ir::Op::orOp && want) {
      left = right = *want;
    }
    auto a = run(e.args[0], right ? &*right : nullptr);
    if (!a) return a;
    auto b = run(e.args[1], left ? &*left : nullptr);
    if (!b) return b;
    ir::Expr out;
    out.kind = ExprKind::binary;
    out.op = *op;
    out.args = {std::move(*a), std::move(*b)};
    return out;
  }

  static constexpr const char* kNullJoined =
      "a joined text is null there if one of its parts is: `concat` takes null for \"\"";

  // True if a part may be null.
  bool hasOptional(const SqlExpr& e) const {
    if (e.kind == SqlKind::name) {
      const auto operand = scope_.column(e.text);
      return operand && operand->type.optional;
    }
    return std::ranges::any_of(e.args, [&](const SqlExpr& arg) { return hasOptional(arg); });
  }

  static void flatten(const SqlExpr& e, std::vector<SqlExpr>& out) {
    if (e.kind == SqlKind::binary && e.text == "||") {
      flatten(e.args[0], out);
      flatten(e.args[1], out);
    } else {
      out.push_back(e);
    }
  }

  Result<ir::Expr> isNull(const SqlExpr& e) const {
    auto inner = run(e.args[0], nullptr);
    if (!inner) return inner;
    ir::Expr out;
    out.kind = ExprKind::isNull;
    out.negated = e.negated;
    out.args.push_back(std::move(*inner));
    return out;
  }

  // in, between, like: the first operand says what the others are.
  Result<ir::Expr> compared(const SqlExpr& e, ExprKind kind) const {
    ir::Expr out;
    out.kind = kind;
    out.negated = e.negated;
    const auto type = typeOf(e.args[0]);
    for (const SqlExpr& arg : e.args) {
      auto one = run(arg, type && !out.args.empty() ? &*type : nullptr);
      if (!one) return one;
      out.args.push_back(std::move(*one));
    }
    return out;
  }

  Result<ir::Expr> caseWhen(const SqlExpr& e, const ir::Type* want) const {
    ir::Expr out;
    out.kind = ExprKind::caseWhen;
    out.hasElse = e.hasElse;
    for (size_t i = 0; i < e.args.size(); ++i) {
      const bool isResult = i % 2 == 1 || (e.hasElse && i + 1 == e.args.size());
      auto one = run(e.args[i], isResult ? want : nullptr);
      if (!one) return one;
      out.args.push_back(std::move(*one));
    }
    return out;
  }

  Result<ir::Expr> call(const SqlExpr& e, const ir::Type* want) const {
    ir::Expr out;
    out.kind = ExprKind::call;
    if (isNow(e)) {
      out.function = want && want->scalar == Scalar::date ? ir::Function::today : ir::Function::now;
      return out;
    }
    if (e.text == "date" && e.args.size() == 1 && e.args[0].text == "now") {
      out.function = ir::Function::today;
      return out;
    }
    if (scope_.schema.dialect == "mariadb") {
      if (e.text == "length") return no("`length` counts bytes there");
      if (e.text == "concat" && hasOptional(e)) return no(kNullJoined);
    }
    const auto found = std::ranges::find(kFunctions, std::string_view(e.text), &FunctionName::sql);
    if (found == std::end(kFunctions) || e.args.size() < found->least ||
        e.args.size() > found->most)
      return no("the language has no function `" + e.text + "`");
    out.function = found->function;
    const bool passes =
        out.function == ir::Function::coalesce || out.function == ir::Function::nullif;
    for (const SqlExpr& arg : e.args) {
      std::optional<ir::Type> type;
      if (passes) type = typeOf(e.args[0]);
      auto one = run(arg, type ? &*type : passes ? want : nullptr);
      if (!one) return one;
      // Texts are joined; what is none is made one.
      type = typeOf(arg);
      if (out.function == ir::Function::concat && type && !ir::isTextual(type->scalar)) {
        ir::Expr text;
        text.kind = ExprKind::call;
        text.function = ir::Function::toStringFn;
        text.args.push_back(std::move(*one));
        *one = std::move(text);
      }
      out.args.push_back(std::move(*one));
    }
    return out;
  }

  // A cast that changes nothing the language would see, of a literal or between texts, is left out.
  Result<ir::Expr> cast(const SqlExpr& e, const ir::Type* want) const {
    const SqlExpr& inner = e.args[0];
    if (inner.kind == SqlKind::cast && want) return cast(inner, want);
    if (inner.kind == SqlKind::text || inner.kind == SqlKind::number ||
        inner.kind == SqlKind::boolean || inner.kind == SqlKind::null ||
        inner.kind == SqlKind::list) {
      std::optional<ir::Type> own;
      if (!want)
        for (uint32_t i = 0; i < scope_.schema.enums.size(); ++i)
          if (scope_.schema.enums[i].name == e.text && scope_.schema.enums[i].lost.empty()) {
            own = plain(Scalar::enumeration);
            own->enumeration = ir::EnumId(i);
          }
      return run(inner, own ? &*own : want);
    }
    const auto type = typeOf(inner);
    const bool toText = e.text == "text" || e.text.starts_with("varchar") ||
                        e.text.starts_with("character varying") || e.text.starts_with("char");
    const bool toNumber = e.text.starts_with("numeric") || e.text == "integer" ||
                          e.text == "bigint" || e.text == "smallint" ||
                          e.text.starts_with("double");
    if (type && !type->list &&
        ((toText && (ir::isTextual(type->scalar) || type->scalar == Scalar::enumeration)) ||
         (toNumber && ir::isNumeric(type->scalar))))
      return run(inner, want);
    if (isNow(inner)) return run(inner, want);
    return no("the language has no cast to `" + e.text + "`");
  }

  const ExprScope& scope_;
  mutable size_t depth_ = 0;
};

}  // namespace

bool isNow(const SqlExpr& e) {
  if (e.kind == SqlKind::cast && e.args.size() == 1) return isNow(e.args[0]);
  if (e.kind != SqlKind::call) return false;
  static constexpr std::string_view kNow[] = {"now",
                                              "current_timestamp",
                                              "transaction_timestamp",
                                              "statement_timestamp",
                                              "clock_timestamp",
                                              "localtimestamp",
                                              "localtime",
                                              "sysdate",
                                              "utc_timestamp"};
  if (std::ranges::find(kNow, std::string_view(e.text)) != std::end(kNow)) return true;
  return e.text == "datetime" && e.args.size() == 1 && lowered(e.args[0].text) == "now";
}

Result<ir::Expr> camExpr(const SqlExpr& e, const ExprScope& scope, const ir::Type* want) {
  return Translator(scope).run(e, want);
}

}  // namespace cambium::importing
