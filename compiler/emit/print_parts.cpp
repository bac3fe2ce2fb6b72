#include "compiler/emit/print_parts.h"

#include <fmt/core.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/Unicode.h>

#include <algorithm>
#include <array>
#include <set>

namespace cambium::emit {

std::string upper(std::string_view s) {
  return llvm::StringRef(s.data(), s.size()).upper();
}

std::string oneLine(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::string rowsText(int64_t n) {
  if (n >= 1'000'000'000) return fmt::format("{:.1f} G", static_cast<double>(n) / 1e9);
  if (n >= 1'000'000) return fmt::format("{:.1f} M", static_cast<double>(n) / 1e6);
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > (n < 0 ? 1 : 0); at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string counted(int64_t n, std::string_view one) {
  return fmt::format("{} {}{}", rowsText(n), one, n == 1 ? "" : "s");
}

std::string bytesText(int64_t n) {
  static constexpr std::string_view kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (n < 1000) return fmt::format("{} B", n);
  double value = static_cast<double>(n) / 1000;
  size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string amountText(const Amount& amount) {
  std::string out = amount.rows ? counted(*amount.rows, "row") : "";
  if (amount.bytes.value_or(0) > 0) out += (out.empty() ? "" : ", ") + bytesText(*amount.bytes);
  return out;
}

unsigned cells(std::string_view s) {
  const int width = llvm::sys::unicode::columnWidthUTF8(llvm::StringRef(s.data(), s.size()));
  return width < 0 ? static_cast<unsigned>(s.size()) : static_cast<unsigned>(width);
}

std::string fitted(std::string_view s, unsigned width, std::string_view ellipsis) {
  std::string out = oneLine(s);
  unsigned have = cells(out);
  if (have > width) {
    const unsigned room = width > cells(ellipsis) ? width - cells(ellipsis) : 0;
    size_t keep = 0;
    for (size_t end = 1; end <= out.size(); ++end) {
      const bool whole = end == out.size() || (static_cast<unsigned char>(out[end]) & 0xc0) != 0x80;
      if (!whole) continue;
      if (cells(std::string_view(out).substr(0, end)) > room) break;
      keep = end;
    }
    out.resize(keep);
    out += ellipsis;
    have = cells(out);
  }
  if (have < width) out.append(width - have, ' ');
  return out;
}

bool isNote(const plan::Hazard& hazard) {
  return hazard.code == info(Code::LCK013).name || hazard.code == info(Code::LCK014).name;
}

bool hasPhase(const Script& script, plan::Phase phase) {
  return std::any_of(script.steps.begin(), script.steps.end(),
                     [&](const ScriptStep& s) { return s.phase == phase; });
}

// A name means something else from the switch on: the version before cannot go on with it.
bool namesMove(const Script& script) {
  const std::string code(info(Code::LCK007).name);
  return std::any_of(script.steps.begin(), script.steps.end(), [&](const ScriptStep& s) {
    return std::any_of(s.hazards.begin(), s.hazards.end(),
                       [&](const plan::Hazard& h) { return h.code == code; });
  });
}

// Rows that applications write meanwhile can stand in the way of undo.
bool undoCounts(const Script& script) {
  return std::any_of(script.steps.begin(), script.steps.end(),
                     [](const ScriptStep& s) { return !s.undo.verify.empty(); });
}

std::string phaseNote(plan::Phase phase, const Script& script, const PrintOptions& options) {
  switch (phase) {
    case plan::Phase::expand: return "undo: free";
    case plan::Phase::backfill: return "undo: free, resumable";
    case plan::Phase::validate: return "undo: free";
    case plan::Phase::switch_:
      if (script.fromVersion.empty()) return "undo: free";
      return fmt::format("{}undo: free{}", namesMove(script) ? "" : "both versions served; ",
                         undoCounts(script) ? " while the rows fit " + script.fromVersion : "");
    case plan::Phase::contract: break;
  }
  std::string note;
  if (options.approvals > 0)
    note = fmt::format("needs {}; ", counted(options.approvals, "approval"));
  const bool destructive =
      std::any_of(script.steps.begin(), script.steps.end(), [](const ScriptStep& s) {
        return s.phase == plan::Phase::contract && s.compatibility == "destructive";
      });
  if (destructive && !options.destructiveAllowed && !script.environment.empty()) {
    note += fmt::format("`{}` does not allow destructive changes; ", script.environment);
  }
  return note + (script.fromVersion.empty()
                     ? std::string("no undo")
                     : fmt::format("undo: rollback to {}", script.fromVersion));
}

std::string totals(const Script& script) {
  std::array<int64_t, 5> n{};
  static constexpr std::string_view kWords[] = {"add", "change", "backfill", "check", "drop"};
  for (const auto& step : script.steps) {
    if (step.switches && step.action.sql.statements.empty()) continue;
    if (step.action.sql.stepClass == dialect::StepClass::batch)
      ++n[2];
    else if (step.sign == '+')
      ++n[0];
    else if (step.sign == '-')
      ++n[4];
    else if (step.sign == '?')
      ++n[3];
    else
      ++n[1];
  }
  std::string out;
  for (size_t i = 0; i < n.size(); ++i) {
    if (n[i] == 0) continue;
    if (!out.empty()) out += ", ";
    out += counted(n[i], kWords[i]);
  }
  return out.empty() ? "no change in the database" : out;
}

// What old applications meet all the same, by the codes that say so.
std::string exceptions(const Script& script) {
  std::set<std::string> codes;
  for (const auto& step : script.steps) {
    for (const auto& hazard : step.hazards)
      if (step.phase != plan::Phase::contract &&
          (hazard.code == "LCK002" || hazard.code == "LCK007" || hazard.code == "LCK009" ||
           hazard.code == "LCK016"))
        codes.insert(hazard.code);
  }
  std::string out;
  for (const auto& code : codes) out += (out.empty() ? ", but for what " : ", ") + code;
  return out.empty() ? out : out + (codes.size() > 1 ? " say" : " says");
}

std::string promise(const Script& script) {
  if (script.fromVersion.empty()) return {};
  if (namesMove(script))
    return fmt::format("applications of {} work until SWITCH, of {} from SWITCH on",
                       script.fromVersion, script.toVersion);
  return fmt::format(
      "applications of {} and {} both work{}{}", script.fromVersion, script.toVersion,
      hasPhase(script, plan::Phase::contract) ? " until CONTRACT" : "", exceptions(script));
}

std::string versions(const Script& script, std::string_view arrow) {
  if (script.fromVersion.empty()) return fmt::format("{} {}", script.package, script.toVersion);
  return fmt::format("{} {} {} {}", script.package, script.fromVersion, arrow, script.toVersion);
}

std::string_view executedHow(dialect::StepClass c) {
  switch (c) {
    case dialect::StepClass::transactional: return "in one transaction, with the record of it";
    case dialect::StepClass::nonTransactional:
      return "outside of a transaction; probes tell what was done";
    case dialect::StepClass::batch: return "in batches, each a transaction with its cursor";
    case dialect::StepClass::gate: return "only reads";
  }
  return {};
}

}  // namespace cambium::emit
