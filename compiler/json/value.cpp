#include "compiler/json/value.h"
#include "compiler/base/json_text.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

namespace cambium::json {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr unsigned kDeepest = 256;

class Reader {
public:
  explicit Reader(Twice twice) : twice_(twice) {}

  std::optional<Value> read(ondemand::value in, unsigned depth) {
    if (depth > kDeepest) return fail("it is nested too deep");
    ondemand::json_type type;
    if (in.type().get(type)) return fail("it is not JSON");
    Value out;
    switch (type) {
      case ondemand::json_type::null:
        if (!isNull(in)) return fail("it is not JSON");
        return out;
      case ondemand::json_type::boolean:
        out.kind = Kind::boolean;
        if (in.get_bool().get(out.boolean)) return fail("it is not JSON");
        return out;
      case ondemand::json_type::string: {
        out.kind = Kind::string;
        std::string_view text;
        if (in.get_string().get(text)) return fail("it is not JSON");
        out.text = text;
        return out;
      }
      case ondemand::json_type::number: {
        std::string_view raw = in.raw_json_token();
        raw = raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
        const auto number = parseNumber(raw);
        if (!number) return fail(fmt::format("`{}` is no number that can be used", raw));
        out.kind = Kind::number;
        out.number = *number;
        return out;
      }
      case ondemand::json_type::array: return array(in, depth);
      case ondemand::json_type::object: return object(in, depth);
    }
    return fail("it is not JSON");
  }

  std::string error;

private:
  std::optional<Value> fail(std::string what) {
    if (error.empty()) error = std::move(what);
    return std::nullopt;
  }

  static bool isNull(ondemand::value& in) {
    bool null = false;
    return !simdjson::simdjson_result<bool>(in.is_null()).get(null) && null;
  }

  std::optional<Value> array(ondemand::value in, unsigned depth) {
    Value out;
    out.kind = Kind::array;
    ondemand::array list;
    if (in.get_array().get(list)) return fail("it is not JSON");
    for (auto element : list) {
      ondemand::value item;
      if (element.get(item)) return fail("it is not JSON");
      auto value = read(item, depth + 1);
      if (!value) return std::nullopt;
      out.items.push_back(std::move(*value));
    }
    return out;
  }

  std::optional<Value> object(ondemand::value in, unsigned depth) {
    Value out;
    out.kind = Kind::object;
    ondemand::object fields;
    if (in.get_object().get(fields)) return fail("it is not JSON");
    for (auto each : fields) {
      ondemand::field field;
      std::string_view name;
      if (std::move(each).get(field) || field.unescaped_key().get(name))
        return fail("it is not JSON");
      Member member{std::string(name), {}};
      auto value = read(field.value(), depth + 1);
      if (!value) return std::nullopt;
      member.value = std::move(*value);
      out.members.push_back(std::move(member));
    }
    std::ranges::stable_sort(out.members, {}, &Member::name);
    const auto same = std::ranges::adjacent_find(out.members, {}, &Member::name);
    if (same != out.members.end() && twice_ == Twice::refuse)
      return fail(fmt::format("`{}` is given twice in one object", same->name));
    while (true) {  // in the order of the text
      const auto first = std::ranges::adjacent_find(out.members, {}, &Member::name);
      if (first == out.members.end()) break;
      out.members.erase(first);
    }
    return out;
  }

  Twice twice_;
};

void print(const Value& value, std::string& out) {
  switch (value.kind) {
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += value.boolean ? "true" : "false"; return;
    case Kind::number: out += value.number.text(); return;
    case Kind::string: out += jsonQuoted(value.text); return;
    case Kind::array:
      out += '[';
      for (size_t i = 0; i < value.items.size(); ++i) {
        if (i) out += ',';
        print(value.items[i], out);
      }
      out += ']';
      return;
    case Kind::object:
      out += '{';
      for (size_t i = 0; i < value.members.size(); ++i) {
        if (i) out += ',';
        out += jsonQuoted(value.members[i].name) + ":";
        print(value.members[i].value, out);
      }
      out += '}';
      return;
  }
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(
      members, name, std::ranges::less{}, [](const Member& m) { return std::string_view(m.name); });
  return found != members.end() && found->name == name ? &found->value : nullptr;
}

bool operator==(const Value& a, const Value& b) {
  return a.kind == b.kind && a.boolean == b.boolean && a.number == b.number && a.text == b.text &&
         a.items == b.items && a.members == b.members;
}

Result<Value> parse(std::string_view text, Twice twice) {
  // As the one item of an array: a value alone would be read by other rules.
  ondemand::parser parser;
  const simdjson::padded_string padded("[" + std::string(text) + "\n]");
  ondemand::document document;
  ondemand::array outer;
  Reader reader(twice);
  std::optional<Value> out;
  size_t items = 0;
  if (parser.iterate(padded).get(document) || document.get_array().get(outer))
    return Failure{std::string("it is not JSON")};
  for (auto element : outer) {
    ondemand::value item;
    if (element.get(item) || ++items > 1) return Failure{std::string("it is not JSON")};
    out = reader.read(item, 0);
    if (!out) return Failure{reader.error};
  }
  const char* more = nullptr;  // there is a place to go on only if something follows the array
  if (!out || !document.current_location().get(more)) return Failure{std::string("it is not JSON")};
  return std::move(*out);
}

std::string print(const Value& value) {
  std::string out;
  print(value, out);
  return out;
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::number: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "an array";
    case Kind::object: return "an object";
  }
  return "";
}

}  // namespace cambium::json
