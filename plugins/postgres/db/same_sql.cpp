#include "plugins/postgres/db/same_sql.h"

#include <fmt/core.h>
#include <llvm/Support/JSON.h>
#include <pg_query.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

namespace json = llvm::json;
using json::Array;
using json::Object;
using json::Value;

std::optional<Value> parseTree(const std::string& sql) {
  const PgQueryParseResult parsed = pg_query_parse(sql.c_str());
  std::optional<Value> out;
  if (!parsed.error) {
    if (auto value = json::parse(parsed.parse_tree))
      out = std::move(*value);
    else
      llvm::consumeError(value.takeError());
  }
  pg_query_free_parse_result(parsed);
  return out;
}

// {"TypeCast": {…}} → the inside, if that is the tag.
Object* as(Value& node, llvm::StringRef tag) {
  auto* object = node.getAsObject();
  return object && object->size() == 1 ? object->getObject(tag) : nullptr;
}
const Object* as(const Value& node, llvm::StringRef tag) {
  const auto* object = node.getAsObject();
  return object && object->size() == 1 ? object->getObject(tag) : nullptr;
}

std::string textOf(const Object& node, llvm::StringRef field) {
  return node.getString(field).value_or("").str();
}

Value tagged(llvm::StringRef tag, Object inside) {
  return Object{{tag, std::move(inside)}};
}
Value operation(const char* kind, const char* name, Value left, Value right) {
  return tagged("A_Expr", Object{{"kind", kind},
                                 {"name", Array{tagged("String", Object{{"sval", name}})}},
                                 {"lexpr", std::move(left)},
                                 {"rexpr", std::move(right)}});
}
Value boolean(const char* kind, Array args) {
  return tagged("BoolExpr", Object{{"boolop", kind}, {"args", std::move(args)}});
}

std::string nameOf(const Object& node, llvm::StringRef field) {
  const auto* names = node.getArray(field);
  if (!names || names->empty()) return {};
  const auto* last = as(names->back(), "String");
  return last ? textOf(*last, "sval") : "";
}

// ---- what the server makes of a form when it reads it
bool isConstant(const Value& node) {
  if (as(node, "A_Const")) return true;
  const auto* cast = as(node, "TypeCast");
  const auto* arg = cast ? cast->get("arg") : nullptr;
  return arg && isConstant(*arg);
}

// x IN (1, 2, y) → x = ANY (ARRAY[1, 2]) OR x = y
Value inList(const Object& node) {
  const bool negated = nameOf(node, "name") == "<>";
  const auto* list = node.get("rexpr") ? as(*node.get("rexpr"), "List") : nullptr;
  const Value left = *node.get("lexpr");
  Array constants, alternatives;
  std::vector<Value> others;
  if (list) {
    for (const auto& item : *list->getArray("items")) {
      if (isConstant(item))
        constants.push_back(item);
      else
        others.push_back(item);
    }
  }
  if (constants.size() == 1) {
    others.insert(others.begin(), constants.front());
    constants.clear();
  }
  const char* op = negated ? "<>" : "=";
  if (!constants.empty())
    alternatives.push_back(
        operation(negated ? "AEXPR_OP_ALL" : "AEXPR_OP_ANY", op, left,
                  tagged("A_ArrayExpr", Object{{"elements", std::move(constants)}})));
  for (const auto& one : others) alternatives.push_back(operation("AEXPR_OP", op, left, one));
  if (alternatives.size() == 1) return alternatives.front();
  return boolean(negated ? "AND_EXPR" : "OR_EXPR", std::move(alternatives));
}

Value between(const Object& node, bool negated) {
  const auto* list = node.get("rexpr") ? as(*node.get("rexpr"), "List") : nullptr;
  const auto* items = list ? list->getArray("items") : nullptr;
  if (!items || items->size() != 2) return tagged("A_Expr", Object(node));
  const Value left = *node.get("lexpr");
  return boolean(negated ? "OR_EXPR" : "AND_EXPR",
                 Array{operation("AEXPR_OP", negated ? "<" : ">=", left, (*items)[0]),
                       operation("AEXPR_OP", negated ? ">" : "<=", left, (*items)[1])});
}

Value normalized(Value node);

void normalizeInside(Value& node) {
  if (auto* object = node.getAsObject()) {
    for (auto& [key, value] : *object) value = normalized(std::move(value));
  } else if (auto* array = node.getAsArray()) {
    for (auto& item : *array) item = normalized(std::move(item));
  }
}

// One BoolExpr for a AND (b AND c).
void flatten(Object& node) {
  const std::string kind = textOf(node, "boolop");
  if (kind == "NOT_EXPR") return;
  const auto insideOf = [&](Value& arg) {
    auto* inner = as(arg, "BoolExpr");
    return inner && textOf(*inner, "boolop") == kind ? inner->getArray("args") : nullptr;
  };
  size_t count = 0;
  for (auto& arg : *node.getArray("args")) count += insideOf(arg) ? insideOf(arg)->size() : 1;
  Array flat;
  flat.reserve(count);
  for (auto& arg : *node.getArray("args")) {
    if (auto* inside = insideOf(arg)) {
      for (auto& one : *inside) flat.push_back(std::move(one));
    } else {
      flat.push_back(std::move(arg));
    }
  }
  node["args"] = std::move(flat);
}

