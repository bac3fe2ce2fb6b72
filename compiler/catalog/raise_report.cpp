#include "compiler/catalog/raise_report.h"

#include <utility>

#include "compiler/catalog/extras.h"
#include "compiler/catalog/facts.h"
#include "compiler/catalog/lower.h"

namespace cambium::catalog {

namespace {

// Facts of many lines (a whole table) or long ones (a trigger) would drown the report.
std::string shortened(const std::string& facts) {
  constexpr size_t kLine = 120;
  if (facts.find('\n') != std::string::npos) return "";
  return facts.size() <= kLine ? facts : facts.substr(0, kLine) + "…";
}

// Why something of this kind is left out, where nobody knows better.
std::string usualReason(const std::string& object) {
  if (object.starts_with("policy ") || object.starts_with("row security "))
    return "it is written by hand: `policy P on E for … using …`";
  if (object.starts_with("grant ")) return "it is written by hand: `grant … on E to ROLE`";
  return "the language does not say it";
}

std::string lineOf(const Difference& d, const Reasons& reasons) {
  auto reason = reasons.find(d.object + ": " + d.expected);
  if (reason == reasons.end()) reason = reasons.find(d.object);
  std::string line = d.object;
  switch (d.kind) {
    case DifferenceKind::missing:
      line += ": " + (reason == reasons.end() ? usualReason(d.object) : reason->second);
      if (const std::string facts = shortened(d.expected); !facts.empty()) line += ": " + facts;
      return line;
    case DifferenceKind::changed:
      if (reason != reasons.end()) line += ": " + reason->second;
      return line + ": it is " + shortened(d.expected) + ", the model has " + shortened(d.actual);
    case DifferenceKind::extra: return line + ": the model adds it: " + shortened(d.actual);
  }
  return line;
}

}  // namespace

std::string foreignKeyObject(const Table& table, const ForeignKey& key) {
  if (!key.name.empty()) return "foreign key " + table.name + "." + key.name;
  Table only;
  only.foreignKeys.push_back(key);
  return "foreign key " + table.name + ": " + partsOf(only).front().facts;
}

std::vector<std::string> reportLosses(const Catalog& catalog, const ir::Model& model,
                                      const Traits& traits, const Reasons& reasons) {
  std::vector<std::string> out;
  DiagnosticSink sink;
  const Lowered lowered = lower(model, traits, sink);
  // As if the model was expected: then what has no name is what the database has.
  auto found = compare(lowered.catalog, catalog);
  nameless(found);
  for (Difference& d : found) {
    if (d.kind != DifferenceKind::changed)
      d.kind = d.kind == DifferenceKind::missing ? DifferenceKind::extra : DifferenceKind::missing;
    std::swap(d.expected, d.actual);
    out.push_back(lineOf(d, reasons));
  }
  for (const Diagnostic& d : sink.sorted())
    if (d.severity == Severity::error) out.push_back(d.message);
  return out;
}

}  // namespace cambium::catalog
