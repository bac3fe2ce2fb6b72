#include "compiler/diagnostics/diagnostic.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "llvm/ADT/StringRef.h"

namespace cambium {

std::optional<Code> findCode(std::string_view name) {
  for (size_t i = 0; i + 1 < std::size(kCodes); ++i)
    if (llvm::StringRef(kCodes[i].name).equals_insensitive(name)) return static_cast<Code>(i);
  return std::nullopt;
}

Diagnostic& DiagnosticSink::add(Diagnostic d) {
  if (d.severity == Severity::error) ++errors_;
  all_.push_back(std::move(d));
  return all_.back();
}

std::vector<Diagnostic> DiagnosticSink::sorted() const {
  // What is about no file has the largest index and so comes last.
  const auto place = [](const Diagnostic& d) {
    return std::tuple(d.span.file.index(), d.span.begin, d.span.end, d.code);
  };
  std::vector<Diagnostic> sorted = all_;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple_cat(place(a), std::tie(a.message)) <
           std::tuple_cat(place(b), std::tie(b.message));
  });
  const auto same = [&](const Diagnostic& a, const Diagnostic& b) {
    return place(a) == place(b) && a.message == b.message;
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  // Names that differ only by case are a warning where the database can tell them apart, and an
  // error where it cannot: then the error says it all.
  std::vector<Span> clashes;
  for (const Diagnostic& d : sorted)
    if (d.code == Code::DDL003) clashes.push_back(d.span);
  std::erase_if(sorted, [&](const Diagnostic& d) {
    return d.code == Code::NAM005 && std::ranges::find(clashes, d.span) != clashes.end();
  });
  return sorted;
}

void DiagnosticSink::append(const DiagnosticSink& other) {
  all_.insert(all_.end(), other.all_.begin(), other.all_.end());
  errors_ += other.errors_;
}

}  // namespace cambium
