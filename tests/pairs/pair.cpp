#include "tests/pairs/pair.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <random>

#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

// A type, a literal of it ("" = it has no default here) and how that is in a cell, and values: the
// ends of its range, what is empty, what has to be quoted.
struct TypeForm {
  const char* type;
  const char* literal;
  const char* literalCell;
  std::vector<const char*> values;
  bool indexed = true;
};
const std::vector<TypeForm> kTypes = {
    {"int32", "42", "42", {"0", "-2147483648", "2147483647", "7"}},
    {"string(40)", "\"abc\"", "abc", {"x", "", "o'neil, \"x\" — ü", " a  "}},
    {"bool", "true", "1", {"0", "1"}},
    {"int16", "7", "7", {"-32768", "32767", "0"}},
    {"int64", "-5", "-5", {"9223372036854775807", "-9223372036854775808", "12"}},
    {"float64", "1.5", "1.5", {"0.5", "-2.25", "1024.75"}},
    {"decimal(10, 2)", "12.50", "12.50", {"99999999.99", "-0.25", "3.10"}},
    {"decimal(20, 4)", "1.2500", "1.2500", {"1234567890123456.0001", "-0.0001"}},
    {"State", "placed", "placed", {"draft", "placed", "done"}},
    {"text", "\"it's \\\"so\\\"\"", "it's \"so\"", {"", "a\\b%", "two  words", "ß"}, false},
    {"bytes", "", "", {"b1", "xyz"}, false},
    {"uuid",
     "",
     "",
     {"00000001-1111-4222-8333-444444444444", "f0000002-aaaa-4bbb-8ccc-dddddddddddd"}},
    {"date", "", "", {"2026-01-31", "1969-12-31", "2024-02-29"}},
    {"time", "", "", {"12:00:00", "23:59:59"}},
    {"timestamp", "", "", {"2026-01-31T12:00:00.000Z", "1999-12-31T23:59:59.999Z"}},
    {"datetime", "", "", {"2026-01-31 12:00:00", "1999-12-31 23:59:59"}},
    {"json", "", "", {"{\"a\":1}", "[1,2]", "{\"k\":\"it's\"}"}, false},
    {"int32[]", "", "", {"[1,2]", "[]"}, false},
};

