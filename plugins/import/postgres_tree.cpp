#include "plugins/import/postgres_tree.h"

#include <fmt/core.h>

#include <cstdlib>
#include <map>

namespace cambium::importing::postgres {
namespace {

using ir::Scalar;

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

SqlExpr unknown(std::string what) {
  return sqlExpr(SqlKind::unknown, std::move(what));
}

std::vector<SqlExpr> expressions(Node node, llvm::StringRef field) {
  std::vector<SqlExpr> out;
  for (const Tagged& item : list(node, field)) out.push_back(expression(item));
  return out;
}

SqlExpr constant(Node node) {
  if (flag(node, "isnull")) return sqlExpr(SqlKind::null);
  if (const auto* v = node->getObject("ival"))
    return sqlExpr(SqlKind::number, std::to_string(v->getInteger("ival").value_or(0)));
  if (const auto* v = node->getObject("fval")) return sqlExpr(SqlKind::number, text(v, "fval"));
  if (const auto* v = node->getObject("boolval"))
    return sqlExpr(SqlKind::boolean, flag(v, "boolval") ? "true" : "false");
  if (const auto* v = node->getObject("sval")) return sqlExpr(SqlKind::text, text(v, "sval"));
  return unknown("a bit string");
}

// The items of the right side of IN, BETWEEN and = ANY (…).
std::vector<SqlExpr> items(Tagged right) {
  if (right.tag == "List") return expressions(right.node, "items");
  if (right.tag == "A_ArrayExpr") return expressions(right.node, "elements");
  if (right.tag == "TypeCast") return items(tagged(right.node, "arg"));
  return {};
}

SqlExpr inList(Node node, const std::string& op) {
  SqlExpr e = sqlExpr(SqlKind::inList, "", {expression(tagged(node, "lexpr"))});
  e.negated = op == "<>";
  for (SqlExpr& item : items(tagged(node, "rexpr"))) e.args.push_back(std::move(item));
  return e.args.size() > 1 ? e : unknown("a list that is not written out");
}

SqlExpr operation(Node node) {
  const std::string kind = text(node, "kind");
  const auto words = names(node, "name");
  const std::string op = words.empty() ? "" : words.back();
  const Tagged left = tagged(node, "lexpr"), right = tagged(node, "rexpr");
  if (kind == "AEXPR_IN") return inList(node, op);
  if (kind == "AEXPR_OP_ANY" && op == "=") return inList(node, op);
  if (kind == "AEXPR_OP_ALL" && op == "<>") return inList(node, op);
  if (kind == "AEXPR_NULLIF")
    return sqlExpr(SqlKind::call, "nullif", {expression(left), expression(right)});
  if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN") {
    SqlExpr e = sqlExpr(SqlKind::between, "", {expression(left)});
    for (SqlExpr& item : items(right)) e.args.push_back(std::move(item));
    e.negated = kind == "AEXPR_NOT_BETWEEN";
    return e.args.size() == 3 ? e : unknown("a BETWEEN");
  }
  if (kind == "AEXPR_LIKE") {
    SqlExpr e = sqlExpr(SqlKind::like, "", {expression(left), expression(right)});
    e.negated = op == "!~~";
    return e;
  }
  if (kind == "AEXPR_ILIKE") return unknown("ILIKE");
  if (kind != "AEXPR_OP") return unknown("the operator `" + op + "`");
  if (!left.node && op == "-") {
    SqlExpr e = expression(right);
    if (e.kind != SqlKind::number) return sqlExpr(SqlKind::unary, "-", {std::move(e)});
    e.text = e.text.starts_with('-') ? e.text.substr(1) : "-" + e.text;
    return e;
  }
  static const std::vector<std::string> kPlain = {
      "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||"};
  const auto both = [&] { return std::vector<SqlExpr>{expression(left), expression(right)}; };
  if (!left.node) return unknown("the operator `" + op + "`");
  if (std::find(kPlain.begin(), kPlain.end(), op) != kPlain.end())
    return sqlExpr(SqlKind::binary, op, both());
  if (op == "!=") return sqlExpr(SqlKind::binary, "<>", both());
  if (op == "~" || op == "!~") {
    SqlExpr e = sqlExpr(SqlKind::call, "matches", both());
    return op == "~" ? e : sqlExpr(SqlKind::unary, "not", {std::move(e)});
  }
  return unknown("the operator `" + op + "`");
}

SqlExpr boolean(Node node) {
  const std::string op = text(node, "boolop");
  std::vector<SqlExpr> args = expressions(node, "args");
  if (args.empty()) return unknown("a condition");
  if (op == "NOT_EXPR") return sqlExpr(SqlKind::unary, "not", std::move(args));
  SqlExpr e = std::move(args.front());
  for (size_t i = 1; i < args.size(); ++i)
    e = sqlExpr(SqlKind::binary, op == "AND_EXPR" ? "and" : "or",
                {std::move(e), std::move(args[i])});
  return e;
}

SqlExpr caseWhen(Node node) {
  if (node->get("arg")) return unknown("CASE with an operand");
  SqlExpr e = sqlExpr(SqlKind::caseWhen);
  for (const Tagged& branch : list(node, "args")) {
    e.args.push_back(expression(tagged(branch.node, "expr")));
    e.args.push_back(expression(tagged(branch.node, "result")));
  }
  e.hasElse = node->get("defresult");
  if (e.hasElse) e.args.push_back(expression(tagged(node, "defresult")));
  return e;
}

SqlExpr present(Node node) {
  const std::string op = text(node, "op");
  if (op.starts_with("SVFOP_CURRENT_TIMESTAMP")) return sqlExpr(SqlKind::call, "now");
  if (op == "SVFOP_CURRENT_DATE") return sqlExpr(SqlKind::call, "current_date");
  if (op.starts_with("SVFOP_LOCALTIMESTAMP")) return sqlExpr(SqlKind::call, "localtimestamp");
  std::string word = op.starts_with("SVFOP_") ? op.substr(6) : op;
  return unknown("`" + word + "`");
}

Type plain(Scalar scalar, std::string loss = {}) {
  Type type;
  type.scalar = scalar;
  type.loss = std::move(loss);
  return type;
}

std::vector<int64_t> modifiers(Node typeName) {
  std::vector<int64_t> out;
  for (const Tagged& item : list(typeName, "typmods"))
    if (const SqlExpr e = expression(item); e.kind == SqlKind::number)
      out.push_back(std::strtoll(e.text.c_str(), nullptr, 10));
  return out;
}

Type sized(Scalar scalar, const std::vector<int64_t>& modifiers) {
  Type type = plain(scalar);
  if (!modifiers.empty() && modifiers[0] > 0) type.length = static_cast<uint32_t>(modifiers[0]);
  return type;
}

Type decimal(const std::vector<int64_t>& modifiers) {
  Type type = plain(Scalar::decimal);
  if (modifiers.empty()) {
    type.precision = 38;
    type.scale = 10;
    type.loss =
        "`numeric` without limits has no word: `decimal(38, 10)` has 28 digits before the "
        "point and 10 after it";
    return type;
  }
  return decimalOf(modifiers[0], modifiers.size() > 1 ? modifiers[1] : 0);
}

// The engine's own types by their names in its catalog.
std::optional<Type> builtIn(const std::string& name, const std::vector<int64_t>& mods,
                            bool& serial) {
  serial = name.find("serial") != std::string::npos;
  if (name == "bool" || name == "boolean") return plain(Scalar::boolean);
  if (name == "int2" || name == "smallserial" || name == "serial2") return plain(Scalar::int16);
  if (name == "int4" || name == "serial" || name == "serial4") return plain(Scalar::int32);
  if (name == "int8" || name == "bigserial" || name == "serial8") return plain(Scalar::int64);
  if (name == "float4") return plain(Scalar::float32);
  if (name == "float8") return plain(Scalar::float64);
  if (name == "numeric") return decimal(mods);
  if (name == "varchar") return mods.empty() ? plain(Scalar::text) : sized(Scalar::string, mods);
  if (name == "bpchar") {
    Type type = sized(Scalar::string, mods);
    type.loss = "a text is not filled up with blanks: `char(n)` is `string(n)`";
    return type;
  }
  if (name == "text" || name == "name") return plain(Scalar::text);
  if (name == "citext") return plain(Scalar::text, "texts are compared with case");
  if (name == "bytea") return plain(Scalar::bytes);
  if (name == "uuid") return plain(Scalar::uuid);
  if (name == "date") return plain(Scalar::date);
  if (name == "time") return plain(Scalar::time);
  if (name == "timetz") return plain(Scalar::time, "a time has no zone");
  if (name == "timestamp") return plain(Scalar::datetime);
  if (name == "timestamptz") return plain(Scalar::timestamp);
  if (name == "interval") return plain(Scalar::duration);
  if (name == "json" || name == "jsonb") return plain(Scalar::json);
  if (name == "money") {
    Type type = plain(Scalar::decimal, "`money` is `decimal(19, 2)`, without a currency");
    type.precision = 19;
    type.scale = 2;
    return type;
  }
  return std::nullopt;
}

}  // namespace

