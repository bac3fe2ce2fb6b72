// json/schema_check.cpp: whether a document is a JSON Schema that can be checked against.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compiler/json/schema.h"

namespace cambium::json {
namespace {

// What a keyword holds.
enum class Holds : unsigned char {
  anything,
  words,  // a string that says something to people
  schema,
  schemas,     // a list of them, not empty
  schemaMap,   // an object of them
  patternMap,  // by regular expression
  count,       // a whole number, not negative
  number,
  positive,  // a number above 0
  flag,
  pattern,
  names,      // a list of different strings
  nameLists,  // an object of such lists
  types,
  list,
  reference,
  draft,       // the draft that the schema is written in
  identifier,  // only of the whole document
};

struct Keyword {
  std::string_view name;
  Holds holds;
};

constexpr auto kKeywords = std::to_array<Keyword>({
    {"$comment", Holds::words},
    {"$defs", Holds::schemaMap},
    {"$id", Holds::identifier},
    {"$ref", Holds::reference},
    {"$schema", Holds::draft},
    {"additionalProperties", Holds::schema},
    {"allOf", Holds::schemas},
    {"anyOf", Holds::schemas},
    {"const", Holds::anything},
    {"contains", Holds::schema},
    {"default", Holds::anything},
    {"definitions", Holds::schemaMap},
    {"dependentRequired", Holds::nameLists},
    {"dependentSchemas", Holds::schemaMap},
    {"deprecated", Holds::flag},
    {"description", Holds::words},
    {"else", Holds::schema},
    {"enum", Holds::list},
    {"examples", Holds::list},
    {"exclusiveMaximum", Holds::number},
    {"exclusiveMinimum", Holds::number},
    {"if", Holds::schema},
    {"items", Holds::schema},
    {"maxContains", Holds::count},
    {"maxItems", Holds::count},
    {"maxLength", Holds::count},
    {"maxProperties", Holds::count},
    {"maximum", Holds::number},
    {"minContains", Holds::count},
    {"minItems", Holds::count},
    {"minLength", Holds::count},
    {"minProperties", Holds::count},
    {"minimum", Holds::number},
    {"multipleOf", Holds::positive},
    {"not", Holds::schema},
    {"oneOf", Holds::schemas},
    {"pattern", Holds::pattern},
    {"patternProperties", Holds::patternMap},
    {"prefixItems", Holds::schemas},
    {"properties", Holds::schemaMap},
    {"propertyNames", Holds::schema},
    {"readOnly", Holds::flag},
    {"required", Holds::names},
    {"then", Holds::schema},
    {"title", Holds::words},
    {"type", Holds::types},
    {"uniqueItems", Holds::flag},
    {"writeOnly", Holds::flag},
});

constexpr auto kNames = [] {
  std::array<std::string_view, kKeywords.size()> out;
  for (size_t i = 0; i < out.size(); ++i) out[i] = kKeywords[i].name;
  return out;
}();
static_assert(std::ranges::is_sorted(kNames));

// Keywords of the drafts that are left out on purpose, and what to write instead.
struct LeftOut {
  std::string_view name, instead;
};
constexpr LeftOut kLeftOut[] = {
    {"$anchor", "refer to `#/$defs/…`"},
    {"$dynamicAnchor", "refer to `#/$defs/…`"},
    {"$dynamicRef", "refer to `#/$defs/…`"},
    {"$recursiveRef", "refer to `#`"},
    {"$vocabulary", "leave it out"},
    {"additionalItems", "`items` after `prefixItems`"},
    {"contentEncoding", "use a setting of type `bytes`"},
    {"contentMediaType", "leave it out"},
    {"contentSchema", "leave it out"},
    {"dependencies", "`dependentRequired` or `dependentSchemas`"},
    {"format", "write a `pattern`: a `format` would not be checked"},
    {"unevaluatedItems", "`items`"},
    {"unevaluatedProperties", "`additionalProperties`"},
};

constexpr std::string_view kTypes[] = {"array",  "boolean", "integer", "null",
                                       "number", "object",  "string"};

bool isText(const Value& v) {
  return v.is(Kind::string);
}

std::string step(std::string_view name) {
  std::string out = "/";
  for (const char ch : name) out += ch == '~' ? "~0" : ch == '/' ? "~1" : std::string(1, ch);
  return out;
}

}  // namespace

class SchemaCheck {
public:
  explicit SchemaCheck(Schema& s) : s_(s) {}

