#include "tests/golden/shown_rows.h"
#include "tests/support/places.h"

#include <algorithm>
#include <filesystem>

#include "compiler/diff/diff.h"

namespace fs = std::filesystem;

namespace cambium::testing {

void show(const std::string& path, const GoldenFile& file, ShownRows& rows) {
  const CompiledCase compiled = compileCase(file);
  if (!compiled.before || !compiled.before->model || !compiled.after->model) return;
  DiagnosticSink sink;
  const auto set = diff::diff(compiled.before->model, compiled.after->model, sink);
  const Shown here{path.find("/fail_") != std::string::npos, set.changes.size(), path};
  for (const auto& change : set.changes) {
    const auto [row, fresh] = rows.emplace(diff::compatibilityRow(change, set).name, here);
    if (!fresh) row->second = std::min(row->second, here);
  }
}

const ShownRows& shownRows() {
  static const ShownRows all = [] {
    ShownRows rows;
    const fs::path root = fs::path(sourceDir()) / "tests/golden";
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".case") continue;
      const std::string path =
          fs::relative(entry.path(), root).replace_extension().generic_string();
      show(path, readCase(path), rows);
    }
    return rows;
  }();
  return all;
}

GoldenFile readCase(const std::string& path) {
  return parseGolden(readFile(fs::path(sourceDir()) / "tests/golden" / (path + ".case")));
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace cambium::testing
