#include "compiler/diagnostics/fixes.h"

#include <algorithm>

namespace cambium {
namespace {

// Two edits at one place, or one inside the other.
bool overlaps(const Edit& a, const Edit& b) {
  return a.span.begin < b.span.end ? b.span.begin < a.span.end || a.span.begin == b.span.begin
                                   : a.span.begin == b.span.begin || b.span.end > a.span.begin;
}

}  // namespace

const FixIt* safeFix(const Diagnostic& d) {
  if (d.fixes.size() != 1) return nullptr;
  const FixIt& fix = d.fixes.front();
  return fix.safety == FixSafety::safe && !fix.edits.empty() ? &fix : nullptr;
}

AppliedFixes applySafeFixes(const std::vector<Diagnostic>& sorted, const SourceMap& sources,
                            size_t files) {
  std::map<FileId, std::vector<Edit>> byFile;
  AppliedFixes applied;
  std::vector<FileId> unread;  // not UTF-8: what such a file says is a guess
  for (const Diagnostic& d : sorted)
    if (d.code == Code::SYN018) unread.push_back(d.span.file);
  const auto fits = [&](const Edit& edit) {
    if (!edit.span || edit.span.file.index() >= files) return false;
    if (std::ranges::find(unread, edit.span.file) != unread.end()) return false;
    return std::ranges::none_of(byFile[edit.span.file],
                                [&](const Edit& other) { return overlaps(edit, other); });
  };
  for (const Diagnostic& d : sorted) {
    const FixIt* fix = safeFix(d);
    if (!fix || !std::ranges::all_of(fix->edits, fits)) continue;
    for (const Edit& edit : fix->edits) byFile[edit.span.file].push_back(edit);
    ++applied.count;
  }
  for (auto& [file, edits] : byFile) {
    if (edits.empty()) continue;
    std::ranges::stable_sort(
        edits, [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
    std::string text(sources[file].text());
    for (const Edit& edit : edits)
      text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
    applied.texts.emplace(file, std::move(text));
  }
  return applied;
}

}  // namespace cambium