  // In the order of the document; the first fault ends it.
  bool run() {
    root_ = s_.document_.get();
    if (!schema(*root_, "")) return false;
    // What a reference leads to may bring more of them.
    for (size_t i = 0; i < references_.size(); ++i)
      if (const Reference r = references_[i]; !s_.targets_.contains(r.text) && !follow(r))
        return false;
    return endsEverywhere();
  }

  Fault fault;

private:
  struct Reference {
    std::string text, at;
  };

  bool fail(std::string at, std::string what) {
    fault = {std::move(at), std::move(what)};
    return false;
  }

  bool schema(const Value& v, const std::string& at) {
    if (v.is(Kind::boolean)) return true;
    if (!v.is(Kind::object))
      return fail(at, fmt::format("is {}, where a schema must be", describe(v.kind)));
    if (!visited_.insert(&v).second) return true;
    return std::ranges::all_of(v.members, [&](const Member& m) {
      const std::string place = at + step(m.name);
      const auto found = std::ranges::lower_bound(kKeywords, m.name, {}, &Keyword::name);
      if (found != kKeywords.end() && found->name == m.name)
        return keyword(found->holds, m.value, place);
      if (m.name.starts_with("x-")) return true;
      const auto known = std::ranges::find(kLeftOut, m.name, &LeftOut::name);
      if (known != std::end(kLeftOut))
        return fail(place, fmt::format("is not supported: {}", known->instead));
      return fail(place, "is no keyword of JSON Schema");
    });
  }

  bool keyword(Holds holds, const Value& v, const std::string& at) {
    switch (holds) {
      case Holds::anything: return true;
      case Holds::words: return isText(v) || fail(at, "is no string");
      case Holds::flag: return v.is(Kind::boolean) || fail(at, "is neither true nor false");
      case Holds::schema: return schema(v, at);
      case Holds::schemas: return schemas(v, at);
      case Holds::schemaMap:
      case Holds::patternMap: return map(v, at, holds == Holds::patternMap);
      case Holds::count:
        return (v.is(Kind::number) && v.number.isInteger() && !v.number.negative) ||
               fail(at, "is no whole number from 0 on");
      case Holds::number: return v.is(Kind::number) || fail(at, "is no number");
      case Holds::positive:
        return (v.is(Kind::number) && !v.number.negative && !v.number.isZero()) ||
               fail(at, "is no number above 0");
      case Holds::pattern:
        return (isText(v) || fail(at, "is no regular expression")) && pattern(v.text, at);
      case Holds::names: return names(v, at);
      case Holds::nameLists:
        if (!v.is(Kind::object)) return fail(at, "is no object");
        return std::ranges::all_of(
            v.members, [&](const Member& m) { return names(m.value, at + step(m.name)); });
      case Holds::types: return types(v, at);
      case Holds::list: return v.is(Kind::array) || fail(at, "is no array");
      case Holds::reference: return reference(v, at);
      case Holds::draft:
        return (isText(v) && (v.text == "https://json-schema.org/draft/2020-12/schema" ||
                              v.text == "https://json-schema.org/draft/2020-12/schema#")) ||
               fail(at, "is another draft than 2020-12");
      case Holds::identifier:
        return at == "/$id" ? isText(v) || fail(at, "is no string")
                            : fail(at, "is not supported: only the whole schema has one");
    }
    return true;
  }

  bool schemas(const Value& v, const std::string& at) {
    if (!v.is(Kind::array) || v.items.empty()) return fail(at, "is no list of schemas");
    for (size_t i = 0; i < v.items.size(); ++i)
      if (!schema(v.items[i], at + "/" + std::to_string(i))) return false;
    return true;
  }

  bool map(const Value& v, const std::string& at, bool byPattern) {
    if (!v.is(Kind::object)) return fail(at, "is no object of schemas");
    return std::ranges::all_of(v.members, [&](const Member& m) {
      const std::string place = at + step(m.name);
      return (!byPattern || pattern(m.name, place)) && schema(m.value, place);
    });
  }

  bool pattern(const std::string& text, const std::string& at) {
    if (s_.patterns_.contains(text)) return true;
    auto compiled = Pattern::compile(text);
    if (!compiled)
      return fail(at,
                  fmt::format("is no regular expression that can be used: {}", compiled.error()));
    s_.patterns_.emplace(text, std::move(*compiled));
    return true;
  }

  bool names(const Value& v, const std::string& at) {
    std::set<std::string_view> seen;
    const bool ok = v.is(Kind::array) && std::ranges::all_of(v.items, [&](const Value& item) {
                      return isText(item) && seen.insert(item.text).second;
                    });
    return ok || fail(at, "is no list of different names");
  }