Value normalized(Value node) {
  if (auto* e = as(node, "A_Expr")) {
    const std::string kind = textOf(*e, "kind");
    if (kind == "AEXPR_IN") return normalized(inList(*e));
    if (kind == "AEXPR_BETWEEN") return normalized(between(*e, false));
    if (kind == "AEXPR_NOT_BETWEEN") return normalized(between(*e, true));
    if (kind == "AEXPR_NOT_DISTINCT") {
      (*e)["kind"] = "AEXPR_DISTINCT";
      return normalized(boolean("NOT_EXPR", Array{std::move(node)}));
    }
    if (kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE") (*e)["kind"] = "AEXPR_OP";
  }
  normalizeInside(node);
  if (auto* b = as(node, "BoolExpr")) flatten(*b);
  return node;
}

// ---- comparison
std::optional<std::string> constantText(const Value& node) {
  const auto* constant = as(node, "A_Const");
  if (!constant || constant->getBoolean("isnull").value_or(false)) return std::nullopt;
  if (const auto* v = constant->getObject("ival"))
    return std::to_string(v->getInteger("ival").value_or(0));
  if (const auto* v = constant->getObject("fval")) return textOf(*v, "fval");
  if (const auto* v = constant->getObject("sval")) return textOf(*v, "sval");
  if (const auto* v = constant->getObject("boolval"))
    return v->getBoolean("boolval").value_or(false) ? "true" : "false";
  return std::nullopt;
}
bool isNull(const Value& node) {
  const auto* constant = as(node, "A_Const");
  if (constant) return constant->getBoolean("isnull").value_or(false);
  const auto* cast = as(node, "TypeCast");
  return cast && cast->get("arg") && isNull(*cast->get("arg"));
}

std::string typeName(const Object& cast) {
  const auto* type = cast.getObject("typeName");
  return type ? nameOf(*type, "names") : "";
}

bool match(const Value& said, const Value& stored);

bool matchLists(const Array& a, const Array& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!match(a[i], b[i])) return false;
  return true;
}

bool isNothing(const Value& v) {
  if (const auto flag = v.getAsBoolean()) return !*flag;
  if (const auto* list = v.getAsArray()) return list->empty();
  return v.getAsNull().has_value();
}

// Fields of two nodes of one kind, but those that `skip` names.
bool matchFields(const Object& a, const Object& b, std::initializer_list<llvm::StringRef> skip) {
  const auto skipped = [&](llvm::StringRef key) {
    if (key == "location" || key == "stmt_len" || key == "stmt_location") return true;
    return std::find(skip.begin(), skip.end(), key) != skip.end();
  };
  for (const auto& [key, value] : a) {
    if (skipped(key)) continue;
    const Value* other = b.get(key);
    if (other ? !match(value, *other) : !isNothing(value)) return false;
  }
  for (const auto& [key, value] : b)
    if (!skipped(key) && !a.get(key) && !isNothing(value)) return false;
  return true;
}

bool sameConstants(const std::string& said, const std::string& stored, const std::string& type) {
  if (said == stored) return true;
  if (type != "jsonb" && type != "json") return false;
  auto a = json::parse(said), b = json::parse(stored);
  const bool same = a && b && *a == *b;
  if (!a) llvm::consumeError(a.takeError());
  if (!b) llvm::consumeError(b.takeError());
  return same;
}

bool matchColumns(const Object& a, const Object& b) {
  const auto *x = a.getArray("fields"), *y = b.getArray("fields");
  if (!x || !y || x->empty() || y->empty()) return false;
  // The server qualifies a name, or does not, as it likes.
  return x->size() == y->size() ? matchLists(*x, *y) : match(x->back(), y->back());
}

bool matchTargets(const Object& a, const Object& b) {
  // Within a subquery the server gives a name to what has none; a column is called as it is.
  const std::string said = textOf(a, "name"), stored = textOf(b, "name");
  if (!said.empty() && !stored.empty() && said != stored) return false;
  if (!said.empty() && stored.empty()) {
    const auto* value = b.get("val");
    const auto* column = value ? as(*value, "ColumnRef") : nullptr;
    if (!column || nameOf(*column, "fields") != said) return false;
  }
  return matchFields(a, b, {"name"});
}

// A cast that the server writes where nobody said one: to a type that holds every value of those
// that it takes for it.
bool mayBeAdded(const Object& cast) {
  const std::string type = typeName(cast);
  return type == "text" || type == "int8" || type == "numeric" || type == "float8" ||
         type == "timestamp" || type == "timestamptz";
}