Tagged tagged(const llvm::json::Value* value) {
  const Node node = value ? value->getAsObject() : nullptr;
  if (!node || node->size() != 1) return {};
  return {node->begin()->first, node->begin()->second.getAsObject()};
}
Tagged tagged(Node parent, llvm::StringRef field) {
  return parent ? tagged(parent->get(field)) : Tagged{};
}
std::string text(Node node, llvm::StringRef field) {
  return node ? node->getString(field).value_or("").str() : "";
}
bool flag(Node node, llvm::StringRef field) {
  return node && node->getBoolean(field).value_or(false);
}
int64_t number(Node node, llvm::StringRef field) {
  return node ? node->getInteger(field).value_or(0) : 0;
}

std::vector<Tagged> list(Node node, llvm::StringRef field) {
  std::vector<Tagged> out;
  if (const auto* items = node ? node->getArray(field) : nullptr)
    for (const auto& item : *items) out.push_back(tagged(&item));
  return out;
}

std::vector<std::string> names(Node node, llvm::StringRef field) {
  std::vector<Tagged> all = list(node, field);
  if (all.empty())
    if (const Tagged inner = tagged(node, field); inner.tag == "List")
      all = list(inner.node, "items");
  std::vector<std::string> out;
  for (const Tagged& item : all)
    if (item.tag == "String") out.push_back(text(item.node, "sval"));
  return out;
}