  bool types(const Value& v, const std::string& at) {
    const auto known = [](const Value& t) {
      return isText(t) && std::ranges::find(kTypes, t.text) != std::end(kTypes);
    };
    if (isText(v))
      return known(v) || fail(at, fmt::format("is `{}`, which is no type of JSON", v.text));
    return (names(v, at) && !v.items.empty() && std::ranges::all_of(v.items, known)) ||
           fail(at, "is neither a type of JSON nor a list of them");
  }

  bool reference(const Value& v, const std::string& at) {
    if (!isText(v)) return fail(at, "is no string");
    if (v.text != "#" && !v.text.starts_with("#/"))
      return fail(at, "leads out of the schema: only `#` and `#/…` are supported");
    references_.push_back({v.text, at});
    return true;
  }

  bool follow(const Reference& r) {
    const Value* target = find(r.text.substr(1));
    if (!target) return fail(r.at, fmt::format("leads to `{}`, which is not there", r.text));
    s_.targets_[r.text] = target;
    return schema(*target, r.text.substr(1));
  }

  // By JSON Pointer, as it stands in the fragment of a URI.
  const Value* find(std::string_view pointer) const {
    const Value* at = root_;
    while (at && !pointer.empty()) {
      pointer.remove_prefix(1);
      const auto slash = pointer.find('/');
      const std::string name = unescaped(pointer.substr(0, slash));
      pointer = slash == std::string_view::npos ? std::string_view() : pointer.substr(slash);
      if (at->is(Kind::object)) {
        at = at->find(name);
        continue;
      }
      const bool digits = !name.empty() && name.size() < 6 &&
                          std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
      const size_t index = digits ? size_t(std::stoul(name)) : 0;
      at = at->is(Kind::array) && digits && index < at->items.size() ? &at->items[index] : nullptr;
    }
    return at;
  }

  static std::string unescaped(std::string_view text) {
    std::string out;
    const auto digit = [](char c) {
      return c >= '0' && c <= '9'   ? c - '0'
             : c >= 'a' && c <= 'f' ? c - 'a' + 10
             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                    : -1;
    };
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
          digit(text[i + 2]) >= 0) {
        out += char(digit(text[i + 1]) * 16 + digit(text[i + 2]));
        i += 2;
      } else {
        out += text[i];
      }
    }
    std::string plain;
    for (size_t i = 0; i < out.size(); ++i) {
      const bool escape =
          out[i] == '~' && i + 1 < out.size() && (out[i + 1] == '0' || out[i + 1] == '1');
      plain += escape ? (out[++i] == '0' ? '~' : '/') : out[i];
    }
    return plain;
  }

  // ---- a schema that applies itself to the same value again and again
  bool endsEverywhere() {
    // Depth first, each schema once; a way back to one that is still open is a circle.
    std::map<const Value*, bool> open;  // false: done with
    for (const Reference& r : references_) {
      std::vector<std::pair<const Value*, bool>> work{{s_.targets_.at(r.text), false}};
      while (!work.empty()) {
        const auto [v, leaving] = work.back();
        work.pop_back();
        if (leaving) {
          open[v] = false;
          continue;
        }
        if (const auto seen = open.find(v); seen != open.end()) {
          if (seen->second) return fail(r.at, "leads back to itself without end");
          continue;
        }
        open[v] = true;
        work.push_back({v, true});
        for (const Value* next : inPlace(*v)) work.push_back({next, false});
      }
    }
    return true;
  }

  // The schemas that a schema applies to the very value that it is applied to.
  std::vector<const Value*> inPlace(const Value& v) const {
    std::vector<const Value*> out;
    if (!v.is(Kind::object)) return out;
    for (const char* name : {"not", "if", "then", "else"})
      if (const Value* one = v.find(name)) out.push_back(one);
    for (const char* name : {"allOf", "anyOf", "oneOf"})
      if (const Value* list = v.find(name))
        for (const Value& one : list->items) out.push_back(&one);
    if (const Value* map = v.find("dependentSchemas"))
      for (const Member& m : map->members) out.push_back(&m.value);
    if (const Value* ref = v.find("$ref")) out.push_back(s_.targets_.at(ref->text));
    return out;
  }

  Schema& s_;
  const Value* root_ = nullptr;
  std::set<const Value*> visited_;
  std::vector<Reference> references_;
};

Result<Schema, Fault> Schema::compile(Value document) {
  Schema out;
  out.document_ = std::make_shared<const Value>(std::move(document));
  SchemaCheck check(out);
  if (!check.run()) return Failure{check.fault};
  return out;
}

std::span<const std::string_view> Schema::keywords() {
  return kNames;
}

}  // namespace cambium::json
