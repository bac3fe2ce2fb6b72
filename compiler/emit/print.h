// emit/print.h: a script for people: the summary of tools.md, plain SQL for a DBA, Markdown for a
// pull request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/emit/script.h"
#include "compiler/plan/repair.h"

namespace cambium::emit {

// What a step goes through, as far as somebody knows.
struct Amount {
  std::optional<int64_t> rows, bytes;
  friend bool operator==(const Amount&, const Amount&) = default;
};

struct PrintOptions {
  bool color = false;
  bool ascii = false;
  unsigned width = 100;                             // columns; 0 = no limit: nothing is cut
  std::string server;                               // product and version; "" = offline
  std::vector<std::optional<int64_t>> probeCounts;  // of Script::probes, where they were run
  std::vector<std::string> probeSamples;            // some of what was counted; "" = none
  std::vector<Amount> amounts;                      // by step
  std::vector<std::string> notices;                 // what the server is about, one line each
  bool destructiveAllowed = false;
  unsigned approvals = 0;
};

// "applications of 1.3.0 and 1.4.0 both work until CONTRACT": what the plan promises; "" for the
// first version.
std::string promise(const Script&);

std::string printSummary(const Script&, const PrintOptions&);
std::string printSql(const Script&);
std::string printMarkdown(const Script&, const PrintOptions&);
std::string printExplain(const ScriptStep&, const Script&);  // plan --explain N

// Steps and the rules between them, for `dot` and for a Markdown page that draws Mermaid: a box for
// each step, a frame for each phase, an arrow for each rule.
enum class GraphForm : uint8_t { dot, mermaid };
std::optional<GraphForm> findGraphForm(std::string_view);
std::string printGraph(const Script&, GraphForm);

// SQL that brings a database back to what a version says of it, for somebody to read; what deletes
// data is a comment. `live`: as it is.
std::string printRepair(const plan::Repair&, catalog::Catalog live, const dialect::Dialect&);

}  // namespace cambium::emit
