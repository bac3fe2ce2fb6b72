// json/schema_validate.cpp: a value against a schema that was checked.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "compiler/json/schema.h"

namespace cambium::json {
namespace {

constexpr unsigned kDeepest = 3000;
constexpr size_t kMostSteps = 1'000'000;

size_t codePoints(std::string_view text) {
  return size_t(std::ranges::count_if(
      text, [](char ch) { return (static_cast<unsigned char>(ch) & 0xC0) != 0x80; }));
}

bool isOf(const Value& v, std::string_view type) {
  switch (v.kind) {
    case Kind::null: return type == "null";
    case Kind::boolean: return type == "boolean";
    case Kind::number: return type == "number" || (type == "integer" && v.number.isInteger());
    case Kind::string: return type == "string";
    case Kind::array: return type == "array";
    case Kind::object: return type == "object";
  }
  return false;
}

// `"eu-west"`, or what kind of thing it is if it is long.
std::string shown(const Value& v) {
  constexpr size_t kLongest = 40;
  const std::string text = print(v);
  return text.size() <= kLongest ? "`" + text + "`" : std::string(describe(v.kind));
}

std::string child(const std::string& at, std::string_view name) {
  return at + "/" + std::string(name);
}

std::string counted(std::string_view count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == "1" ? one : many);
}

}  // namespace

class Validation {
public:
  explicit Validation(const Schema& s) : s_(s) {}

  bool fits(const Value& schema, const Value& v, const std::string& at) {
    if (++steps_ > kMostSteps || depth_ >= kDeepest) {
      tired_ = true;
      return fail(at, "cannot be checked: the schema asks too much");
    }
    if (schema.is(Kind::boolean)) return schema.boolean || fail(at, "is not allowed");
    ++depth_;
    const bool ok = general(schema, v, at) && (!v.is(Kind::number) || number(schema, v, at)) &&
                    (!v.is(Kind::string) || string(schema, v, at)) &&
                    (!v.is(Kind::array) || array(schema, v, at)) &&
                    (!v.is(Kind::object) || object(schema, v, at)) && combined(schema, v, at);
    --depth_;
    return ok;
  }

  Fault fault;

private:
  bool fail(const std::string& at, std::string what) {
    fault = {at, std::move(what)};
    return false;
  }

  // Whether it fits, when a `no` is no fault.
  bool tryFit(const Value& schema, const Value& v, const std::string& at) {
    const Fault kept = fault;
    const bool ok = fits(schema, v, at);
    if (!tired_) fault = kept;
    return ok;
  }

  bool general(const Value& schema, const Value& v, const std::string& at) {
    if (const Value* ref = schema.find("$ref"))
      if (!fits(*s_.targets_.at(ref->text), v, at)) return false;
    if (const Value* type = schema.find("type")) {
      const bool one = type->is(Kind::string);
      const bool ok =
          one ? isOf(v, type->text)
              : std::ranges::any_of(type->items, [&](auto& t) { return isOf(v, t.text); });
      if (!ok) return fail(at, fmt::format("is {}, not of type {}", shown(v), wanted(*type)));
    }
    if (const Value* list = schema.find("enum"))
      if (std::ranges::find(list->items, v) == list->items.end())
        return fail(at, fmt::format("is {}, which is none of {}", shown(v), shown(*list)));
    if (const Value* one = schema.find("const"))
      if (v != *one) return fail(at, fmt::format("is {}, not {}", shown(v), shown(*one)));
    return true;
  }

  static std::string wanted(const Value& type) {
    if (type.is(Kind::string)) return "`" + type.text + "`";
    std::string out;
    for (size_t i = 0; i < type.items.size(); ++i)
      out +=
          (i ? i + 1 == type.items.size() ? " or " : ", " : "") + ("`" + type.items[i].text + "`");
    return out;
  }

  bool number(const Value& schema, const Value& v, const std::string& at) {
    const auto bound = [&](const char* name, auto ok, const char* words) {
      const Value* limit = schema.find(name);
      if (!limit || ok(compare(v.number, limit->number))) return true;
      return fail(at, fmt::format("is {}, {} {}", shown(v), words, limit->number.text()));
    };
    if (const Value* step = schema.find("multipleOf"))
      if (!isMultiple(v.number, step->number))
        return fail(at, fmt::format("is {}, not a multiple of {}", shown(v), step->number.text()));
    return bound(
               "minimum", [](int c) { return c >= 0; }, "less than") &&
           bound(
               "exclusiveMinimum", [](int c) { return c > 0; }, "not more than") &&
           bound(
               "maximum", [](int c) { return c <= 0; }, "more than") &&
           bound(
               "exclusiveMaximum", [](int c) { return c < 0; }, "not less than");
  }

  // `has` things against the keywords for the least and the most.
  bool sized(const Value& schema, const Value&, const std::string& at, size_t has,
             const char* least, const char* most, const char* one, const char* many) {
    const Number count = numberOf(has);
    const Value* low = schema.find(least);
    if (low && compare(count, low->number) < 0)
      return fail(at, fmt::format("has {}, fewer than {}", counted(count.text(), one, many),
                                  low->number.text()));
    const Value* high = schema.find(most);
    if (high && compare(count, high->number) > 0)
      return fail(at, fmt::format("has {}, more than {}", counted(count.text(), one, many),
                                  high->number.text()));
    return true;
  }

