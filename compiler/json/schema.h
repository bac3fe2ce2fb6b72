// json/schema.h: JSON Schema, draft 2020-12, for schemas that are one document: `$ref` leads within
// it. What is not supported is refused, never ignored; `keywords()` lists what is. A check ends
// after a bounded number of steps, whatever the schema.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/json/pattern.h"
#include "compiler/json/value.h"

namespace cambium::json {

struct Fault {
  std::string at;    // where: a JSON Pointer, "" = the whole
  std::string what;  // in words, to follow the place: "is a string, not an integer"
};

class Schema {
public:
  // Errors: no schema, a keyword that is unknown or not supported (then `at` ends with it), a
  // pattern that is no regular expression, a `$ref` that leads nowhere or in a circle.
  static Result<Schema, Fault> compile(Value document);

  // The first thing that does not fit, in the order of the keywords.
  std::optional<Fault> validate(const Value& instance) const;

  // All that may occur in a schema, sorted.
  static std::span<const std::string_view> keywords();

private:
  friend class SchemaCheck;
  friend class Validation;
  std::shared_ptr<const Value> document_;        // what `targets_` points into
  std::map<std::string, Pattern> patterns_;      // by text
  std::map<std::string, const Value*> targets_;  // by `$ref`
};

}  // namespace cambium::json
