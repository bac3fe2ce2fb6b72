#include "tests/conformance/reference.h"

#include <gtest/gtest.h>

#include <iostream>
#include <set>
#include <vector>

#include "tests/conformance/probe.h"
#include "tests/support/case_runner.h"
#include "tests/support/places.h"

namespace cambium::testing {
namespace {

constexpr std::string_view kPackage =
    "package reference version \"1.0.0\"\n"
    "enum Status { draft, sent }\n"
    "entity Example {\n"
    "  key id: int64\n"
    "  name: text  nickname: text?  part: text  other: text\n"
    "  a: int64  b: int64  count: int32  size: int32?\n"
    "  price: decimal(12, 2)  rate: decimal(12, 2)  amount: decimal(24, 6)  ratio: float64\n"
    "  active: bool  ready: bool  status: Status\n"
    "  born: date  due: date  at: timestamp  until: timestamp  local: datetime  clock: time\n"
    "  data: json  raw: bytes\n";

// What may only be the default of a property, and of which type.
constexpr std::pair<std::string_view, std::string_view> kDefaults[] = {
    {"uuid()", "uuid"},
    {"now()", "timestamp"},
    {"today()", "date"},
    {"session(\"app.tenant\")", "text?"},
};

std::string pageFile() {
  return sourceDir() + "/docs/expressions.md";
}

Probe probeOf(const std::string& expression) {
  std::string defaultOf;
  for (const auto& [text, type] : kDefaults)
    if (expression == text) defaultOf = type;
  return compileProbe(std::string(kPackage) + probeMember(expression, defaultOf) + "}\n",
                      expression);
}

// The cells of a row of a table; `\|` is no border.
std::vector<std::string> cellsOf(const std::string& line) {
  std::vector<std::string> out(1);
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '|' && line[i - 1] != '\\')
      out.emplace_back();
    else
      out.back() += line[i];
  }
  if (out.size() > 1) out.pop_back();  // behind the last border
  for (std::string& cell : out) {
    const auto first = cell.find_first_not_of(' ');
    cell = first == std::string::npos ? ""
                                      : cell.substr(first, cell.find_last_not_of(' ') - first + 1);
  }
  return out;
}

std::string rowOf(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + cell + " |";
  return out;
}

std::string replaceAll(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string code(const std::string& text) {
  return "`" + replaceAll(text, "|", "\\|") + "`";
}

// Row of the expression `cells[0]`: | expression | type | meaning | SQL … |
std::string filledRow(std::vector<std::string> cells, std::string& complaint) {
  const std::string expression = replaceAll(cells[0].substr(1, cells[0].size() - 2), "\\|", "|");
  const Probe probe = probeOf(expression);
  if (!probe.complaint.empty()) {
    complaint += expression + "\n" + probe.complaint;
    return rowOf(cells);
  }
  cells.resize(3);
  cells[1] = code(probe.type);
  for (const auto& dialect : dialects().all())
    cells.push_back(isSupported(probe, *dialect) ? code(sqlOf(probe, *dialect)) : "not available");
  return rowOf(cells);
}

bool isTable(const std::vector<std::string>& cells) {
  return cells.size() >= 3 && cells[0] == "expression";
}

void collect(const ir::Expr& e, std::set<std::string>& out) {
  if (e.kind == ir::ExprKind::call) out.insert(std::string(ir::info(e.function).name));
  for (const auto& argument : e.args) collect(argument, out);
}

TEST(Reference, SaysWhatTheDialectsDo) {
  std::string complaint;
  const std::string page = readFile(pageFile());
  const std::string filled = filledReference(page, complaint);
  EXPECT_EQ(complaint, "");
  EXPECT_EQ(page, filled) << "differs at " << firstDifference(page, filled)
                          << "\nread, then --update";
}

TEST(Reference, HasEveryFunction) {
  std::set<std::string> described;
  const std::string page = readFile(pageFile());
  for (size_t at = 0; at < page.size();) {
    const size_t end = std::min(page.find('\n', at), page.size());
    const auto cells = cellsOf(page.substr(at, end - at));
    if (page.compare(at, 3, "| `") == 0 && cells.size() >= 3)
      collect(probeOf(replaceAll(cells[0].substr(1, cells[0].size() - 2), "\\|", "|")).expr,
              described);
    at = end + 1;
  }
  for (size_t i = 1; i < size_t(ir::Function::count_); ++i) {
    const auto function = ir::Function(i);
    if (function == ir::Function::autoincrement || function == ir::Function::env) continue;
    EXPECT_TRUE(described.contains(std::string(ir::info(function).name)))
        << ir::info(function).name;
  }
}

}  // namespace

std::string filledReference(const std::string& page, std::string& complaint) {
  std::string out;
  bool inTable = false;
  for (size_t at = 0; at < page.size();) {
    const size_t end = std::min(page.find('\n', at), page.size());
    const std::string line = page.substr(at, end - at);
    at = end + 1;
    auto cells = line.starts_with("|") ? cellsOf(line) : std::vector<std::string>{};
    if (cells.empty()) {
      inTable = false;
      out += line;
    } else if (isTable(cells)) {
      inTable = true;
      cells.resize(3);
      for (const auto& dialect : dialects().all()) cells.push_back(dialect->traits().displayName);
      out += rowOf(cells);
    } else if (inTable && cells[0].starts_with("`")) {
      out += filledRow(cells, complaint);
    } else if (inTable) {
      out += "|";
      for (size_t i = 0; i < 3 + dialects().all().size(); ++i) out += "---|";
    } else {
      out += line;
    }
    out += "\n";
  }
  return out;
}

bool updateReference() {
  std::string complaint;
  const std::string filled = filledReference(readFile(pageFile()), complaint);
  if (!complaint.empty()) {
    std::cerr << complaint;
    return false;
  }
  writeFile(pageFile(), filled);
  return true;
}

}  // namespace cambium::testing
