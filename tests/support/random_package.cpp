#include "tests/support/random_package.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <random>

namespace cambium::testing {

namespace {

struct RandomProperty {
  std::string name;
  std::string type;  // without ?
  bool optional = false;
  std::string value;   // default, "" = none
  std::string target;  // reference
};

struct RandomEntity {
  std::string name;
  bool autoKey = true;
  std::vector<RandomProperty> properties;
  std::vector<std::string> extras;  // indexes, uniques, checks: as lines of the model
};

struct RandomPackage {
  std::vector<std::string> enumValues{"draft", "placed", "done"};
  std::vector<RandomEntity> entities;
  std::string migration;
};

class Generator {
public:
  explicit Generator(const RandomSettings& settings)
      : settings_(settings), random_(settings.seed) {}

  GoldenFile make() {
    RandomPackage before = package();
    RandomPackage after = before;
    const std::string rows = this->rows(before);
    for (unsigned i = 0; i < settings_.edits; ++i) edit(after);
    GoldenFile file;
    file.settings["why"] = fmt::format("random package, seed {}", settings_.seed);
    file.sections.push_back({"before.cam", print(before, "1.0.0")});
    file.sections.push_back({"after.cam", print(after, "1.1.0")});
    file.sections.push_back({"rows before", rows});
    return file;
  }

  std::vector<std::string> used;
  static const std::vector<std::pair<std::string, bool (Generator::*)(RandomPackage&)>>& edits();

private:
  unsigned below(unsigned n) { return unsigned(random_() % n); }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  T& pick(std::vector<T>& items) {
    return items[below(unsigned(items.size()))];
  }

  std::string fresh(const char* stem) { return fmt::format("{}{}", stem, ++names_); }

  RandomProperty property() {
    static const std::vector<std::pair<std::string, std::string>> kTypes = {
        {"bool", "true"},
        {"int16", "7"},
        {"int32", "42"},
        {"int64", "-5"},
        {"float64", "1.5"},
        {"decimal(10, 2)", "12.50"},
        {"string(40)", "\"abc\""},
        {"text", "\"it's \\\"so\\\"\""},
        {"bytes", ""},
        {"uuid", ""},
        {"date", ""},
        {"timestamp", "now()"},
        {"datetime", ""},
        {"json", ""},
        {"State", "draft"}};
    const auto& [type, value] = kTypes[below(unsigned(kTypes.size()))];
    RandomProperty p{fresh("p"), type, chance(40), "", ""};
    if (!value.empty() && chance(40)) p.value = value;
    return p;
  }

  RandomPackage package() {
    RandomPackage package;
    for (unsigned i = 0; i < settings_.entities; ++i) {
      RandomEntity e;
      e.name = fresh("Thing");
      e.autoKey = chance(60);
      for (unsigned n = 2 + below(5); n > 0; --n) e.properties.push_back(property());
      if (i > 0 && chance(60)) {
        const auto& target = package.entities[below(i)];
        e.properties.push_back({fresh("r"), "", chance(50), "", target.name});
      }
      if (chance(60)) e.extras.push_back(index(e));
      if (const auto* number = withType(e, "int32"); number && chance(70))
        e.extras.push_back(fmt::format("check {}: {} >= 0", fresh("c"), number->name));
      package.entities.push_back(e);
    }
    return package;
  }

  // Over the first property that can be in one; "" if there is none.
  std::string index(const RandomEntity& e) {
    for (const auto& p : e.properties)
      if (p.type != "json")
        return fmt::format("index {} ({}{})", fresh("i"), p.name, chance(30) ? " desc" : "");
    return "";
  }

  static const RandomProperty* withType(const RandomEntity& e, const std::string& type) {
    for (const auto& p : e.properties)
      if (p.type == type && p.target.empty()) return &p;
    return nullptr;
  }

  static std::string print(const RandomPackage& package, const char* version) {
    std::string out = fmt::format("package random version \"{}\"\n\nenum State {{ ", version);
    for (const auto& value : package.enumValues)
      out += (out.back() == ' ' && out[out.size() - 2] == '{' ? "" : ", ") + value;
    out += " }\n";
    for (const auto& e : package.entities) {
      out += fmt::format("\nentity {} {{\n", e.name);
      out += e.autoKey ? "  key id: int64 = autoincrement()\n" : "  key code: string(20)\n";
      for (const auto& p : e.properties) {
        out += fmt::format("  {}: {}{}", p.name, p.target.empty() ? p.type : "ref " + p.target,
                           p.optional ? "?" : "");
        if (!p.value.empty()) out += " = " + p.value;
        out += "\n";
      }
      for (const auto& extra : e.extras) out += "  " + extra + "\n";
      out += "}\n";
    }
    if (!package.migration.empty())
      out += "\nmigration from \"1.0.0\" to \"1.1.0\" {\n" + package.migration + "}\n";
    return out;
  }