bool match(const Value& said, const Value& stored) {
  const auto *saidCast = as(said, "TypeCast"), *storedCast = as(stored, "TypeCast");
  if (storedCast) {
    const Value* inner = storedCast->get("arg");
    if (!inner) return false;
    if (saidCast && typeName(*saidCast) == typeName(*storedCast) && saidCast->get("arg")) {
      const auto a = constantText(*saidCast->get("arg")), b = constantText(*inner);
      if (a && b) return sameConstants(*a, *b, typeName(*storedCast));
      if (match(*saidCast->get("arg"), *inner)) return true;
    }
    const auto a = constantText(said), b = constantText(*inner);
    if (a && b) return sameConstants(*a, *b, typeName(*storedCast));
    return (isConstant(*inner) || mayBeAdded(*storedCast)) && match(said, *inner);
  }
  if (saidCast) {
    // Done when it was read: of a constant, of the elements of a list, of what was of that type.
    const Value* inner = saidCast->get("arg");
    const bool vanishes =
        inner && (isConstant(*inner) || as(*inner, "A_ArrayExpr") || as(*inner, "FuncCall") ||
                  as(*inner, "ColumnRef") || as(*inner, "CaseExpr") || as(*inner, "CoalesceExpr"));
    return vanishes && match(*inner, stored);
  }
  if (const auto a = constantText(said), b = constantText(stored); a && b) return *a == *b;
  if (const auto* a = as(said, "ColumnRef"), *b = as(stored, "ColumnRef"); a && b)
    return matchColumns(*a, *b);
  if (const auto* a = as(said, "ResTarget"), *b = as(stored, "ResTarget"); a && b)
    return matchTargets(*a, *b);
  if (const auto* a = as(said, "RangeVar"), *b = as(stored, "RangeVar"); a && b)
    return matchFields(*a, *b, {"schemaname"});
  if (const auto* a = as(said, "CaseExpr"), *b = as(stored, "CaseExpr"); a && b) {
    const Value* otherwise = b->get("defresult");
    if (!a->get("defresult") && otherwise && isNull(*otherwise))
      return matchFields(*a, *b, {"defresult"});
    return matchFields(*a, *b, {});
  }
  if (const auto* a = as(said, "FuncCall"), *b = as(stored, "FuncCall"); a && b)
    return nameOf(*a, "funcname") == nameOf(*b, "funcname") &&
           matchFields(*a, *b, {"funcname", "funcformat"});
  const auto *a = said.getAsObject(), *b = stored.getAsObject();
  if (a && b) return matchFields(*a, *b, {});
  const auto *x = said.getAsArray(), *y = stored.getAsArray();
  if (x && y) return matchLists(*x, *y);
  return said == stored;
}

bool same(const std::string& said, const std::string& stored) {
  if (said == stored) return true;
  auto a = parseTree(said), b = parseTree(stored);
  return a && b && match(normalized(std::move(*a)), normalized(std::move(*b)));
}

}  // namespace

bool sameExpression(std::string_view said, std::string_view stored) {
  return same("SELECT (" + std::string(said) + ")", "SELECT (" + std::string(stored) + ")");
}

bool sameConstraint(std::string_view said, std::string_view stored) {
  return same("ALTER TABLE t ADD " + std::string(said), "ALTER TABLE t ADD " + std::string(stored));
}

bool sameQuery(std::string_view said, std::string_view stored) {
  return same(std::string(said), std::string(stored));
}

std::string plainDefault(std::string_view stored) {
  std::string_view sql = stored;
  if (!sql.starts_with("'")) return std::string(stored);
  size_t end = 1;
  while (end < sql.size() && (sql[end] != '\'' || (end + 1 < sql.size() && sql[end + 1] == '\'')))
    end += sql[end] == '\'' ? 2 : 1;
  const std::string_view text = sql.substr(0, end + 1), behind = sql.substr(end + 1);
  if (behind.empty()) return std::string(stored);
  if (!behind.starts_with("::") || behind.find('\'') != std::string_view::npos)
    return std::string(stored);
  for (const char* number :
       {"::smallint", "::integer", "::bigint", "::numeric", "::real", "::double precision"})
    if (behind == number) return std::string(text.substr(1, text.size() - 2));
  return std::string(text);
}

namespace {

// CREATE VIEW "name" WITH … AS → "name"
std::string nameIn(const std::string& head) {
  const size_t begin = std::string_view("CREATE VIEW ").size();
  const size_t options = head.rfind(" WITH (");
  return head.substr(begin, (options == std::string::npos ? head.rfind(" AS") : options) - begin);
}

}  // namespace

bool sameView(const std::string& said, const std::string& head, const std::string& stored,
              const std::vector<std::string>& defaults) {
  const auto statements = statementsOf(said);
  if (!statements.front().starts_with(head)) return false;
  std::string query = stored;
  while (query.ends_with(';') || query.ends_with('\n')) query.pop_back();
  if (!sameQuery(statements.front().substr(head.size()), query)) return false;
  if (statements.size() - 1 != defaults.size() / 2) return false;
  for (size_t i = 1; i < statements.size(); ++i) {
    bool found = false;
    for (size_t d = 0; d + 1 < defaults.size() && !found; d += 2) {
      const std::string alter = fmt::format("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT ",
                                            nameIn(head), quote(defaults[d]));
      found = statements[i].starts_with(alter) &&
              sameExpression(statements[i].substr(alter.size()), defaults[d + 1]);
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace cambium::dialect::postgres
