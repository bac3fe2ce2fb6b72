// A database that nobody has: just enough spelling to see what the catalog layer makes of it.
#pragma once

#include <fmt/core.h>

#include <string>

#include "compiler/catalog/traits.h"

namespace cambium::testing {

inline std::string fakeQuote(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

inline std::string fakeLiteral(const ir::Expr& e) {
  const bool number = ir::isNumeric(e.type.scalar) || e.type.scalar == ir::Scalar::boolean;
  if (e.kind == ir::ExprKind::literal && number && !e.type.list) return e.text;
  if (e.type.scalar == ir::Scalar::null) return "NULL";
  std::string out = "'";
  for (const char c : e.text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

inline catalog::TypeMapping fakeType(const ir::Type& t, const ir::Model& model) {
  using ir::Scalar;
  if (t.list) return {"LIST", "", "elements are not checked"};
  switch (t.scalar) {
    case Scalar::boolean: return {"BOOL", "", ""};
    case Scalar::int16: return {"INT", "{0} BETWEEN -32768 AND 32767", ""};
    case Scalar::int32: return {"INT", "", ""};
    case Scalar::int64: return {"BIGINT", "", ""};
    case Scalar::float32:
    case Scalar::float64: return {"FLOAT", "", ""};
    case Scalar::decimal:
      return {fmt::format("NUMERIC({}, {})", t.precision, t.scale), "",
              t.precision > 30 ? "30 digits are kept" : ""};
    case Scalar::string:
      return t.length
                 ? catalog::TypeMapping{"TEXT", fmt::format("length({{0}}) <= {}", t.length), ""}
                 : catalog::TypeMapping{"TEXT", "", ""};
    case Scalar::bytes: return {"BLOB", "", ""};
    case Scalar::timestamp: return {"TIMESTAMP", "", ""};
    case Scalar::date: return {"DATE", "", ""};
    case Scalar::uuid: return {"UUID", "", ""};
    case Scalar::enumeration: {
      std::string values;
      if (t.enumeration)
        for (const auto& v : model[t.enumeration].values)
          values += (values.empty() ? "'" : ", '") + v.name + "'";
      return {"TEXT", "{0} IN (" + values + ")", ""};
    }
    default: return {"TEXT", "", ""};
  }
}

inline std::optional<catalog::Traits::RaisedType> fakeRaise(std::string_view sql) {
  using ir::Scalar;
  ir::Type type;
  const auto is = [&](Scalar s) {
    type.scalar = s;
    return catalog::Traits::RaisedType{type, true};
  };
  if (sql == "BIGINT") return is(Scalar::int64);
  if (sql == "INT") return is(Scalar::int32);
  if (sql == "BOOL") return is(Scalar::boolean);
  if (sql == "TEXT") return is(Scalar::text);
  if (sql == "FLOAT") return is(Scalar::float64);
  if (sql == "UUID") return is(Scalar::uuid);
  if (sql == "TIMESTAMP") return is(Scalar::timestamp);
  if (sql == "DATE") return is(Scalar::date);
  if (sql == "VARCHAR(160)") {
    type.length = 160;
    auto raised = is(Scalar::string);
    raised.exact = false;
    return raised;
  }
  return std::nullopt;
}

inline std::optional<std::string> fakeCall(ir::Function f, const std::vector<std::string>& args,
                                           const ir::Expr&) {
  if (f == ir::Function::matches || f == ir::Function::autoincrement) return std::nullopt;
  std::string out = std::string(ir::info(f).name) + "(";
  for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
  return out + ")";
}

inline std::optional<std::string> fakeBinary(const ir::Expr& e, const std::string& a,
                                             const std::string& b) {
  if (e.kind == ir::ExprKind::binary && e.op == ir::Op::divide) return "div(" + a + ", " + b + ")";
  return std::nullopt;
}

inline catalog::Traits fakeTraits() {
  catalog::Traits t;
  t.dialect = "fake";
  t.displayName = "FakeDB";
  t.tableOptions = {"STRICT"};
  t.quote = fakeQuote;
  t.literal = fakeLiteral;
  t.mapType = fakeType;
  t.raiseType = fakeRaise;
  t.call = fakeCall;
  t.binary = fakeBinary;
  return t;
}

}  // namespace cambium::testing