  std::string cell(const RandomProperty& p, unsigned row, const RandomPackage& package) {
    if (p.optional && chance(40)) return "";
    if (!p.target.empty()) {
      for (const auto& e : package.entities)
        if (e.name == p.target)
          return e.autoKey ? fmt::format("{}", 1 + row % 3) : fmt::format("k{}", 1 + row % 3);
    }
    if (p.type == "bool") return fmt::format("{}", row % 2);
    if (p.type == "decimal(10, 2)") return fmt::format("{}.25", row);
    if (p.type == "float64") return fmt::format("{}.5", row);
    if (p.type.rfind("int", 0) == 0) return fmt::format("{}", row * 3);
    if (p.type == "State") return package.enumValues[row % 3];
    if (p.type == "uuid") return fmt::format("0000000{}-1111-4222-8333-444444444444", row % 10);
    if (p.type == "date") return fmt::format("2026-01-{:02}", 1 + row % 28);
    if (p.type == "timestamp") return fmt::format("2026-01-{:02}T12:00:00.000Z", 1 + row % 28);
    if (p.type == "datetime") return fmt::format("2026-01-{:02} 12:00:00", 1 + row % 28);
    if (p.type == "json") return "\"{\"\"a\"\":1}\"";
    if (p.type == "bytes") return fmt::format("b{}", row);
    return row % 3 == 0 ? "\"o'neil, \"\"x\"\" — ü\"" : fmt::format("text {}", row);
  }

  std::string rows(const RandomPackage& package) {
    std::string out;
    for (const auto& e : package.entities) {
      std::string table;
      for (const char c : e.name) {
        if (std::isupper(static_cast<unsigned char>(c)) && !table.empty()) table += '_';
        table += char(std::tolower(static_cast<unsigned char>(c)));
      }
      out += "table " + table + "\n" + (e.autoKey ? "id" : "code");
      for (const auto& p : e.properties) out += "," + columnOf(p, package);
      out += "\n";
      const unsigned count = 3 + below(5);
      for (unsigned row = 1; row <= count; ++row) {
        out += e.autoKey ? fmt::format("{}", row) : fmt::format("k{}", row);
        for (const auto& p : e.properties) out += "," + cell(p, row, package);
        out += "\n";
      }
    }
    return out;
  }

  static std::string columnOf(const RandomProperty& p, const RandomPackage& package) {
    if (p.target.empty()) return p.name;
    for (const auto& e : package.entities)
      if (e.name == p.target) return p.name + (e.autoKey ? "_id" : "_code");
    return p.name;
  }

  // ---------------------------------------------------------------- edits: each leaves a valid
  // pair of versions, or says that it could not
  bool touched(const std::string& name) {
    return std::find(touched_.begin(), touched_.end(), name) != touched_.end();
  }

  RandomProperty* choose(RandomPackage& package, RandomEntity** owner,
                         const std::function<bool(const RandomProperty&)>& fits) {
    for (unsigned tries = 0; tries < 20; ++tries) {
      RandomEntity& e = pick(package.entities);
      if (e.properties.empty()) continue;
      RandomProperty& p = pick(e.properties);
      const bool named =
          std::any_of(e.extras.begin(), e.extras.end(),
                      [&](const std::string& extra) { return mentions(extra, p.name); });
      if (named || touched(p.name) || touched(e.name) || !fits(p)) continue;
      touched_.push_back(p.name);
      *owner = &e;
      return &p;
    }
    return nullptr;
  }

  static bool mentions(const std::string& text, const std::string& word) {
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
      if (at + word.size() == text.size() ||
          !std::isalnum(static_cast<unsigned char>(text[at + word.size()])))
        return true;
    return false;
  }

