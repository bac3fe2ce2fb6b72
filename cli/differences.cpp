#include "cli/differences.h"

#include <algorithm>
#include <iterator>

#include "compiler/catalog/external.h"
#include "compiler/catalog/version_faces.h"
#include "compiler/emit/print.h"

namespace cambium::cli {

namespace {

std::string_view word(catalog::DifferenceKind kind) {
  switch (kind) {
    case catalog::DifferenceKind::missing: return "missing";
    case catalog::DifferenceKind::changed: return "changed";
    case catalog::DifferenceKind::extra: return "extra";
  }
  return "";
}

// A cell of a table is one line, without the sign that ends it.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += "<br>";
    else if (c == '|')
      out += "\\|";
    else
      out += c;
  }
  return out;
}

std::string indented(const std::string& label, const std::string& text) {
  std::string out = label;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += std::string(label.size(), ' ');
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
  return out + "\n";
}

// What there should be, and what there is.
struct Compared {
  catalog::Catalog expected, live;
  std::vector<catalog::Difference> ofOthers;  // in tables of others
};

Or<Compared> compared(Context& context, const Database& database, const ir::Model& model,
                      FaceExpected expected) {
  Compared out;
  // What lowering warns of was said when the version was made.
  DiagnosticSink found;
  auto lowered = catalog::lower(model, database.target.dialect->traits(), found);
  if (!found.hasErrors() && database.session) {
    const auto face = hasFace(database, model);
    if (!face) return Failure{context.fail(describe(face.error(), database.target))};
    const ir::Environment* environment = database.target.environment;
    const bool asked =
        expected == FaceExpected::asTheEnvironmentSays && environment && environment->accessViews;
    if (*face || asked) catalog::addFace(model, database.target.dialect->traits(), lowered, found);
  }
  out.expected = std::move(lowered.catalog);
  if (found.hasErrors()) {
    auto errors = found.sorted();
    std::erase_if(errors, [](const Diagnostic& d) { return d.severity == Severity::warning; });
    context.out.diagnostics(errors, SourceMap());
    return Failure{outcomeOf(errors)};
  }
  if (!database.session) return out;
  auto seen = database.session->introspect();
  if (!seen) return Failure{context.fail(describe(seen.error(), database.target))};
  out.live = std::move(*seen);
  out.ofOthers = catalog::missingColumns(model, database.target.dialect->traits(), out.live);
  catalog::leaveOut(out.live, catalog::externalTables(model));
  return out;
}

}  // namespace

Or<std::vector<catalog::Difference>> differences(Context& context, const Database& database,
                                                 const ir::Model& model,
                                                 const catalog::Extras& known,
                                                 FaceExpected expected, catalog::Extras* nameless) {
  const auto both = compared(context, database, model, expected);
  if (!both) return Failure{both.error()};
  auto all = catalog::compare(both->expected, both->live);
  auto same = catalog::nameless(all);
  if (nameless) *nameless = std::move(same);
  all = catalog::without(known, std::move(all));
  std::ranges::copy(both->ofOthers, std::back_inserter(all));
  return all;
}

Or<std::string> repairOf(Context& context, const Database& database, const ir::Model& model,
                         const catalog::Extras& known) {
  auto both = compared(context, database, model, FaceExpected::asTheEnvironmentSays);
  if (!both) return Failure{both.error()};
  catalog::leaveOut(both->live, known);
  const auto& dialect = *database.target.dialect;
  return emit::printRepair(plan::repair(both->live, both->expected, dialect.traits()), both->live,
                           dialect);
}

void showDifferences(Context& context, const std::vector<catalog::Difference>& all) {
  Output& out = context.out;
  const bool markdown = out.format() == Format::markdown;
  std::vector<std::string> rows;
  if (markdown && !all.empty()) out.print("| | object | expected | is |\n|---|---|---|---|\n");
  for (const catalog::Difference& d : all) {
    if (markdown) {
      out.print(fmt::format("| {} | {} | {} | {} |\n", word(d.kind), cell(d.object),
                            cell(d.expected), cell(d.actual)));
    } else {
      out.print(fmt::format("{:<8} {}\n", word(d.kind), bold(out.out(), d.object)));
      if (d.kind == catalog::DifferenceKind::changed) {
        out.print(indented("         expected ", d.expected));
        out.print(indented("         is       ", d.actual));
      }
    }
    const std::string row = fmt::format("\"kind\":{},\"object\":{},\"expected\":{},\"actual\":{}}}",
                                        jsonText(word(d.kind)), jsonText(d.object),
                                        jsonText(d.expected), jsonText(d.actual));
    rows.push_back("{" + row);
    out.event("{\"type\":\"difference\"," + row);
  }
  if (out.format() == Format::json) out.field("differences", jsonArray(rows));
}

void showExtras(Context& context, const catalog::Extras& extras) {
  Output& out = context.out;
  std::vector<std::string> rows;
  if (out.format() == Format::markdown && !extras.empty()) out.print("| known |\n|---|\n");
  for (const catalog::Extra& extra : extras) {
    if (out.format() == Format::markdown)
      out.print(fmt::format("| {} |\n", cell(extra.object)));
    else
      out.print(fmt::format("known    {}\n", extra.object));
    const std::string row =
        fmt::format("\"object\":{},\"facts\":{}}}", jsonText(extra.object), jsonText(extra.facts));
    rows.push_back("{" + row);
    out.event("{\"type\":\"extra\"," + row);
  }
  if (out.format() == Format::json) out.field("extras", jsonArray(rows));
}

}  // namespace cambium::cli
