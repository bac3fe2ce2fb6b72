// Habits that other tools have rules against, and that are a matter of taste or of time.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "compiler/base/words.h"
#include "compiler/driver/pipeline.h"

namespace cambium::driver {
namespace {

constexpr size_t kManyParts = 3;

// How a name of several words is written; `any` fits every way.
enum class Style : uint8_t { any, snake, camel, pascal };

Style styleOf(std::string_view name) {
  const bool upper = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (name.find('_') != std::string_view::npos) return upper ? Style::any : Style::snake;
  if (!upper) return Style::any;
  return name[0] >= 'A' && name[0] <= 'Z' ? Style::pascal : Style::camel;
}

std::string inStyle(std::string_view name, Style style) {
  std::string snake = snakeCase(name);
  if (style == Style::snake) return snake;
  std::string out;
  bool up = style == Style::pascal;
  for (const char c : snake) {
    if (c == '_') {
      up = true;
      continue;
    }
    out += up && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    up = false;
  }
  return out;
}

class Adviser {
public:
  explicit Adviser(Compilation& c) : c_(c), model_(*c.model) {}

  void run() {
    for (const ir::Entity& entity : model_.entities) {
      if (entity.made != ir::MadeEntity::written || !isOwn(entity.span)) continue;
      entities_.emplace_back(entity.name, entity.span);
      for (const ir::Index& index : entity.indexes) parts(entity, index);
      for (const ir::PropertyId id : entity.properties) {
        const ir::Property& p = model_[id];
        if (p.made != ir::MadeProperty::written || !isOwn(p.span)) continue;
        properties_.emplace_back(p.name, p.span);
        if (p.kind == ir::PropertyKind::value) value(entity, p);
      }
    }
    for (const ir::Enum& one : model_.enums)
      if (isOwn(one.span))
        for (const ir::EnumValue& v : one.values) values_.emplace_back(v.name, v.span);
    names(entities_, "most entities");
    names(properties_, "most properties");
    names(values_, "most values of enums");
    hand(found_, model_, c_.diagnostics, true);
  }

private:
  using Names = std::vector<std::pair<std::string, Span>>;

  bool isOwn(Span span) const { return span && span.file.index() < c_.files.size(); }

  void value(const ir::Entity& entity, const ir::Property& p) {
    const std::string name = entity.name + "." + p.name;
    const ir::Scalar type = p.type.scalar;
    if (p.autoincrement && type == ir::Scalar::int16)
      found_.add(report<Code::ADV001>(p.span, name, 16, "32,767")).help("make it an `int64`");
    if (p.autoincrement && type == ir::Scalar::int32)
      found_.add(report<Code::ADV001>(p.span, name, 32, "2,147,483,647"))
          .help("make it an `int64`");
    if (type == ir::Scalar::float32 || type == ir::Scalar::float64)
      found_
          .add(report<Code::ADV003>(p.span, name,
                                    type == ir::Scalar::float32 ? "float32" : "float64"))
          .help(
              "an amount of money is a `decimal(12, 2)`; a measurement may stay: `@allow(ADV003, "
              "\"measured\")`");
    if (type == ir::Scalar::datetime)
      found_.add(report<Code::ADV007>(p.span, name))
          .help(
              "a moment is a `timestamp`; a time on the wall may stay: `@allow(ADV007, "
              "\"local\")`");
  }

  void parts(const ir::Entity& entity, const ir::Index& index) {
    if (index.parts.size() <= kManyParts || !isOwn(index.span)) return;
    const std::string called = index.name.empty()
                                   ? "an index of `" + entity.name + "`"
                                   : "index `" + entity.name + "." + index.name + "`";
    found_.add(report<Code::ADV002>(index.span, called, index.parts.size()))
        .help(
            "every write keeps it up, and the later parts seldom find much; leave out what the "
            "first ones do not leave to be found");
  }

  // What the most of them show is the package's style.
  void names(const Names& all, std::string_view most) {
    std::array<size_t, 4> count{};
    for (const auto& [name, span] : all) ++count[size_t(styleOf(name))];
    count[size_t(Style::any)] = 0;
    const size_t best = size_t(std::ranges::max_element(count) - count.begin());
    for (const auto& [name, span] : all) {
      const size_t style = size_t(styleOf(name));
      if (style == size_t(Style::any) || count[style] == count[best]) continue;
      found_.add(report<Code::ADV005>(span, name, most))
          .help(fmt::format("`{}`, as the others", inStyle(name, Style(best))));
    }
  }

  Compilation& c_;
  const ir::Model& model_;
  DiagnosticSink found_;
  Names entities_, properties_, values_;
};

}  // namespace

void advise(Compilation& c) {
  if (c.model && !c.diagnostics.hasErrors()) Adviser(c).run();
}

}  // namespace cambium::driver