  bool addEntity(RandomPackage& package) {
    RandomEntity e;
    e.name = fresh("Thing");
    e.properties.push_back(property());
    e.properties.push_back({fresh("r"), "", chance(50), "", pick(package.entities).name});
    touched_.push_back(e.name);
    added_.push_back(e.name);
    package.entities.push_back(e);
    return true;
  }
  bool isNew(const std::string& entity) {
    return std::find(added_.begin(), added_.end(), entity) != added_.end();
  }
  bool dropEntity(RandomPackage& package) {
    for (size_t i = package.entities.size(); i-- > 0;) {
      const std::string name = package.entities[i].name;
      const bool used =
          std::any_of(package.entities.begin(), package.entities.end(), [&](const RandomEntity& e) {
            return e.name != name && std::any_of(e.properties.begin(), e.properties.end(),
                                                 [&](const auto& p) { return p.target == name; });
          });
      if (used || touched(name) || package.entities.size() < 2) continue;
      const bool edited =
          std::any_of(package.entities[i].properties.begin(), package.entities[i].properties.end(),
                      [&](const auto& p) { return touched(p.name); });
      if (edited) continue;
      package.entities.erase(package.entities.begin() + long(i));
      package.migration += fmt::format("  approve drop {} \"no longer needed\"\n", name);
      touched_.push_back(name);
      return true;
    }
    return false;
  }
  bool addOptional(RandomPackage& package) {
    RandomEntity& e = pick(package.entities);
    RandomProperty p = property();
    p.optional = true;
    touched_.push_back(p.name);
    e.properties.push_back(p);
    return true;
  }
  bool addRequired(RandomPackage& package) {
    RandomEntity& e = pick(package.entities);
    RandomProperty p{fresh("p"), "string(30)", false, "", ""};
    touched_.push_back(p.name);
    e.properties.push_back(p);
    if (!isNew(e.name))
      package.migration += fmt::format("  fill {}.{} = \"filled\"\n", e.name, p.name);
    return true;
  }
  bool addWithDefault(RandomPackage& package) {
    RandomEntity& e = pick(package.entities);
    e.properties.push_back({fresh("p"), "int32", false, "9", ""});
    touched_.push_back(e.properties.back().name);
    return true;
  }
  bool dropProperty(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    const auto* p = choose(package, &owner, [](const auto&) { return true; });
    if (!p || owner->properties.size() < 2) return false;
    package.migration += fmt::format("  approve drop {}.{} \"unused\"\n", owner->name, p->name);
    owner->properties.erase(owner->properties.begin() + (p - owner->properties.data()));
    return true;
  }
  bool renameProperty(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner, [](const auto&) { return true; });
    if (!p) return false;
    const std::string name = fresh("n");
    package.migration += fmt::format("  rename {}.{} -> {}\n", owner->name, p->name, name);
    p->name = name;
    touched_.push_back(name);
    return true;
  }
  bool widen(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner,
                     [](const auto& p) { return p.type == "string(40)" || p.type == "int16"; });
    if (!p) return false;
    p->type = p->type == "int16" ? "int64" : "string(90)";
    return true;
  }
  bool relax(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner, [](const auto& p) { return !p.optional; });
    if (!p) return false;
    p->optional = true;
    return true;
  }
  bool require(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner, [](const auto& p) {
      return p.optional && p.target.empty() && p.type == "int32";
    });
    if (!p) return false;
    p->optional = false;
    package.migration += fmt::format("  fill {}.{} = 1\n", owner->name, p->name);
    return true;
  }
  bool convert(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner,
                     [](const auto& p) { return p.type == "int64" && p.target.empty(); });
    if (!p) return false;
    p->type = "text";
    p->value.clear();
    package.migration += fmt::format("  convert {}.{} up to_string({}) down to_int64({})\n",
                                     owner->name, p->name, p->name, p->name);
    return true;
  }
  bool changeDefault(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner,
                     [](const auto& p) { return p.type == "int32" && p.target.empty(); });
    if (!p) return false;
    p->value = p->value == "77" ? "78" : "77";
    return true;
  }
  bool addIndex(RandomPackage& package) {
    RandomEntity& e = pick(package.entities);
    if (e.properties.empty()) return false;
    e.extras.push_back(index(e));
    touched_.push_back(e.properties.front().name);
    return true;
  }
  bool dropIndex(RandomPackage& package) {
    for (auto& e : package.entities)
      for (size_t i = 0; i < e.extras.size(); ++i)
        if (e.extras[i].rfind("index ", 0) == 0 && !touched(e.properties.front().name)) {
          e.extras.erase(e.extras.begin() + long(i));
          return true;
        }
    return false;
  }
  bool dropCheck(RandomPackage& package) {
    for (auto& e : package.entities)
      for (size_t i = 0; i < e.extras.size(); ++i)
        if (e.extras[i].rfind("check ", 0) == 0) {
          e.extras.erase(e.extras.begin() + long(i));
          return true;
        }
    return false;
  }
  bool addCheck(RandomPackage& package) {
    RandomEntity* owner = nullptr;
    auto* p = choose(package, &owner,
                     [](const auto& p) { return p.type == "float64" && p.target.empty(); });
    if (!p) return false;
    owner->extras.push_back(fmt::format("check {}: {} < 1000.0", fresh("c"), p->name));
    return true;
  }
  bool addReference(RandomPackage& package) {
    RandomEntity& e = pick(package.entities);
    RandomEntity& target = pick(package.entities);
    if (touched(target.name)) return false;
    e.properties.push_back({fresh("r"), "", true, "", target.name});
    touched_.push_back(e.properties.back().name);
    touched_.push_back(target.name +
                       "!");  // may no longer be dropped: dropEntity looks at references itself
    return true;
  }
  bool addEnumValue(RandomPackage& package) {
    package.enumValues.push_back(fresh("value"));
    return true;
  }
  bool renameEntity(RandomPackage& package) {
    for (unsigned tries = 0; tries < 10; ++tries) {
      RandomEntity& e = pick(package.entities);
      const bool edited = std::any_of(e.properties.begin(), e.properties.end(),
                                      [&](const auto& p) { return touched(p.name); });
      if (touched(e.name) || edited) continue;
      const std::string old = e.name, name = fresh("Named");
      package.migration += fmt::format("  rename {} -> {}\n", old, name);
      for (auto& other : package.entities)
        for (auto& p : other.properties)
          if (p.target == old) p.target = name;
      e.name = name;
      touched_.push_back(old);
      touched_.push_back(name);
      return true;
    }
    return false;
  }

  void edit(RandomPackage& package) {
    for (unsigned tries = 0; tries < 10; ++tries) {
      const auto& [name, apply] = edits()[below(unsigned(edits().size()))];
      if ((this->*apply)(package)) {
        used.push_back(name);
        return;
      }
    }
  }

  RandomSettings settings_;
  std::mt19937_64 random_;
  unsigned names_ = 0;
  std::vector<std::string> added_;  // entities of the new version alone
  std::vector<std::string>
      touched_;  // one edit a name: what two edits of one thing mean is the golden cases' business
};