  bool string(const Value& schema, const Value& v, const std::string& at) {
    if (!sized(schema, v, at, codePoints(v.text), "minLength", "maxLength", "character",
               "characters"))
      return false;
    const Value* pattern = schema.find("pattern");
    if (!pattern || matches(pattern->text, v.text)) return true;
    return fail(at, fmt::format("is {}, which does not match `{}`", shown(v), pattern->text));
  }

  bool array(const Value& schema, const Value& v, const std::string& at) {
    const auto& items = v.items;
    if (!sized(schema, v, at, items.size(), "minItems", "maxItems", "item", "items")) return false;
    const Value* first = schema.find("prefixItems");
    const size_t known = first ? first->items.size() : 0;
    for (size_t i = 0; i < std::min(known, items.size()); ++i)
      if (!fits(first->items[i], items[i], child(at, std::to_string(i)))) return false;
    if (const Value* rest = schema.find("items"))
      for (size_t i = known; i < items.size(); ++i)
        if (!fits(*rest, items[i], child(at, std::to_string(i)))) return false;
    if (const Value* unique = schema.find("uniqueItems"); unique && unique->boolean) {
      std::set<std::string> seen;
      for (size_t i = 0; i < items.size(); ++i)
        if (!seen.insert(print(items[i])).second)
          return fail(child(at, std::to_string(i)), "is there already");
    }
    const Value* wanted = schema.find("contains");
    return !wanted || contains(schema, *wanted, v, at);
  }

  bool contains(const Value& schema, const Value& wanted, const Value& v, const std::string& at) {
    size_t has = 0;
    for (size_t i = 0; i < v.items.size(); ++i)
      has += tryFit(wanted, v.items[i], child(at, std::to_string(i)));
    if (tired_) return false;
    if (!schema.find("minContains") && has == 0)
      return fail(at, "has no item of the kind that it must contain");
    return sized(schema, v, at, has, "minContains", "maxContains", "item of the kind",
                 "items of the kind");
  }

  bool object(const Value& schema, const Value& v, const std::string& at) {
    if (!sized(schema, v, at, v.members.size(), "minProperties", "maxProperties", "property",
               "properties"))
      return false;
    if (const Value* names = schema.find("required"))
      for (const Value& name : names->items)
        if (!v.find(name.text)) return fail(at, fmt::format("has no `{}`", name.text));
    if (const Value* lists = schema.find("dependentRequired"))
      for (const Member& list : lists->members)
        for (const Value& name : list.value.items)
          if (v.find(list.name) && !v.find(name.text))
            return fail(at, fmt::format("has `{}` and no `{}`", list.name, name.text));
    if (const Value* names = schema.find("propertyNames"))
      for (const Member& m : v.members) {
        Value name;
        name.kind = Kind::string;
        name.text = m.name;
        if (!tryFit(*names, name, at))
          return tired_ ? false
                        : fail(at, fmt::format("has `{}`, which is no name for it", m.name));
      }
    return members(schema, v, at);
  }

  bool members(const Value& schema, const Value& v, const std::string& at) {
    const Value* named = schema.find("properties");
    const Value* patterned = schema.find("patternProperties");
    const Value* others = schema.find("additionalProperties");
    for (const Member& m : v.members) {
      bool known = false;
      if (const Value* one = named ? named->find(m.name) : nullptr) {
        known = true;
        if (!fits(*one, m.value, child(at, m.name))) return false;
      }
      if (patterned)
        for (const Member& p : patterned->members)
          if (matches(p.name, m.name)) {
            known = true;
            if (!fits(p.value, m.value, child(at, m.name))) return false;
          }
      if (!known && others && !fits(*others, m.value, child(at, m.name))) return false;
    }
    if (const Value* schemas = schema.find("dependentSchemas"))
      for (const Member& m : schemas->members)
        if (v.find(m.name) && !fits(m.value, v, at)) return false;
    return true;
  }

  bool combined(const Value& schema, const Value& v, const std::string& at) {
    if (const Value* all = schema.find("allOf"))
      for (const Value& one : all->items)
        if (!fits(one, v, at)) return false;
    for (const char* name : {"anyOf", "oneOf"}) {
      const Value* list = schema.find(name);
      if (!list) continue;
      const auto found =
          std::ranges::count_if(list->items, [&](const Value& one) { return tryFit(one, v, at); });
      if (tired_) return false;
      if (found == 0) return fail(at, fmt::format("fits nothing of `{}`", name));
      if (found > 1 && std::string_view(name) == "oneOf")
        return fail(at, "fits more than one of `oneOf`");
    }
    if (const Value* no = schema.find("not"))
      if (tryFit(*no, v, at) || tired_)
        return tired_ ? false : fail(at, fmt::format("is {}, which `not` excludes", shown(v)));
    if (const Value* condition = schema.find("if")) {
      const bool holds = tryFit(*condition, v, at);
      if (tired_) return false;
      const Value* next = schema.find(holds ? "then" : "else");
      if (next && !fits(*next, v, at)) return false;
    }
    return true;
  }

  bool matches(const std::string& pattern, const std::string& text) const {
    return s_.patterns_.at(pattern).search(text);
  }

  const Schema& s_;
  size_t steps_ = 0;
  unsigned depth_ = 0;
  bool tired_ = false;
};

std::optional<Fault> Schema::validate(const Value& instance) const {
  Validation validation(*this);
  if (validation.fits(*document_, instance, "")) return std::nullopt;
  return validation.fault;
}

}  // namespace cambium::json