bool fits(const TypeForm& form, Types wanted) {
  if (wanted == Types::withDefault) return *form.literal;
  return wanted != Types::indexed || form.indexed;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::vector<std::string> parts(std::string_view text, char separator) {
  std::vector<std::string> out;
  if (text.empty()) return out;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    out.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

class Writer {
public:
  Writer(const Pair& pair, bool after) : pair_(pair), after_(after) {}

  std::string package() const {
    std::string out =
        fmt::format("package random version \"{}\"\n\nenum State {{ draft, placed, done }}\n",
                    after_ ? "1.1.0" : "1.0.0");
    for (size_t e = 0; e < pair_.entities.size(); ++e) {
      static const char* const kKeys[] = {"int64 = autoincrement()", "string(20)", "uuid = uuid()"};
      const std::string table = tableOf(e);
      const bool named = form(e) && *form(e)->gadget->newTable && after_;
      // Not every database tells a trigger the number (docs/limits.md).
      const bool counts =
          pair_.entities[e].key != KeyForm::counting || !form(e) || !*form(e)->gadget->newKey;
      out += fmt::format("\nentity {}{} {{\n  key {}: {}\n  base: int32?\n", nameOf(e),
                         named ? fmt::format(" @table(\"{}\")", table) : "", keyOf(e),
                         counts ? kKeys[size_t(pair_.entities[e].key)] : "int64");
      for (const auto& g : pair_.gadgets)
        if (const auto text = said(g, after_ ? g.gadget->membersAfter : g.gadget->membersBefore);
            g.entity == e && !text.empty())
          out += "  " + text + "\n";
      out += "}\n";
    }
    std::string migration;
    for (const auto& g : pair_.gadgets) {
      const auto text = said(g, after_ ? g.gadget->afterDeclared() : g.gadget->before);
      if (!text.empty()) out += "\n" + text;
      if (const Writer old(pair_, false); after_ && *g.gadget->migration)
        migration +=
            "  " + replaced(old.said(g, g.gadget->migration), "{F}", nameOf(g.entity)) + "\n";
    }
    if (!migration.empty())
      out += "\nmigration from \"1.0.0\" to \"1.1.0\" {\n" + migration + "}\n";
    return out;
  }

  std::string rows() const {
    std::vector<TableRows> tables;
    const auto blocks = [&](const auto& textOf) {
      for (const auto& g : pair_.gadgets)
        for (auto& table : parseRows(said(g, textOf(*g.gadget))))
          tables.push_back(std::move(table));
    };
    blocks([&](const Gadget& g) { return after_ && g.rowsAfter ? g.rowsAfter : g.rows; });
    for (size_t e = 0; e < pair_.entities.size(); ++e) tables.push_back(rowsOf(e));
    blocks([&](const Gadget& g) {
      return after_ && g.rowsBehindAfter ? g.rowsBehindAfter : g.rowsBehind;
    });
    return printRows(tables);
  }

private:
  // What is changed about the entity itself.
  const FittedGadget* form(size_t entity) const {
    for (const auto& g : pair_.gadgets)
      if (g.entity == entity && g.gadget->sole == Sole::name) return &g;
    return nullptr;
  }
  std::string changed(size_t entity, const char* Gadget::*what, const std::string& was) const {
    const auto* g = after_ ? form(entity) : nullptr;
    return g && *(g->gadget->*what) ? replaced(g->gadget->*what, "#", std::to_string(g->number))
                                    : was;
  }
  std::string nameOf(size_t entity) const {
    return changed(entity, &Gadget::newName, fmt::format("Thing{}", pair_.entities[entity].number));
  }
  std::string tableOf(size_t entity) const {
    return changed(entity, &Gadget::newTable, lowered(nameOf(entity)));
  }
  static std::string lowered(std::string name) {
    name[0] = char(name[0] - 'A' + 'a');
    return name;
  }
  std::string keyOf(size_t entity) const {
    return changed(entity, &Gadget::newKey,
                   pair_.entities[entity].key == KeyForm::text ? "code" : "id");
  }
  std::string keyOfRow(size_t entity, unsigned row) const {
    switch (pair_.entities[entity].key) {
      case KeyForm::counting: return std::to_string(row);
      case KeyForm::text: return fmt::format("k{}", row);
      case KeyForm::uuid: return fmt::format("0000000{}-1111-4222-8333-444444444444", row);
    }
    return {};
  }

  const FittedGadget* beside(const FittedGadget& g) const {
    const auto found = std::ranges::find(pair_.gadgets, g.beside, &FittedGadget::number);
    return g.beside && found != pair_.gadgets.end() ? &*found : nullptr;
  }

  // A text of a gadget with everything in its place.
  std::string said(const FittedGadget& g, std::string_view text) const {
    std::string out = replaced(std::string(text), "#", std::to_string(g.number));
    const auto place = [&](std::string_view what, const std::string& by) {
      if (out.find(what) != std::string::npos) out = replaced(out, what, by);
    };
    place("{E}", nameOf(g.entity));
    place("{e}", lowered(nameOf(g.entity)));
    place("{k}", keyOf(g.entity));
    place("{O}", nameOf(g.other));
    place("{l}", keyOf(g.other));
    for (const unsigned row : {1u, 2u, 3u}) {
      place(fmt::format("{{{}}}", row), keyOfRow(g.entity, row));
      place(fmt::format("{{o{}}}", row), keyOfRow(g.other, row));
    }
    place("{T}", kTypes[g.type].type);
    place("{d}", kTypes[g.type].literal);
    if (const auto* shown = beside(g)) {
      const auto names = shown->gadget->property();
      place("{X}",
            replaced(after_ ? names->after : names->before, "#", std::to_string(shown->number)));
    }
    return out;
  }

  // Rows have the same values in both versions, whatever they are called.
  std::optional<std::string> cell(const FittedGadget& g, const std::string& text,
                                  unsigned row) const {
    std::string out = text;
    if (out.starts_with('?')) {
      const size_t colon = out.find(':');
      const bool nothing = (pair_.seed + g.number + row) % 3 == 0 &&
                           !(g.gadget->fullAtLast && row == pair_.entities[g.entity].rows);
      if (nothing && colon == std::string::npos) return std::nullopt;
      out = nothing ? out.substr(colon + 1) : out.substr(1, std::min(colon, out.size()) - 1);
    }
    if (out.starts_with("{of3:")) {
      const auto values = parts(std::string_view(out).substr(5, out.size() - 6), '|');
      out = row <= values.size() ? values[row - 1] : "~";
    }
    if (out == "~") return std::nullopt;
    const auto& form = kTypes[g.type];
    const auto value = [&](unsigned n) { return form.values[n % form.values.size()]; };
    if (out == "{v}") return value(g.number + row);
    if (out == "{w}") return value(g.number + row + 1);
    if (out == "{d}") return form.literalCell;
    if (out == "{or}") {
      // Of its own table: a row that is there by then.
      const unsigned there = g.other == g.entity ? (row + 1) / 2 : 1 + row % 3;
      return keyOfRow(g.other, there);
    }
    return replaced(out, "{r}", std::to_string(row));
  }

  TableRows rowsOf(size_t e) const {
    TableRows out{tableOf(e), {keyOf(e), "base"}, {}};
    for (unsigned row = 1; row <= pair_.entities[e].rows; ++row) {
      dialect::Row cells{keyOfRow(e, row)};
      cells.push_back(row % 2 ? std::optional<std::string>(std::to_string(row)) : std::nullopt);
      for (const auto& g : pair_.gadgets) {
        if (g.entity != e) continue;
        const bool own = after_ && g.gadget->columnsAfter;
        const auto columns = parts(own ? g.gadget->columnsAfter : g.gadget->columns, ',');
        const auto texts =
            parts(after_ && g.gadget->cellsAfter ? g.gadget->cellsAfter : g.gadget->cells, ',');
        for (size_t i = 0; i < columns.size(); ++i) {
          if (row == 1) out.columns.push_back(said(g, columns[i]));
          cells.push_back(cell(g, texts.at(i), row));
        }
      }
      out.rows.push_back(std::move(cells));
    }
    return out;
  }

  const Pair& pair_;
  bool after_;
};

}  // namespace

Pair randomPair(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](size_t n) { return unsigned(random() % n); };
  Pair pair;
  pair.seed = seed;
  unsigned number = 0;
  for (unsigned e = 1 + below(3); e > 0; --e)
    pair.entities.push_back({++number, KeyForm(below(3)), 6 + below(2)});
  const unsigned wanted = 2 + below(5);
  // One of them takes turns, so that each kind occurs among few seeds: every other try is its own
  // until it fits.
  const auto& all = gadgets();
  const Gadget* turn = all[seed % all.size()];
  const auto had = [&] {
    return std::ranges::any_of(pair.gadgets, [&](const auto& has) { return has.gadget == turn; });
  };
  for (unsigned tries = 0; (pair.gadgets.size() < wanted || !had()) && tries < 20; ++tries) {
    const bool due = (tries % 2 == 0 || pair.gadgets.size() >= wanted) && !had();
    FittedGadget g{due ? turn : all[below(all.size())], ++number, below(pair.entities.size()), 0,
                   0};
    // What is said of another one's property goes to where one is.
    if (due && turn->uses("{X}"))
      for (const auto& has : pair.gadgets)
        if (has.gadget->property()) g.entity = has.entity;
    if (g.gadget->apart && g.entity == 0) continue;
    g.other = below(g.entity + (g.gadget->apart ? 0 : 1));
    do g.type = below(kTypes.size());
    while (!fits(kTypes[g.type], g.gadget->types));
    if (g.gadget->uses("{X}")) {
      for (const auto& has : pair.gadgets)
        if (has.entity == g.entity && has.gadget->property()) g.beside = has.number;
      if (!g.beside) continue;
    }
    // What cannot be beside it: Sole says why.
    const bool taken = std::ranges::any_of(pair.gadgets, [&](const FittedGadget& has) {
      const Sole a = has.gadget->sole, b = g.gadget->sole;
      const bool key = *has.gadget->newKey || *g.gadget->newKey;
      return has.entity == g.entity && ((a == b && a != Sole::nothing && a != Sole::sameKey) ||
                                        (key && (a == Sole::sameKey || b == Sole::sameKey)));
    });
    if (!taken) pair.gadgets.push_back(g);
  }
  return pair;
}