const std::vector<std::pair<std::string, bool (Generator::*)(RandomPackage&)>>& Generator::edits() {
  static const std::vector<std::pair<std::string, bool (Generator::*)(RandomPackage&)>> kEdits = {
      {"addEntity", &Generator::addEntity},
      {"dropEntity", &Generator::dropEntity},
      {"renameEntity", &Generator::renameEntity},
      {"addOptional", &Generator::addOptional},
      {"addRequired", &Generator::addRequired},
      {"addWithDefault", &Generator::addWithDefault},
      {"dropProperty", &Generator::dropProperty},
      {"renameProperty", &Generator::renameProperty},
      {"widen", &Generator::widen},
      {"relax", &Generator::relax},
      {"require", &Generator::require},
      {"convert", &Generator::convert},
      {"changeDefault", &Generator::changeDefault},
      {"addIndex", &Generator::addIndex},
      {"dropIndex", &Generator::dropIndex},
      {"addCheck", &Generator::addCheck},
      {"dropCheck", &Generator::dropCheck},
      {"addReference", &Generator::addReference},
      {"addEnumValue", &Generator::addEnumValue}};
  return kEdits;
}

}  // namespace

GoldenFile randomCase(const RandomSettings& settings) {
  return Generator(settings).make();
}

std::vector<std::string> editKinds() {
  std::vector<std::string> kinds;
  for (const auto& [name, apply] : Generator::edits()) kinds.push_back(name);
  return kinds;
}

std::vector<std::string> usedEdits(const RandomSettings& settings) {
  Generator generator(settings);
  (void)generator.make();
  return generator.used;
}

}  // namespace cambium::testing
