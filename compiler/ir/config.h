// ir/config.h: schemas of configuration, and the namespaces that hold values. What is inherited
// from a parent namespace is not repeated in the child: `effective` values are computed from these.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/expr.h"

namespace cambium::ir {

// One field of a schema: `timeout-ms: int32 where value between 100 and 30000 = 5000`
struct Setting {
  std::string name;  // may have hyphens
  std::string doc;
  Type type;               // of a secret: text
  bool secret = false;     // its value is a reference to a secret, never the secret
  uint64_t rotateMs = 0;   // `rotate 90d`; 0 = never
  std::string jsonSchema;  // canonical JSON Schema (2020-12) of a `json` setting; "" = any
  Boxed<Expr> defaultValue;
  Boxed<Expr> where;       // about ExprKind::value
  bool immutable = false;  // @immutable: may not change once published
  std::vector<std::string>
      environments;        // @environments(…), sorted: only there; empty = everywhere
  std::string deprecated;  // @deprecated("…"); "*" without words; "" = not
  std::string sensitive;   // as Property::sensitive
  Span span;
};

struct Schema {
  std::string name;
  std::string doc;
  std::vector<Setting> settings;  // as declared
  Span span;
};

// `uses PaymentsBase as stripe`: its settings are `stripe/…` there.
struct SchemaUse {
  std::string schema;
  std::string prefix;  // "" = directly in the namespace
  Span span;
};

enum class NamespaceRole : uint8_t { viewer, editor, publisher, admin };
struct NamespaceGrant {
  NamespaceRole role{};
  std::string principal;  // "payments-oncall@example.com"
  Span span;
};

// config stripe/timeout-ms = 8000 for prod
struct ConfigValue {
  std::string path;  // within the namespace: "stripe/timeout-ms"
  Expr value;        // a literal or a list; of a secret: the text of the reference
  bool secret = false;
  std::vector<std::string> environments;  // sorted; empty = all that no other line names
  Span span;
};

struct Namespace {
  std::string path;  // "/teams/payments"
  std::string doc;
  std::string display;
  std::string owner;
  std::vector<SchemaUse> uses;  // as written
  bool isolated = false;        // inherits nothing
  std::optional<unsigned> approvals;
  std::vector<NamespaceGrant> grants;  // as written
  std::vector<ConfigValue> values;     // as written
  Span span;
};

}  // namespace cambium::ir