std::string relation(Node node, llvm::StringRef field) {
  return node ? text(node->getObject(field), "relname") : "";
}

SqlExpr expression(Tagged e) {
  if (!e.node) return unknown("an expression");
  if (e.tag == "A_Const") return constant(e.node);
  if (e.tag == "A_Expr") return operation(e.node);
  if (e.tag == "BoolExpr") return boolean(e.node);
  if (e.tag == "CaseExpr") return caseWhen(e.node);
  if (e.tag == "SQLValueFunction") return present(e.node);
  if (e.tag == "A_ArrayExpr") return sqlExpr(SqlKind::list, "", expressions(e.node, "elements"));
  if (e.tag == "CoalesceExpr")
    return sqlExpr(SqlKind::call, "coalesce", expressions(e.node, "args"));
  if (e.tag == "ColumnRef") {
    const auto parts = names(e.node, "fields");
    return parts.empty() ? unknown("`*`") : sqlExpr(SqlKind::name, parts.back());
  }
  if (e.tag == "NullTest") {
    SqlExpr test = sqlExpr(SqlKind::isNull, "", {expression(tagged(e.node, "arg"))});
    test.negated = text(e.node, "nulltesttype") == "IS_NOT_NULL";
    return test;
  }
  if (e.tag == "BooleanTest") {
    const std::string kind = text(e.node, "booltesttype");
    if (kind == "IS_TRUE") return expression(tagged(e.node, "arg"));
    return unknown("a test IS " + kind.substr(std::min<size_t>(3, kind.size())));
  }
  if (e.tag == "TypeCast") {
    const Node type = e.node->getObject("typeName");
    SqlExpr arg = expression(tagged(e.node, "arg"));
    const auto parts = names(type, "names");
    // 't'::bool is how the tree has true.
    if (!parts.empty() && parts.back() == "bool" && arg.kind == SqlKind::text &&
        (arg.text == "t" || arg.text == "f"))
      return sqlExpr(SqlKind::boolean, arg.text == "t" ? "true" : "false");
    return sqlExpr(SqlKind::cast, spelling(type), {std::move(arg)});
  }
  if (e.tag == "FuncCall") {
    const auto parts = names(e.node, "funcname");
    return sqlExpr(SqlKind::call, parts.empty() ? "" : lowered(parts.back()),
                   expressions(e.node, "args"));
  }
  if (e.tag == "SubLink") return unknown("a subquery");
  if (e.tag == "CollateClause") return unknown("COLLATE");
  if (e.tag == "MinMaxExpr") return unknown("GREATEST or LEAST");
  return unknown("an expression of the kind " + e.tag.str());
}

std::string spelling(Node typeName) {
  static const std::map<std::string, std::string> kWords = {
      {"int2", "smallint"},
      {"int4", "integer"},
      {"int8", "bigint"},
      {"float4", "real"},
      {"float8", "double precision"},
      {"bool", "boolean"},
      {"bpchar", "char"},
      {"timestamptz", "timestamp with time zone"},
      {"timetz", "time with time zone"}};
  auto parts = names(typeName, "names");
  if (parts.size() > 1 && (parts[0] == "pg_catalog" || parts[0] == "public"))
    parts.erase(parts.begin());
  std::string out = joined(parts, ".");
  if (const auto word = kWords.find(out); word != kWords.end()) out = word->second;
  std::string mods;
  for (const int64_t m : modifiers(typeName))
    mods += (mods.empty() ? "" : ", ") + std::to_string(m);
  if (!mods.empty()) out += "(" + mods + ")";
  for (size_t i = 0; i < list(typeName, "arrayBounds").size(); ++i) out += "[]";
  return out;
}

Type typeOf(Node typeName, const Schema& schema, bool& serial) {
  serial = false;
  const auto parts = names(typeName, "names");
  const std::string name = parts.empty() ? "" : parts.back();
  const auto mods = modifiers(typeName);
  const size_t dimensions = list(typeName, "arrayBounds").size();
  Type type;
  if (auto known = builtIn(name, mods, serial)) {
    type = std::move(*known);
  } else if (schema.findEnum(name)) {
    type = plain(Scalar::enumeration);
    type.enumeration = name;
  } else if (const Alias* alias = schema.findAlias(name)) {
    type = alias->type;
    type.alias = alias->name;
    type.loss.clear();  // said of the domain
  } else {
    type.native = spelling(typeName);
    type.loss =
        fmt::format("`{}` is no type of the language: it is `text` with `@native`", type.native);
    return type;
  }
  if (dimensions > 0) type.list = true;
  if (dimensions > 1) {
    type.scalar = Scalar::json;
    type.list = false;
    type.length = 0;
    type.loss = "a list of lists is `json`";
  }
  return type;
}

}  // namespace cambium::importing::postgres