std::vector<Pair> smallerPairs(const Pair& pair) {
  std::vector<Pair> out;
  for (size_t i = 0; i < pair.gadgets.size(); ++i) {
    out.push_back(pair);
    const unsigned gone = pair.gadgets[i].number;
    std::erase_if(out.back().gadgets,
                  [&](const FittedGadget& g) { return g.number == gone || g.beside == gone; });
  }
  for (unsigned e = 0; e < pair.entities.size() && pair.entities.size() > 1; ++e) {
    const bool used = std::ranges::any_of(pair.gadgets, [&](const FittedGadget& g) {
      return g.entity == e || (g.gadget->uses("{O}") && g.other == e);
    });
    if (used) continue;
    out.push_back(pair);
    out.back().entities.erase(out.back().entities.begin() + e);
    for (auto& g : out.back().gadgets) {
      if (g.entity > e) --g.entity;
      if (g.other > e || g.other > g.entity) --g.other;
    }
  }
  return out;
}

GoldenFile caseOf(const Pair& pair) {
  const Writer before(pair, false), after(pair, true);
  GoldenFile file;
  file.settings["why"] = describe(pair);
  file.sections.push_back({"before.cam", before.package()});
  file.sections.push_back({"after.cam", after.package()});
  file.sections.push_back({"rows before", before.rows()});
  file.sections.push_back({"rows after", after.rows()});
  return file;
}

std::string describe(const Pair& pair) {
  std::string out = fmt::format("random pair {}:", pair.seed);
  for (const auto& g : pair.gadgets) out += fmt::format(" {}", g.gadget->name);
  return out;
}

}  // namespace cambium::testing
